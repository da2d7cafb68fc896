"""Steps 3 to 5: the producer's side of the worker. One transaction holds a batch's outputs and its offsets."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from streams.errors import BrokerUnavailableError, InternalFaultError
from streams.worker.connection import Configuration
from streams.worker.faults import Fault, fault_of, is_data_fault
from streams.worker.handle import Handled

LOG = logging.getLogger(__name__)

_LAST_ABORT_S = 5.0


class TransactionFailedError(Exception):
    """A transaction did not commit; ``fault`` says what is to be done."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


class Outlet:
    """A transactional producer that is replaced, never reused, once an outcome is unknown."""

    def __init__(self, configuration: Configuration, *, topic_prefix: str, timeout_s: float) -> None:
        self._configuration = configuration
        self._prefix = topic_prefix
        self._timeout_s = timeout_s
        self._refusal: KafkaError | None = None
        self._open = False
        self._producer = self._new_producer()

    def produce(self, batch: Iterable[Handled]) -> None:
        """Step 3: begin, and hand over every output; the commit waits for their delivery."""
        self._refusal = None
        self._call(self._producer.begin_transaction)
        self._open = True
        for handled in batch:
            for output in handled.outputs:
                message = output.message
                self._hand_over(self._prefix + output.topic.name, message.value, message.key, message.headers)

    def send_offsets(self, offsets: list[TopicPartition], group_metadata: Any) -> None:
        """Step 4: the input's offsets, refused when this member's generation is over."""
        self._call(lambda: self._producer.send_offsets_to_transaction(offsets, group_metadata))

    def commit(self) -> None:
        """Step 5: waits for every delivery, then makes outputs and offsets visible together."""
        self._call(self._producer.commit_transaction)
        self._open = False

    def give_up(self, fault: Fault) -> None:
        """End a failed transaction, so that the next one can begin.

        Raises:
            BrokerUnavailableError: Kafka did not let a new producer start in time.
            InternalFaultError: Kafka refuses a new producer for good.
        """
        self._open = False
        if fault is not Fault.REPLACE:
            try:
                self._call(self._producer.abort_transaction)
            except TransactionFailedError as failure:
                LOG.warning("the abort failed as well (%s); replacing the producer", failure.reason)
            else:
                return
        self._producer = self._new_producer()

    def close(self) -> None:
        """Abort what is open, if Kafka lets us: its readers would otherwise wait for the transaction's time-out."""
        if self._open:
            with suppress(KafkaException):
                self._producer.abort_transaction(_LAST_ABORT_S)

    def _new_producer(self) -> Producer:
        """A producer that has fenced every earlier one with its transactional id."""
        producer = Producer(self._configuration)
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                producer.init_transactions(max(1.0, deadline - time.monotonic()))
            except KafkaException as failure:
                error = failure.args[0]
                if fault_of(error) is Fault.STOP or error.fatal():
                    raise InternalFaultError(f"Kafka refuses our transactions: {error.str()}") from failure
                if time.monotonic() >= deadline:
                    raise BrokerUnavailableError(
                        f"Kafka at {self._configuration['bootstrap.servers']} did not let transactions start within "
                        f"{self._timeout_s:.0f} s: {error.str()}; check that its brokers are up"
                    ) from failure
            else:
                return producer

    def _hand_over(self, topic: str, value: bytes, key: bytes | None, headers: list[tuple[str, bytes]]) -> None:
        while True:
            try:
                self._producer.produce(topic, value=value, key=key, headers=headers, on_delivery=self._on_delivery)
            except BufferError:
                # The local queue is full: deliveries make room. The transaction's time-out bounds the wait.
                self._producer.poll(0.1)
            except KafkaException as failure:
                raise self._failure(failure.args[0]) from failure
            else:
                return

    def _on_delivery(self, error: KafkaError | None, _: object) -> None:
        if error is not None and is_data_fault(error):
            self._refusal = error

    def _call(self, call: Callable[[], object]) -> None:
        """Make a transactional call, again while its error says that the same call may be repeated."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                call()
            except KafkaException as failure:
                failed = self._failure(failure.args[0])
                if failed.fault is not Fault.RETRY:
                    raise failed from failure
                if time.monotonic() >= deadline:
                    raise TransactionFailedError(Fault.REPLACE, f"no outcome in time: {failed.reason}") from failure
                LOG.warning("%s; trying again", failed.reason)
            else:
                return

    def _failure(self, error: KafkaError) -> TransactionFailedError:
        refusal = self._refusal
        return TransactionFailedError(fault_of(error, refused=refusal is not None), (refusal or error).str())
