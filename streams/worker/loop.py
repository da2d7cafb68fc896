"""The worker: paragraphs in, classified paragraphs and events out, each input's outputs once.

The steps of one round, in the order in which the code takes them:

1. consume a batch, bounded in records, bytes and milliseconds;
2. decode, analyse and encode each record; one that fails becomes its dead letter;
3. begin a transaction and produce everything;
4. send the input's offsets in the same transaction, with the group's metadata;
5. commit: outputs and offsets become visible together, or not at all.

When a round fails, its transaction is aborted, and reading goes on from the committed offsets: nothing is lost,
because they did not move; nothing is doubled, because what was produced stays invisible. A batch that Kafka
refuses for its data is read again in halves until the record is alone, which then becomes a dead letter. A stop
asked for in the middle of a round waits for the round's end.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import TopicPartition

from streams.errors import InternalFaultError
from streams.metrics import WorkerMetrics
from streams.worker.faults import Fault
from streams.worker.handle import Analyse, Consumed, Handled, handle, refuse
from streams.worker.health import Health
from streams.worker.inlet import Inlet
from streams.worker.outlet import Outlet, TransactionFailedError

LOG = logging.getLogger(__name__)

MOST_FAILED_ROUNDS = 12
"""Rounds that may fail in a row, about 40 s with their pauses, before the worker stops and says why."""
_LONGEST_PAUSE_S = 5.0
_REPORT_EVERY_S = 10.0

Coordinates = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Most records in a batch, and most dead letters in a row before the fault is taken to be ours."""

    batch_records: int
    dead_letters_in_a_row: int


class Worker:
    """One member of the group. ``run`` returns when it was asked to stop or has caught up."""

    def __init__(
        self,
        inlet: Inlet,
        outlet: Outlet,
        analyse: Analyse,
        *,
        limits: Limits,
        metrics: WorkerMetrics,
        health: Health,
    ) -> None:
        self._inlet = inlet
        self._outlet = outlet
        self._analyse = analyse
        self._limits = limits
        self._metrics = metrics
        self._health = health
        self._stop = threading.Event()
        self._most_records = limits.batch_records
        self._refused: dict[Coordinates, str] = {}
        self._dead_in_a_row = 0
        self._failed_rounds = 0
        self._reported = time.monotonic()
        self.totals: Counter[str] = Counter()

    def stop(self) -> None:
        """Ask ``run`` to return after the round that it is in; may be called from a signal handler."""
        self._stop.set()

    def run(self, *, until_caught_up: bool = False) -> None:
        """Work until stopped or, if asked, until every assigned partition has been read to its end.

        Raises:
            InternalFaultError: a fault that trying again would not mend; the offsets are uncommitted.
            BrokerUnavailableError: Kafka did not come back in time while a transaction had to be ended.
        """
        try:
            while not self._stop.is_set():
                if not self._round() and until_caught_up and self._inlet.caught_up():
                    break
        finally:
            self._health.stopping("draining")
            self._outlet.close()
            self._inlet.close()
            self._report(final=True)

    def _round(self) -> bool:
        """Steps 1 to 5; False when there was nothing to consume."""
        with self._timed("consume"):
            batch = self._inlet.batch(self._most_records)  # step 1
        if batch:
            try:
                self._transact(batch, self._handled(batch))
            except TransactionFailedError as failure:
                self._recover(failure, batch)
        self._observe()
        return bool(batch)

    def _handled(self, batch: list[Consumed]) -> list[Handled]:
        with self._timed("analyse"):
            handled = [self._verdict(consumed) for consumed in batch]  # step 2
        self._guard_against_our_own_fault(handled)
        return handled

    def _transact(self, batch: list[Consumed], handled: list[Handled]) -> None:
        with self._timed("produce"):
            self._outlet.produce(handled)  # step 3
        with self._timed("offsets"):
            self._outlet.send_offsets(next_offsets(batch), self._inlet.group_metadata())  # step 4
        with self._timed("commit"):
            self._outlet.commit()  # step 5
        self._count(handled)

    def _verdict(self, consumed: Consumed) -> Handled:
        reason = self._refused.get((consumed.partition, consumed.offset))
        return handle(consumed, self._analyse) if reason is None else refuse(consumed, "produce", reason)

    def _guard_against_our_own_fault(self, handled: list[Handled]) -> None:
        run = self._dead_in_a_row
        for one in handled:
            run = run + 1 if one.dead else 0
            if run >= self._limits.dead_letters_in_a_row:
                raise InternalFaultError(
                    f"{run} records in a row could not be handled, the last at {_place(one.consumed)}: the fault is "
                    "likely ours, not theirs. Nothing of this batch was committed. Look at the dead letters, or "
                    "raise worker_dead_letter_limit"
                )

    def _recover(self, failure: TransactionFailedError, batch: list[Consumed]) -> None:
        """Abort, and go back to the committed offsets; by the fault, with smaller batches or a new producer."""
        self._metrics.aborts.labels(cause=failure.fault.value).inc()
        self._failed_rounds += 1
        LOG.warning("a transaction of %d records failed (%s): %s", len(batch), failure.fault.value, failure.reason)
        if failure.fault is Fault.STOP or self._failed_rounds > MOST_FAILED_ROUNDS:
            raise InternalFaultError(
                f"the batch from {_place(batch[0])} failed {self._failed_rounds} times: {failure.reason}. "
                "Its offsets are uncommitted; it is read again at the next start"
            )
        self._outlet.give_up(failure.fault)
        if failure.fault is Fault.DATA:
            self._narrow(batch, failure.reason)
        else:
            self._stop.wait(min(_LONGEST_PAUSE_S, 0.1 * 2**self._failed_rounds))
        self._inlet.rewind()

    def _narrow(self, batch: list[Consumed], reason: str) -> None:
        """Halve the batch in which a record is refused; once the record is alone, it will be a dead letter."""
        self._failed_rounds = 0
        if len(batch) > 1:
            self._most_records = len(batch) // 2
            return
        place = (batch[0].partition, batch[0].offset)
        if place in self._refused:
            raise InternalFaultError(f"Kafka refuses the dead letter of {_place(batch[0])} as well: {reason}")
        self._refused[place] = reason

    def _count(self, handled: list[Handled]) -> None:
        self._failed_rounds = 0
        self._most_records = min(self._limits.batch_records, self._most_records * 2)
        self._refused.clear()
        self._metrics.commits.inc()
        self._metrics.batch_records.observe(len(handled))
        self._metrics.records_in.inc(len(handled))
        for one in handled:
            self._dead_in_a_row = self._dead_in_a_row + 1 if one.dead else 0
            if one.dead:
                self._metrics.dead_letters.labels(stage=one.dead).inc()
        counts = Counter(output.topic.alias for one in handled for output in one.outputs)
        for alias, count in counts.items():
            self._metrics.records_out.labels(topic=alias).inc(count)
        self.totals.update(counts, paragraphs=len(handled))

    def _observe(self) -> None:
        """Tell the metrics and the probes how things stand."""
        self._metrics.show_lag(self._inlet.lags())
        down = self._inlet.brokers_down()
        self._health.tick(joined=self._inlet.joined, brokers_down=down)
        self._metrics.ready.set(self._health.ready()[0])
        self._report()

    def _report(self, *, final: bool = False) -> None:
        now = time.monotonic()
        if final or (now - self._reported >= _REPORT_EVERY_S and self.totals["paragraphs"]):
            self._reported = now
            LOG.info("handled %s", ", ".join(f"{name} {count}" for name, count in sorted(self.totals.items())) or "0")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._metrics.step_seconds.labels(step=step).observe(time.perf_counter() - start)


def next_offsets(batch: list[Consumed]) -> list[TopicPartition]:
    """For each partition of the batch the offset to read next, as Kafka wants it committed."""
    last = {(consumed.topic, consumed.partition): consumed.offset for consumed in batch}
    return [TopicPartition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]


def _place(consumed: Consumed) -> str:
    return f"{consumed.topic}[{consumed.partition}]@{consumed.offset}"
