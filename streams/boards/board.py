"""What a board is: pure functions from one classified paragraph to entries, and from the entries of a group to rows.

    classified paragraph --facts--> entries, by id; each belongs to one paragraph and to one group of one board
    entries of one group --rows---> what is shown, 0 to n rows; each with its history and evidence
    rows of one board    --summary-> totals for the plots

Who keeps entries needs these four rules, and nothing of what a board means:

1. The entries of a paragraph replace all entries that the same paragraph had before (``Evidence.paragraph_id``): a
   record applied twice changes nothing, a newer classification takes back what it no longer finds.
2. A retraction drops the entries whose ``event_id`` it retracts.
3. Rows depend on the set of a group's entries alone: not on their order, nor on other groups. So a group is folded
   anew whenever its entries changed, and a rebuild equals a recount.
4. A group whose entries give no row is not shown, but kept: what it waits for may yet come.

Nothing here reads a clock, the environment or a file; word lists come from ``rules.load_boards``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from schemas.ids import content_id

Json: TypeAlias = Any
"""What JSON can hold, numbers being whole: exact decimals travel as strings."""

MAX_HISTORY = 100
"""Entries that a row tells of one by one: the first and the latest ones. ``Row.count`` has them all."""

ColumnKind = Literal["text", "number", "date", "list", "decimal", "status"]


class Title(NamedTuple):
    """A name for people."""

    zh: str
    en: str


class Column(NamedTuple):
    """A value that each row of a board has in ``Row.fields`` (or as ``title``, ``status``, ``first``, ``latest``).

    ``filtered`` columns hold few different values, or names that one looks for. Those that are not ``listed`` are told
    with the row, not in the page's table: they repeat the title, or are long. A ``decimal`` is a number with its unit.
    """

    name: str
    title: Title
    kind: ColumnKind = "text"
    filtered: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something is said. ``start`` and ``end`` count characters of the paragraph's text."""

    report_id: str
    report_title: str | None
    published: str | None
    paragraph_id: str
    ordinal: int
    section: str | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that one paragraph says, for one board.

    Attributes:
        id: follows from the board, the group, what is said, and the event or the paragraph and the place in it.
        board: the board's name.
        group: what is folded together, 32 hexadecimal digits; see ``group_id``.
        what: which sort of thing it is; each board has its own.
        at: the day of the report, ISO; empty where the report tells none.
        event_id: the event that it was made from; None where it stands on the paragraph itself.
        fields: what is said, as JSON.
        evidence: where it is said.
    """

    id: str
    board: str
    group: str
    what: str
    at: str
    event_id: str | None
    fields: Mapping[str, Json]
    evidence: Evidence

    def to_json(self) -> dict[str, Json]:
        """For storing; ``from_json`` gives it back."""
        return {**_named(self), "evidence": _named(self.evidence)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> "Entry":
        """The entry that ``to_json`` wrote."""
        return cls(**{**stored, "evidence": Evidence(**stored["evidence"])})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board.

    Attributes:
        id: stable for links: follows from the board and what the row is about.
        board: the board's name.
        group: the group whose entries gave it.
        title: what people call it.
        status: one of the board's ``statuses``; None where the board has none.
        first: day of the earliest entry, ISO; None where no entry has a day.
        latest: day of the latest entry.
        count: how many entries stand behind the row.
        fields: a value for every column.
        history: its entries in order of day, at most ``MAX_HISTORY``, each as ``told`` writes it.
    """

    id: str
    board: str
    group: str
    title: str
    status: str | None
    first: str | None
    latest: str | None
    count: int
    fields: dict[str, Json]
    history: list[dict[str, Json]] = field(default_factory=list)

    def to_json(self) -> dict[str, Json]:
        """As the API gives it."""
        return _named(self)


class Board(Protocol):
    """One board. ``facts`` takes what ``rules.reading.Reader`` read of a classified paragraph."""

    name: str
    title: Title
    columns: tuple[Column, ...]
    statuses: tuple[str, ...]
    """In the order of progress, where there is one."""

    def facts(self, reading: Any) -> list[Entry]:
        """The entries of one paragraph."""
        ...

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """The rows of one group, from all of its entries in any order."""
        ...

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Totals over all rows of the board, for its plot: ``{name: {label: count}}``."""
        ...


def group_id(board: str, *parts: str | int | None) -> str:
    """What is folded together: the same parts give the same group everywhere."""
    return content_id("group", board, *parts)


def row_id(board: str, *parts: str | int | None) -> str:
    """The id of a row."""
    return content_id("row", board, *parts)


def entry(
    board: str,
    group: Sequence[str | int | None],
    what: str,
    evidence: Evidence,
    fields: Mapping[str, Json],
    event_id: str | None = None,
) -> Entry:
    """An entry with its id; ``group`` are the parts of its group's id."""
    key = group_id(board, *group)
    place = event_id or evidence.paragraph_id
    # Of one event a board may tell several things of the same sort, at other places or with other values.
    said = repr(sorted((name, str(value)) for name, value in fields.items()))
    own = content_id("entry", board, key, what, place, evidence.start, evidence.end, said)
    return Entry(own, board, key, what, evidence.published or "", event_id, dict(fields), evidence)


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Entries without repeats, by day, report, place in the report and id; those without a day last."""
    unique = {each.id: each for each in entries}
    return sorted(unique.values(), key=_place)


def make_row(
    board: str,
    parts: Sequence[str | int | None],
    title: str,
    entries: Sequence[Entry],
    fields: Mapping[str, Json],
    status: str | None = None,
) -> Row:
    """A row over ``entries``, which are ``ordered`` and at least one; ``parts`` are those of its id."""
    days = [each.at for each in entries if each.at]
    return Row(
        id=row_id(board, *parts),
        board=board,
        group=entries[0].group,
        title=title,
        status=status,
        first=days[0] if days else None,
        latest=days[-1] if days else None,
        count=len(entries),
        fields=dict(fields),
        history=[told(each) for each in shown(entries)],
    )


def shown(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that a row tells of: all, or as many of the first and the latest ones as may be."""
    if len(entries) <= MAX_HISTORY:
        return list(entries)
    half = MAX_HISTORY // 2
    return [*entries[:half], *entries[-half:]]


def told(each: Entry) -> dict[str, Json]:
    """An entry as a row's history has it: ``at``, ``what``, ``event_id``, ``fields`` and ``evidence``."""
    return {
        "id": each.id,
        "at": each.at or None,
        "what": each.what,
        "event_id": each.event_id,
        "fields": dict(each.fields),
        "evidence": _named(each.evidence),
    }


def _named(one: Evidence | Entry | Row) -> dict[str, Json]:
    """Its values by name, what they hold not copied: ``dataclasses.asdict`` does, and takes most of a row's time."""
    return {name: getattr(one, name) for name in one.__slots__}


def _place(each: Entry) -> tuple[bool, str, str, int, int, str]:
    seen = each.evidence
    return (not each.at, each.at, seen.report_id, seen.ordinal, seen.start, each.id)
