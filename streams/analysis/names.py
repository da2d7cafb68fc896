"""Personal names: whether a string is one, and where one begins or ends in a text."""

import re

from streams.analysis.foreign import ForeignNames
from streams.analysis.lexicon import Lexicon
from streams.analysis.words import Words, load_dictionary

_NEVER_FIRST = frozenset(
    "的了着过在把被对向从到就也都还则却并和与及或是有说称将要会可能应上下中里前后用以于为由们更没又才只仍正曾已另告笑听看拿掰算请不去来带替跟给等"
)
_NEVER_SECOND = frozenset("在了的着")
NEVER_IN = frozenset("的了着在把被就也都则说将们对向")
FULL_NAME = 3
"""Characters of a family name of one and a given name of two."""
_ADVERBS_AFTER = frozenset("则也还就都又却")
"""Adverbs that a segmenter may take into a name before them (青则)."""
_SAYS = frozenset("答说问讲称")
"""Verbs that a segmenter may take into a name before them (温朗答)."""
_CALLED = ("老", "小", "阿")
"""What people are called by before their family name (老葛)."""
_OFFICES = frozenset("会部局厅委院")
_LONGEST_BEFORE = 8
"""Characters of a foreign name before a title."""
ALSO_WORDS = frozenset("经区车于应时年能都别相双那单全有平明通支解向连成从后空何关家战练楼展植银向")
"""Family names that open other words more often: not taken for a name without a title."""
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}$|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+$|[\u4e00-\u9fff]{2,7}$")


class PersonNames:
    """Chinese and foreign personal names. A Chinese one begins with a family name of the list."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._roles, self._adverbs = lexicon["speech.roles"], lexicon["speech.adverbs"]
        self._surnames = lexicon["people.surnames"].words
        self._compound = lexicon["people.compound"].words
        self.not_names = lexicon["people.not_names"].words
        self._verbs = lexicon["speech.verbs"] | lexicon["speech.weak"]
        self.foreign = ForeignNames(lexicon)
        begins = (*_CALLED, *self._surnames, *self.foreign.first, *(family[0] for family in self._compound))
        self.first_characters = frozenset(begins)
        self._in_dictionary = load_dictionary()
        self._called = lexicon["people.called"]
        self._places = lexicon["speech.openings"].words

    def is_word(self, text: str) -> bool:
        """Whether a candidate for a name is a word of the lists."""
        return text in self.not_names or text in self._roles or text in self._adverbs

    def has_family(self, name: str) -> bool:
        """Whether it begins with a family name."""
        return name[:1] in self._surnames or name[:2] in self._compound

    def is_person(self, name: str) -> bool:
        """Whether a name of two to four characters begins like a person's."""
        return 2 <= len(name) <= 4 and self.has_family(name) and not self.is_word(name) and is_name(name)

    def opens_word(self, word: str) -> bool:
        """Whether a word of several characters is in the dictionary, so that no name begins with it."""
        return len(word) > 1 and self._in_dictionary(word)

    def called(self, phrase: str) -> int | None:
        """Where somebody is named at the end of the phrase by family name and how people are called (姚阿姨)."""
        word = self._called.ending_at(phrase, len(phrase))
        start = len(phrase) - len(word) - 1 if word else -1
        # The character before is the end of a title or of 的, not of a longer name.
        whole = start == 0 or (start >= 2 and not self.is_person(phrase[start - 1 :][:2]))
        return start if start >= 0 and phrase[start] in self._surnames and whole else None

    def is_called(self, name: str) -> bool:
        """Whether it is what somebody is called by family name (老关)."""
        return len(name) == 2 and name[0] in _CALLED and name[1] in self._surnames

    def start_before(self, text: str, floor: int, stop: int, words: Words) -> int | None:
        """Where the name of three characters begins that ends at ``stop``, before a title (卢鸿渐主席)."""
        foreign = self.foreign.start(text, max(0, stop - _LONGEST_BEFORE), stop)
        if foreign is not None and foreign >= floor:
            return foreign
        start = stop - FULL_NAME
        if start < floor or not (words.is_boundary(start) and words.is_boundary(stop)):
            return None
        inside = words.between(start, stop)
        alone = len(inside) == 1 or (len(inside) == 2 and len(inside[0]) == 1)
        if not alone or text[start] in ALSO_WORDS or text[stop - 1] in _OFFICES:
            return None
        name = text[start:stop]
        return start if self.is_person(name) and name not in self._places else None

    def end(self, text: str, start: int, words: Words) -> int | None:
        """Where the personal name that begins at ``start`` ends: a family name and one or two characters.

        A name that goes on after a middle dot (阿依古丽·托合提) is taken whole.
        """
        foreign = self.foreign.end(text, start)
        if foreign is not None:
            return foreign
        if text[start : start + 1] in _CALLED and text[start + 1 : start + 2] in self._surnames:
            return start + 2 if words.is_boundary(start + 2) else None
        family = 2 if text[start : start + 2] in self._compound else 1
        if start >= len(text) or (family == 1 and text[start] not in self._surnames):
            return None
        if words.is_boundary(start) and words.words[words.index_at(start)] in self.not_names:
            return None
        stop = self._after_dots(text, self._given(text, start + family, words), words)
        return stop if stop - start >= 2 else None

    def _given(self, text: str, stop: int, words: Words) -> int:
        """Where the given name ends that begins at ``stop``: it takes whole words while there is room for them."""
        first, last = stop, stop + 2
        while stop < min(len(text), last):
            word = text[stop : words.starts[words.index_at(stop) + 1]]
            begins = last - stop == 2
            if not _is_han(word[0]) or word in self.not_names or self._verbs.starting_at(text, stop):
                break
            if not begins and word[0] in _NEVER_FIRST and not self._keeps(text, stop, word):
                break
            if len(word) > 1 and word[-1] in _ADVERBS_AFTER and len(word) <= last - stop:
                return stop + len(word) - 1
            if len(word) > last - stop:
                if begins or word[1] in _NEVER_FIRST:
                    stop += min(2, len(word)) if begins else 1
                break
            stop += len(word)
        return stop - 1 if stop - first > 1 and text[stop - 1] in _SAYS else stop

    def _after_dots(self, text: str, stop: int, words: Words) -> int:
        while text[stop : stop + 1] == "·" and stop + 1 < len(text):
            following = words.starts[words.index_at(stop + 1) + 1]
            stop = following if following - stop <= 6 else stop + 4
            while stop < len(text) and text[stop] not in _NEVER_FIRST and _is_han(text[stop]):
                if len(words.words[words.index_at(stop)]) > 1:
                    break
                stop += 1
        return min(stop, len(text))

    def _keeps(self, text: str, place: int, word: str) -> bool:
        """和 as the last character of a name (逯景和中途): what follows begins no other name."""
        return (
            word == "和"
            and text[place + 1 : place + 2] not in self._surnames
            and text[place + 1 : place + 2] not in "几其另他她"
        )


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def is_name(name: str) -> bool:
    """A character that no name has may still stand in the middle of one (a family name, 向, another)."""
    doubtful = name[0] + name[2] if len(name) == FULL_NAME else name
    if _HAN_NAME.match(name) is None or name[0] in _NEVER_FIRST or name[1] in _NEVER_SECOND:
        return False
    return not set(doubtful) & NEVER_IN
