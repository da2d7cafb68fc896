"""Reads topics as a subscriber sees them: committed records only, to the end or for ever.

A partition can end with the marker of a transaction, or with records of one that was aborted: no record is
read there, but the position moves past them. The end is therefore told by positions, never by the last record.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from schemas.codec import DecodeError, decode_one_of
from schemas.record import Record
from schemas.retraction import taken_back
from schemas.topics import Topic
from streams.clients.connection import COMMITTED_READS, client_configuration, kafka_errors
from streams.errors import UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from kafka import TopicPartition

POLL_MS = 200
CHECK_S = 5.0
"""A poll does not tell an empty topic from a Kafka that has gone; after so much silence the end is asked for."""
REMEMBERED_IDS = 100_000
"""So many ids of the latest records ``distinct`` compares with, about 20 MB: repeats come close to one another."""


@dataclass(frozen=True, slots=True)
class Received:
    """A record with its coordinates. ``value`` is what stands in the topic, byte for byte."""

    topic: Topic
    record: Record
    value: bytes
    partition: int
    offset: int
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A record that is not what its topic should hold; it is told of and passed over."""

    topic: str
    partition: int
    offset: int
    reason: str

    def __str__(self) -> str:
        return f"{self.topic} partition {self.partition} offset {self.offset}: {self.reason}"


class Subscriber:
    """Reads all partitions of the topics without a group; a context manager. Raises BrokerUnavailableError."""

    def __init__(
        self,
        settings: Settings,
        bootstrap_servers: str,
        topics: Sequence[Topic],
        *,
        from_beginning: bool = False,
        distinct: bool = False,
    ) -> None:
        """Stand at the beginning of the topics, or at what comes from now on.

        Args:
            distinct: drop a record whose id came before, as far as the latest ``REMEMBERED_IDS`` tell.

        Raises:
            UsageError: a topic does not exist.
        """
        from kafka import KafkaConsumer

        self._servers = bootstrap_servers
        self._timeout_ms = int(settings.connect_timeout_s * 1000)
        self._by_name = {settings.topic_prefix + topic.name: topic for topic in topics}
        self._seen: OrderedDict[str, None] | None = OrderedDict() if distinct else None
        with kafka_errors(bootstrap_servers):
            self._consumer = KafkaConsumer(
                **client_configuration(settings, bootstrap_servers),
                bootstrap_timeout_ms=self._timeout_ms,
                **COMMITTED_READS,
            )
            self._partitions = self._assigned(from_beginning)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def read(self, *, follow: bool = False, idle_timeout_s: float | None = None) -> Iterator[Received | Undecodable]:
        """The records, each partition's in order.

        Args:
            follow: go on for ever; otherwise end at what was the end when reading began.
            idle_timeout_s: also end after so many seconds without a record.
        """
        ends = None if follow else self._ends()
        last = heard = time.monotonic()
        while ends is None or not self._passed(ends):
            for message in self._polled():
                if ends is None or message.offset < ends[message.topic, message.partition]:
                    received = self._received(message)
                    if received is not None:
                        yield received
                last = heard = time.monotonic()
            now = time.monotonic()
            if idle_timeout_s is not None and now - last >= idle_timeout_s:
                return
            if now - heard >= CHECK_S:
                self._ends()
                heard = time.monotonic()

    def _polled(self) -> list[Any]:
        """The messages of one poll by time, so that topics and partitions mix; within a partition as they stand."""
        with kafka_errors(self._servers):
            polled = self._consumer.poll(timeout_ms=POLL_MS)
        return list(merge(*polled.values(), key=lambda message: message.timestamp))

    def _assigned(self, from_beginning: bool) -> list["TopicPartition"]:
        from kafka import TopicPartition

        known = {name: self._consumer.partitions_for_topic(name) for name in self._by_name}
        missing = [name for name, found in known.items() if not found]
        if missing:
            self._consumer.close()
            raise UsageError(f"no topic {', '.join(missing)}; run `report-streams topics create`")
        partitions = [TopicPartition(name, number) for name, found in known.items() for number in sorted(found or ())]
        self._consumer.assign(partitions)
        if from_beginning:
            self._consumer.seek_to_beginning(*partitions)
        else:
            self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            # Settles where "now" is: a seek is only carried out when the position is asked for.
            self._consumer.position(partition)
        return partitions

    def _ends(self) -> dict[tuple[str, int], int]:
        with kafka_errors(self._servers):
            ends = self._consumer.end_offsets(self._partitions, timeout_ms=self._timeout_ms)
        return {(partition.topic, partition.partition): end for partition, end in ends.items()}

    def _passed(self, ends: dict[tuple[str, int], int]) -> bool:
        with kafka_errors(self._servers):
            return all(
                self._consumer.position(partition) >= ends[partition.topic, partition.partition]
                for partition in self._partitions
            )

    def _received(self, message: Any) -> Received | Undecodable | None:
        """The record, or why it is none; None for a repeat."""
        topic = self._by_name[message.topic]
        try:
            record = decode_one_of(topic.records, message.value, message.headers)
        except DecodeError as error:
            return Undecodable(message.topic, message.partition, message.offset, str(error))
        if self._repeats(record):
            return None
        timestamp = datetime.fromtimestamp(message.timestamp / 1000, UTC)
        return Received(topic, record, message.value, message.partition, message.offset, timestamp)

    def _repeats(self, record: Record) -> bool:
        if self._seen is None:
            return False
        gone = taken_back(record)
        if gone is not None:
            # Should the event come back, it is no repeat, and neither is what takes it back once more.
            self._seen.pop(gone, None)
            return False
        name = str(getattr(record, "id", ""))
        repeated = name in self._seen
        self._seen[name] = None
        self._seen.move_to_end(name)
        if len(self._seen) > REMEMBERED_IDS:
            self._seen.popitem(last=False)
        return repeated


def read_all(
    settings: Settings,
    bootstrap_servers: str,
    topics: Sequence[Topic],
    tell: Callable[[Undecodable], None],
    *,
    distinct: bool = False,
) -> Iterator[Received]:
    """All that the topics hold now, committed; ``tell`` gets what cannot be decoded."""
    with Subscriber(settings, bootstrap_servers, topics, from_beginning=True, distinct=distinct) as subscriber:
        for received in subscriber.read():
            if isinstance(received, Undecodable):
                tell(received)
            else:
                yield received


def partitions_of(topics: dict[str, tuple[int, int]]) -> list["TopicPartition"]:
    """Every partition of topics given with their number of partitions (and of replicas)."""
    from kafka import TopicPartition

    return [TopicPartition(name, number) for name, (count, _) in topics.items() for number in range(count)]
