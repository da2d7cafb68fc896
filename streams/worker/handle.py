"""Steps 2a to 2c for one record: decode, analyse, encode. Knows no broker; a failure becomes a dead letter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, Message, Place, decode, encode, encode_events
from schemas.dead_letter import DeadLetter, DeadLetterHeader, Stage
from schemas.paragraph import Paragraph
from schemas.topics import BY_ALIAS, CLASSIFIED, DEAD_LETTER, Topic

SOURCE = "/report-streams/worker"
"""``ce_source`` of everything that a worker makes."""

Analyse = Callable[[Paragraph], ClassifiedParagraph]


@dataclass(frozen=True, slots=True)
class Consumed:
    """A record as it was read, with its coordinates; the timestamp is Kafka's, where the record has one."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime | None
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    tenure: int = 0
    """Which of the times that its partition was assigned to us it was read in."""

    @property
    def place(self) -> str:
        """Where it stands, as ``topic[partition]@offset``."""
        return f"{self.topic}[{self.partition}]@{self.offset}"

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


@dataclass(frozen=True, slots=True)
class Output:
    """A message and the topic that it is for."""

    topic: Topic
    message: Message


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one record: its classified paragraph and events, or its dead letter."""

    consumed: Consumed
    outputs: tuple[Output, ...]
    dead: Stage | None = None


class _RefusedError(Exception):
    """One record's verdict, on its way to becoming a dead letter."""

    def __init__(self, stage: Stage, reason: str) -> None:
        super().__init__(reason)
        self.stage: Stage = stage
        self.reason = reason


def handle(consumed: Consumed, analyse: Analyse) -> Handled:
    """Decode, analyse and encode one record.

    Raises:
        MemoryError, OSError: faults of the machine are no verdict on the record and stop the worker.
    """
    try:
        classified = _analysed(_decoded(consumed), analyse)
        return Handled(consumed, tuple(_encoded(classified, consumed)))
    except _RefusedError as refused:
        return refuse(consumed, refused.stage, refused.reason)


def refuse(consumed: Consumed, stage: Stage, reason: str) -> Handled:
    """The record as its dead letter: original bytes, coordinates, stage and reason."""
    letter = DeadLetter.of(
        stage=stage,
        reason=reason,
        topic=consumed.topic,
        partition=consumed.partition,
        offset=consumed.offset,
        timestamp=consumed.timestamp,
        key=consumed.key,
        value=consumed.value,
        headers=tuple(DeadLetterHeader(key=key, value=value) for key, value in consumed.headers),
    )
    message = encode(letter, source=SOURCE, time=_time(consumed), made_from=_place(consumed))
    return Handled(consumed, (Output(DEAD_LETTER, message),), dead=stage)


def _decoded(consumed: Consumed) -> Paragraph:
    try:
        return decode(Paragraph, consumed.value, consumed.headers)
    except DecodeError as error:
        raise _RefusedError("decode", str(error)) from error


def _analysed(paragraph: Paragraph, analyse: Analyse) -> ClassifiedParagraph:
    try:
        return analyse(paragraph)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        # Whatever else the analysis raises on one text is that text's verdict; a run of them stops the worker.
        raise _RefusedError("analyse", f"{type(error).__name__}: {error}") from error


def _encoded(classified: ClassifiedParagraph, consumed: Consumed) -> Iterator[Output]:
    time, place = _time(consumed), _place(consumed)
    yield _output(CLASSIFIED, encode(classified, source=SOURCE, time=time, made_from=place))
    for event_type, message in encode_events(classified, source=SOURCE, time=time, made_from=place):
        yield _output(BY_ALIAS[event_type.schema_name], message)


def _output(topic: Topic, message: Message) -> Output:
    if message.size > topic.max_message_bytes:
        reason = f"its {topic.alias} record has {message.size} bytes, {topic.name} takes {topic.max_message_bytes}"
        raise _RefusedError("encode", reason)
    return Output(topic, message)


def _place(consumed: Consumed) -> Place:
    return consumed.topic, consumed.partition, consumed.offset


def _time(consumed: Consumed) -> datetime:
    """Outputs carry their input's time, so that a replay gives the same bytes; epoch where the input had none."""
    return consumed.timestamp or datetime.fromtimestamp(0, UTC)
