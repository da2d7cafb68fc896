"""Who a phrase names: a person with a title on either side, or an organisation or group as written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streams.analysis.lexicon import Finder, Lexicon
from streams.analysis.words import Words

_FRAME = re.compile(
    r"(?:在|就|对|向|于|针对|围绕|通过|用|以|从|当|随|经|面对|为)[^，。；：]{1,24}?"
    r"(?:上|中|时|里|末|外|后|间|下|内|前|期间|采访|记者|问题|情况|现状|字|此|事|会议|讲话|部门|总统|总理|报告)$"
)
_SOME = re.compile("有(?:的|些)?(?!人|关|的|些)[^的一二两三几多]{2,5}")
_DOING = re.compile(
    r"(?:拿着|带着|掰着|扳着|笑着|指着|捧着|举着|接过|站起|听完|说完)[^，。；：]{0,12}$|一?边[^，。；：边]{1,8}一?边$"
)
_DATE = r"(?:在|于)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:上午|下午|晚间?|凌晨)?"
_DATE_LAST = re.compile(_DATE + "$")
_DATE_FIRST = re.compile("^" + _DATE + "，?")
_NEVER_FIRST = frozenset(
    "的了着过在把被对向从到就也都还则却并和与及或是有说称将要会可能应上下中里前后用以于为由们更没又才只仍正曾已另告笑听看拿掰算请不去来带替跟给等"
)
_NEVER_IN = frozenset("的了着在把被就也都则说将们对向")
_MARKS = frozenset("，。；：“”！？")
_PREPOSITIONS = frozenset("在到从对为按据将把被以用")
_UNFINISHED = ("在", "的", "了", "着")
_LONGEST_PHRASE = 40
_LONGEST_NAME = 24
_FULL_NAME = 3
_ADVERBS_AFTER = frozenset("则也还就都又才却")
"""Adverbs that a segmenter may take into a name before them (青则)."""
_ALSO_WORDS = frozenset("经区车于应时年能都别相双那单全有平明通支解向连成从后空何关家")
"""Family names that open other words more often: not taken for a name without a title."""
_FOREIGN = frozenset("里奇尔斯克德姆拉巴卡夫维尼亚诺罗伊格塔布哈萨阿莱利泽鲁普沙森逊塞梅索科契娃捷列黎纳默茨乐")
_LONGEST_FOREIGN = 7
_SCENE, _MOST_NAMES = 2000, 40
"""Characters in which a name is looked for again, and names that are: a paragraph without end has bounds, too."""
_SHORT_CLAUSE = 14
"""Characters at the head of a sentence in which a clause says when (上月底，) before the subject comes."""
_BEFORE_COLON = re.compile("[，；](?=[^，。；：“”]{3,16}：)")
_BEFORE_NAME = re.compile(
    "(?:老板娘|年轻人|阿姨|大[妈爷叔姐]|班长|[船店园股社校馆]长|[经饭]理|医生|村医|业主|农户|[技教]师|大户|职工|民警)"
)
_PLACES = frozenset("市县区镇乡村省州局厅委院校厂社街路河江湖海山岛港站队组部办所会家人户年月日天量率额费值度化性力")
_WORKPLACES = frozenset("所院会局部厅委校司社队镇乡村站处室厂学馆行团")
_OF = ("的", "、", "和", "与", "")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}$|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+$|[\u4e00-\u9fff]{2,7}$")


_GROUPS = frozenset(
    [
        "与会",
        "企业家",
        "多国",
        "各国",
        "有关",
        "部分",
        "相关",
        "两国",
        "参会",
        "一些",
        "几位",
        "几名",
        "多位",
        "多名",
        "不少",
        "许多",
    ]
)


@dataclass(frozen=True, slots=True)
class Who:
    """A speaker or proposer; ``named`` when it is a person's name rather than a group or an organisation."""

    name: str
    role: str | None = None
    named: bool = False


class People:
    """Reads names out of phrases, and remembers nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._roles = lexicon["speech.roles"]
        self._adverbs = lexicon["speech.adverbs"]
        self.pronouns = lexicon["speech.pronouns"]
        self._collective = lexicon["speech.collective"]
        self._surnames = lexicon["people.surnames"].words
        self._compound = lexicon["people.compound"].words
        self._not_names = lexicon["people.not_names"].words
        self._verbs = lexicon["speech.verbs"]
        self._role = re.compile("|".join(map(re.escape, self._roles.longest_first())))
        self._titles = Finder(self._roles.words)

    def is_word(self, text: str) -> bool:
        """Whether a candidate for a name is a word of the lists."""
        return text in self._not_names or text in self._roles or text in self._adverbs

    def titles(self, text: str) -> Iterator[re.Match[str]]:
        """Every title in the text."""
        return self._titles.finditer(text)

    def subject(self, phrase: str) -> Who | None:
        """The one who acts in the phrase that stands before a verb; None when it names nobody."""
        if len(phrase) > 2 * _LONGEST_PHRASE:
            return None
        phrase = self._bare(phrase)
        if not phrase or len(phrase) > _LONGEST_PHRASE:
            return None
        if phrase.startswith("也有"):
            phrase = phrase[1:]
        if phrase.startswith("有") and (self._roles.starting_at(phrase, 1) or phrase[1:] in self._roles):
            phrase = phrase[1:]
        if phrase.startswith("有") and _SOME.fullmatch(phrase):
            phrase = phrase[1:]
        return self.split(phrase)

    def split(self, phrase: str) -> Who | None:
        """国务院总理李强 -> 李强 (国务院总理); 毕嘉陵研究员 -> 毕嘉陵 (研究员); 俄罗斯国防部 as it is."""
        if phrase in self._collective or phrase in self.pronouns:
            return Who(phrase)
        titled = self._titled(phrase)
        if titled is not None:
            return titled
        if not 2 <= len(phrase) <= _LONGEST_PHRASE or _MARKS & set(phrase):
            return None
        # A headline that runs into the text says the name twice (印尼…喷发印尼地质局): the last one acts.
        again = phrase.rfind(phrase[:2])
        if again >= 6:
            return self.split(phrase[again:])
        if (
            len(phrase) > _LONGEST_NAME
            or (phrase[0] in _PREPOSITIONS and phrase[-1] not in "军方")
            or phrase.endswith(_UNFINISHED)
        ):
            return None
        _, of, person = phrase.rpartition("的")
        if of and 2 <= len(person) <= 4 and person not in self._roles and "一" not in person:
            return Who(person, None, named=True)
        return Who(phrase, None, named=len(phrase) <= 4)

    def _titled(self, phrase: str) -> Who | None:
        """A name after the last title, before it, or between two of them."""
        last = None
        for match in self._role.finditer(phrase):
            last = match
        if last is None:
            return None
        name, before = phrase[last.end() :], phrase[: last.start()]
        if len(name) >= 2 and _is_name(name) and name not in self._not_names:
            return Who(name, phrase[: last.end()], named=True)
        if name:
            return None
        between = self._title_between(before)
        family = before[:1] in self._surnames or before[:2] in self._compound
        if between is None and family and 2 <= len(before) <= 3 and before not in _GROUPS and _is_name(before):
            return Who(before, last.group(), named=True)
        return between or self._after_place_of_work(before, last.group())

    def _after_place_of_work(self, phrase: str, title: str) -> Who | None:
        """省农科院卫一舟 before a title (研究员): the three characters after the end of an organisation's name."""
        name, place = phrase[-_FULL_NAME:], phrase[-_FULL_NAME - 1 : -_FULL_NAME]
        if place not in _WORKPLACES or not place or name[0] not in self._surnames or not _is_name(name):
            return None
        return Who(name, title, named=True)

    def ends_with_title(self, name: str) -> bool:
        """Whether a phrase says by a title who somebody is, without a name (某厂的财务总监)."""
        return self._roles.ending_at(name, len(name)) is not None

    def is_person(self, name: str) -> bool:
        """Whether a name of two to four characters begins like a person's."""
        family = name[:1] in self._surnames or name[:2] in self._compound
        return 2 <= len(name) <= 4 and family and not self.is_word(name) and _is_name(name)

    def _title_between(self, phrase: str) -> Who | None:
        """穗围村党总支书记钟沛玲 before another title (代表): the name after the first one."""
        last = None
        for match in self._role.finditer(phrase):
            last = match
        if last is None:
            return None
        name = phrase[last.end() :]
        return Who(name, phrase[: last.end()], named=True) if 2 <= len(name) <= 4 and _is_name(name) else None

    def _bare(self, phrase: str) -> str:
        """The phrase without adverbs, times and frames at either end."""
        phrase = phrase.strip().strip("、")
        for _ in range(6):
            before = phrase
            phrase = _DOING.sub("", _FRAME.sub("", phrase))
            word = self._adverbs.ending_at(phrase, len(phrase))
            if word:
                phrase = phrase[: -len(word)]
            phrase = _DATE_FIRST.sub("", _DATE_LAST.sub("", phrase))
            word = self._adverbs.starting_at(phrase, 0)
            if word and word not in ("先", "会上") and len(word) < len(phrase) and len(word) > 1:
                phrase = phrase[len(word) :]
            if phrase == before:
                break
        return phrase.strip().strip("、—")

    def name_at(self, text: str, start: int, words: Words) -> int | None:
        """Where the personal name that begins at ``start`` ends: a family name and one or two characters.

        A name that goes on after a middle dot (阿依古丽·托合提) is taken whole.
        """
        family = 2 if text[start : start + 2] in self._compound else 1
        if start >= len(text) or (family == 1 and text[start] not in self._surnames):
            return None
        if words.is_boundary(start) and words.words[words.index_at(start)] in self._not_names:
            return None
        stop = self._after_dots(text, self._given(text, start + family, words), words)
        return stop if stop - start >= 2 else None

    def _given(self, text: str, stop: int, words: Words) -> int:
        """Where the given name ends that begins at ``stop``: it takes whole words while there is room for them."""
        last = stop + 2
        while stop < min(len(text), last):
            word = text[stop : words.starts[words.index_at(stop) + 1]]
            begins = last - stop == 2
            if not _is_han(word[0]) or word in self._not_names or self._verbs.starting_at(text, stop):
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
        return stop

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


def _is_name(name: str) -> bool:
    """A character that no name has may still stand in the middle of one (a family name, 向, another)."""
    doubtful = name[0] + name[2] if len(name) == _FULL_NAME else name
    return _HAN_NAME.match(name) is not None and name[0] not in _NEVER_FIRST and not set(doubtful) & _NEVER_IN


@dataclass(frozen=True, slots=True)
class Mention:
    """A person with a title, where the name stands."""

    start: int
    who: Who


def mentions(text: str, people: People, words: Words) -> list[Mention]:
    """Every person whom the paragraph names with a title before the name, left to right."""
    found = []
    place = 0
    for match in people.titles(text):
        if match.end() <= place:
            continue
        stop = people.name_at(text, match.end(), words) if words.is_boundary(match.end()) else None
        if stop is not None:
            stop = _whole(text, match.end(), stop)
            floor = max(place, match.start() - _LONGEST_NAME)
            begin = max(floor, 1 + max(text.rfind(mark, floor, match.start()) for mark in "，。；：“”、！？\n "))
            found.append(Mention(match.end(), Who(text[match.end() : stop], text[begin : match.end()], named=True)))
            place = stop
    return found


def _whole(text: str, start: int, stop: int) -> int:
    """A foreign name goes on with characters that such names are written with, wherever the text has it again."""
    limit = start + _SCENE
    count = text.count(text[start:stop], start, limit)
    while count > 1 and text[stop : stop + 1] in _FOREIGN and stop - start < _LONGEST_FOREIGN:
        if text.count(text[start : stop + 1], start, limit) < count:
            break
        stop += 1
    return stop


def again(text: str, named: list[Mention]) -> list[Mention]:
    """Every later place where someone is named who was named with a title before, all in order."""
    names = {mention.who.name: mention.who for mention in reversed(named) if mention.who.named}
    if not names:
        return named
    ordered = sorted(list(names)[:_MOST_NAMES], key=lambda name: (-len(name), name))
    first = {mention.start for mention in named}
    found = list(named)
    for match in re.finditer("|".join(map(re.escape, ordered)), text):
        if match.start() not in first and match.start() > named[0].start:
            found.append(Mention(match.start(), names[match.group()]))
    return _apart(found)


def _apart(found: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda mention: (mention.start, -len(mention.who.name))):
        if not kept or mention.start >= kept[-1].start + len(kept[-1].who.name):
            kept.append(mention)
    return kept


def heads(text: str, starts: list[int]) -> list[int]:
    """Where a name without a title may stand: at the head of a sentence, after a short clause there, after 的 or
    after a word for what somebody is (老板娘, 车间班长).
    """
    found = set(starts)
    for start in starts:
        comma = text.find("，", start, start + _SHORT_CLAUSE)
        if comma >= 0:
            found.add(comma + 1)
    found.update(match.end() for match in _BEFORE_COLON.finditer(text))
    found.update(match.end() for match in _BEFORE_NAME.finditer(text))
    return sorted(place for place in found if place < len(text))


def openings(text: str, starts: list[int], people: People, words: Words) -> list[Mention]:
    """Persons who are named without a title: a family name and two characters that are no word together."""
    found = []
    for start in starts:
        stop = None if text[start] in _ALSO_WORDS else people.name_at(text, start, words)
        if stop is None or stop - start != _FULL_NAME or text[stop - 1] in _PLACES or text[stop : stop + 1] in _OF:
            continue
        inside = words.between(start, stop)
        whole = len(inside) == 1 and words.is_boundary(stop)
        parted = len(inside) == 2 and len(inside[0]) == 1 and words.is_boundary(stop)
        if (whole or parted) and not people.is_word(text[start:stop]):
            found.append(Mention(start, Who(text[start:stop], None, named=True)))
    return found
