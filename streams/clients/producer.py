"""Pushes paragraphs: idempotent, keyed by report, and counted as sent only once Kafka has acknowledged them."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from schemas.codec import Message, encode
from schemas.paragraph import Paragraph
from schemas.topics import MAX_INPUT_BYTES, PARAGRAPHS
from streams.clients.connection import client_configuration, described, kafka_errors
from streams.errors import BrokerUnavailableError, InputRefusedError
from streams.settings import Settings

SOURCE = "/report-streams/push"
DELIVERY_TIMEOUT_MS = 30_000
REQUEST_TIMEOUT_MS = 10_000
STILL_S = 5.0
"""After so long without an acknowledgement the user is told what is being waited for."""
SETTLE_TIMEOUT_S = 1.5 * DELIVERY_TIMEOUT_MS / 1000
"""Longer than kafka-python takes to give a record up; so long a silence means that its sender has died."""
CLOSE_TIMEOUT_S = 5.0
LINGER_MS = 5
BATCH_BYTES = 128 * 1024
MAX_OPEN_BYTES = 16 * 1024 * 1024
"""Bytes under way at most: kafka-python itself sets no limit to what it holds."""
MAX_NAMED_FAULTS = 20


@dataclass
class PushSummary:
    """What came of a push. ``bytes`` counts keys, values and headers of acknowledged records, uncompressed."""

    paragraphs: int = 0
    bytes: int = 0
    seconds: float = 0.0
    failed: int = 0
    faults: list[str] = field(default_factory=list)
    """The first failures, each with the paragraph's id and report; at most MAX_NAMED_FAULTS."""


def pushed_message(paragraph: Paragraph) -> Message:
    """What is sent of a paragraph.

    Raises:
        InputRefusedError: the record would be larger than its topic allows.
    """
    message = encode(paragraph, source=SOURCE, time=datetime.now(UTC))
    if message.size > MAX_INPUT_BYTES:
        raise InputRefusedError(f"a record of {message.size:,} bytes; at most {MAX_INPUT_BYTES:,} are taken")
    return message


def partition_of(key: bytes, partitions: int) -> int:
    """Where a record of this key is sent, of so many partitions."""
    from kafka.partitioner import murmur2

    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class ParagraphProducer:
    """Sends paragraphs and keeps count; a context manager."""

    def __init__(
        self, settings: Settings, bootstrap_servers: str, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        """Connect at once, waiting for the settings' time at most.

        Args:
            tell: gets a line for people when Kafka is slow to acknowledge.

        Raises:
            BrokerUnavailableError: Kafka does not answer, or refuses us.
        """
        from kafka import KafkaProducer

        self._topic = settings.topic_prefix + PARAGRAPHS.name
        self._servers = bootstrap_servers
        self._tell = tell
        self._begun = time.monotonic()
        self._summary = PushSummary()
        self._open_bytes = 0
        self._open_records = 0
        self._changed = threading.Condition()
        with kafka_errors(bootstrap_servers):
            self._producer = KafkaProducer(
                **client_configuration(settings, bootstrap_servers),
                bootstrap_timeout_ms=int(settings.connect_timeout_s * 1000),
                enable_idempotence=True,
                acks="all",
                compression_type="zstd",
                delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
                max_block_ms=int(settings.connect_timeout_s * 1000),
                linger_ms=LINGER_MS,
                batch_size=BATCH_BYTES,
                max_request_size=2 * MAX_INPUT_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, paragraph: Paragraph) -> None:
        """Hand one paragraph over; returns before it is acknowledged, and waits while too much is under way.

        Raises:
            BrokerUnavailableError: Kafka has gone, or a paragraph before this one was not acknowledged: going on
                would leave a gap in a report.
            InputRefusedError: the record would be larger than its topic allows.
        """
        message = pushed_message(paragraph)
        self._make_room(message.size)
        try:
            with kafka_errors(self._servers):
                future = self._producer.send(self._topic, message.value, message.key, message.headers)
        except BaseException:
            self._free(message.size)
            raise
        name = f"paragraph {paragraph.id} of report {paragraph.report.id}"
        future.add_callback(lambda _: self._settled(message, None))
        future.add_errback(lambda error: self._settled(message, f"{name}: {described(error)}"))

    def push(self, paragraphs: Iterable[Paragraph]) -> PushSummary:
        """Send all, wait until each is settled, and tell what came of it."""
        for paragraph in paragraphs:
            self.send(paragraph)
        return self.flush()

    def flush(self, patience_s: float = SETTLE_TIMEOUT_S) -> PushSummary:
        """Wait until every paragraph handed over is acknowledged or has failed; the summary up to here.

        Args:
            patience_s: give up after so long without a single acknowledgement.

        Raises:
            BrokerUnavailableError: nothing was settled for so long.
        """
        with self._changed:
            self._wait_until(lambda: not self._open_records, patience_s)
        return self.summary()

    def summary(self) -> PushSummary:
        """The count up to now: acknowledged, failed, seconds since the producer was made."""
        with self._changed:
            seconds = time.monotonic() - self._begun
            return replace(self._summary, seconds=seconds, faults=list(self._summary.faults))

    def close(self) -> None:
        """Disconnect; whoever wants to know what came of the last paragraphs calls ``flush`` before."""
        from kafka.errors import KafkaTimeoutError

        # A Kafka that is gone keeps us no longer: what it did not acknowledge is counted as such.
        with suppress(KafkaTimeoutError):
            self._producer.close(timeout=CLOSE_TIMEOUT_S)

    def _make_room(self, size: int) -> None:
        with self._changed:
            self._wait_until(lambda: not self._open_bytes or self._open_bytes + size <= MAX_OPEN_BYTES)
            if self._summary.failed:
                raise BrokerUnavailableError(f"Kafka at {self._servers} did not take a paragraph; the push stopped")
            self._open_bytes += size
            self._open_records += 1

    def _free(self, size: int) -> None:
        with self._changed:
            self._open_bytes -= size
            self._open_records -= 1
            self._changed.notify_all()

    def _settled(self, message: Message, fault: str | None) -> None:
        """Called by kafka-python's sender thread, once for each record."""
        with self._changed:
            if fault is None:
                self._summary.paragraphs += 1
                self._summary.bytes += message.size
            else:
                self._summary.failed += 1
                if len(self._summary.faults) < MAX_NAMED_FAULTS:
                    self._summary.faults.append(fault)
        self._free(message.size)

    def _wait_until(self, holds: Callable[[], bool], patience_s: float = SETTLE_TIMEOUT_S) -> None:
        """Wait for acknowledgements until the condition holds; the lock is held."""
        settled_at = time.monotonic()
        told = False
        while not holds():
            if self._changed.wait(timeout=min(STILL_S, patience_s)):
                settled_at = time.monotonic()
                continue
            if time.monotonic() - settled_at > patience_s:
                raise BrokerUnavailableError(f"Kafka at {self._servers} acknowledges nothing any more")
            if not told:
                self._tell(f"waiting for Kafka at {self._servers} to acknowledge {self._open_records:,} paragraphs ...")
                told = True
