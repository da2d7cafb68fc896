"""Stand-still: a partition is ours, records wait in it, and its offset does not move.

The worker's loop says which step it is in and how far each partition has come; a thread of its own looks at that, so
that it sees a stand-still also while the loop hangs in a step. It says so in one line of the log per partition, in
``/readyz`` and in ``report_streams_stalled_seconds``, and once more when the partition moves again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from streams.metrics import WorkerMetrics
from streams.standstill import Standstill

LOG = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
STEPS_IN_WORDS = {
    "consume": "no records come from Kafka",
    "analyse": "the analysis does not end",
    "produce": "Kafka does not take the outputs",
    "offsets": "Kafka does not take the offsets",
    "commit": "Kafka does not end the transaction",
}


class Watch:
    """What the loop tells, and what the thread makes of it; every method may be called from any thread.

    Args:
        stall_s: seconds without movement from which on a partition stands still.
        clock: seconds that only grow.
    """

    def __init__(self, metrics: WorkerMetrics, stall_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._partitions: Standstill[int] = Standstill(stall_s, clock)
        self._step = "consume"
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The loop is in a step; after it, it looks for records to consume."""
        self._step = name
        try:
            yield
        finally:
            self._step = "consume"

    def waits(self, waiting: Mapping[int, int]) -> None:
        """How many records wait in each partition that is ours now, those in hand among them."""
        self._partitions.waits(waiting)

    def moved(self, partitions: Iterable[int]) -> None:
        """The offsets of these partitions are committed further on."""
        for partition, seconds in self._partitions.moved(partitions).items():
            LOG.warning("partition %d moves again, after %.0f s", partition, seconds)

    def stalled(self) -> dict[int, float]:
        """The partitions that stand still, each with the seconds since it last moved."""
        return self._partitions.stalled()

    def reason(self) -> str | None:
        """Why the worker is not ready, when a partition stands still."""
        stalled, step = self.stalled(), self._step
        if not stalled:
            return None
        named = ", ".join(f"partition {partition} for {age:.0f} s" for partition, age in sorted(stalled.items()))
        return f"stands still in step {step} ({STEPS_IN_WORDS[step]}): {named}"

    def look(self) -> None:
        """Say what stands still, once for each partition; show it in the metrics."""
        stalled, step = self.stalled(), self._step
        self._metrics.show_stalled(stalled, step)
        for partition, waiting in self._partitions.news(stalled).items():
            LOG.error(
                "partition %d stands still for %.0f s with %d records waiting, in step %s: %s",
                partition,
                stalled[partition],
                waiting,
                step,
                STEPS_IN_WORDS[step],
            )

    def start(self) -> None:
        """Look every second from now on, until ``stop``."""
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more looks."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(LOOK_EVERY_S):
            self.look()
