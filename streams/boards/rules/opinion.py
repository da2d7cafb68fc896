"""opinion 社情民意在线: what people are concerned about, by theme and place, over weeks and months.

A concern is a sentence on a theme in which something is wrong or missing, or a proposal that somebody makes on it. A
row is a theme of a place; its windows count concerns by ISO week and by month of the report.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Span
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.people import People
from streams.boards.rules.platform import UNKNOWN, by_count, said_in
from streams.boards.rules.proposals import Proposals
from streams.boards.rules.reading import Reading, pattern
from streams.boards.rules.themes import Themes


class Opinion:
    """The board."""

    name = "opinion"
    title = Title("社情民意在线", "Concerns")
    statuses: tuple[str, ...] = ("rising", "steady", "falling")
    columns: tuple[Column, ...] = (
        Column("theme", Title("主题", "Theme"), filtered=True, listed=False),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("concerns", Title("反映", "Concerns"), "number"),
        Column("proposals", Title("建议", "Proposals"), "number"),
        Column("raised_by", Title("反映人", "Raised by"), "list", filtered=True),
        Column("weeks", Title("按周", "By week"), "list", listed=False),
        Column("months", Title("按月", "By month"), "list"),
    )

    def __init__(self, lexicon: Lexicon, people: People, themes: Themes, proposals: Proposals) -> None:
        self._people, self._themes, self._proposals = people, themes, proposals
        self._concern = pattern(lexicon["opinion.concern.words"])
        self._never = pattern(lexicon["opinion.concern_never.words"])

    def facts(self, reading: Reading) -> list[Entry]:
        """Concerns, and proposals with a theme."""
        return [*self._concerns(reading), *self._proposed(reading)]

    def _concerns(self, reading: Reading) -> Iterator[Entry]:
        for sentence in reading.sentences:
            words = sentence.slice(reading.text)
            mark = self._concern.search(self._never.sub(lambda found: "〇" * len(found.group()), words))
            theme = self._themes.of(words) if mark else None
            if mark and theme:
                fields = self._fields(reading, theme, self._raised_by(reading, sentence))
                fields["mark"] = mark.group()
                seen = reading.evidence(sentence.start, sentence.end)
                yield entry(self.name, (theme, reading.scope), "concern", seen, fields)

    def _proposed(self, reading: Reading) -> Iterator[Entry]:
        told = set[str]()
        for each in self._proposals.facts(reading):
            if each.group in told:
                continue
            if each.what == "proposed" and each.fields["theme"] and each.fields["proposer"]:
                fields = self._fields(reading, each.fields["theme"], each.fields["proposer"])
                group = (each.fields["theme"], reading.scope)
                told.add(each.group)
                yield entry(self.name, group, "proposal", each.evidence, fields, each.event_id)

    def _fields(self, reading: Reading, theme: str, raised_by: str | None) -> dict[str, Json]:
        day = reading.day
        return {
            "theme": theme,
            "place": reading.place,
            "raised_by": raised_by,
            "week": week_of(day) if day else None,
            "month": f"{day:%Y-%m}" if day else None,
        }

    def _raised_by(self, reading: Reading, sentence: Span) -> str | None:
        """Who speaks in the sentence, else the member whom the heading names."""
        for speech in reading.record.speeches:
            if speech.start < sentence.end and sentence.start < speech.end:
                role = speech.role if speech.role and "、" not in speech.role else None
                return self._people.somebody(speech.speaker) or role
        headed = self._people.heading(reading.record.section)
        return headed[1] if headed else None

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row."""
        found = ordered(entries)
        if not found:
            return []
        first = found[0].fields
        counts = Counter(each.what for each in found)
        months = _windows(found, "month")
        fields: dict[str, Json] = {
            "theme": first["theme"],
            "place": first["place"],
            "concerns": counts["concern"],
            "proposals": counts["proposal"],
            "raised_by": said_in(found, "raised_by"),
            "weeks": _windows(found, "week"),
            "months": months,
        }
        return [make_row(self.name, (found[0].group,), first["theme"], found, fields, _trend(months))]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Concerns and proposals by theme, by place, and by month and theme."""
        themes, places = Counter[str](), Counter[str]()
        months: dict[str, Counter[str]] = {}
        for row in rows:
            count = row.fields["concerns"] + row.fields["proposals"]
            themes[row.fields["theme"]] += count
            places[row.fields["place"] or UNKNOWN] += count
            for window in row.fields["months"]:
                months.setdefault(window["window"], Counter())[row.fields["theme"]] += window["count"]
        return {
            "themes": by_count(themes),
            "places": by_count(places),
            "months": {month: by_count(months[month]) for month in sorted(months)},
        }


def week_of(day: date) -> str:
    """The ISO week: 2024-W02."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _windows(found: Iterable[Entry], name: str) -> list[Json]:
    counts = Counter(window for each in found if (window := each.fields[name]))
    return [{"window": window, "count": counts[window]} for window in sorted(counts)]


def _trend(months: list[Json]) -> str:
    """The latest month with concerns against the one before it: windows without any are not told apart from silence."""
    if len(months) < _TWO:
        return "steady"
    before, last = months[-2]["count"], months[-1]["count"]
    if last == before:
        return "steady"
    return "rising" if last > before else "falling"


_TWO = 2
