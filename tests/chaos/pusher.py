"""Pushes a load, as far as it is allowed to: so every fault meets records that wait."""

import threading
from collections.abc import Iterable

from confluent_kafka import KafkaError, Message, Producer

from schemas.topics import PARAGRAPHS
from tests.chaos.load import Raw

_PATIENCE_MS = 600_000
"""A record is tried for so long, through every restart of the broker; idempotence keeps it from coming twice."""


class Pusher:
    """A thread that pushes; ``close`` ends it."""

    def __init__(self, bootstrap_servers: str, records: Iterable[Raw]) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "message.timeout.ms": _PATIENCE_MS,
                "reconnect.backoff.max.ms": 1000,
                "socket.timeout.ms": 10_000,
                # A broker that is away is the point of the run, and no news.
                "log_level": 0,
            }
        )
        self._records = records
        self._allowed = 0
        self._closed = False
        self._change = threading.Condition()
        self._ends: dict[int, int] = {}
        self.refused: list[str] = []
        self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
        self._thread.start()

    @property
    def ends(self) -> dict[int, int]:
        """The end of each partition, by what was acknowledged."""
        with self._change:
            return dict(self._ends)

    @property
    def acknowledged(self) -> int:
        """Records on the topic."""
        return sum(self.ends.values())

    def allow(self, records: int) -> None:
        """Push until so many are pushed in all."""
        with self._change:
            self._allowed = max(self._allowed, records)
            self._change.notify_all()

    def close(self) -> None:
        """Push no more."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._thread.join(10)

    def _run(self) -> None:
        for number, record in enumerate(self._records):
            if not self._may_push(number):
                return
            while not self._pushed(record):
                self._producer.poll(0.1)
            self._producer.poll(0)
        while not self._closed and self._producer.flush(0.2):
            pass

    def _may_push(self, number: int) -> bool:
        while True:
            with self._change:
                if self._closed or number < self._allowed:
                    return not self._closed
                self._change.wait(0.05)
            self._producer.poll(0)

    def _pushed(self, record: Raw) -> bool:
        try:
            self._producer.produce(
                PARAGRAPHS.name, record.value, record.key, headers=record.headers, on_delivery=self._settled
            )
        except BufferError:
            return False
        return True

    def _settled(self, error: KafkaError | None, message: Message) -> None:
        with self._change:
            if error is not None:
                self.refused.append(error.str())
            else:
                partition, offset = message.partition(), message.offset()
                assert partition is not None
                assert offset is not None
                self._ends[partition] = max(self._ends.get(partition, 0), offset + 1)
