"""Seeds as the boards see them, for the tests of the boards: analysed and read once, without a broker."""

import functools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from schemas.classified import ClassifiedParagraph
from schemas.paragraph import Paragraph, Report
from streams.boards.board import Entry, Row
from streams.boards.rules import Boards, load_boards
from streams.reports.reader import read_report
from streams.reports.reading import ReportOptions
from streams.reports.sources import Source, find_sources
from tests.unit.analysis_samples import SEEDS, analyser

PUSHED = datetime(2026, 1, 5, tzinfo=UTC)


@functools.cache
def boards() -> Boards:
    """One for all tests: they keep no state."""
    return load_boards()


def classified_of(*paths: Path) -> list[ClassifiedParagraph]:
    """Every paragraph of files and directories, classified."""
    sources = (found for found in find_sources(map(str, paths)) if isinstance(found, Source))
    readings = (reading for source in sources for reading in read_report(source, ReportOptions(), PUSHED))
    return [analyser().analyse(reading) for reading in readings if isinstance(reading, Paragraph)]


@functools.cache
def seeds() -> tuple[ClassifiedParagraph, ...]:
    """All seeds, classified."""
    return tuple(classified_of(SEEDS))


@functools.cache
def seed_entries() -> tuple[Entry, ...]:
    """What all boards say of all seeds."""
    return entries_of(seeds())


def entries_of(records: Iterable[ClassifiedParagraph]) -> tuple[Entry, ...]:
    """What all boards say of paragraphs."""
    return tuple(entry for record in records for entry in boards().facts(record))


def grouped(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Entries by board and group."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.board, entry.group), []).append(entry)
    return groups


def rows_of(board: str, entries: Iterable[Entry]) -> list[Row]:
    """The rows of a board, by title and first day."""
    rows = [
        row for (name, _), inside in grouped(entries).items() if name == board for row in boards()[board].rows(inside)
    ]
    return sorted(rows, key=lambda row: (row.first or "", row.title, row.id))


@functools.cache
def seed_rows(board: str) -> tuple[Row, ...]:
    """The rows of a board over all seeds."""
    return tuple(rows_of(board, seed_entries()))


def told(
    text: str,
    *,
    title: str = "云川日报",
    published: date | None = date(2024, 3, 1),
    section: str | None = None,
    genre: str | None = None,
    ordinal: int = 0,
) -> ClassifiedParagraph:
    """A paragraph of a made-up report, classified."""
    report = Report.named(title, published, genre)
    return analyser().analyse(Paragraph.numbered(report, ordinal, text, section, pushed_at=PUSHED))


def only(rows: Sequence[Row]) -> Row:
    """The one row."""
    assert len(rows) == 1, [row.title for row in rows]
    return rows[0]
