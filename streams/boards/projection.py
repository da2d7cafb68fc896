"""What follows from a table's change: entries, words, reports; and later, in one go, the rows of changed groups.

1. A paragraph's entries replace those that it had before; each group that lost or won one is noted as stale.
2. A retraction, and an event that comes again, makes the groups of its entries stale.
3. ``fold`` makes the rows of stale groups anew, from all entries of the group whose events are not retracted.

Each step changes the store alone; ``Store.settle`` makes all of it stand, or none.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, decode
from schemas.outcome import Outcome
from streams.boards.board import Board, Entry, Row
from streams.boards.envelope import STANDS, Envelope
from streams.boards.store import Store

LOG = logging.getLogger(__name__)
T = TypeVar("T")
Given = TypeVar("Given")
FOLDED_AT_ONCE = 100
PLANS = "plans"
"""The board whose groups have outcomes."""
LONGEST_FILED = 120
"""Characters of a value that rows can be filtered by; a longer one is no name or label."""
_STANDING = """
    SELECT body FROM entry WHERE board = ? AND grp = ?
    AND (event IS NULL OR NOT EXISTS (SELECT 1 FROM retraction WHERE retraction.event = entry.event AND NOT stands))
"""


class Stale(NamedTuple):
    """A group whose rows are not those of its entries; ``since`` counts changes."""

    board: str
    group: str
    since: int


class Folded(NamedTuple):
    """A group with its rows as the store has them, and what each is found by."""

    stale: Stale
    rows: list[tuple[object, ...]]
    filed: list[tuple[str, str, str, str, str]]


@dataclass
class Faults:
    """Rules that failed on a paragraph, by board; the other boards have it."""

    count: int = 0
    latest: dict[str, str] = field(default_factory=dict)

    def add(self, board: str, paragraph_id: str, error: Exception) -> None:
        """Count and tell one."""
        self.count += 1
        self.latest[board] = f"paragraph {paragraph_id}: {type(error).__name__}: {error}"
        LOG.warning("the rules of board %s fail on %s", board, self.latest[board])

    def guard(self, board: str, where: str, otherwise: T, rule: Callable[[Given], T], given: Given) -> T:
        """What a rule makes of what it is given; ``otherwise``, and a fault at that place, where it fails."""
        try:
            return rule(given)
        except Exception as error:  # noqa: BLE001 -- whatever rules raise on one text must not end the boards
            self.add(board, where, error)
            return otherwise


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is computed of a paragraph: its entries by board, and its words, to be found by."""

    boards: Mapping[str, Board]
    read: Callable[[ClassifiedParagraph], Any]
    words: Callable[[str], Iterable[str]]
    judge: Callable[[Iterable[Entry]], list[Outcome]]

    def entries(self, classified: ClassifiedParagraph, faults: Faults) -> list[Entry]:
        """The entries of all boards; a board whose rules fail has none."""
        reading = faults.guard("all", classified.id, None, self.read, classified)
        if reading is None:
            return []
        found: list[Entry] = []
        for name, board in self.boards.items():
            found += faults.guard(name, classified.id, [], board.facts, reading)
        return found

    def outcomes(self, entries: Iterable[Entry], faults: Faults) -> list[Outcome] | None:
        """The outcomes of a group of plans; None where the rules fail."""
        return faults.guard(PLANS, "(outcomes)", None, self.judge, entries)

    def rows(self, board: str, entries: Iterable[Entry], faults: Faults) -> list[Row]:
        """The rows of a group; none where the rules fail."""
        return faults.guard(board, "(rows)", [], self.boards[board].rows, entries)


def load_rules() -> Rules:
    """The boards' rules and the dictionary; takes about half a second."""
    from streams.boards.rules import load_boards

    loaded = load_boards()
    return Rules({board.name: board for board in loaded}, loaded.reader.read, loaded.words, loaded.plans.outcomes)


class Projection:
    """Keeps what follows from the tables; for the thread that writes, but for ``folded``."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store, self.rules, self.faults = store, rules, Faults()
        [[self._changes]] = store.rows("SELECT coalesce(max(since), 0) FROM stale")

    def put_paragraph(self, key: bytes, value: bytes) -> bool:
        """A paragraph came, or came anew; whether that changed more than its place.

        A record that this version cannot read leaves what stood before, and is counted with the rules' failures.
        """
        envelope = Envelope.opened(value)
        held = self._store.rows("SELECT seq, value FROM paragraph WHERE key = ?", key)
        if held and held[0][1] == value:
            return False
        if held and Envelope.opened(held[0][1]).record == envelope.record:
            self._store.run("UPDATE paragraph SET value = ? WHERE seq = ?", value, held[0][0])
            return False
        try:
            classified = decode(ClassifiedParagraph, envelope.record)
        except DecodeError as error:
            self.faults.add("all", key.decode("utf-8", "replace"), error)
            return False
        arrival = self._store.next_arrival()
        seq = held[0][0] if held else arrival
        self._note(classified, key, value, seq, arrival, new=not held)
        self._put_words(seq, classified.text, new=not held)
        self._put_entries(seq, classified, new=not held)
        return True

    def drop_paragraph(self, key: bytes) -> None:
        """A paragraph was taken out of the table."""
        for seq, report in self._store.rows("SELECT seq, report FROM paragraph WHERE key = ?", key):
            self._make_stale("paragraph = ?", seq)
            self._store.run("DELETE FROM entry WHERE paragraph = ?", seq)
            self._store.run("DELETE FROM words WHERE rowid = ?", seq)
            self._store.run("DELETE FROM paragraph WHERE seq = ?", seq)
            self._store.run("UPDATE report SET paragraphs = paragraphs - 1 WHERE id = ?", report)
            self._store.run("DELETE FROM report WHERE id = ? AND paragraphs = 0", report)

    def put_retraction(self, event: bytes, value: bytes) -> None:
        """An event no longer stands, or, with the value ``STANDS``, stands again."""
        self._store.run("INSERT OR REPLACE INTO retraction VALUES (?, ?, ?)", event, value, int(value == STANDS))
        self._make_stale("event = ?", event)

    def drop_retraction(self, event: bytes) -> None:
        """Nothing is known of the event's retraction any more."""
        self._store.run("DELETE FROM retraction WHERE event = ?", event)
        self._make_stale("event = ?", event)

    def stale(self, most: int = FOLDED_AT_ONCE) -> list[Stale]:
        """Groups whose rows are to be made anew, the longest waiting first."""
        found = self._store.rows("SELECT board, grp, since FROM stale ORDER BY since LIMIT ?", most)
        return [Stale(*row) for row in found]

    def stale_count(self) -> int:
        """How many groups wait."""
        [[count]] = self._store.rows("SELECT count(*) FROM stale")
        return int(count)

    def folded(self, stale: Iterable[Stale]) -> list[Folded]:
        """The rows of groups, from what is settled; for any thread."""
        return list(map(self._folded, stale))

    def outcomes(self, groups: Collection[str] | None) -> dict[str, list[Outcome]]:
        """The outcomes of some groups of plans, or of all for None, from what is settled; for any thread.

        A group whose rules fail is left out.
        """
        if groups is None:
            groups = [group for (group,) in self._store.read("SELECT DISTINCT grp FROM entry WHERE board = ?", PLANS)]
        told = {group: self.rules.outcomes(self._standing(PLANS, group), self.faults) for group in groups}
        return {group: outcomes for group, outcomes in told.items() if outcomes is not None}

    def put_rows(self, folded: Folded) -> None:
        """Show these rows for their group; one that has changed since stays stale."""
        stale = folded.stale
        old = self._store.rows("SELECT id FROM row WHERE board = ? AND grp = ?", stale.board, stale.group)
        self._store.run_many("DELETE FROM filed WHERE board = ? AND id = ?", ((stale.board, name) for (name,) in old))
        self._store.run("DELETE FROM row WHERE board = ? AND grp = ?", stale.board, stale.group)
        self._store.run_many("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", folded.rows)
        self._store.run_many("INSERT OR IGNORE INTO filed VALUES (?, ?, ?, ?, ?)", folded.filed)
        self._store.run("DELETE FROM stale WHERE board = ? AND grp = ? AND since = ?", *stale)

    def fold_all(self) -> None:
        """Make all rows current, here and now; for the thread that writes, before anybody reads."""
        self._store.settle()
        while waiting := self.stale(1000):
            for folded in self.folded(waiting):
                self.put_rows(folded)
            self._store.settle()

    def _note(
        self, classified: ClassifiedParagraph, key: bytes, value: bytes, seq: int, arrival: int, *, new: bool
    ) -> None:
        report = classified.report
        self._store.run(
            "INSERT INTO paragraph VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq) DO UPDATE SET value = excluded.value,"
            " ordinal = excluded.ordinal, arrival = excluded.arrival",
            *(seq, key, value, classified.id, report.id, classified.ordinal, arrival),
        )
        self._store.run(
            "INSERT INTO report VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
            " published = excluded.published, genre = excluded.genre, source = excluded.source,"
            " arrival = excluded.arrival, paragraphs = paragraphs + ?",
            *(report.id, report.title, report.published.isoformat() if report.published else None),
            *(report.genre, report.source, arrival, int(new)),
        )

    def _put_words(self, seq: int, text: str, *, new: bool) -> None:
        if not new:
            self._store.run("DELETE FROM words WHERE rowid = ?", seq)
        self._store.run("INSERT INTO words (rowid, text) VALUES (?, ?)", seq, " ".join(self.rules.words(text)))

    def _put_entries(self, seq: int, classified: ClassifiedParagraph, *, new: bool) -> None:
        if not new:
            self._make_stale("paragraph = ?", seq)
            self._store.run("DELETE FROM entry WHERE paragraph = ?", seq)
        entries = self.rules.entries(classified, self.faults)
        self._store.run_many(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)", (_stored(one, seq) for one in entries)
        )
        self._changes += 1
        groups = {(one.board, one.group, self._changes) for one in entries}
        self._store.run_many("INSERT OR REPLACE INTO stale VALUES (?, ?, ?)", groups)

    def _make_stale(self, condition: str, value: object) -> None:
        """Note the groups of the entries that meet a condition of ours, never of a user's."""
        self._changes += 1
        query = f"INSERT OR REPLACE INTO stale SELECT DISTINCT board, grp, ? FROM entry WHERE {condition}"  # noqa: S608 -- see the docstring
        self._store.run(query, self._changes, value)

    def _standing(self, board: str, group: str) -> Iterator[Entry]:
        return (Entry.from_json(json.loads(body)) for (body,) in self._store.read(_STANDING, board, group))

    def _folded(self, stale: Stale) -> Folded:
        rows = self.rules.rows(stale.board, self._standing(stale.board, stale.group), self.faults)
        board = self.rules.boards[stale.board]
        return Folded(
            stale, [_shown(row) for row in rows], [place for row in rows for place in filed_under(board, row)]
        )


def filed_under(board: Board, row: Row) -> Iterator[tuple[str, str, str, str, str]]:
    """The names and values that a row is found by: its status and its columns that are filtered."""
    values: dict[str, Any] = {column.name: row.fields.get(column.name) for column in board.columns if column.filtered}
    for name, value in {**values, "title": row.title, "status": row.status}.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, str | int) and 0 < len(str(one)) <= LONGEST_FILED:
                yield row.board, name, str(one), row.latest or "", row.id


def _stored(entry: Entry, seq: int) -> tuple[object, ...]:
    event = entry.event_id.encode() if entry.event_id else None
    return entry.board, entry.group, entry.id, seq, event, json.dumps(entry.to_json(), ensure_ascii=False)


def _shown(row: Row) -> tuple[object, ...]:
    told = row.to_json()
    history = json.dumps(told.pop("history"), ensure_ascii=False)
    return row.board, row.id, row.group, row.latest or "", row.title, json.dumps(told, ensure_ascii=False), history
