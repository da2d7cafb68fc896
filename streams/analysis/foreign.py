"""Foreign names in Chinese characters: a few hundred characters write their sounds, and hardly anything else in a row.

Word lists and segmenters know few of them (里亚布科夫, 卡德罗夫); the characters tell them.
"""

import re

from streams.analysis.lexicon import Lexicon

_LEAST = 3
"""Characters of a name that is taken for one by its characters alone."""
_TITLE_ENDS = frozenset("长员人官使臣统理席相者手书师授家士记监令帅王")
"""Last characters of titles, before a name."""


class ForeignNames:
    """Finds names by the characters that they are written with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._places = lexicon["speech.openings"]
        sounds = re.escape("".join(sorted(lexicon["people.sounds"].words)))
        others = re.escape("".join(sorted(lexicon["people.rarer_sounds"].words)))
        stops = "|".join(map(re.escape, lexicon["people.after_names"].longest_first()))
        # One look at a character tells most places where no such name begins or ends; $ is also before a line's end.
        self.first = lexicon["people.sounds"].words
        self._final = frozenset((*self.first, *lexicon["people.rarer_sounds"].words, "\n"))
        part = f"(?!{stops})[{sounds}](?:(?!{stops})[{sounds}{others}]){{1,11}}"
        self._name = re.compile(f"{part}(?:·{part})*(?:[一二三四五六七八九十]{{1,2}}世)?")
        self._ends = re.compile(f"(^|[的，。；：“”、])[{sounds}][{sounds}{others}]{{2,7}}$")
        self._last = re.compile(f"[{sounds}{others}·]{{2,24}}(?:[一二三四五六七八九十]{{1,2}}世)?$")

    def end(self, text: str, start: int) -> int | None:
        """Where the foreign name ends that begins at ``start``."""
        match = self._name.match(text, start) if text[start : start + 1] in self.first else None
        if match is None or match.end() - start < _LEAST or self._places.starting_at(text, start):
            return None
        return match.end()

    def start(self, text: str, floor: int, stop: int) -> int | None:
        """Where the foreign name begins that ends at ``stop``, after 的 or a mark (来自临江县的扎西顿珠代表)."""
        match = self._ends.search(text, floor, stop) if text[stop - 1 : stop] in self._final else None
        if match is None or match.end() - match.end(1) < _LEAST or self._places.starting_at(text, match.end(1)):
            return None
        return match.end(1)

    def is_name(self, name: str) -> bool:
        """Whether all of it is a foreign name."""
        return len(name) >= _LEAST and not self._places.starting_at(name, 0) and self._name.fullmatch(name) is not None

    def last(self, phrase: str) -> int | None:
        """Where the foreign name begins that ends the phrase, right after a title."""
        final = phrase[-1:] in self._final or phrase[-1:] == "世"
        match = self._last.search(phrase, max(0, len(phrase) - 26)) if final else None
        if match is None or match.start() == 0 or len(match.group()) < _LEAST:
            return None
        return match.start() if phrase[match.start() - 1] in _TITLE_ENDS else None
