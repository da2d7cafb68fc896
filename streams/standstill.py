"""What stands still: records wait somewhere, and nothing moves there. Workers ask by partition, boards by topic too."""

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Stand:
    """One place: the records that wait, since when it is where it is, and whether that was said."""

    waiting: int
    since: float
    said: bool = False


class Standstill(Generic[K]):
    """How long each place has stood; every method may be called from any thread.

    Args:
        stall_s: seconds without movement from which on a place stands still.
        clock: seconds that only grow.
    """

    def __init__(self, stall_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stall_s, self._clock = stall_s, clock
        self._lock = threading.Lock()
        self._stands: dict[K, Stand] = {}

    def waits(self, waiting: Mapping[K, int]) -> None:
        """How many records wait at each place that is ours now."""
        now = self._clock()
        with self._lock:
            known = {place: self._stands.get(place, Stand(0, now)) for place in waiting}
            self._stands = {place: _seen(stand, waiting[place], now) for place, stand in known.items()}

    def moved(self, places: Iterable[K]) -> dict[K, float]:
        """These have moved; those of them that were said to stand still, with the seconds that they stood."""
        now = self._clock()
        freed = {}
        with self._lock:
            for place in places:
                stand = self._stands.get(place, Stand(0, now))
                if stand.said:
                    freed[place] = now - stand.since
                self._stands[place] = Stand(stand.waiting, now)
        return freed

    def stalled(self) -> dict[K, float]:
        """The places that stand still, each with the seconds since it last moved."""
        now = self._clock()
        with self._lock:
            ages = {place: now - stand.since for place, stand in self._stands.items() if stand.waiting}
        return {place: age for place, age in ages.items() if age >= self._stall_s}

    def news(self, stalled: Iterable[K]) -> dict[K, int]:
        """Those of what stands still that this is asked of for the first time, with the records that wait."""
        with self._lock:
            known = {place: self._stands[place] for place in stalled if place in self._stands}
            fresh = {place: stand for place, stand in known.items() if not stand.said}
            self._stands.update((place, replace(stand, said=True)) for place, stand in fresh.items())
        return {place: stand.waiting for place, stand in fresh.items()}


def _seen(stand: Stand, waiting: int, now: float) -> Stand:
    """The time begins when records begin to wait, not while there was nothing to do."""
    if not (stand.waiting and waiting):
        return Stand(waiting, now)
    return replace(stand, waiting=waiting)
