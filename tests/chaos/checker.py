"""Proves of all that the topics hold what was promised: each input once, its events once, each report in order.

A pure function over the records read: no broker, no clock. It keeps about 200 bytes for each input and each event,
so that 50,000 records take some 20 MB, and reads each topic once.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, decode
from schemas.dead_letter import DeadLetter
from schemas.events import events_of
from schemas.paragraph import Paragraph, paragraph_id
from schemas.topics import CLASSIFIED, DEAD_LETTER, EVENT_TOPICS, PARAGRAPHS, Topic

MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of a topic, with its coordinates."""

    partition: int
    offset: int
    value: bytes | None


Read = Callable[[Topic], Iterable[Stored]]
"""All committed records of a topic, each partition's in order."""


@dataclass
class Verdict:
    """What the topics hold, counted. All but the first four are zero when the promises were kept.

    ``strange`` counts outputs of no input, or other than their input says; ``wronged`` good records that became
    dead letters.
    """

    records: int = 0
    classified: int = 0
    dead_letters: int = 0
    events: int = 0
    lost: int = 0
    twice: int = 0
    events_lost: int = 0
    events_twice: int = 0
    out_of_order: int = 0
    strange: int = 0
    wronged: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, int]:
        """What is not zero and should be."""
        told = ("lost", "twice", "events_lost", "events_twice", "out_of_order", "strange", "wronged")
        return {name: getattr(self, name) for name in told if getattr(self, name)}

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def check(read: Read) -> Verdict:
    """Read every topic once and compare."""
    return _Check(read).verdict()


@dataclass(slots=True)
class _Tally:
    """How often something should be there, and how often it is; ``order`` is its place among its like."""

    wanted: int
    order: tuple[int, int]
    found: int = 0


class _Check:
    def __init__(self, read: Read) -> None:
        self._read = read
        self._verdict = Verdict()
        self._by_id: dict[str, int] = {}
        self._by_place: dict[tuple[int, int], int] = {}
        self._wanted = array("B")
        self._found = array("B")
        self._values = array("q")
        self._good = bytearray()
        self._events: dict[tuple[str, str], _Tally] = {}

    def verdict(self) -> Verdict:
        for stored in self._read(PARAGRAPHS):
            self._input(stored)
        self._each_classified()
        for stored in self._read(DEAD_LETTER):
            self._dead(stored)
        for topic in EVENT_TOPICS:
            self._each_event(topic)
        self._count()
        return self._verdict

    def _input(self, stored: Stored) -> None:
        index = len(self._wanted)
        name = _good_id(stored.value)
        if name is not None and name in self._by_id:
            index = self._by_id[name]
            self._wanted[index] += 1
        else:
            self._wanted.append(1)
            self._found.append(0)
            self._values.append(hash(stored.value))
            self._good.append(name is not None)
            if name is not None:
                self._by_id[name] = index
        self._by_place[stored.partition, stored.offset] = index
        self._verdict.records += 1

    def _each_classified(self) -> None:
        last: dict[str, int] = defaultdict(lambda: -1)
        for stored in self._read(CLASSIFIED):
            self._verdict.classified += 1
            try:
                record = decode(ClassifiedParagraph, stored.value)
            except DecodeError as error:
                self._tell("strange", f"classified {_place(stored)}: {error}")
                continue
            index = self._by_id.get(record.id)
            if index is None or paragraph_id(record.report.id, record.ordinal, record.text) != record.id:
                self._tell("strange", f"classified {_place(stored)}: {record.id} is no input's")
                continue
            self._found[index] = min(255, self._found[index] + 1)
            if self._found[index] <= self._wanted[index]:
                self._expect_events(record, index)
                if index < last[record.report.id]:
                    self._tell("out_of_order", f"classified {_place(stored)}: {record.id} of {record.report.id}")
                last[record.report.id] = max(last[record.report.id], index)

    def _expect_events(self, record: ClassifiedParagraph, index: int) -> None:
        for number, event in enumerate(events_of(record)):
            tally = self._events.setdefault((event.kind, event.id), _Tally(0, (index, number)))
            tally.wanted += 1

    def _dead(self, stored: Stored) -> None:
        self._verdict.dead_letters += 1
        try:
            letter = decode(DeadLetter, stored.value)
        except DecodeError as error:
            self._tell("strange", f"dead letter {_place(stored)}: {error}")
            return
        index = self._by_place.get((letter.partition, letter.offset))
        if index is None or hash(letter.value) != self._values[index]:
            self._tell("strange", f"dead letter {_place(stored)}: not the bytes at {letter.partition}@{letter.offset}")
            return
        self._found[index] = min(255, self._found[index] + 1)
        if self._good[index]:
            self._tell("wronged", f"dead letter {_place(stored)} of a good record: {letter.stage}, {letter.reason}")

    def _each_event(self, topic: Topic) -> None:
        last: dict[str, tuple[int, int]] = defaultdict(lambda: (-1, -1))
        for stored in self._read(topic):
            self._verdict.events += 1
            fields = json.loads(stored.value or b"{}")
            tally = self._events.get((topic.alias, fields.get("id", "")))
            if tally is None:
                self._tell("strange", f"{topic.alias} {_place(stored)}: no classified paragraph has this event")
                continue
            tally.found += 1
            report = fields["report"]["id"]
            if tally.found <= tally.wanted:
                if tally.order < last[report]:
                    self._tell("out_of_order", f"{topic.alias} {_place(stored)}: of {report}")
                last[report] = max(last[report], tally.order)

    def _count(self) -> None:
        places = {index: place for place, index in self._by_place.items()}
        for index, (wanted, found) in enumerate(zip(self._wanted, self._found, strict=True)):
            if found != wanted:
                fault = "lost" if found < wanted else "twice"
                self._tell(fault, f"input {_at(places[index])}: {found} outcomes", abs(found - wanted))
        for (kind, name), tally in self._events.items():
            if tally.found != tally.wanted:
                fault = "events_lost" if tally.found < tally.wanted else "events_twice"
                place = _at(places[tally.order[0]])
                self._tell(fault, f"{kind} {name} of {place}: {tally.found}", abs(tally.found - tally.wanted))

    def _tell(self, fault: str, example: str, count: int = 1) -> None:
        setattr(self._verdict, fault, getattr(self._verdict, fault) + count)
        if len(self._verdict.examples) < MOST_EXAMPLES:
            self._verdict.examples.append(f"{fault}: {example}")


def _good_id(value: bytes | None) -> str | None:
    """The id of a record that is a paragraph; None for one that should become a dead letter."""
    try:
        return decode(Paragraph, value).id
    except DecodeError:
        return None


def _place(stored: Stored) -> str:
    return _at((stored.partition, stored.offset))


def _at(place: tuple[int, int]) -> str:
    return f"{place[0]}@{place[1]}"
