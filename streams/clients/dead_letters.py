"""Dead letters as they stand: read by offset or time, each with what became of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self

from schemas.codec import DecodeError, decode
from schemas.dead_letter import DeadLetter
from schemas.ids import content_id
from schemas.redrive import Outcome, Redrive, redrive_id
from schemas.topics import DEAD_LETTER, PARAGRAPHS, PARKED, REDRIVEN
from streams.clients.log_reader import LogReader, LogRecord, Offsets
from streams.clients.subscriber import Undecodable
from streams.settings import Settings

State = Literal["open", "redriven", "resolved", "failed-again", "parked"]
STATES: tuple[State, ...] = ("open", "redriven", "resolved", "failed-again", "parked")
"""Nothing done yet; sent back and not handled yet; handled well since; a dead letter once more; put aside."""

Bound = int | datetime | None
"""Where a stretch begins or ends: an offset of the dead letters' topic, or a time at which they were written."""


@dataclass(frozen=True, slots=True)
class FoundLetter:
    """A dead letter with its own coordinates. ``size`` counts the original's bytes of key and value."""

    letter: DeadLetter
    topic: str
    partition: int
    offset: int
    written: datetime
    state: State

    @property
    def size(self) -> int:
        """Bytes of the original's key and value."""
        return len(self.letter.key or b"") + len(self.letter.value or b"")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is remembered of a redrive: its outcome, and where the record stands since."""

    outcome: Outcome
    topic: str
    partition: int
    offset: int


Marks = dict[str, Mark]
"""By redrive id; about 400 bytes each."""


class DeadLetters:
    """Reads the dead letters, or the parked ones; a context manager. Every method raises BrokerUnavailableError."""

    def __init__(
        self,
        settings: Settings,
        bootstrap_servers: str,
        tell: Callable[[Undecodable], None],
        *,
        parked: bool = False,
    ) -> None:
        """Connect at once.

        Args:
            tell: gets what stands on the topic and is no dead letter.
            parked: read the parking topic instead.

        Raises:
            UsageError: a topic does not exist.
        """
        prefix = settings.topic_prefix
        self._tell = tell
        self._letters = prefix + DEAD_LETTER.name
        self._read_from = prefix + (PARKED if parked else DEAD_LETTER).name
        self._marks_on = prefix + REDRIVEN.name
        self._group = prefix + settings.worker_group
        topics = dict.fromkeys((self._letters, self._read_from, self._marks_on, prefix + PARAGRAPHS.name))
        self._reader = LogReader(settings, bootstrap_servers, list(topics))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.__exit__(kind, error, trace)

    def existing_topics(self) -> set[str]:
        """Full names of the topics that there are."""
        return self._reader.existing_topics()

    def marks(self) -> Marks:
        """What has been redriven up to now."""
        told = {}
        for record in self._all_of(self._marks_on):
            try:
                redrive = decode(Redrive, record.value, record.headers)
            except DecodeError as error:
                self._tell(Undecodable(record.topic, record.partition, record.offset, str(error)))
            else:
                told[redrive.id] = Mark(redrive.outcome, redrive.topic, redrive.partition, redrive.offset)
        return told

    def read(
        self, holds: Callable[[FoundLetter], bool] = lambda _: True, *, begin: Bound = None, end: Bound = None
    ) -> Iterator[FoundLetter]:
        """The dead letters that are there now and meet the condition, each with its state.

        Args:
            begin: the first offset or the earliest time.
            end: the offset or the time before which to end.
        """
        state_of = self._states(self.marks())
        begins, ends = self._reader.begins(), self._reader.ends()
        if begin is not None:
            begins = self._later(begins, begin)
        if end is not None:
            ends = self._earlier(ends, end)
        for record in self._reader.read(begins, _only(ends, self._read_from)):
            letter = self._letter(record)
            if letter is None:
                continue
            written = datetime.fromtimestamp(max(0, record.timestamp) / 1000, UTC)
            found = FoundLetter(letter, record.topic, record.partition, record.offset, written, state_of(letter))
            if holds(found):
                yield found

    def _states(self, marks: Marks) -> Callable[[DeadLetter], State]:
        next_ids = {
            content_id("deadletter", mark.topic, mark.partition, mark.offset): identity
            for identity, mark in marks.items()
            if mark.outcome == "sent"
        }
        again = {next_ids[name] for name in self._ids() if name in next_ids} if next_ids else set()
        handled = self._reader.committed(self._group) if next_ids else {}
        return lambda letter: state_of(redrive_id(letter), marks, again, handled)

    def _ids(self) -> Iterator[str]:
        """The ids of all dead letters, from their headers."""
        for record in self._all_of(self._letters):
            told = next((value for name, value in record.headers if name == "ce_id" and value), b"")
            yield told.decode("utf-8", "replace")

    def _all_of(self, topic: str) -> Iterator[LogRecord]:
        return self._reader.read(self._reader.begins(), _only(self._reader.ends(), topic))

    def _later(self, begins: Offsets, bound: int | datetime) -> Offsets:
        at = self._reader.offsets_at(bound) if isinstance(bound, datetime) else dict.fromkeys(begins, bound)
        return {part: max(begin, at[part]) for part, begin in begins.items()}

    def _earlier(self, ends: Offsets, bound: int | datetime) -> Offsets:
        at = self._reader.offsets_at(bound) if isinstance(bound, datetime) else dict.fromkeys(ends, bound)
        return {part: min(end, at[part]) for part, end in ends.items()}

    def _letter(self, record: LogRecord) -> DeadLetter | None:
        try:
            return decode(DeadLetter, record.value, record.headers)
        except DecodeError as error:
            self._tell(Undecodable(record.topic, record.partition, record.offset, str(error)))
            return None


def state_of(identity: str, marks: Marks, again: set[str], handled: Offsets) -> State:
    """What became of the dead letter whose next redrive has this id.

    Args:
        again: ids of the redrives whose record is a dead letter once more.
        handled: the worker group's committed offsets.
    """
    mark = marks.get(identity)
    if mark is None:
        return "open"
    if mark.outcome == "parked":
        return "parked"
    if identity in again:
        return "failed-again"
    return "resolved" if handled.get((mark.topic, mark.partition), 0) > mark.offset else "redriven"


def _only(offsets: Offsets, topic: str) -> Offsets:
    return {part: offset for part, offset in offsets.items() if part[0] == topic}
