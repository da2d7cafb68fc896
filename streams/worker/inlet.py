"""Step 1: the consumer's side of the worker. Batches bounded in records, bytes and milliseconds, and rewinding.

Where to begin is decided here, not by the client: at the committed offset; where there is none, at the beginning. An
offset that Kafka no longer has ends the worker instead of moving it on.
"""

import logging
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from confluent_kafka import (
    OFFSET_BEGINNING,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka import Message as KafkaMessage

from streams.errors import BrokerUnavailableError, InternalFaultError
from streams.librdkafka import Configuration
from streams.metrics import Lag
from streams.worker.bounded import returns_within
from streams.worker.faults import Fault, TransactionFailedError, ends_reading
from streams.worker.handle import Consumed
from streams.worker.stop import Stop

LOG = logging.getLogger(__name__)

_FIRST_RECORD_WAIT_S = 0.25
"""How long an idle worker waits before it looks whether it is to stop."""
_OFFSETS_SLICE_S = 5.0
_OFFSETS_PAUSE_S = 0.5
_CLOSE_S = 10.0
_HANGING_S = 60.0
"""Kafka ends a transaction after its time-out at the latest: ten seconds by default."""
_HANGING = (
    "though Kafka answers: a transaction that has sent them seems to have no end. Kafka leaves one behind when a "
    "partition had no leader at its end. `kafka-transactions.sh find-hanging --broker-id N` names it, and "
    "`kafka-transactions.sh abort` with its topic (__consumer_offsets), partition and start offset ends it"
)
_WATERMARKS_TIMEOUT_S = 5.0
_QUIET_S = 1.0
"""How long the consumer is left alone while the analysis is at work, of the five minutes that Kafka allows."""
_NOT_ASSIGNED = (KafkaError._UNKNOWN_PARTITION, KafkaError._STATE)  # noqa: SLF001 -- librdkafka's local codes


EndLeftovers = Callable[[list[TopicPartition], bytes], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most bytes of a batch, longest wait to fill it in milliseconds, and longest wait for a Kafka that went away."""

    batch_bytes: int
    batch_ms: int
    outage_s: float


class Inlet:
    """A member of the worker group on one topic."""

    def __init__(
        self, configuration: Configuration, topic: str, bounds: Bounds, wall: Callable[[], float], stop: Stop
    ) -> None:
        self._topic = topic
        self._stop = stop
        self._group = configuration["group.id"]
        self._bounds = bounds
        self._wall = wall
        self._at_end: set[int] = set()
        self._newest: dict[int, datetime | None] = {}
        self._starts_at: dict[int, int] = {}
        self._tenures: dict[int, int] = {}
        self._last_tenure = 0
        self._ahead: deque[Consumed] = deque()
        self._polled = time.monotonic()
        self._paused = False
        self._brokers_down = False
        self._closing = False
        self._end_leftovers: EndLeftovers = lambda _offsets, _metadata: None
        self.joined = False
        self._consumer = Consumer(configuration | {"error_cb": self._on_error})
        self._consumer.subscribe([topic], on_assign=self._on_assign, on_revoke=self._on_gone, on_lost=self._on_gone)

    def unblocked_by(self, end_leftovers: EndLeftovers) -> None:
        """Have this called with partitions, and the group's metadata, while their offsets cannot be read."""
        self._end_leftovers = end_leftovers

    def batch(self, most_records: int, *, wait: bool = True) -> list[Consumed]:
        """The next records, in order within each partition.

        With ``wait``, empty when none came for a quarter of a second; without it, what is there already.

        Raises:
            InternalFaultError: Kafka refuses this consumer for good, or no longer has the records to be read next.
            BrokerUnavailableError: partitions were assigned and their offsets could not be had.
            StoppedError: the worker was asked to stop meanwhile.
        """
        self._resume()
        records: list[Consumed] = []
        size = 0
        deadline = time.monotonic() + (_FIRST_RECORD_WAIT_S if wait else 0.0)
        while len(records) < most_records and size < self._bounds.batch_bytes:
            consumed = self._ahead.popleft() if self._ahead else self._next(deadline)
            if consumed is None:
                break
            if wait and not records:
                deadline = time.monotonic() + self._bounds.batch_ms / 1000
            records.append(consumed)
            size += consumed.size
        return records

    def stay(self) -> None:
        """Keep the place in the group while the caller is busy elsewhere; to be called some times a second.

        Raises:
            as ``batch``.
        """
        if time.monotonic() - self._polled < _QUIET_S:
            return
        if not self._paused:
            self._paused = True
            self._consumer.pause(self._consumer.assignment())
        consumed = self._next(0.0)
        if consumed is not None:
            # Of a partition that was assigned after the pause began.
            self._ahead.append(consumed)

    def holds(self, consumed: Consumed) -> bool:
        """Whether the record's partition has been ours without a break since it was read."""
        return self._tenures.get(consumed.partition) == consumed.tenure

    def group_metadata(self) -> bytes:
        """What lets Kafka refuse the offsets of a member that the group has moved on from (KIP-447).

        Raises:
            TransactionFailedError: we are in no group now. Kafka takes the offsets of somebody who names no member
                and no generation, without a question: those must never be sent.
        """
        metadata: bytes = self._consumer.consumer_group_metadata()
        if not self._consumer.memberid() or _generation(metadata) < 0:
            raise TransactionFailedError(Fault.STALE, "the group has lost this member")
        return metadata

    def rewind(self) -> None:
        """Read again from the committed offsets of what is assigned now.

        Raises:
            BrokerUnavailableError: the committed offsets could not be had.
            StoppedError: the worker was asked to stop meanwhile.
        """
        self._ahead.clear()
        for partition in self._starts(self._consumer.assignment()):
            self._starts_at[partition.partition] = partition.offset
            self._seek(partition)

    def caught_up(self) -> bool:
        """Whether partitions are assigned and every one has been read to its end."""
        assigned = {partition.partition for partition in self._consumer.assignment()}
        return bool(assigned) and assigned <= self._at_end

    def lags(self) -> dict[int, Lag]:
        """The lag of each assigned partition, from what the consumer already knows; asks Kafka nothing."""
        return {partition.partition: self._lag(partition) for partition in self._consumer.assignment()}

    def brokers_down(self) -> bool:
        """Whether Kafka is away; asked again, for a second at most, while it was."""
        if self._brokers_down:
            try:
                self._consumer.list_topics(self._topic, timeout=1.0)
                self._brokers_down = False
                LOG.info("Kafka answers again")
            except KafkaException:
                return True
        return False

    def close(self) -> None:
        """Leave the group, so that its other members take over at once; for a Kafka that is away, not for long."""
        self._closing = True
        if not returns_within(_CLOSE_S, self._consumer.close):
            LOG.warning("Kafka was not told that this member leaves; it sees so when the session ends")

    def _next(self, deadline: float) -> Consumed | None:
        """The next record; None when there was none until the deadline."""
        while True:
            message = self._consumer.poll(max(0.0, deadline - time.monotonic()))
            self._polled = time.monotonic()
            if message is None:
                return None
            consumed = self._consumed(message)
            if consumed is not None:
                return consumed

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._consumer.resume(self._consumer.assignment())

    def _starts(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """Where to read each partition from: its committed offset, or the beginning."""
        if not partitions:
            return []
        begun = time.monotonic()
        while True:
            try:
                committed = self._consumer.committed(partitions, timeout=_OFFSETS_SLICE_S)
            except KafkaException as error:
                waited, said = time.monotonic() - begun, error.args[0]
                why = self._why_unread(said, waited)
                if ends_reading(said) or waited >= self._bounds.outage_s:
                    raise BrokerUnavailableError(f"the committed offsets cannot be read: {why}") from error
                LOG.warning("the committed offsets cannot be read (%s); trying again", why)
                self._stop.wait(_OFFSETS_PAUSE_S)
                self._stop.heed()
                self._unblock(partitions)
            else:
                return [_start(partition) for partition in committed]

    def _why_unread(self, said: KafkaError, waited_s: float) -> str:
        """What the client said; after a minute also what it keeps to itself: that the offsets are in a transaction."""
        words: str = said.str()
        if waited_s < _HANGING_S or said.code() != KafkaError._TIMED_OUT:  # noqa: SLF001 -- librdkafka's local code
            return words
        return f"{words}, for {waited_s:.0f} s, {_HANGING}" if self._answers() else words

    def _unblock(self, partitions: list[TopicPartition]) -> None:
        """A producer of ours that was given up may be what they wait for."""
        if not self._answers():
            return
        # While we are in no group, another member is about to read them.
        with suppress(TransactionFailedError):
            self._end_leftovers(
                [TopicPartition(one.topic, one.partition, 0) for one in partitions], self.group_metadata()
            )

    def _answers(self) -> bool:
        try:
            self._consumer.list_topics(self._topic, timeout=_OFFSETS_SLICE_S)
        except KafkaException:
            return False
        return True

    def _consumed(self, message: KafkaMessage) -> Consumed | None:
        error = message.error()
        if error is not None:
            self._on_message_error(message, error)
            return None
        partition, offset = message.partition(), message.offset()
        kind, milliseconds = message.timestamp()
        stamped = None if kind == TIMESTAMP_NOT_AVAILABLE else datetime.fromtimestamp(milliseconds / 1000, UTC)
        self._at_end.discard(partition)
        self._newest[partition] = stamped
        headers = tuple(message.headers() or ())
        tenure = self._tenures[partition]
        return Consumed(message.topic(), partition, offset, stamped, message.key(), message.value(), headers, tenure)

    def _on_message_error(self, message: KafkaMessage, error: KafkaError) -> None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- librdkafka's local code
            self._at_end.add(message.partition())
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 -- librdkafka's local code
            raise self._gone(message)
        elif ends_reading(error):
            raise InternalFaultError(f"Kafka refuses to give records of {self._topic}: {error.str()}")
        else:
            LOG.warning("reading %s: %s; trying again", self._topic, error.str())

    def _gone(self, message: KafkaMessage) -> InternalFaultError:
        """The offset to be read next is not in the partition: said with what is, and with the ways on."""
        partition = TopicPartition(self._topic, message.partition())
        try:
            first, end = self._consumer.get_watermark_offsets(partition, timeout=_WATERMARKS_TIMEOUT_S)
            held = f"it holds {first} to {end}"
        except KafkaException as error:
            held = f"what it holds cannot be asked ({error.args[0].str()})"
        return InternalFaultError(
            f"offset {message.offset()} of {self._topic}[{partition.partition}], which group {self._group} is to read "
            f"next, is gone: {held}. Retention has deleted records that were never handled, or the topic was made "
            "anew. Nothing is skipped by itself: bring the records back from an archive (`report-streams archive`), "
            "and then set the group's offset to where it is to go on, with Kafka's kafka-consumer-groups tool"
        )

    def _seek(self, partition: TopicPartition) -> None:
        self._at_end.discard(partition.partition)
        try:
            self._consumer.seek(partition)
        except KafkaException as error:
            if error.args[0].code() not in _NOT_ASSIGNED:
                raise InternalFaultError(f"cannot rewind {partition}: {error.args[0].str()}") from error

    def _lag(self, partition: TopicPartition) -> Lag:
        number = partition.partition
        if number in self._at_end:
            return Lag(0, 0.0)
        first, end = self._consumer.get_watermark_offsets(partition, cached=True)
        position = self._consumer.position([partition])[0].offset
        if position < 0:
            # Nothing has been read since the assignment or the rewind.
            position = max(first, self._starts_at.get(number, OFFSET_BEGINNING))
        records = max(0, end - position) if end >= 0 and position >= 0 else 0
        newest = self._newest.get(number)
        seconds = max(0.0, self._wall() - newest.timestamp()) if records and newest else 0.0
        return Lag(records, seconds)

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._closing:
            # Given to us while we leave, as when two members stop at once: nothing is to be read, so nothing is asked.
            return
        self.joined = True
        self._last_tenure += 1
        for partition in partitions:
            self._tenures[partition.partition] = self._last_tenure
        starts = self._starts(partitions)
        self._starts_at.update({partition.partition: partition.offset for partition in starts})
        consumer.incremental_assign(starts)
        # A partition that was taken away while it was paused comes back paused, and would give no record ever after.
        consumer.resume(partitions)
        LOG.info("assigned %s partitions %s", self._topic, sorted(partition.partition for partition in partitions))

    def _on_gone(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        """They are another member's from here on: revoked in good order, or lost."""
        for partition in partitions:
            self._at_end.discard(partition.partition)
            self._newest.pop(partition.partition, None)
            self._tenures.pop(partition.partition, None)
        self._ahead = deque(consumed for consumed in self._ahead if self.holds(consumed))
        LOG.info("gave up %s partitions %s", self._topic, sorted(partition.partition for partition in partitions))

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 -- librdkafka's local code
            if not self._brokers_down:
                LOG.warning("Kafka does not answer; waiting for it")
            self._brokers_down = True


def _start(committed: TopicPartition) -> TopicPartition:
    offset = committed.offset if committed.offset >= 0 else OFFSET_BEGINNING
    return TopicPartition(committed.topic, committed.partition, offset)


_METADATA_BEGINS = b"CGMDv2:"


def _generation(metadata: bytes) -> int:
    """The generation in librdkafka's form of a group's metadata; -1 stands for none."""
    if not metadata.startswith(_METADATA_BEGINS):
        raise InternalFaultError(f"the group's metadata begins with {metadata[:8]!r}: not the librdkafka that we know")
    start = len(_METADATA_BEGINS)
    return int.from_bytes(metadata[start : start + 4], sys.byteorder, signed=True)
