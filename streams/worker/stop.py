"""The end that a worker was asked for, and how much longer each of its waits may last.

A wait that no batch depends on ends at once: for offsets to read from, for a Kafka that went away, between two
attempts. The batch at hand may come to its end for ``DRAIN_S`` more; after that it is dropped, uncommitted, and read
again by whoever comes next. Both together keep well below the time after which a supervisor kills.
"""

import time
from collections.abc import Callable

DRAIN_S = 15.0
"""What the batch at hand may take after the stop; a supervisor of ours waits for 60 s, Kubernetes for 30 s."""
_LOOK_EVERY_S = 0.05


class StoppedError(Exception):
    """The worker was asked to stop while it waited; nothing is committed beyond what was."""


class Stop:
    """Asked for once, from a signal handler too: there is no lock in it that the interrupted code could hold."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    def ask(self) -> None:
        """Ask for the end; to ask again changes nothing."""
        if self._since is None:
            self._since = self._clock()

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._since is not None

    def wait(self, seconds: float) -> None:
        """Let time pass; returns sooner when the end is asked for."""
        until = self._clock() + seconds
        while not self.asked and (left := until - self._clock()) > 0:
            time.sleep(min(_LOOK_EVERY_S, left))

    def heed(self) -> None:
        """Raise StoppedError when the end was asked for: between two turns of a wait that no batch depends on."""
        if self.asked:
            raise StoppedError

    def heed_overdue(self) -> None:
        """Raise StoppedError when the end was asked for so long ago that the batch at hand is given up."""
        if self._since is not None and self._clock() - self._since > DRAIN_S:
            raise StoppedError
