"""Paragraphs for one page: the seeds' own, shortened, lengthened and put together anew, no two with the same start."""

import re
from random import Random

from benchmarks.pages.seeds import SeedReport, is_closed, sentences

START = 12
"""Characters that make a paragraph's start; a page must not have two paragraphs with the same one."""
MAX_SENTENCES = 6

_SPACE = re.compile(r"\s")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九]是|（[一二三四五六七八九]）|\d+[.．、]|——)")


class Shelf:
    """What a page can still be set from."""

    def __init__(self, reports: tuple[SeedReport, ...], rng: Random) -> None:
        self._reports = reports
        self._rng = rng
        self._pool = [sentence for report in reports for text in report.paragraphs for sentence in sentences(text)]
        self._starts: set[str] = set()
        self._untitled = rng.sample(reports, len(reports))

    def titled(self) -> SeedReport:
        """A report whose title the page does not have yet, as long as there is one."""
        return self._untitled.pop() if self._untitled else self.report()

    def report(self) -> SeedReport:
        """A report, any number of times: its paragraphs vary."""
        return self._rng.choice(self._reports)

    def paragraphs(self, report: SeedReport, count: int, opening: str = "") -> list[str]:
        """Up to so many paragraphs that follow each other in the report or were put together; the first may open so."""
        own = list(report.paragraphs)
        first = self._rng.randrange(len(own))
        found: list[str] = []
        for text in (own[first:] + own[:first])[: 3 * count]:
            varied = (opening if not found else "") + self._varied(text)
            if len(found) < count and self._is_new(varied):
                found.append(varied)
        return found

    def run(self, labels: tuple[str, ...], count: int) -> list[str]:
        """Short paragraphs that are counted: 一是……；二是……。"""
        found: list[str] = []
        for label in labels[:count]:
            sentence = _NUMBERED.sub("", self._rng.choice(self._pool))
            if self._is_new(label + sentence):
                found.append(label + sentence)
        if labels[0] == "一是":
            found = [*(re.sub("[。！？]$", "；", text) for text in found[:-1]), *found[-1:]]
        return found

    def _is_new(self, text: str) -> bool:
        start = _SPACE.sub("", text)[:START]
        new = start not in self._starts and is_closed(text)
        self._starts.add(start)
        return new

    def _varied(self, text: str) -> str:
        draw, parts = self._rng.random(), sentences(text)
        if draw < 0.5 or not parts:
            return text
        if draw < 0.65:
            return "".join(parts[: self._rng.randint(1, len(parts))])
        if draw < 0.8:
            return text + "".join(self._some(1, 3)) if text.endswith(("。", "！")) else text
        return self._with_dash("".join(self._some(2, MAX_SENTENCES)))

    def _some(self, least: int, most: int) -> list[str]:
        return self._rng.sample(self._pool, self._rng.randint(least, most))

    def _with_dash(self, text: str) -> str:
        """Some with 一 or —— where a line may begin with it."""
        draw = self._rng.random()
        if draw < 0.15:
            return "一年来，" + text
        if draw < 0.3:
            return text.replace("，", "——", 1)
        return text
