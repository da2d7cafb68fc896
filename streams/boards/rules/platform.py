"""platform 大数据平台: every report with its paragraphs, counted by kind, day and genre.

A row is a report; an entry is a paragraph. The index of words is the store's, over ``words`` of this file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from schemas.items import KINDS
from streams.analysis.words import Segmenter
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered
from streams.boards.rules.reading import Reading

_WORD = re.compile(r"[\w\u3400-\u9fff]")
UNKNOWN = "未说明"
"""How totals call what a report does not tell."""


class Platform:
    """The board."""

    name = "platform"
    title = Title("大数据平台", "Platform")
    statuses: tuple[str, ...] = ()
    columns: tuple[Column, ...] = (
        Column("report", Title("报告", "Report"), listed=False),
        Column("genre", Title("体裁", "Genre"), filtered=True),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("source", Title("来源", "Source"), filtered=True, listed=False),
        Column("paragraphs", Title("段落", "Paragraphs"), "number"),
        *(
            Column(kind, Title(zh, kind.capitalize()), "number")
            for kind, zh in (("speech", "讲话"), ("proposal", "建议"), ("statistic", "数据"), ("plan", "计划"))
        ),
        Column("other", Title("其他", "Other"), "number"),
        Column("items", Title("事件", "Events"), "number", listed=False),
    )

    def facts(self, reading: Reading) -> list[Entry]:
        """One entry: the paragraph, whole."""
        record, report = reading.record, reading.record.report
        counts = (len(record.speeches), len(record.proposals), len(record.statistics), len(record.plans))
        fields: dict[str, Json] = {
            "report": report.title or report.id,
            "genre": report.genre,
            "source": report.source,
            "place": reading.place,
            "kinds": list(record.kinds),
            "primary": record.primary,
            "items": sum(counts),
        }
        seen = reading.evidence(0, len(record.text))
        return [entry(self.name, (report.id,), "paragraph", seen, fields)]

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row: the report."""
        found = ordered(entries)
        if not found:
            return []
        first = found[0]
        kinds = Counter(kind for each in found for kind in each.fields["kinds"])
        places = Counter(each.fields["place"] for each in found if each.fields["place"])
        fields: dict[str, Json] = {
            "report": first.fields["report"],
            "genre": first.fields["genre"],
            "place": commonest(places),
            "source": first.fields["source"],
            "paragraphs": len(found),
            **{kind: kinds[kind] for kind in KINDS},
            "other": sum(not each.fields["kinds"] for each in found),
            "items": sum(each.fields["items"] for each in found),
        }
        report_id = first.evidence.report_id
        return [make_row(self.name, (report_id,), first.fields["report"], found, fields)]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Reports and paragraphs; paragraphs by kind, by genre and by day, reports by day."""
        kinds, genres, days, reports = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        for row in rows:
            fields = row.fields
            kinds.update({kind: fields[kind] for kind in (*KINDS, "other")})
            genres[fields["genre"] or UNKNOWN] += fields["paragraphs"]
            days[row.first or UNKNOWN] += fields["paragraphs"]
            reports[row.first or UNKNOWN] += 1
        return {
            "totals": {"reports": reports.total(), "paragraphs": days.total()},
            "kinds": dict(kinds),
            "genres": by_count(genres),
            "days": dict(sorted(days.items())),
            "reports_by_day": dict(sorted(reports.items())),
        }


def words(segmenter: Segmenter, text: str) -> list[str]:
    """The words of a text, in order, as jieba cuts them: for an index and for what is looked for in it.

    Marks and white space are left out; Latin letters are small. A text and a query of the same characters may be cut
    differently, so an index does well to fall back on its characters when words find nothing.
    """
    return [word.lower() for word in segmenter.cut(text).words if _WORD.search(word)]


def commonest(counts: Counter[str]) -> str | None:
    """What occurs most; of several the first by its characters, so that order does not matter."""
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def by_count(counts: Counter[str]) -> dict[str, int]:
    """Counts, the greatest first."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def distinct(values: Iterable[str | None]) -> list[str]:
    """Values in their order, each once, without None."""
    return list(dict.fromkeys(value for value in values if value))


def said_in(entries: Sequence[Entry], name: str) -> list[str]:
    """The distinct values of a field over entries, lists taken apart."""
    values: list[str | None] = []
    for each in entries:
        value = each.fields.get(name)
        values += value if isinstance(value, list) else [value]
    return distinct(values)
