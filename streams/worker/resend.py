"""Sends records in transactions of their own, each together with the marks that remember it: what a redrive needs.

confluent-kafka rather than kafka-python: the latter (3.0) refuses a header without value and a record with neither key
nor value, which originals may be, and its commit waits for ever when Kafka has gone.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaMessage

from streams.errors import BrokerUnavailableError, InternalFaultError, ReportStreamsError
from streams.librdkafka import Configuration
from streams.settings import Settings
from streams.worker.connection import producer_configuration
from streams.worker.faults import Fault, fault_of

TRANSACTION_TIMEOUT_MS = 20_000
"""So long may readers wait for the transaction of a redrive that was killed, unless another redrive starts sooner."""
_LAST_ABORT_S = 5.0
_MOST_ATTEMPTS = 4
# What a record is told that was still on its way when its transaction had to be aborted.
_PURGED = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)  # noqa: SLF001 -- librdkafka's local codes
_FENCED = (KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH)  # noqa: SLF001 -- librdkafka's local code

TAKEN_OVER = "another redrive has started and taken over"

Place = tuple[str, int, int]
"""Topic, partition and offset."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to send, byte for byte; without a partition its key decides, as with every producer of ours."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    partition: int | None = None


class RecordRefusedError(ReportStreamsError):
    """Kafka refused a record of the transaction, which was aborted: nothing of it was sent."""

    exit_code = 1


class TakenOverError(ReportStreamsError):
    """Another sender with the same transactional id has started: this one can send nothing any more."""

    exit_code = 1


class AbortedError(ReportStreamsError):
    """The transaction was aborted for a reason that is not in its records: it may be tried again."""


class Deliveries:
    """What came of the records of one transaction; those of an aborted one are told after the next has begun."""

    def __init__(self) -> None:
        self.places: dict[int, Place] = {}
        self.refusal: KafkaError | None = None

    def of(self, topic: str, number: int | None) -> Callable[[KafkaError | None, KafkaMessage], None]:
        """What librdkafka calls once the record with this number, or a mark without one, is settled."""

        def settled(error: KafkaError | None, message: KafkaMessage) -> None:
            if error is not None:
                self.refusal = self.refusal or error
            elif number is not None:
                self.places[number] = (topic, _known(message.partition()), _known(message.offset()))

        return settled


class Resender:
    """A transactional sender; the latest one with its transactional id is the only one that can send."""

    def __init__(
        self,
        settings: Settings,
        bootstrap_servers: str,
        transactional_id: str,
        more: Configuration | None = None,
    ) -> None:
        """Fence every earlier sender with the id, and wait until what it left open is committed or aborted.

        ``more`` are settings of the producer that a sender of another sort needs.

        Raises:
            BrokerUnavailableError: Kafka did not let transactions start in time.
            InternalFaultError: Kafka refuses them for good.
        """
        self._servers = bootstrap_servers
        self._timeout_s = max(settings.connect_timeout_s, 2 * TRANSACTION_TIMEOUT_MS / 1000)
        configuration = producer_configuration(settings, bootstrap_servers, transactional_id)
        self._producer = Producer(
            configuration | {"transaction.timeout.ms": TRANSACTION_TIMEOUT_MS, "logger": _silent()} | (more or {})
        )
        self._open = False
        self._deliveries = Deliveries()
        self._call(lambda: self._producer.init_transactions(self._timeout_s))

    def transact(
        self, records: Sequence[Outgoing], marks: Callable[[Sequence[Place]], Sequence[Outgoing]]
    ) -> list[Place]:
        """Send records, and marks made of the places that they got, in one transaction; the records' places.

        Raises:
            RecordRefusedError: a record is larger than its topic takes, or the like; nothing was sent.
            TakenOverError: another sender has the id now; nothing was sent.
            BrokerUnavailableError: whether it was sent is not known; the next sender with the id will see.
        """
        for _ in range(_MOST_ATTEMPTS):
            with suppress(AbortedError):
                return self._attempt(records, marks)
        raise self._unknown("it was aborted again and again")

    def _attempt(
        self, records: Sequence[Outgoing], marks: Callable[[Sequence[Place]], Sequence[Outgoing]]
    ) -> list[Place]:
        self._deliveries = Deliveries()
        self._call(self._producer.begin_transaction)
        self._open = True
        for number, record in enumerate(records):
            self._produce(record, number)
        self._delivered(len(records))
        places = [self._deliveries.places[number] for number in range(len(records))]
        for mark in marks(places):
            self._produce(mark, None)
        self._call(lambda: self._producer.commit_transaction(self._timeout_s))
        self._open = False
        return places

    def close(self) -> None:
        """Abort what is open, if Kafka lets us."""
        if self._open:
            with suppress(KafkaException):
                self._producer.abort_transaction(_LAST_ABORT_S)
            self._open = False

    def _produce(self, record: Outgoing, number: int | None) -> None:
        where = {} if record.partition is None else {"partition": record.partition}
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                self._producer.produce(
                    record.topic,
                    value=record.value,
                    key=record.key,
                    headers=list(record.headers),
                    on_delivery=self._deliveries.of(record.topic, number),
                    **where,
                )
            except BufferError:
                self._wait_for_room(deadline)
            except KafkaException as failure:
                raise self._meaning(failure.args[0]) from failure
            else:
                return

    def _wait_for_room(self, deadline: float) -> None:
        self._producer.poll(0.1)
        if time.monotonic() > deadline:
            raise self._unknown("it takes no records")

    def _delivered(self, count: int) -> None:
        """Wait until every record has its place."""
        deadline = time.monotonic() + self._timeout_s
        while len(self._deliveries.places) < count:
            if self._deliveries.refusal is not None:
                raise self._meaning(self._deliveries.refusal)
            if time.monotonic() > deadline:
                raise self._unknown("it acknowledges nothing")
            try:
                self._producer.flush(0.2)
            except KafkaException as failure:
                raise self._meaning(failure.args[0]) from failure

    def _call(self, call: Callable[[], object]) -> None:
        """Make a transactional call, again while its error says that the same call may be repeated."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                call()
            except KafkaException as failure:
                error = self._deliveries.refusal or failure.args[0]
                if fault_of(error) is not Fault.RETRY or time.monotonic() > deadline:
                    raise self._meaning(error) from failure
            else:
                return

    def _meaning(self, error: KafkaError) -> ReportStreamsError:
        """What an error means for the transaction, which is aborted where that is still possible."""
        if error.code() in _FENCED:
            self._open = False
            return TakenOverError(TAKEN_OVER)
        fault = fault_of(error)
        if fault is Fault.STOP:
            self.close()
            return InternalFaultError(f"Kafka at {self._servers} refuses this redrive: {error.str()}")
        if fault is Fault.DATA:
            self._abort()
            return RecordRefusedError(error.str())
        if fault is Fault.ABORT or error.code() in _PURGED:
            self._abort()
            return AbortedError(error.str())
        return self._unknown(error.str())

    def _abort(self) -> None:
        try:
            self._producer.abort_transaction(self._timeout_s)
        except KafkaException as failure:
            if failure.args[0].code() in _FENCED:
                raise TakenOverError(TAKEN_OVER) from failure
            raise self._unknown(f"the abort failed: {failure.args[0].str()}") from failure
        finally:
            self._open = False

    def _unknown(self, reason: str) -> BrokerUnavailableError:
        self._open = False
        return BrokerUnavailableError(
            f"Kafka at {self._servers} did not confirm the last transaction ({reason}). Run the same command again:"
            " what came through is known by then, and is not sent a second time"
        )


def _known(number: int | None) -> int:
    if number is None:
        raise InternalFaultError("a delivered record without a place")
    return number


def _silent() -> logging.Logger:
    """Keeps librdkafka's own log lines off the user's screen; what matters reaches the user as our messages."""
    logger = logging.getLogger(f"{__name__}.librdkafka")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
