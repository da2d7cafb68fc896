"""Stand-still of the boards: records wait, and nothing at all is handled.

Whoever reads tells twice a second what waits and how much is handled. Any record that is handled begins the time anew:
partitions are read in turns, and none is late before all are. After ``stall_s`` the status, a metric and a line of the
log for each partition say it; after twice as long whoever reads is to begin anew; and the boards end, with exit code 4,
where that has not helped either.

Time in which nobody told anything does not count: a process that was frozen, or whose Kafka was away, did not stand.
"""

import logging
import time
from collections.abc import Callable, Mapping

from streams.boards.status import Status
from streams.boards.watch import Partition
from streams.errors import InternalFaultError
from streams.metrics import BoardsMetrics
from streams.standstill import Standstill

LOG = logging.getLogger(__name__)
LONGEST_STEP_S = 2.0
"""Counted of the time between two times of telling."""
_BOARDS = "boards"


class StandstillError(Exception):
    """Nothing was handled for so long that reading has to begin anew."""


class Stall:
    """Judges how the reading goes, in one thread.

    Args:
        stall_s: seconds without a handled record from which on the boards stand still.
        clock: seconds that only grow.
    """

    def __init__(
        self, stall_s: float, status: Status, metrics: BoardsMetrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stall_s, self._status, self._metrics, self._clock = stall_s, status, metrics, clock
        self._awake, self._latest = 0.0, clock()
        self._stand = Standstill[str](stall_s, lambda: self._awake)
        self._handled = -1
        self._begun_anew_at = -1

    def look(self, waiting: Mapping[Partition, int], handled: int) -> None:
        """So many records wait in each partition, and so many were handled in all since the start.

        Raises:
            StandstillError: whoever reads has to begin anew.
        """
        now = self._clock()
        self._awake += min(now - self._latest, LONGEST_STEP_S)
        self._latest = now
        self._stand.waits({_BOARDS: sum(waiting.values())})
        if handled != self._handled:
            self._handled = handled
            for stood in self._stand.moved([_BOARDS]).values():
                LOG.warning("the boards go on, after %.0f s in which nothing was handled", stood)
        age = self._stand.stalled().get(_BOARDS, 0.0)
        self._tell(age, {one: count for one, count in waiting.items() if count and age})
        if age >= 2 * self._stall_s:
            raise StandstillError(f"nothing was handled for {age:.0f} s; the boards begin to read anew")

    def begin_anew(self) -> None:
        """Reading begins anew after a stand-still.

        Raises:
            InternalFaultError: it has before, and nothing was handled since.
        """
        if self._begun_anew_at == self._handled:
            raise InternalFaultError(
                f"the boards stand still, though they began to read anew: {self._status.standstill}. Start them again"
            )
        self._begun_anew_at = self._handled
        self.forget()

    def forget(self) -> None:
        """Something else is read from now on."""
        self._stand.waits({})
        self._tell(0.0, {})

    def _tell(self, age: float, standing: Mapping[Partition, int]) -> None:
        self._metrics.show_stalled(dict.fromkeys(standing, age))
        named = ", ".join(f"{topic} partition {number}" for topic, number in standing)
        self._status.stand_still(f"nothing is handled for {age:.0f} s of {named}" if standing else "")
        if self._stand.news([_BOARDS] if standing else []):
            for (topic, number), count in standing.items():
                LOG.error(
                    "%s partition %d stands still for %.0f s with %d records waiting: nothing at all is handled",
                    *(topic, number, age, count),
                )
