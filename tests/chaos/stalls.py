"""How long partitions stood still while records waited, from what is committed and what was pushed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Offsets = Mapping[int, int]


@dataclass
class _Waiting:
    since: float
    at: dict[int, int]


@dataclass
class Stalls:
    """Told what is committed and pushed at each look; seconds are the caller's clock.

    ``longest`` is the longest time that one partition did not move though records waited on it; ``during`` names the
    latest step taken when it began. ``recoveries`` tells for each named moment the seconds until every partition on
    which records waited had moved.
    """

    longest: float = 0.0
    during: str = ""
    recoveries: dict[str, float] = field(default_factory=dict)
    _moved: dict[int, tuple[float, int, str]] = field(default_factory=dict)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _latest: str = ""

    def observe(self, now: float, committed: Offsets, pushed: Offsets) -> None:
        """A look at the group's offsets and at the ends of what was acknowledged."""
        for partition, end in pushed.items():
            done = committed.get(partition, 0)
            since, before, step = self._moved.get(partition, (now, -1, self._latest))
            if done != before or done >= end:
                since, step = now, self._latest
            self._moved[partition] = (since, done, step)
            if now - since > self.longest:
                self.longest, self.during = now - since, step
        for name in list(self._waiting):
            self._settle(name, now, committed, pushed)

    def step(self, name: str) -> None:
        """A step begins: stalls that begin from now on are told of it."""
        self._latest = name

    def over(self, name: str, now: float, committed: Offsets, pushed: Offsets) -> None:
        """A fault is over: measure from here until every partition with records waiting has moved."""
        self._waiting[name] = _Waiting(now, {p: committed.get(p, 0) for p in pushed if committed.get(p, 0) < pushed[p]})

    def _settle(self, name: str, now: float, committed: Offsets, pushed: Offsets) -> None:
        waiting = self._waiting[name]
        if all(_moved_on(committed.get(p, 0), at, pushed[p]) for p, at in waiting.at.items()):
            self.recoveries[name] = now - waiting.since
            del self._waiting[name]


def _moved_on(committed: int, before: int, pushed: int) -> bool:
    return committed > before or committed >= pushed
