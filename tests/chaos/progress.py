"""Watches the group's committed offsets, on a thread of its own so that a broker that is away delays nobody."""

import threading
import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.topics import PARAGRAPHS
from tests.chaos.stalls import Stalls

_LOOK_EVERY_S = 0.1
_ANSWER_S = 2.0


class Progress:
    """What is committed, and how long partitions stood still."""

    def __init__(self, bootstrap_servers: str, group: str, pushed: Callable[[], dict[int, int]]) -> None:
        # A consumer that joins nothing: an admin client ends the process when it asks a group's offsets of a broker
        # that has just come back (https://github.com/confluentinc/librdkafka/issues/5040).
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap_servers,
                "group.id": group,
                "enable.auto.commit": False,
                "reconnect.backoff.max.ms": 500,
                # A broker that is away is the point of the run, and no news.
                "log_level": 0,
                # Otherwise a transaction that is open would have to end before the answer.
                "isolation.level": "read_uncommitted",
            }
        )
        self._partitions = [TopicPartition(PARAGRAPHS.name, number) for number in range(PARAGRAPHS.partitions)]
        self._pushed = pushed
        self._committed: dict[int, int] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.stalls = Stalls()
        self.moved = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    @property
    def committed(self) -> int:
        """Input records whose outcome is committed."""
        with self._lock:
            return sum(self._committed.values())

    def step(self, name: str) -> None:
        """A step begins."""
        with self._lock:
            self.stalls.step(name)

    def over(self, name: str) -> None:
        """A fault is over: measure how long the partitions take to move."""
        with self._lock:
            self.stalls.over(name, time.monotonic(), self._committed, self._pushed())

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        self._thread.join(10)
        self._consumer.close()

    def _run(self) -> None:
        while not self._closed.wait(_LOOK_EVERY_S):
            committed = self._offsets()
            now = time.monotonic()
            with self._lock:
                if committed is not None and committed != self._committed:
                    self._committed, self.moved = committed, now
                if self._committed:  # before, the workers are starting
                    self.stalls.observe(now, self._committed, self._pushed())

    def _offsets(self) -> dict[int, int] | None:
        try:
            told = self._consumer.committed(self._partitions, timeout=_ANSWER_S)
        except KafkaException:
            return None  # no answer is no progress; the run's own patience decides
        return {partition.partition: partition.offset for partition in told if partition.offset > 0}
