"""Sends records byte for byte, a batch and the mark of its progress in one transaction."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from confluent_kafka import KafkaException, Producer

from streams.settings import Settings
from streams.worker.resend import AbortedError, Deliveries, RecordRefusedError, Resender, TakenOverError

ANY_PARTITION = -1
"""The key decides, as with every producer of ours."""
_ATTEMPTS = 4
_FLUSH_S = 0.5
_MORE = {
    # Successes are told by the commit; a call for each record would cost as much as sending it.
    "delivery.report.only.error": True,
    "linger.ms": 20,
    "compression.level": 1,
}

__all__ = ["ANY_PARTITION", "BatchSender", "RecordRefusedError", "Sent", "TakenOverError"]


class Sent(NamedTuple):
    """A record to send; ``timestamp`` is in milliseconds since the epoch, 0 for the time of sending."""

    topic: str
    partition: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


class BatchSender(Resender):
    """As ``Resender``, but for many records: it learns whether they all came through, and not where each one stands."""

    def __init__(self, settings: Settings, bootstrap_servers: str, transactional_id: str) -> None:
        """Fence every earlier sender with the id; raises as ``Resender``."""
        super().__init__(settings, bootstrap_servers, transactional_id, _MORE)

    def send(self, batch: Sequence[Sent]) -> None:
        """Send all records in one transaction.

        Raises:
            RecordRefusedError: Kafka takes one of them not; nothing was sent.
            TakenOverError: another sender has the id now; nothing was sent.
            BrokerUnavailableError: whether it was sent is not known; the next sender with the id will see.
        """
        for _ in range(_ATTEMPTS):
            with suppress(AbortedError):
                return self._attempt_all(batch)
        raise self._unknown("it was aborted again and again")

    def _attempt_all(self, batch: Sequence[Sent]) -> None:
        self._deliveries = Deliveries()
        self._call(self._producer.begin_transaction)
        self._open = True
        self._hand_over(self._producer, batch)
        self._flush()
        self._call(lambda: self._producer.commit_transaction(self._timeout_s))
        self._open = False

    def _flush(self) -> None:
        """Wait until every record is settled: a commit would wait on after one of them has been refused."""
        deadline = time.monotonic() + self._timeout_s
        left = 1
        while left:
            try:
                left = self._producer.flush(_FLUSH_S)
            except KafkaException as failure:
                raise self._meaning(self._deliveries.refusal or failure.args[0]) from failure
            if self._deliveries.refusal is not None:
                raise self._meaning(self._deliveries.refusal)
            if left and time.monotonic() > deadline:
                raise self._unknown("it acknowledges nothing")

    def _hand_over(self, producer: Producer, batch: Sequence[Sent]) -> None:
        produce, failed = producer.produce, self._deliveries.of("", None)
        for record in batch:
            topic, partition, timestamp, key, value, headers = record
            try:
                produce(topic, value, key, partition, failed, timestamp=timestamp, headers=headers)
            except BufferError:
                self._once_there_is_room(
                    partial(produce, topic, value, key, partition, failed, timestamp=timestamp, headers=headers)
                )
            except KafkaException as failure:
                raise self._meaning(failure.args[0]) from failure

    def _once_there_is_room(self, again: Callable[[], object]) -> None:
        deadline = time.monotonic() + self._timeout_s
        while True:
            self._wait_for_room(deadline)
            with suppress(BufferError):
                again()
                return
