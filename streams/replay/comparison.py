"""What a new analysis says of a paragraph beside what stands: events that vanish, change and come."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.classified import ClassifiedParagraph
from schemas.events import Plan, Proposal, Speech, Statistic, events_of
from schemas.items import Kind
from streams.replay.standing import Standing, StandingEvent, digest, item_of

AnyEvent = Speech | Proposal | Statistic | Plan
SAMPLES = 3
"""Differences that are kept for people: of each kind so many that vanished, that changed and that came."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be sent of a paragraph: ``gone`` to be retracted, ``new`` to be emitted, the record if it differs."""

    classified: ClassifiedParagraph
    gone: Sequence[StandingEvent]
    new: Sequence[AnyEvent]
    reclassified: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One event before and after, for people; ``after`` or ``before`` is empty where it vanished or came."""

    kind: Kind
    report: str
    ordinal: int
    before: str
    after: str


@dataclass
class Tally:
    """Counts of events by kind, and some differences of each kind."""

    same: Counter[Kind] = field(default_factory=Counter)
    vanished: Counter[Kind] = field(default_factory=Counter)
    changed: Counter[Kind] = field(default_factory=Counter)
    added: Counter[Kind] = field(default_factory=Counter)
    samples: list[Difference] = field(default_factory=list)

    def add(self, classified: ClassifiedParagraph, change: Change | None, same: Counter[Kind]) -> None:
        """Count a paragraph's events."""
        self.same += same
        if change is not None:
            for before, after in paired(change.gone, change.new):
                kind = before.kind if before is not None else after.kind  # type: ignore[union-attr]
                counter = self.added if before is None else self.vanished if after is None else self.changed
                counter[kind] += 1
                self._sample(kind, classified, before, after)

    def _sample(
        self, kind: Kind, classified: ClassifiedParagraph, before: StandingEvent | None, after: AnyEvent | None
    ) -> None:
        sort = (kind, before is None, after is None)
        if sum((one.kind, not one.before, not one.after) == sort for one in self.samples) < SAMPLES:
            report = classified.report.title or classified.report.id
            shown = _shown(before.item if before else None, item_of(after) if after else None)
            self.samples.append(Difference(kind, report, classified.ordinal, *shown))


def compare(classified: ClassifiedParagraph, standing: Standing) -> tuple[Change | None, Counter[Kind]]:
    """What is to be sent, None for nothing; and how many events of each kind stay as they are.

    Events are the same when their ids are: the id follows from all that an event says, but for the analysis' version.
    A paragraph of which nothing stands and nothing is found is left alone.
    """
    before = {event.id: event for event in standing.events(classified.id)}
    after = {event.id: event for event in events_of(classified)}
    gone = [event for name, event in before.items() if name not in after]
    new = [event for name, event in after.items() if name not in before]
    same = Counter(event.kind for name, event in before.items() if name in after)
    known = standing.classified(classified.id)
    # Classified records are kept for months, events for good: one that is gone is made anew only with its events.
    reclassified = known != digest(classified) if known is not None else bool(gone or new)
    if not (gone or new or reclassified):
        return None, same
    return Change(classified, gone, new, reclassified), same


def paired(
    gone: Sequence[StandingEvent], new: Sequence[AnyEvent]
) -> list[tuple[StandingEvent | None, AnyEvent | None]]:
    """Vanished and new events, those together that are of one kind and share a part of the text."""
    left = list(new)
    pairs: list[tuple[StandingEvent | None, AnyEvent | None]] = []
    for before in gone:
        item = json.loads(before.item)
        after = next((one for one in left if one.kind == before.kind and _overlap(one, item)), None)
        if after is not None:
            left.remove(after)
        pairs.append((before, after))
    return pairs + [(None, after) for after in left]


def _overlap(event: AnyEvent, item: dict[str, Any]) -> bool:
    return bool(event.start < item["end"] and item["start"] < event.end)


def _shown(before: str | None, after: str | None) -> tuple[str, str]:
    """Both as text: of two that differ only the fields in which they do, and the evidence."""
    old, new = (None if text is None else json.loads(text) for text in (before, after))
    if old is None or new is None:
        return _fields(old or {}), _fields(new or {})
    differing = {name for name in old | new if old.get(name) != new.get(name)} | {"text"}
    return tuple(_fields({name: one.get(name) for name in old | new if name in differing}) for one in (old, new))  # type: ignore[return-value]


def _fields(item: dict[str, Any]) -> str:
    told = {name: value for name, value in item.items() if value not in (None, [], ()) and name not in ("start", "end")}
    return "; ".join(f"{name}: {value}" for name, value in told.items())
