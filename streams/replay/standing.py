"""What stands on the topics: the events that no retraction took back, and what each paragraph was classified as.

Kept in a temporary SQLite file, since years of events need not fit into memory.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from schemas.classified import ClassifiedParagraph
from schemas.events import EventContext
from schemas.items import Kind
from schemas.record import Record
from schemas.retraction import Retraction

_TABLES = """
CREATE TABLE event (
    paragraph TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    item TEXT NOT NULL,        -- the event's own fields, as JSON
    PRIMARY KEY (paragraph, kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE classified (
    paragraph TEXT PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
_ANALYSIS = {"kinds", "primary", "scores", "speeches", "proposals", "statistics", "plans"}
"""Of a classified paragraph, what the analysis says; all else it has from the paragraph."""
_CONTEXT = set(EventContext.model_fields)


@dataclass(frozen=True, slots=True)
class StandingEvent:
    """An event that stands; ``item`` are its own fields as JSON."""

    id: str
    kind: Kind
    item: str


class Standing:
    """Grows by the records of the event topics and of ``classified``, taken in their order."""

    def __init__(self, path: Path) -> None:
        """In a new file, which nobody else may have."""
        self._tables = sqlite3.connect(path, isolation_level=None)
        # Whatever a crash leaves of it is thrown away, so there is nothing to journal.
        self._tables.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;")
        self._tables.executescript(_TABLES + "BEGIN;")

    def close(self) -> None:
        """Let go of the file."""
        self._tables.close()

    def add(self, record: Record) -> None:
        """Take in an event, a retraction or a classified paragraph; the latest one counts."""
        match record:
            case Retraction():
                told = (record.paragraph_id, record.kind, record.retracts)
                self._tables.execute("DELETE FROM event WHERE (paragraph, kind, id) = (?, ?, ?)", told)
            case EventContext():
                told = (record.paragraph_id, record.kind, record.id)
                self._tables.execute("REPLACE INTO event VALUES (?, ?, ?, ?)", (*told, item_of(record)))
            case ClassifiedParagraph():
                self._tables.execute("REPLACE INTO classified VALUES (?, ?)", (record.id, digest(record)))

    def add_all(self, records: Iterable[Record]) -> None:
        """Take in all of them."""
        for record in records:
            self.add(record)

    def events(self, paragraph_id: str) -> list[StandingEvent]:
        """The events of a paragraph that stand, in the order of kinds and places."""
        rows = self._tables.execute("SELECT id, kind, item FROM event WHERE paragraph = ?", (paragraph_id,))
        return [StandingEvent(row[0], cast(Kind, row[1]), row[2]) for row in rows]

    def classified(self, paragraph_id: str) -> bytes | None:
        """The digest of the paragraph's latest classification; None where there is none."""
        row = self._tables.execute("SELECT digest FROM classified WHERE paragraph = ?", (paragraph_id,)).fetchone()
        return None if row is None else cast(bytes, row[0])


def digest(classified: ClassifiedParagraph) -> bytes:
    """16 bytes of what the analysis said; which version of it said so is not part of it."""
    return hashlib.blake2b(classified.model_dump_json(include=_ANALYSIS).encode(), digest_size=16).digest()


def item_of(event: EventContext) -> str:
    """An event's own fields as JSON."""
    return event.model_dump_json(exclude=_CONTEXT)


@contextmanager
def temporary_standing() -> Iterator[Standing]:
    """One in a temporary directory."""
    with TemporaryDirectory(prefix="report-streams-") as directory:
        standing = Standing(Path(directory) / "standing.sqlite")
        try:
            yield standing
        finally:
            standing.close()
