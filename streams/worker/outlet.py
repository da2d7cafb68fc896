"""Steps 3 to 5: the producer's side of the worker. One transaction holds a batch's outputs and its offsets."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from streams.errors import BrokerUnavailableError, InternalFaultError
from streams.librdkafka import Configuration
from streams.worker.bounded import returns_within
from streams.worker.faults import Fault, TransactionFailedError, fault_of, is_data_fault
from streams.worker.handle import Handled
from streams.worker.stop import Stop

LOG = logging.getLogger(__name__)

_LAST_ABORT_S = 5.0
_INIT_SLICE_S = 2.0
_CALL_SLICE_S = 5.0
"""Longest single wait in a call; librdkafka's own default for an abort is to wait without end."""
_OFFSETS_S = 3.0
"""Milliseconds as a rule. A call that takes longer has lost its connection and may never return."""


class Outlet:
    """A transactional producer that is replaced, never reused, once an outcome is unknown."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        topic_prefix: str,
        connect_s: float,
        timeout_s: float,
        outage_s: float,
        stop: Stop,
    ) -> None:
        self._stop = stop
        self._configuration = configuration
        self._prefix = topic_prefix
        self._timeout_s = timeout_s
        self._outage_s = outage_s
        self._refusal: KafkaError | None = None
        self._begun: float | None = None
        self._producer = self._new_producer(connect_s)

    def transaction_age(self) -> float:
        """Seconds since the open transaction began; 0 while none is open. May be asked from any thread."""
        begun = self._begun
        return 0.0 if begun is None else time.monotonic() - begun

    def produce(self, batch: Iterable[Handled]) -> None:
        """Step 3: begin, and hand over every output; the commit waits for their delivery."""
        self._refusal = None
        self._call(lambda _: self._producer.begin_transaction())
        self._begun = time.monotonic()
        for handled in batch:
            for output in handled.outputs:
                message = output.message
                self._hand_over(self._prefix + output.topic.name, message.value, message.key, message.headers)

    def send_offsets(self, offsets: list[TopicPartition], group_metadata: Any) -> None:
        """Step 4: the input's offsets, refused when this member's generation is over."""
        producer = self._producer

        def send(longest_s: float) -> None:
            # The client does not keep its own time-out here, so that one is kept for it.
            sending = partial(producer.send_offsets_to_transaction, offsets, group_metadata, longest_s)
            if not returns_within(_OFFSETS_S, sending):
                raise TransactionFailedError(Fault.REPLACE, "Kafka's client did not come back from sending the offsets")

        self._call(send)

    def commit(self) -> None:
        """Step 5: waits for every delivery, then makes outputs and offsets visible together."""
        self._call(self._producer.commit_transaction)
        self._begun = None

    def end_leftovers(self, offsets: list[TopicPartition], group_metadata: bytes) -> None:
        """End what Kafka may still hold open of a producer that was given up: nobody can read these offsets until then.

        Kafka keeps offsets that reach it after the end of their transaction, when it does not see that they are late,
        and lets go of them with the next end of a transaction of the same producer id that has offsets of the group.
        That id is ours again. So these offsets are sent, whatever they are, and aborted.

        Raises:
            as ``give_up``.
        """
        fault = Fault.ABORT
        try:
            self._call(lambda _: self._producer.begin_transaction())
            self._begun = time.monotonic()
            self.send_offsets(offsets, group_metadata)
        except TransactionFailedError as failure:
            LOG.warning("what holds the offsets cannot be ended yet (%s)", failure.reason)
            fault = failure.fault
        self.give_up(fault)

    def give_up(self, fault: Fault) -> None:
        """End a failed transaction, so that the next one can begin.

        Raises:
            BrokerUnavailableError: Kafka did not let a new producer start in time.
            InternalFaultError: Kafka refuses a new producer for good.
            StoppedError: the worker was asked to stop meanwhile.
        """
        if fault is not Fault.REPLACE and self._aborted():
            return
        LOG.warning("a new producer takes over the transactional id")
        self._producer = self._new_producer(self._outage_s)
        self._begun = None

    def close(self) -> None:
        """Abort what is open, if Kafka lets us: its readers would otherwise wait for the transaction's time-out."""
        if self._begun is not None:
            with suppress(KafkaException):
                self._producer.abort_transaction(_LAST_ABORT_S)

    def _aborted(self) -> bool:
        """Whether the open transaction, if there is one, has been aborted."""
        if self._begun is None:
            return True
        try:
            self._call(self._producer.abort_transaction)
        except TransactionFailedError as failure:
            LOG.warning("the abort failed as well (%s)", failure.reason)
            return False
        self._begun = None
        return True

    def _new_producer(self, wait_s: float) -> Producer:
        """A producer that has fenced every earlier one with its transactional id, and whose outcomes are settled."""
        producer = Producer(self._configuration)
        deadline = time.monotonic() + wait_s
        while True:
            self._stop.heed()
            try:
                producer.init_transactions(_INIT_SLICE_S)
            except KafkaException as failure:
                error = failure.args[0]
                if fault_of(error) is Fault.STOP or error.fatal():
                    raise InternalFaultError(f"Kafka refuses our transactions: {error.str()}") from failure
                if time.monotonic() >= deadline:
                    raise BrokerUnavailableError(
                        f"Kafka at {self._configuration['bootstrap.servers']} did not let transactions start within "
                        f"{wait_s:.0f} s: {error.str()}; check that its brokers are up"
                    ) from failure
            else:
                return producer

    def _hand_over(self, topic: str, value: bytes, key: bytes | None, headers: list[tuple[str, bytes]]) -> None:
        while True:
            try:
                self._producer.produce(topic, value=value, key=key, headers=headers, on_delivery=self._on_delivery)
            except BufferError:
                # The local queue is full: deliveries make room. The transaction's time-out bounds the wait.
                self._stop.heed_overdue()
                self._producer.poll(0.1)
            except KafkaException as failure:
                raise self._failure(failure.args[0]) from failure
            else:
                return

    def _on_delivery(self, error: KafkaError | None, _: object) -> None:
        if error is not None and is_data_fault(error):
            self._refusal = error

    def _call(self, call: Callable[[float], object]) -> None:
        """Make a transactional call with its longest wait, again while its error says that it may be repeated."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            self._stop.heed_overdue()
            try:
                call(min(_CALL_SLICE_S, self._timeout_s))
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
