"""The audit: that each input up to the worker group's committed offsets came out once, and which did not.

Every output names the place of its input (``ce_input``), so that inputs and outputs are matched one by one, and
neither the same paragraph pushed twice nor a record sent back by a redrive is mistaken for a fault: each is an input
of its own. Memory is bounded by the offsets looked at (``ledger``) and the number of reports.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, Place, decode, input_place
from schemas.dead_letter import DeadLetter
from schemas.events import events_of
from schemas.paragraph import Paragraph
from schemas.redrive import ID_HEADER
from schemas.replay import REPLAY_ID_HEADER
from schemas.topics import CLASSIFIED, DEAD_LETTER, EVENT_TOPICS, FOREVER, PARAGRAPHS, Topic
from streams.clients.ledger import EventLedger, OutputLedger, Outputs, Stretch
from streams.clients.log_reader import LogReader, LogRecord, Offsets, Partition
from streams.settings import Settings

FaultKind = Literal["missing", "twice", "without-input", "events", "lost-log"]

AuditBound = int | datetime | Mapping[int, int] | None
"""An offset of every partition, a time at which inputs were produced, or an offset for some partitions."""

NO_KEY = "(no key)"
_NO_END = 2**63 - 1
_TOLD_EVERY = 2000


@dataclass(frozen=True, slots=True)
class AuditFault:
    """An input that did not come out once, or an output of no input."""

    kind: FaultKind
    partition: int
    offset: int
    report: str | None
    paragraph_id: str | None
    detail: str


@dataclass
class Tally:
    """Counts of records. ``difference`` is zero when each input came out once.

    ``expired`` counts inputs whose outputs' time is before what retention has left of the output topics; ``redriven``
    those inputs that a redrive sent; ``waiting`` those beyond the committed offsets, which are no part of ``inputs``.
    """

    inputs: int = 0
    classified: int = 0
    dead_letters: int = 0
    expired: int = 0
    missing: int = 0
    surplus: int = 0
    redriven: int = 0
    waiting: int = 0

    @property
    def difference(self) -> int:
        """Inputs without an output, less outputs beyond one for each input."""
        return self.inputs - self.expired - self.classified - self.dead_letters


@dataclass
class Verdict:
    """What an audit found.

    ``untraced`` counts outputs that do not say what they were made from; ``replayed`` those that a replay
    sent once more, which are passed over: what a worker made of an input is counted, and that alone.
    """

    total: Tally = field(default_factory=Tally)
    reports: dict[str, Tally] = field(default_factory=dict)
    faults: int = 0
    untraced: int = 0
    replayed: int = 0
    handled_nothing: bool = False


class Audit:
    """One audit of one cluster; use ``run`` once."""

    def __init__(
        self,
        settings: Settings,
        bootstrap_servers: str,
        tell: Callable[[AuditFault], None],
        advance: Callable[[int, int], None] = lambda _done, _of: None,
        *,
        now: datetime,
        events: bool = False,
    ) -> None:
        """Connects to nothing yet.

        Args:
            tell: gets each fault as it is found.
            advance: gets how many offsets have been read, of how many, now and then.
            now: what retention counts from.
            events: audit each classified record's events as well.
        """
        self._settings = settings
        self._servers = bootstrap_servers
        self._tell = tell
        self._advance = advance
        self._events = events
        self._inputs_on = settings.topic_prefix + PARAGRAPHS.name
        outputs: tuple[Topic, ...] = (CLASSIFIED, DEAD_LETTER, *(EVENT_TOPICS if events else ()))
        self._outputs_on = {settings.topic_prefix + topic.name: topic for topic in outputs}
        self._verdict = Verdict()
        self._now_ms = int(now.timestamp() * 1000)
        self._oldest_kept: dict[Partition, int] = {}
        self._outputs, self._balance = OutputLedger({}), EventLedger({})
        self._done = self._of = 0

    def run(self, begin: AuditBound = None, end: AuditBound = None) -> Verdict:
        """Read outputs, then inputs, and count.

        Args:
            begin: where to begin, otherwise the first inputs held.
            end: where to end, otherwise at the committed offsets, which it never passes.

        Raises:
            UsageError: a topic does not exist.
            BrokerUnavailableError: Kafka has gone, or a transaction that stays open hides outputs.
        """
        with LogReader(self._settings, self._servers, [self._inputs_on, *self._outputs_on]) as reader:
            committed = reader.committed(self._settings.topic_prefix + self._settings.worker_group)
            # Only now: an output of a committed input has been written by the time its offset is seen committed.
            written = _only(reader.written_ends(), self._outputs_on)
            begins, ends = reader.begins(), reader.ends()
            asked = self._asked(reader, begin, end)
            stretches = {
                number: (max(low, begins[self._inputs_on, number]), min(high, committed.get((topic, number), 0)))
                for (topic, number), (low, high) in asked.items()
            }
            reading_to = {part: min(ends[part], high) for part, (_, high) in asked.items()}
            self._expect(begins, written, stretches, reading_to)
            self._verdict.handled_nothing = not _only(committed, [self._inputs_on])
            self._look_for_lost_log(committed, ends)
            self._outputs, self._balance = OutputLedger(stretches), EventLedger(stretches if self._events else {})
            self._read_outputs(reader, begins, written)
            self._read_inputs(reader, stretches, reading_to)
            self._find_outputs_without_input(reader)
        self._advance(self._of, self._of)
        return self._verdict

    def _asked(self, reader: LogReader, begin: AuditBound, end: AuditBound) -> dict[Partition, Stretch]:
        """The stretch of each input partition that was asked for, whatever it holds."""
        parts = [part for part in reader.partitions if part[0] == self._inputs_on]
        lows, highs = self._bound(reader, begin), self._bound(reader, end)
        return {part: (lows.get(part[1], 0), highs.get(part[1], _NO_END)) for part in parts}

    def _bound(self, reader: LogReader, bound: AuditBound) -> Mapping[int, int]:
        if isinstance(bound, datetime):
            return {number: at for (topic, number), at in reader.offsets_at(bound).items() if topic == self._inputs_on}
        if isinstance(bound, int):
            return {number: bound for topic, number in reader.partitions if topic == self._inputs_on}
        return bound or {}

    def _expect(self, begins: Offsets, written: Offsets, stretches: Mapping[int, Stretch], reading_to: Offsets) -> None:
        """How much there is to read, for ``advance``."""
        of_outputs = sum(max(0, end - begins[part]) for part, end in written.items())
        self._of = of_outputs + sum(max(0, end - stretches[part[1]][0]) for part, end in reading_to.items())

    def _look_for_lost_log(self, committed: Offsets, ends: Offsets) -> None:
        for part, offset in sorted(committed.items()):
            if part[0] == self._inputs_on and offset > ends[part]:
                detail = f"the group has committed offset {offset}, the partition ends at {ends[part]}"
                self._fault(AuditFault("lost-log", part[1], ends[part], None, None, detail))

    def _read_outputs(self, reader: LogReader, begins: Offsets, written: Offsets) -> None:
        for record in self._counted(reader.read(begins, written)):
            part = record.topic, record.partition
            if begins[part] > 0:
                self._oldest_kept.setdefault(part, record.timestamp)
            self._enter(self._outputs_on[record.topic], record)

    def _may_have_expired(self, record: LogRecord, topics: Collection[Topic]) -> bool:
        """Whether retention may have deleted outputs of this input from one of the topics.

        Outputs have their input's key, so they stand in the partition of the same number.
        """
        oldest = [
            self._oldest_kept.get((name, record.partition), -1)
            for name, topic in self._outputs_on.items()
            if topic in topics
        ]
        kept_for = min((topic.retention_ms for topic in topics if topic.retention_ms != FOREVER), default=None)
        return record.timestamp < max(oldest) or (kept_for is not None and record.timestamp < self._now_ms - kept_for)

    def _enter(self, topic: Topic, record: LogRecord) -> None:
        """Count one output for its input."""
        if any(name == REPLAY_ID_HEADER for name, _ in record.headers):
            self._verdict.replayed += 1
            return
        place = _place(topic, record)
        if place is None:
            self._verdict.untraced += 1
            return
        if place[0] != self._inputs_on:
            return
        _, partition, offset = place
        if topic in EVENT_TOPICS:
            self._balance.find(partition, offset, _event_id(record))
            return
        self._outputs.enter(partition, offset, dead=topic is DEAD_LETTER)
        if self._events and topic is CLASSIFIED and self._outputs.covers(partition, offset):
            self._expect_events(partition, offset, record)

    def _expect_events(self, partition: int, offset: int, record: LogRecord) -> None:
        try:
            classified = decode(ClassifiedParagraph, record.value, record.headers)
        except DecodeError as error:
            detail = f"its classified record at {record.partition}:{record.offset} cannot be read: {error}"
            self._fault(AuditFault("events", partition, offset, None, None, detail))
            return
        for event in events_of(classified):
            self._balance.expect(partition, offset, event.id)

    def _read_inputs(self, reader: LogReader, stretches: Mapping[int, Stretch], reading_to: Offsets) -> None:
        starts = {part: stretches[part[1]][0] for part in reading_to}
        for record in self._counted(reader.read(starts, reading_to)):
            report = NO_KEY if record.key is None else record.key.decode("utf-8", "replace")
            tally = self._verdict.reports.setdefault(report, Tally())
            if self._outputs.covers(record.partition, record.offset):
                self._judge(record, report, tally)
            else:
                tally.waiting += 1
                self._verdict.total.waiting += 1

    def _judge(self, record: LogRecord, report: str, tally: Tally) -> None:
        found = self._outputs.look_up(record.partition, record.offset)
        expired = not found.count and self._may_have_expired(record, (CLASSIFIED,))
        for counts in (tally, self._verdict.total):
            counts.inputs += 1
            counts.classified += found.classified
            counts.dead_letters += found.dead_letters
            counts.expired += expired
            counts.missing += not found.count and not expired
            counts.surplus += max(0, found.count - 1)
            counts.redriven += any(name == ID_HEADER for name, _ in record.headers)
        if not found.count and not expired:
            self._fault(_of_input("missing", record, report, "neither classified nor a dead letter"))
        elif found.count > 1:
            self._fault(_of_input("twice", record, report, _times(found)))
        if self._events and found.count:
            self._judge_events(record, report)

    def _judge_events(self, record: LogRecord, report: str) -> None:
        wrong = self._balance.fault(record.partition, record.offset)
        if wrong is None:
            return
        short = self._balance.is_short(record.partition, record.offset)
        if not (short and self._may_have_expired(record, EVENT_TOPICS)):
            self._fault(_of_input("events", record, report, wrong))

    def _find_outputs_without_input(self, reader: LogReader) -> None:
        begins = reader.begins()
        for partition, offset, found in self._outputs.without_input():
            # What retention has deleted while we were reading was an input all the same.
            if offset >= begins[self._inputs_on, partition]:
                self._verdict.total.surplus += found.count
                self._verdict.total.classified += found.classified
                self._verdict.total.dead_letters += found.dead_letters
                detail = f"{_times(found)}, of an input that is not there"
                self._fault(AuditFault("without-input", partition, offset, None, None, detail))

    def _fault(self, fault: AuditFault) -> None:
        self._verdict.faults += 1
        self._tell(fault)

    def _counted(self, records: Iterator[LogRecord]) -> Iterator[LogRecord]:
        for record in records:
            self._done += 1
            if self._done % _TOLD_EVERY == 0:
                self._advance(min(self._done, self._of), self._of)
            yield record


def _only(offsets: Offsets, topics: Collection[str]) -> Offsets:
    return {part: offset for part, offset in offsets.items() if part[0] in topics}


def _place(topic: Topic, record: LogRecord) -> Place | None:
    """Where an output's input stood; a dead letter says so in itself as well."""
    told = input_place(record.headers)
    if told is None and topic is DEAD_LETTER:
        try:
            letter = decode(DeadLetter, record.value, record.headers)
        except DecodeError:
            return None
        return letter.topic, letter.partition, letter.offset
    return told


def _event_id(record: LogRecord) -> str:
    return next((value for name, value in record.headers if name == "ce_id" and value), b"").decode("utf-8", "replace")


def _of_input(kind: FaultKind, record: LogRecord, report: str, detail: str) -> AuditFault:
    try:
        identity = decode(Paragraph, record.value, record.headers).id
    except DecodeError:
        identity = None
    return AuditFault(kind, record.partition, record.offset, report, identity, detail)


def _times(found: Outputs) -> str:
    return f"{found.classified} times classified, {found.dead_letters} dead letters"
