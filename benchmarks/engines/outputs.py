"""What a subscriber sees of a side: the classified records that are committed, with the moment at which each came."""

import time
from collections import Counter
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, TopicPartition

from benchmarks.engines.load import paragraph_id
from schemas.topics import CLASSIFIED

_MOST = 2_000
"""Records of one look."""


class Outputs:
    """Reads a side's classified topic from its beginning, read_committed; a context manager."""

    def __init__(self, bootstrap: str, prefix: str, fetch_wait_ms: int = 5) -> None:
        """Look from the beginning; Kafka answers a look within so many milliseconds when there is nothing new."""
        self.counts: Counter[str] = Counter()
        self.seen: dict[str, float] = {}
        """By paragraph id when it was first seen, on the clock of ``time.monotonic``."""
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "benchmark",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": fetch_wait_ms,
            }
        )
        topic = prefix + CLASSIFIED.name
        self._consumer.assign([TopicPartition(topic, number, 0) for number in range(CLASSIFIED.partitions)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    @property
    def distinct(self) -> int:
        """How many paragraphs have come out."""
        return len(self.counts)

    @property
    def repeats(self) -> int:
        """How many records more than paragraphs."""
        return sum(self.counts.values()) - len(self.counts)

    def poll(self, timeout_s: float = 0.05) -> int:
        """Read what is there; how many records."""
        messages = self._consumer.consume(_MOST, timeout_s)
        now = time.monotonic()
        for message in messages:
            name = paragraph_id(message.value() or b"")
            self.counts[name] += 1
            self.seen.setdefault(name, now)
        return len(messages)

    def wait_for(self, count: int, timeout_s: float) -> bool:
        """Read until so many paragraphs have come; whether they did."""
        deadline = time.monotonic() + timeout_s
        while self.distinct < count and time.monotonic() < deadline:
            self.poll()
        return self.distinct >= count

    def catch_up(self) -> None:
        """Read all that came while nobody read."""
        while self.poll() == _MOST:
            pass

    def drain(self, quiet_s: float) -> None:
        """Read until nothing has come for so long."""
        last = time.monotonic()
        while time.monotonic() - last < quiet_s:
            if self.poll():
                last = time.monotonic()
