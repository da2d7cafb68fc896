"""The worker: paragraphs in, classified paragraphs and events out, each input's outputs once.

The steps of one batch, in the order in which the code takes them:

1. consume a batch, bounded in records, bytes and milliseconds;
2. decode, analyse and encode each record, in a process apart; one that fails becomes its dead letter;
3. begin a transaction and produce everything;
4. send the input's offsets in the same transaction, with the group's metadata;
5. commit: outputs and offsets become visible together, or not at all.

While one batch is in steps 3 to 5, the next one is in step 2 already; never more than two are in hand.

When a batch fails, its transaction is aborted, both batches are dropped, and reading goes on from the committed
offsets: nothing is lost, because they did not move; nothing is doubled, because what was produced stays invisible. A
batch that Kafka refuses for its data is read again in halves until the record is alone, which then becomes a dead
letter. Records of a partition that went to another member are left out of their batch: that member reads them. A
stop asked for in the middle of a batch waits for the batch's end, but not for ever; no other wait outlasts it.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from confluent_kafka import TopicPartition

from streams.errors import InternalFaultError
from streams.metrics import Lag, WorkerMetrics
from streams.worker.analyst import Analyst
from streams.worker.ceiling import Ceiling, Limits
from streams.worker.faults import Fault, TransactionFailedError
from streams.worker.handle import Consumed, Handled, refuse
from streams.worker.health import Health
from streams.worker.inlet import Inlet
from streams.worker.outlet import Outlet
from streams.worker.stop import Stop, StoppedError
from streams.worker.watch import Watch

LOG = logging.getLogger(__name__)

MOST_FAILED_ROUNDS = 12
"""Batches that may fail in a row, about 40 s with their pauses, before the worker stops and says why."""
_LONGEST_PAUSE_S = 5.0
_REPORT_EVERY_S = 10.0

Coordinates = tuple[int, int]


class Worker:
    """One member of the group. ``run`` returns when it was asked to stop or has caught up."""

    def __init__(
        self,
        inlet: Inlet,
        outlet: Outlet,
        analyst: Analyst,
        *,
        limits: Limits,
        metrics: WorkerMetrics,
        health: Health,
        watch: Watch,
        stop: Stop,
    ) -> None:
        self._inlet = inlet
        self._outlet = outlet
        self._analyst = analyst
        self._limits = limits
        self._ceiling = Ceiling(limits)
        self._metrics = metrics
        self._health = health
        self._watch = watch
        self._stop = stop
        self._in_hand: deque[list[Consumed]] = deque()
        self._most_records = limits.batch_records
        self._refused: dict[Coordinates, str] = {}
        self._failed_rounds = 0
        self._reported = time.monotonic()
        self.totals: Counter[str] = Counter()

    def stop(self) -> None:
        """Ask ``run`` to return after the batch that it is in; may be called from a signal handler."""
        self._stop.ask()

    def run(self, *, until_caught_up: bool = False) -> None:
        """Work until stopped or, if asked, until every assigned partition has been read to its end.

        Raises:
            InternalFaultError: a fault that trying again would not mend; the offsets are uncommitted.
            BrokerUnavailableError: Kafka did not come back in time.
        """
        self._watch.start()
        try:
            while not self._stop.asked:
                if not self._round() and until_caught_up and self._inlet.caught_up():
                    break
            if self._in_hand:
                self._finish(self._in_hand[0])
        except StoppedError:
            LOG.warning("stopped in the middle of a wait; what is not committed is left to the next worker")
        finally:
            self._health.stopping("draining")
            self._watch.stop()
            self._analyst.close()
            self._outlet.close()
            self._inlet.close()
            self._report(final=True)

    def _round(self) -> bool:
        """Take the next batch in hand, and bring the one before it to its end; False when there was neither."""
        before = self._in_hand[0] if self._in_hand else None
        with self._timed("consume"):
            batch = self._inlet.batch(self._most_records, wait=before is None)  # step 1
        if batch:
            self._in_hand.append(batch)
            self._analyst.submit(batch)  # step 2 begins
        if before is not None:
            self._finish(before)
        self._observe()
        return bool(batch or before)

    def _finish(self, batch: list[Consumed]) -> None:
        """Steps 2 to 5 of the batch that has been in hand longest."""
        self._watch.waits(self._waiting(self._inlet.lags()))
        try:
            self._transact(*self._still_ours(self._handled(batch)))
        except TransactionFailedError as failure:
            self._recover(failure, batch)
        else:
            self._in_hand.popleft()

    def _handled(self, batch: list[Consumed]) -> list[Handled]:
        with self._timed("analyse"):
            handled = [self._verdict(one) for one in self._analyst.outcomes(len(batch))]  # step 2 ends
        self._ceiling.check(handled)
        return handled

    def _still_ours(self, handled: list[Handled]) -> tuple[list[Consumed], list[Handled]]:
        """Those of partitions that have been ours without a break since they were read."""
        ours = [one for one in handled if self._inlet.holds(one.consumed)]
        return [one.consumed for one in ours], ours

    def _transact(self, batch: list[Consumed], handled: list[Handled]) -> None:
        if not batch:
            return
        with self._timed("produce"):
            self._outlet.produce(handled)  # step 3
        with self._timed("offsets"):
            self._outlet.send_offsets(next_offsets(batch), self._inlet.group_metadata())  # step 4
        with self._timed("commit"):
            self._outlet.commit()  # step 5
        self._count(handled)

    def _verdict(self, handled: Handled) -> Handled:
        consumed = handled.consumed
        reason = self._refused.get((consumed.partition, consumed.offset))
        return handled if reason is None else refuse(consumed, "produce", reason)

    def _recover(self, failure: TransactionFailedError, batch: list[Consumed]) -> None:
        """Abort, and go back to the committed offsets; by the fault, with smaller batches or a new producer."""
        self._metrics.aborts.labels(cause=failure.fault.value).inc()
        self._failed_rounds += 1
        LOG.warning("a transaction of %d records failed (%s): %s", len(batch), failure.fault.value, failure.reason)
        if failure.fault is Fault.STOP or self._failed_rounds > MOST_FAILED_ROUNDS:
            raise InternalFaultError(
                f"the batch from {batch[0].place} failed {self._failed_rounds} times: {failure.reason}. "
                "Its offsets are uncommitted; it is read again at the next start"
            )
        self._in_hand.clear()
        self._analyst.drop()
        with self._watch.step("commit"):
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
            raise InternalFaultError(f"Kafka refuses the dead letter of {batch[0].place} as well: {reason}")
        self._refused[place] = reason

    def _count(self, handled: list[Handled]) -> None:
        self._failed_rounds = 0
        self._most_records = min(self._limits.batch_records, self._most_records * 2)
        for one in handled:
            self._refused.pop((one.consumed.partition, one.consumed.offset), None)
        self._ceiling.passed(handled)
        self._watch.moved({one.consumed.partition for one in handled})
        counts = Counter(output.topic.alias for one in handled for output in one.outputs)
        self._metrics.committed(counts, [one.dead for one in handled])
        self.totals.update(counts, paragraphs=len(handled))

    def _waiting(self, lags: Mapping[int, Lag]) -> dict[int, int]:
        """Records of each assigned partition that are not committed: in Kafka, and in hand."""
        in_hand = Counter(one.partition for batch in self._in_hand for one in batch)
        return {partition: lag.records + in_hand[partition] for partition, lag in lags.items()}

    def _observe(self) -> None:
        """Tell the metrics and the probes how things stand."""
        lags = self._inlet.lags()
        waiting = self._waiting(lags)
        self._watch.waits(waiting)
        self._metrics.show_lag({partition: Lag(waiting[partition], lag.seconds) for partition, lag in lags.items()})
        self._health.tick(joined=self._inlet.joined, brokers_down=self._inlet.brokers_down())
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
            with self._watch.step(step):
                yield
        finally:
            self._metrics.step_seconds.labels(step=step).observe(time.perf_counter() - start)


def next_offsets(batch: list[Consumed]) -> list[TopicPartition]:
    """For each partition of the batch the offset to read next, as Kafka wants it committed."""
    last = {(consumed.topic, consumed.partition): consumed.offset for consumed in batch}
    return [TopicPartition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]
