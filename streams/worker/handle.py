"""Step 2 for one record: decode, analyse, encode. Knows no broker; a failure becomes a dead letter.

``judge`` is the part that the analysis process does, ``address`` the part that its worker does with what it tells: the
headers, which repeat what the worker knows, do not travel between the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.classified import ClassifiedParagraph
from schemas.codec import Body, DecodeError, Message, addressed, body_of, decode, event_bodies
from schemas.dead_letter import DeadLetter, DeadLetterHeader, Stage
from schemas.paragraph import Paragraph
from schemas.topics import BY_ALIAS, Topic

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
class Judged:
    """What was made of one record: bodies of its classified paragraph and its events, or of its dead letter."""

    bodies: tuple[Body, ...]
    dead: Stage | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one record: its classified paragraph and events, or its dead letter."""

    consumed: Consumed
    outputs: tuple[Output, ...]
    dead: Stage | None = None


def handle(consumed: Consumed, analyse: Analyse) -> Handled:
    """Decode, analyse and encode one record.

    Raises:
        MemoryError, OSError: faults of the machine are no verdict on the record and stop the worker.
    """
    return address(consumed, judge(consumed, analyse))


def judge(consumed: Consumed, analyse: Analyse) -> Judged:
    """Decode and analyse one record, and write what came of it.

    Raises:
        as ``handle``.
    """
    return written(analysed(consumed, decoded(consumed), analyse))


def decoded(consumed: Consumed) -> Paragraph | Judged:
    """The paragraph in a record, or what is made of a record that holds none."""
    try:
        return decode(Paragraph, consumed.value, consumed.headers)
    except DecodeError as error:
        return _dead(consumed, "decode", str(error))


def analysed(consumed: Consumed, paragraph: Paragraph | Judged, analyse: Analyse) -> ClassifiedParagraph | Judged:
    """What the paragraph of that record holds; what has been judged stays as it is.

    Raises:
        as ``handle``.
    """
    if isinstance(paragraph, Judged):
        return paragraph
    try:
        return analyse(paragraph)
    except (MemoryError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 -- what else it raises is that text's verdict; a run of them stops us
        return _dead(consumed, "analyse", f"{type(error).__name__}: {error}")


def written(classified: ClassifiedParagraph | Judged) -> Judged:
    """A classified paragraph and its events as bodies; what has been judged stays as it is."""
    if isinstance(classified, Judged):
        return classified
    return Judged((body_of(classified), *event_bodies(classified)))


def address(consumed: Consumed, judged: Judged) -> Handled:
    """What was made of a record as messages; one too large for its topic makes the record a dead letter."""
    time, place = _time(consumed), (consumed.topic, consumed.partition, consumed.offset)
    messages = addressed(judged.bodies, source=SOURCE, time=time, made_from=place)
    topics = (BY_ALIAS[body.record_type.schema_name] for body in judged.bodies)
    outputs = tuple(map(Output, topics, messages))
    too_large = next(filter(_is_too_large, outputs), None)
    if too_large is None:
        return Handled(consumed, outputs, judged.dead)
    topic, size = too_large.topic, too_large.message.size
    reason = f"its {topic.alias} record has {size} bytes, {topic.name} takes {topic.max_message_bytes}"
    return refuse(consumed, "encode", reason)


def refuse(consumed: Consumed, stage: Stage, reason: str) -> Handled:
    """The record as its dead letter: original bytes, coordinates, stage and reason."""
    return address(consumed, _dead(consumed, stage, reason))


def _dead(consumed: Consumed, stage: Stage, reason: str) -> Judged:
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
    return Judged((body_of(letter),), stage)


def _is_too_large(output: Output) -> bool:
    most = output.topic.max_message_bytes
    # The value is more than half of any record, and mostly small: few are measured in full.
    return len(output.message.value) > most // 2 and output.message.size > most


def _time(consumed: Consumed) -> datetime:
    """Outputs carry their input's time, so that a replay gives the same bytes; epoch where the input had none."""
    return consumed.timestamp or datetime.fromtimestamp(0, UTC)
