"""Which records of a source are replayed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.topics import BY_ALIAS
from streams.archive.reader import Wanted
from streams.archive.records import ArchivedRecord
from streams.errors import UsageError

FIELDS = ("kind", "report", "paragraph")


@dataclass(frozen=True, slots=True)
class Selection:
    """From ``begin`` (included) to ``end`` (not included), in milliseconds since the epoch; None for any.

    Of the names given for one field one must hold, of the fields all. ``kinds`` are aliases of topics, ``reports`` are
    compared with the key, ``paragraphs`` with the id of a paragraph or of the paragraph that a record was found in.
    """

    begin: int | None = None
    end: int | None = None
    kinds: frozenset[str] = frozenset()
    reports: frozenset[bytes] = frozenset()
    paragraphs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, begin: datetime | None, end: datetime | None, only: Sequence[str]) -> "Selection":
        """From ``--from``, ``--to`` and ``--only``.

        Raises:
            UsageError: a begin after the end, or no such field or kind.
        """
        first, last = _milliseconds(begin), _milliseconds(end)
        if first is not None and last is not None and first >= last:
            raise UsageError(f"--from {begin} is not before --to {end}: nothing lies between them")
        named: dict[str, set[str]] = {field: set() for field in FIELDS}
        for text in only:
            field, sign, value = text.partition("=")
            if field not in FIELDS or not sign or not value:
                raise UsageError(f"--only {text!r}: write kind=..., report=... or paragraph=...")
            named[field].add(value)
        unknown = named["kind"] - set(BY_ALIAS)
        if unknown:
            raise UsageError(f"--only kind={min(unknown)}: there are {', '.join(BY_ALIAS)}")
        reports = frozenset(name.encode() for name in named["report"])
        return cls(first, last, frozenset(named["kind"]), reports, frozenset(named["paragraph"]))

    def wanted(self, topics: Iterable[str]) -> Wanted:
        """As much of it as an archive can choose by itself, among these topics."""
        return Wanted(
            topics=frozenset(name for name in topics if self.wants_topic(name)),
            begin=self.begin,
            end=self.end,
            key=next(iter(self.reports)) if len(self.reports) == 1 else None,
        )

    def wants_topic(self, name: str) -> bool:
        """Whether a topic of this full name is of a kind that is wanted."""
        return not self.kinds or any(name.endswith(BY_ALIAS[kind].name) for kind in self.kinds)

    @property
    def takes_all(self) -> bool:
        """Whether every record is wanted."""
        return self == Selection()

    def takes(self, record: ArchivedRecord) -> bool:
        """Whether a record of a topic that is wanted is wanted itself."""
        timestamp = record.timestamp or 0
        return (
            (self.begin is None or timestamp >= self.begin)
            and (self.end is None or timestamp < self.end)
            and (not self.reports or record.key in self.reports)
            and (not self.paragraphs or self._of_paragraph(record))
        )

    def told(self) -> list[str]:
        """The same selection in the same words, however it was written."""
        named = [*(f"kind={name}" for name in self.kinds), *(f"paragraph={name}" for name in self.paragraphs)]
        named += [f"report={name.decode()}" for name in self.reports]
        return [f"from={self.begin}", f"to={self.end}", *sorted(named)]

    def _of_paragraph(self, record: ArchivedRecord) -> bool:
        value = record.value or b""
        # Almost no record passes this, and only those that do are parsed.
        if not any(name.encode() in value or json.dumps(name)[1:-1].encode() in value for name in self.paragraphs):
            return False
        try:
            told = json.loads(value)
        except ValueError:
            return False
        return isinstance(told, dict) and told.get("paragraph_id", told.get("id")) in self.paragraphs


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
