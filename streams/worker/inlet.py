"""Step 1: the consumer's side of the worker. Batches bounded in records, bytes and milliseconds, and rewinding."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

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
from streams.metrics import Lag
from streams.worker.connection import Configuration
from streams.worker.faults import ends_reading
from streams.worker.handle import Consumed

LOG = logging.getLogger(__name__)

_FIRST_RECORD_WAIT_S = 0.25
"""How long an idle worker waits before it looks whether it is to stop."""
_OFFSETS_TIMEOUT_S = 30.0
_NOT_ASSIGNED = (KafkaError._UNKNOWN_PARTITION, KafkaError._STATE)  # noqa: SLF001 -- librdkafka's local codes


class Inlet:
    """A member of the worker group on one topic."""

    def __init__(
        self, configuration: Configuration, topic: str, *, batch_bytes: int, batch_ms: int, wall: Callable[[], float]
    ) -> None:
        self._topic = topic
        self._batch_bytes = batch_bytes
        self._batch_s = batch_ms / 1000
        self._wall = wall
        self._at_end: set[int] = set()
        self._newest: dict[int, datetime | None] = {}
        self._brokers_down = False
        self.joined = False
        self._consumer = Consumer(configuration | {"error_cb": self._on_error})
        self._consumer.subscribe([topic], on_assign=self._on_assign, on_revoke=self._on_gone, on_lost=self._on_gone)

    def batch(self, most_records: int) -> list[Consumed]:
        """The next records, in order within each partition; empty when none came for a quarter of a second.

        Raises:
            InternalFaultError: Kafka refuses this consumer for good.
        """
        records: list[Consumed] = []
        size = 0
        deadline = time.monotonic() + _FIRST_RECORD_WAIT_S
        while len(records) < most_records and size < self._batch_bytes:
            message = self._consumer.poll(max(0.0, deadline - time.monotonic()))
            if message is None:
                break
            consumed = self._consumed(message)
            if consumed is None:
                continue
            if not records:
                deadline = time.monotonic() + self._batch_s
            records.append(consumed)
            size += consumed.size
        return records

    def group_metadata(self) -> Any:
        """What lets Kafka refuse the offsets of a member that the group has moved on from (KIP-447)."""
        return self._consumer.consumer_group_metadata()

    def rewind(self) -> None:
        """Read again from the committed offsets of what is assigned now.

        Raises:
            BrokerUnavailableError: the committed offsets could not be had in 30 s.
        """
        assigned = self._consumer.assignment()
        if not assigned:
            return
        try:
            committed = self._consumer.committed(assigned, timeout=_OFFSETS_TIMEOUT_S)
        except KafkaException as error:
            raise BrokerUnavailableError(f"the committed offsets cannot be read: {error.args[0].str()}") from error
        for partition in committed:
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
        """Leave the group, so that its other members take over at once."""
        self._consumer.close()

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
        return Consumed(message.topic(), partition, offset, stamped, message.key(), message.value(), headers)

    def _on_message_error(self, message: KafkaMessage, error: KafkaError) -> None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- librdkafka's local code
            self._at_end.add(message.partition())
        elif ends_reading(error):
            raise InternalFaultError(f"Kafka refuses to give records of {self._topic}: {error.str()}")
        else:
            LOG.warning("reading %s: %s; trying again", self._topic, error.str())

    def _seek(self, partition: TopicPartition) -> None:
        start = partition.offset if partition.offset >= 0 else OFFSET_BEGINNING
        self._at_end.discard(partition.partition)
        try:
            self._consumer.seek(TopicPartition(partition.topic, partition.partition, start))
        except KafkaException as error:
            if error.args[0].code() not in _NOT_ASSIGNED:
                raise InternalFaultError(f"cannot rewind {partition}: {error.args[0].str()}") from error

    def _lag(self, partition: TopicPartition) -> Lag:
        number = partition.partition
        if number in self._at_end:
            return Lag(0, 0.0)
        _, end = self._consumer.get_watermark_offsets(partition, cached=True)
        position = self._consumer.position([partition])[0].offset
        records = max(0, end - position) if end >= 0 and position >= 0 else 0
        newest = self._newest.get(number)
        seconds = max(0.0, self._wall() - newest.timestamp()) if records and newest else 0.0
        return Lag(records, seconds)

    def _on_assign(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self.joined = True
        LOG.info("assigned %s partitions %s", self._topic, [partition.partition for partition in partitions])

    def _on_gone(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            self._at_end.discard(partition.partition)
            self._newest.pop(partition.partition, None)
        LOG.info("gave up %s partitions %s", self._topic, [partition.partition for partition in partitions])

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 -- librdkafka's local code
            if not self._brokers_down:
                LOG.warning("Kafka does not answer; waiting for it")
            self._brokers_down = True
