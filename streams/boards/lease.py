"""Leading for a time: Kafka takes a member that it has not heard of for a session's length for gone, and others lead.

A process that was frozen, or had no processor, does not know that yet when it goes on. So it counts by its own clock,
from when it sent the last heartbeat that Kafka answered, which is before Kafka begins to count: as long as the lease
holds nobody else leads, and once it does not hold nothing is handled, sent, committed or told as the leading one. What
is on its way to Kafka at that moment, in the socket, still arrives.
"""

import time
from collections.abc import Callable

from aiokafka.errors import KafkaError


class LeaseLostError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """Others may lead. The producer of aiokafka gives a batch up for an error of Kafka's that it cannot try again."""

    retriable = False


class Lease:
    """Held by boards that lead.

    Args:
        session_s: seconds of a session.
        clock: seconds that only grow, also while the process is frozen.
    """

    def __init__(self, session_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._session_s, self.clock = session_s, clock
        self._begun: float | None = None

    def begin(self, at: float) -> None:
        """We are in the group since this time of the clock; heartbeats follow."""
        if self._begun is None:
            self._begun = at

    def renew(self, sent: float) -> None:
        """Kafka has answered a heartbeat that was sent at this time of the clock. A lease that was lost stays lost."""
        if self.holds():
            self._begun = sent

    def holds(self) -> bool:
        """Whether nobody else can lead; before we are in the group it is not lost."""
        return self._begun is None or self.clock() - self._begun < self._session_s

    def check(self) -> None:
        """Go on only as the leading one.

        Raises:
            LeaseLostError: others may lead.
        """
        if not self.holds():
            raise LeaseLostError("Kafka was not heard of for a session's length: other boards may lead by now")
