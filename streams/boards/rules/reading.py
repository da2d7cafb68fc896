"""A classified paragraph as the boards read it: its day, place, year and sentences, found once for all of them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Self

from schemas.classified import ClassifiedParagraph
from schemas.events import event_id
from schemas.items import Item, Kind
from schemas.paragraph import Report
from streams.analysis.lexicon import Lexicon, WordSet, load_lexicon
from streams.analysis.sentences import Quotation, Span, clauses, quotations, sentences
from streams.analysis.words import Segmenter, Words
from streams.boards.board import Evidence
from streams.boards.rules.lexicon import FILES

_YEAR = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?=年)")
_PLACE = re.compile(
    "(?P<place>[\u4e00-\u9fff]{2,4}?(?:自治[州县区]|[省市县区州]|街道|镇|乡)|[\u4e00-\u9fff]{2,3}旗)"
    "(?![场容民长内外域直级里上情志花])"
)
_DATED = re.compile("[0-9]{1,2}月|[一二三四]季度|[上下]半年")
_HEADED_YEAR = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?=年|[\\s　])")
_RELATIVE = re.compile("今年|去年|明年|来年")


@dataclass(frozen=True)
class Reading:
    """A paragraph with what its report, heading and text say of time and place; None where they do not tell.

    Attributes:
        record: the classified paragraph.
        place: the place that the report, else the heading, else the text is about.
        tense: what the heading says of the time spoken of.
        past_year: the year that the report reviews, by its title.
        planned_year: the year that the report plans, by its title.
    """

    record: ClassifiedParagraph
    place: str | None
    tense: str | None
    past_year: int | None
    planned_year: int | None
    cut: Callable[[str], Words]
    kept: dict[str, Any] = field(default_factory=dict, compare=False)
    """What one board found and another builds on, so that it is found once."""

    @cached_property
    def words(self) -> Words:
        """The words of the text."""
        return self.cut(self.text)

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return self.record.text

    @property
    def day(self) -> date | None:
        """The day of the report."""
        return self.record.report.published

    @property
    def scope(self) -> str:
        """What figures and people are told apart by: the place, else the report alone."""
        return self.place or f"report:{self.record.report.id}"

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences of the text."""
        return sentences(self.text)

    @cached_property
    def quotes(self) -> list[Quotation]:
        """What stands in quotation marks and title marks."""
        return quotations(self.text)

    @cached_property
    def section_year(self) -> int | None:
        """The one year that the heading names."""
        return only_year(self.record.section)

    def year_before(self, place: int, floor: int = 0) -> int | None:
        """The year named last in ``text[floor:place]``: 2024年, 今年."""
        places, years = self._years
        last = bisect_left(places, place) - 1
        return years[last] if last >= 0 and places[last] >= floor else None

    def year_of(self, place: int) -> int | None:
        """The year of what stands at ``place``: named before it, or in the heading, or that of a month without one."""
        year = self.year_before(place) or self.section_year
        if year is None and self.day is not None and self._first_dated <= self.sentence_at(place).end:
            return self.day.year
        return year

    def looks_ahead(self, year: int | None) -> bool:
        """Whether what is told of ``year`` under this heading is yet to come."""
        if self.day is None or self.tense == "past":
            return self.tense == "future"
        begun = self.section_year == self.day.year and self.day.month <= _EARLY
        return self.tense == "future" or begun or (year is not None and year > self.day.year)

    def intends(self, sentence: Span) -> bool:
        """Whether the analysis takes the sentence for a plan, and it counts nothing: counts are of what was done."""
        return sentence.start in self._intended

    @cached_property
    def _intended(self) -> set[int]:
        """Where sentences begin that plans without numbers lie in."""
        found = set()
        for plan in self.record.plans:
            if not plan.targets:
                first, last = (
                    bisect_right(self._sentence_starts, plan.start) - 1,
                    bisect_left(self._sentence_starts, plan.end),
                )
                found |= set(self._sentence_starts[max(0, first) : last])
        return found

    def sentence_at(self, place: int) -> Span:
        """The sentence that holds the character at ``place``."""
        return _holding(self.sentences, self._sentence_starts, place, len(self.text))

    def clause_at(self, place: int) -> Span:
        """The clause that holds the character at ``place``."""
        return _holding(self._clauses, self._clause_starts, place, len(self.text))

    def quotes_within(self, start: int, end: int) -> list[Quotation]:
        """What stands in marks that open in ``text[start:end]``."""
        places = self._quote_starts
        return self.quotes[bisect_left(places, start) : bisect_left(places, end)]

    @cached_property
    def _clauses(self) -> list[Span]:
        return [clause for sentence in self.sentences for clause in clauses(self.text, sentence)]

    # A text may be one of many thousand sentences, and each item asks for its own: looked up, not searched.
    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [each.start for each in self.sentences]

    @cached_property
    def _clause_starts(self) -> list[int]:
        return [each.start for each in self._clauses]

    @cached_property
    def _quote_starts(self) -> list[int]:
        return [each.start for each in self.quotes]

    @cached_property
    def _years(self) -> tuple[list[int], list[int]]:
        """Where years are named, and which."""
        named = [(found.start(), int(found.group())) for found in _YEAR.finditer(self.text)]
        if self.day is not None:
            steps = {"今年": 0, "去年": -1, "明年": 1, "来年": 1}
            told = _RELATIVE.finditer(self.text)
            named += [(found.start(), self.day.year + steps[found.group()]) for found in told]
        named.sort()
        return [place for place, _ in named], [year for _, year in named]

    @cached_property
    def _first_dated(self) -> int:
        found = _DATED.search(self.text)
        return found.end() if found else len(self.text) + 1

    def evidence(self, start: int, end: int) -> Evidence:
        """Where something is said."""
        record = self.record
        return Evidence(
            report_id=record.report.id,
            report_title=record.report.title,
            published=record.report.published.isoformat() if record.report.published else None,
            paragraph_id=record.id,
            ordinal=record.ordinal,
            section=record.section,
            start=start,
            end=end,
            text=self.text[start:end],
        )

    def of_item(self, item: Item) -> Evidence:
        """Where an item stands."""
        return self.evidence(item.start, item.end)

    def event(self, kind: Kind, item: Item) -> str:
        """The id of the event that tells of an item."""
        return event_id(self.record.id, kind, item)


class Reader:
    """Reads paragraphs; keeps no state between them."""

    def __init__(self, lexicon: Lexicon, analysis: Lexicon, cut: Callable[[str], Words]) -> None:
        self._cut = cut
        self._not_places, self._before = lexicon["places.not_places"], lexicon["places.before"]
        self._past = pattern(analysis["sections.tense.past"])
        # A section on 自身建设 is as often on what was done as on what is to come.
        future = analysis["sections.tense.future"].words - {"自身建设"}
        self._future = pattern(WordSet(future))
        self._titles_past, self._titles_future = (
            pattern(lexicon["plans.titles.past"]),
            pattern(lexicon["plans.titles.future"]),
        )

    @classmethod
    def load(cls) -> Self:
        """A reader with its word lists and the dictionary."""
        return cls(load_lexicon("streams.boards.rules.lexicon", FILES), load_lexicon(), Segmenter.load().cut)

    def read(self, record: ClassifiedParagraph) -> Reading:
        """The paragraph with its context."""
        title, section = record.report.title or "", record.section or ""
        return Reading(
            record=record,
            place=self._place_of(record.report) or self._place(section) or self._opening_place(record.text),
            tense=self._tense(section),
            past_year=only_year(title) if self._titles_past.search(title) else None,
            planned_year=only_year(title) if self._titles_future.search(title) else None,
            cut=self._cut,
        )

    def _place_of(self, report: Report) -> str | None:
        return self._place(report.title or "") or self._place(report.source or "")

    def _opening_place(self, text: str) -> str | None:
        """The place that the first sentence names, or that the second one opens with."""
        opening = sentences(text)[:2]
        return self._place(opening[0].slice(text)) or next(
            (place for each in opening[1:] for place in self._places_at(each.slice(text), 0)), None
        )

    def _place(self, text: str) -> str | None:
        """The first name of a place that opens a clause or follows a word that places follow."""
        return next(self._places(text), None)

    def _places(self, text: str) -> Iterator[str]:
        for start in range(len(text)):
            before = text[start - 1 : start]
            if start == 0 or not ("\u4e00" <= before <= "\u9fff") or self._before.ending_at(text, start):
                yield from self._places_at(text, start)

    def _places_at(self, text: str, start: int) -> Iterator[str]:
        found = _PLACE.match(text, start)
        if found is None:
            return
        name = self._bare(found["place"])
        county_town = name[-1] == "县" and text[found.end() : found.end() + 1] == "城"
        if not county_town and self._is_place(name):
            yield name

    def _bare(self, name: str) -> str:
        """The name without the words before it (政协云川市, 与云川市)."""
        while (before := self._before.starting_at(name, 0)) and len(name) - len(before) >= _SHORTEST:
            name = name[len(before) :]
        return name

    def _is_place(self, name: str) -> bool:
        return (
            self._not_places.ending_at(name, len(name)) is None
            and not name.startswith(_NO_PLACE)
            and not set(name) & _NEVER
        )

    def _tense(self, section: str) -> str | None:
        past, future = self._past.search(section) is not None, self._future.search(section) is not None
        if past == future:
            return None
        return "past" if past else "future"


def _holding(spans: list[Span], starts: list[int], place: int, length: int) -> Span:
    index = bisect_right(starts, place) - 1
    return spans[index] if index >= 0 and spans[index].holds(place) else Span(0, length)


_NEVER = frozenset("的了做好是有将由议")
"""Characters that no name of a place has."""
_EARLY = 3
"""Month up to which a report looks ahead in a section on its own year."""
_SHORTEST = 3
"""Characters of a place's name with its last one (云川市) when words before it are taken off."""
_NO_PLACE = (
    "全",
    "我",
    "本",
    "各",
    "该",
    "两",
    "三",
    "那",
    "这",
    "一",
    "几",
    "每",
    "某",
    "在",
    "到",
    "由",
    "对",
    "是",
    "有",
)


def only_year(text: str | None) -> int | None:
    """The year that a text names, when it names one and no other."""
    years = set(_HEADED_YEAR.findall(text or ""))
    return int(years.pop()) if len(years) == 1 else None


def names_of(lexicon: Lexicon, file: str, table: str) -> dict[str, str]:
    """Every word of a table's lists with the name of its list: what stands on the left for what stands on the right."""
    return {
        word: name
        for (in_file, in_table, name), words in lexicon.lists.items()
        if (in_file, in_table) == (file, table)
        for word in words.words
    }


def any_of(words: Iterable[str]) -> str:
    """An alternation of words, the longest first, in an order that depends on them alone."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def pattern(words: WordSet) -> re.Pattern[str]:
    """Any of the words, the longest first."""
    return re.compile(any_of(words.words))
