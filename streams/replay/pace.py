"""How fast records are sent: as fast as Kafka takes them, so many a second, or as they came about."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from streams.archive.records import ArchivedRecord

SLICE_S = 0.2
"""Shortest wait: so the slow pace of a replay makes five transactions a second, and not one for each record."""


class Pace(Protocol):
    """Says when a record is due."""

    def due_s(self, record: ArchivedRecord) -> float:
        """Seconds after the first record at which this one is to be sent; asked once for each, in their order."""


class SoManyPerSecond:
    """Evenly."""

    def __init__(self, rate: float) -> None:
        self._rate, self._count = rate, 0

    def due_s(self, record: ArchivedRecord) -> float:  # noqa: ARG002 -- every record counts the same
        """As ``Pace`` says."""
        self._count += 1
        return (self._count - 1) / self._rate


class AsTheyCame:
    """With the times between them that their timestamps tell, ``speed`` times as fast."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._first: int | None = None
        self._latest = 0

    def due_s(self, record: ArchivedRecord) -> float:
        """As ``Pace`` says; a record that is older than one before it is due with that one."""
        timestamp = record.timestamp or 0
        if self._first is None:
            self._first = self._latest = timestamp
        self._latest = max(self._latest, timestamp)
        return (self._latest - self._first) / 1000 / self._speed


def paced(
    records: Iterable[ArchivedRecord],
    pace: Pace,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[ArchivedRecord | None]:
    """The records, each once it is due; None before each wait, so that nothing is left open meanwhile."""
    begun: float | None = None
    for record in records:
        if begun is None:
            begun = clock()
        left = begun + pace.due_s(record) - clock()
        if left > 0:
            yield None
            sleep(max(left, SLICE_S))
        yield record
