"""How the boards stand: starting, rebuilding n %, live; Kafka there or away since when; standing still; refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Role = Literal["leading", "standing by"]
State = Literal["starting", "rebuilding", "live", "stopping"]


@dataclass
class Status:
    """Changed by the service, read by everybody; ``changes`` counts, so that watchers see that something is new."""

    clock: Callable[[], float] = time.time
    state: State = "starting"
    role: Role | None = None
    """Leading boards read the topics and keep the changelogs; those that stand by follow these. None before that."""
    leads: Callable[[], bool] = field(default=lambda: False)
    """Whether boards that lead may still do so, and others do not."""
    remaining: int = 0
    total: int = 0
    away_since: float | None = None
    away_reason: str = ""
    standstill: str = ""
    """What is not handled, and for how long, while the boards stand still."""
    refused: int = 0
    handled: dict[str, int] = field(default_factory=dict)
    changes: int = 0

    @property
    def percent(self) -> int:
        """How much is rebuilt: below 100 until the boards are live."""
        if self.state == "live":
            return 100
        return min(99, 100 * (self.total - self.remaining) // self.total) if self.total else 0

    def rebuild(self, remaining: int) -> None:
        """So many records are to be read before the boards are right."""
        before = self.told()
        self.state, self.remaining, self.total = "rebuilding", remaining, max(self.total, remaining)
        self._count(before)

    def become(self, state: State) -> None:
        """Enter a state."""
        before = self.told()
        self.state = state
        if state != "rebuilding":
            self.remaining = self.total = 0
        self._count(before)

    def take(self, role: Role, leads: Callable[[], bool] = lambda: False) -> None:
        """Lead, for as long as ``leads`` says, or stand by."""
        before = self.told()
        self.role, self.leads = role, leads
        self._count(before)

    def away(self, reason: str) -> None:
        """Kafka does not answer."""
        before = self.told()
        if self.away_since is None:
            self.away_since = self.clock()
        self.away_reason = reason
        self._count(before)

    def back(self) -> None:
        """Kafka answers."""
        before = self.told()
        self.away_since, self.away_reason = None, ""
        self._count(before)

    def stand_still(self, reason: str) -> None:
        """Nothing is handled, though records wait; or, without a reason, it goes on. Watchers are told of both."""
        self.changes += bool(reason) != bool(self.standstill)
        self.standstill = reason

    def told(self) -> dict[str, Any]:
        """As the API and the page have it."""
        away = None
        if self.away_since is not None:
            away = {"since": datetime.fromtimestamp(self.away_since, UTC).isoformat(timespec="seconds")}
            away["reason"] = self.away_reason
        return {
            "state": self.state,
            "role": None if self.role == "leading" and not self.leads() else self.role,
            "percent": self.percent,
            "kafka_away": away,
            "standstill": self.standstill or None,
            "refused": self.refused,
        }

    def ready(self) -> tuple[bool, str]:
        """Whether the boards can be asked, and why not."""
        if self.standstill and self.state != "stopping":
            return False, self.standstill
        if self.state != "live":
            return False, f"rebuilding {self.percent} %" if self.state == "rebuilding" else self.state
        if self.away_since is not None:
            return False, f"Kafka does not answer ({self.away_reason})"
        return True, "live"

    def _count(self, before: dict[str, Any]) -> None:
        self.changes += before != self.told()
