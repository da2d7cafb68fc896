"""What is done to a run, and when: a seeded list of steps in the order of progress, never of time.

A step is taken when so many records are committed. Steps keep their order whatever the machine's speed, so a seed
gives the same sequence each time; how far each process was at that very moment is chance.
"""

import random
from bisect import insort
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Fault = Literal[
    "kill_worker",
    "freeze_worker",
    "add_worker",
    "stop_worker",
    "kill_broker",
    "stop_broker",
    "freeze_broker",
    "fill_disk",
    "cut",
    "half_close",
    "swallow",
    "delay",
]
Action = Fault | Literal["start_worker", "thaw_worker", "undelay"]

FAULTS: tuple[Action, ...] = get_args(Fault)
"""What can begin a fault; each is used once before any is used again."""

END_OF: dict[Action, Action] = {
    "kill_worker": "start_worker",
    "freeze_worker": "thaw_worker",
    "delay": "undelay",
}
"""Faults that last until a later step."""

FROZEN_BROKER_S = 20.0
FIRST_MEMBERS = 2
MOST_MEMBERS = 4


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing to do once ``at`` records are committed.

    ``fault`` numbers the fault that the step begins or ends. ``member`` is whom it is done to, ``seconds`` how long
    it is held (for a delay: how long each piece of the stream waits; for a kill: how long to wait before it), ``scope``
    which processes or which side.
    """

    at: int
    fault: int
    action: Action
    member: int | None = None
    seconds: float = 0.0
    scope: str = ""

    @property
    def begins(self) -> bool:
        """Whether a fault begins here; otherwise one ends."""
        return self.action in FAULTS

    def as_json(self) -> dict[str, Any]:
        """The fields, without those that are not said."""
        return {name: value for name, value in asdict(self).items() if value is not None and value != ""}


def make_plan(seed: int, faults: int, records: int, kinds: Sequence[Action] = FAULTS) -> list[Step]:
    """The steps of a run, by rising ``at``; the same for the same arguments."""
    return _Draft(seed, faults, records).steps(kinds)


class _Draft:
    """A plan in the making: knows who would be up at each fault, so that one member always is."""

    def __init__(self, seed: int, faults: int, records: int) -> None:
        self._chance = random.Random(f"plan {seed}")  # noqa: S311 -- a seed that replays is the point
        self._faults = faults
        self._spacing = records / (faults + 2)
        self._up = list(range(FIRST_MEMBERS))
        self._members = FIRST_MEMBERS
        self._ends: list[Step] = []
        self._steps: list[Step] = []

    def steps(self, kinds: Sequence[Action]) -> list[Step]:
        for number, kind in enumerate(self._kinds(kinds)):
            at = int(self._spacing * (number + 1 + self._chance.uniform(-0.4, 0.4)))
            self._end_until(at)
            self._begin(at, number, self._fitting(kind))
        return sorted([*self._steps, *self._ends], key=lambda step: step.at)

    def _kinds(self, kinds: Sequence[Action]) -> list[Action]:
        chosen: list[Action] = []
        while len(chosen) < self._faults:
            chosen += self._chance.sample(kinds, len(kinds))
        return chosen[: self._faults]

    def _end_until(self, at: int) -> None:
        while self._ends and self._ends[0].at <= at:
            end = self._ends.pop(0)
            self._steps.append(end)
            if end.member is not None:
                self._up.append(end.member)

    def _fitting(self, kind: Action) -> Action:
        """The fault itself or, where it would leave nobody or a crowd, the one that goes the other way."""
        if kind in ("kill_worker", "freeze_worker", "stop_worker") and len(self._up) < FIRST_MEMBERS:
            return "add_worker"
        if kind == "add_worker" and len(self._up) >= MOST_MEMBERS:
            return "stop_worker"
        return kind

    def _begin(self, at: int, fault: int, kind: Action) -> None:
        step = Step(at, fault, kind, self._member(kind), self._seconds(kind), self._scope(kind))
        self._steps.append(step)
        end = END_OF.get(kind)
        if end is not None:
            hold = int(self._spacing * self._chance.choice([0.1, 0.6, 1.4]))
            insort(self._ends, Step(at + hold, fault, end, step.member), key=lambda later: later.at)

    def _member(self, kind: Action) -> int | None:
        if kind == "add_worker":
            self._up.append(self._members)
            self._members += 1
            return self._members - 1
        if kind in ("kill_worker", "freeze_worker", "stop_worker"):
            return self._up.pop(self._chance.randrange(len(self._up)))
        return None

    def _seconds(self, kind: Action) -> float:
        if kind == "freeze_broker":
            return FROZEN_BROKER_S
        if kind == "swallow":
            return self._chance.choice([1.0, 3.0, 7.0])
        if kind == "delay":
            return self._chance.choice([0.01, 0.05, 0.2])
        return self._chance.choice([0.0, 2.0]) if kind in ("kill_broker", "stop_broker") else 0.0

    def _scope(self, kind: Action) -> str:
        if kind == "kill_worker":
            return self._chance.choice(["all", "main", "child"])
        return self._chance.choice(["worker", "broker"]) if kind == "half_close" else ""
