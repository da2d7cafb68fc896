"""How many dead letters are believed: past a run of them, or a share of the last records, the fault is ours."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from streams.errors import InternalFaultError
from streams.worker.handle import Handled


@dataclass(frozen=True, slots=True)
class Limits:
    """Most records in a batch; most dead letters in a row, and their largest share of the last ``window`` records."""

    batch_records: int
    dead_letters_in_a_row: int
    dead_letter_share: float = 1.0
    window: int = 2000


class Ceiling:
    """Looks at each batch before it is produced; knows those that were committed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in_a_row = 0
        self._last: deque[bool] = deque(maxlen=limits.window)
        self._dead = 0

    def check(self, batch: Sequence[Handled]) -> None:
        """Whether the batch may be committed.

        Raises:
            InternalFaultError: with it, the run or the share of dead letters is past its limit.
        """
        run = self._in_a_row
        for handled in batch:
            run = run + 1 if handled.dead else 0
            if run >= self._limits.dead_letters_in_a_row:
                raise self._too_many(f"{run} records in a row", handled, "worker_dead_letter_limit")
        dead, seen = self._with(batch)
        window, share = self._limits.window, self._limits.dead_letter_share
        if seen >= window and dead > share * seen:
            last = next(handled for handled in reversed(batch) if handled.dead)
            raise self._too_many(f"{dead} of the last {seen} records", last, "worker_dead_letter_share")

    def passed(self, batch: Sequence[Handled]) -> None:
        """The batch was committed."""
        for handled in batch:
            self._in_a_row = self._in_a_row + 1 if handled.dead else 0
            if len(self._last) == self._last.maxlen:
                self._dead -= self._last[0]
            self._last.append(handled.dead is not None)
            self._dead += handled.dead is not None

    def _with(self, batch: Sequence[Handled]) -> tuple[int, int]:
        """Dead letters among the last records, this batch's among them, and how many records those are."""
        recent = batch[-self._limits.window :]
        leaving = max(0, len(self._last) + len(recent) - self._limits.window)
        dead = self._dead - sum(islice(self._last, leaving)) + sum(handled.dead is not None for handled in recent)
        return dead, len(self._last) - leaving + len(recent)

    def _too_many(self, what: str, last: Handled, setting: str) -> InternalFaultError:
        return InternalFaultError(
            f"{what} could not be handled, the last at {last.consumed.place}: the fault is likely ours, not theirs. "
            f"Nothing of this batch was committed. Look at the dead letters, or raise {setting}"
        )
