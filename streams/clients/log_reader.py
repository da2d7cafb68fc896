"""Reads stretches of partitions by their coordinates: committed records only, and no consumer group is touched."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from schemas.topics import MAX_OUTPUT_BYTES
from streams.clients.connection import COMMITTED_READS, client_configuration, kafka_errors
from streams.errors import BrokerUnavailableError, UsageError
from streams.settings import Settings

Partition = tuple[str, int]
"""A topic's full name and the number of a partition."""
Offsets = dict[Partition, int]

POLL_MS = 200
POLL_RECORDS = 5000
STILL_S = 60.0
"""Without any progress for so long, reading has no end: longer than a transaction of ours may stay open."""
FETCH_BYTES = 2 * MAX_OUTPUT_BYTES


class LogRecord(Protocol):
    """A record with its coordinates, as kafka-python gives it; the timestamp is in milliseconds, -1 for none."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class LogReader:
    """Reads the partitions of some topics; a context manager. Every method raises BrokerUnavailableError."""

    def __init__(
        self, settings: Settings, bootstrap_servers: str, topics: Sequence[str], *, still_s: float = STILL_S
    ) -> None:
        """Connect at once.

        Args:
            topics: full names.
            still_s: seconds without progress after which ``read`` gives up.

        Raises:
            UsageError: a topic does not exist.
        """
        from kafka import KafkaConsumer

        self._servers = bootstrap_servers
        self._still_s = still_s
        self._timeout_ms = int(settings.connect_timeout_s * 1000)
        self._configuration = client_configuration(settings, bootstrap_servers)
        with kafka_errors(bootstrap_servers):
            self._consumer = KafkaConsumer(
                **self._configuration,
                bootstrap_timeout_ms=self._timeout_ms,
                **COMMITTED_READS,
                fetch_max_bytes=FETCH_BYTES,
                max_poll_records=POLL_RECORDS,
            )
            self.partitions = self._found(topics)
            self._consumer.assign(_native(self.partitions))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def existing_topics(self) -> set[str]:
        """Full names of all topics of the cluster that we may see."""
        with kafka_errors(self._servers):
            return set(self._consumer.topics())

    def begins(self) -> Offsets:
        """The first offset that each partition still holds."""
        with kafka_errors(self._servers):
            return _plain(self._consumer.beginning_offsets(_native(self.partitions), timeout_ms=self._timeout_ms))

    def ends(self) -> Offsets:
        """The offset after the last record that is settled: open transactions and what follows them are beyond."""
        with kafka_errors(self._servers):
            return _plain(self._consumer.end_offsets(_native(self.partitions), timeout_ms=self._timeout_ms))

    def written_ends(self) -> Offsets:
        """The offset after the last record that was written, settled or not; ``read`` up to it waits for these."""
        from kafka import KafkaConsumer

        with kafka_errors(self._servers):
            seeing_all = KafkaConsumer(**self._configuration, enable_auto_commit=False, metrics_enabled=False)
            try:
                return _plain(seeing_all.end_offsets(_native(self.partitions), timeout_ms=self._timeout_ms))
            finally:
                seeing_all.close()

    def offsets_at(self, moment: datetime) -> Offsets:
        """For each partition the first offset whose record is of the moment or later; the end where there is none."""
        asked: dict[Any, int] = dict.fromkeys(_native(self.partitions), max(0, int(moment.timestamp() * 1000)))
        ends = self.ends()
        with kafka_errors(self._servers):
            found = self._consumer.offsets_for_times(asked, timeout_ms=self._timeout_ms)
        told = {(part.topic, part.partition): at.offset for part, at in found.items() if at is not None}
        return {part: told.get(part, end) for part, end in ends.items()}

    def committed(self, group: str) -> Offsets:
        """The offsets that a consumer group has committed; partitions of which it has none are left out."""
        from kafka import KafkaAdminClient

        with kafka_errors(self._servers):
            admin = KafkaAdminClient(**self._configuration, bootstrap_timeout_ms=self._timeout_ms)
            try:
                [told] = admin.list_group_offsets({group: _native(self.partitions)}).values()
            finally:
                admin.close()
        return _plain({part: at.offset for part, at in told.items() if at.offset >= 0})

    def read(self, begins: Mapping[Partition, int], ends: Mapping[Partition, int]) -> Iterator[LogRecord]:
        """The records from each partition's begin to before its end; each partition's in order.

        Partitions that ``ends`` lacks are not read; a begin that retention has passed means the first record held.

        Raises:
            BrokerUnavailableError: nothing moved for ``still_s`` seconds.
        """
        open_ones = {part: end for part, end in ends.items() if begins.get(part, 0) < end}
        self._stand_at({part: begins.get(part, 0) for part in open_ones})
        moved = time.monotonic()
        before = -1
        while open_ones:
            with kafka_errors(self._servers):
                polled = self._consumer.poll(timeout_ms=POLL_MS)
            for messages in polled.values():
                yield from (message for message in messages if message.offset < open_ones.get(_of(message), 0))
            passed = sum(self._finish(open_ones).values())
            if polled or passed != before:
                moved, before = time.monotonic(), passed
            elif time.monotonic() - moved > self._still_s:
                raise BrokerUnavailableError(self._standing(open_ones))

    def _stand_at(self, begins: Mapping[Partition, int]) -> None:
        with kafka_errors(self._servers):
            # All stay assigned, at rest: kafka-python forgets the topics of partitions that are not.
            self._consumer.pause(*_native(self.partitions))
            for part, begin in begins.items():
                [native] = _native([part])
                self._consumer.seek(native, begin)
                self._consumer.resume(native)

    def _finish(self, open_ones: Offsets) -> Offsets:
        """Take the partitions that have been read to their end out, and stop fetching them; the positions of all."""
        positions = {}
        with kafka_errors(self._servers):
            for part, end in list(open_ones.items()):
                [native] = _native([part])
                positions[part] = self._consumer.position(native, timeout_ms=self._timeout_ms)
                if positions[part] is not None and positions[part] >= end:
                    del open_ones[part]
                    self._consumer.pause(native)
        return {part: at or 0 for part, at in positions.items()}

    def _standing(self, open_ones: Offsets) -> str:
        (topic, number), end = next(iter(open_ones.items()))
        with kafka_errors(self._servers):
            at = self._consumer.position(*_native([(topic, number)]), timeout_ms=self._timeout_ms)
        return (
            f"{topic} partition {number} cannot be read past offset {at} (to {end}): a transaction has been open for"
            f" more than {self._still_s:.0f} s, or its records cannot be fetched. Try again once it has ended"
        )

    def _found(self, topics: Sequence[str]) -> list[Partition]:
        found = {name: self._consumer.partitions_for_topic(name) for name in topics}
        missing = [name for name, numbers in found.items() if not numbers]
        if missing:
            self._consumer.close()
            raise UsageError(f"no topic {', '.join(missing)}; run `report-streams topics create`")
        return [(name, number) for name, numbers in found.items() for number in sorted(numbers or ())]


def _of(message: LogRecord) -> Partition:
    return message.topic, message.partition


def _native(partitions: "Sequence[Partition] | Mapping[Partition, int]") -> list[Any]:
    from kafka import TopicPartition

    return [TopicPartition(topic, number) for topic, number in partitions]


def _plain(offsets: Mapping[Any, int]) -> Offsets:
    return {(part.topic, part.partition): offset for part, offset in offsets.items()}
