"""Step 2: records are analysed in a process apart, and a record that this process does not survive is found.

The verdict on such a record is its dead letter, and never a guess: when the process hangs on a record (no outcome and
no next record within the deadline) or dies in one, a new process first does the records before it again, then this one
alone. Only when the new process is lost on it as well, the record is set aside; a process that was frozen, or killed
by a person, costs some work and no record. What no record can be blamed for stops the worker: a process that cannot
begin, that ends without a record at hand, or that runs out of memory while the machine has none left.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from streams.errors import InternalFaultError
from streams.worker.analysing import Exit
from streams.worker.frames import Field, outcome_of, pack, record_fields
from streams.worker.handle import Consumed, Handled, address, refuse
from streams.worker.process import AnalysisProcess, ProcessLimits, ending, killed_from_outside

LOG = logging.getLogger(__name__)

_SLICE_S = 0.05
"""How long one wait for the process takes before the worker looks after its place in the group."""
_MOST_VERDICTS_IN_A_ROW = 10
"""So many records in a row that the process did not survive are no fault of theirs."""
_MOST_LOSSES_WITHOUT_A_RECORD = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a process was lost: the ``cause`` is a metric's label, the ``reason`` is for a person."""

    cause: str
    reason: str


@dataclass(slots=True)
class _Group:
    """Records to be sent; ``alone`` means that nothing else is sent until their outcome is there."""

    records: list[Consumed]
    alone: bool = False


class Analyst:
    """Analyses batches in the order in which they were submitted; made where no other thread runs yet.

    Args:
        factory: the callable that makes the analysis, as ``module:name``.
        limits: what a record may take.
        lost: told of each process that was lost.

    Raises:
        InternalFaultError: the analysis process cannot begin.
    """

    def __init__(
        self,
        factory: str,
        limits: ProcessLimits,
        *,
        lost: Callable[[Loss], object] = lambda _: None,
    ) -> None:
        self._factory, self._limits = factory, limits
        self._tell = lost
        self._meanwhile: tuple[Callable[[], object], ...] = ()
        self._groups: deque[_Group] = deque()
        self._sent: deque[Consumed] = deque()
        self._sent_alone = False
        self._answered = 0
        self._outcomes: deque[Handled] = deque()
        self._unwanted = 0
        self._verdicts_in_a_row = 0
        self._losses_without_a_record = 0
        self._seen: tuple[int, int] = (0, 0)
        self._moved = time.monotonic()
        self._process = AnalysisProcess(factory, limits)

    @property
    def pid(self) -> int:
        """The process id of the analysis process."""
        return self._process.pid

    def while_waiting(self, *calls: Callable[[], object]) -> None:
        """Have these called some times a second while outcomes are awaited; what one raises ends the wait."""
        self._meanwhile = calls

    def submit(self, batch: Sequence[Consumed]) -> None:
        """Begin to analyse a batch; it is done beside whatever the caller does until ``outcomes``."""
        self._groups.append(_Group(list(batch)))
        self._feed()

    def outcomes(self, count: int) -> list[Handled]:
        """The outcomes of the next ``count`` records that were submitted, in order.

        Raises:
            InternalFaultError: the fault is ours or the machine's; no verdict on any record.
        """
        # What it did while nobody looked counts as movement.
        self._moved = time.monotonic()
        while len(self._outcomes) < count:
            self._feed()
            frames = self._process.exchange(_SLICE_S)
            if frames is None:
                self._recover(self._dead())
            else:
                self._take(frames)
                if self._hangs():
                    self._recover(self._killed())
            for call in self._meanwhile:
                call()
        return [self._outcomes.popleft() for _ in range(count)]

    def drop(self) -> None:
        """Forget all that was submitted; what the process is doing is done in vain."""
        self._groups.clear()
        self._outcomes.clear()
        self._unwanted = len(self._sent)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.close()

    def _feed(self) -> None:
        while self._groups and not (self._sent and (self._sent_alone or self._groups[0].alone)):
            group = self._groups.popleft()
            if not self._sent:
                # The clock of an idle process starts with the first record that it gets.
                self._moved = time.monotonic()
            self._sent.extend(group.records)
            self._sent_alone = group.alone
            self._process.send(b"".join(pack(record_fields(record)) for record in group.records))

    def _take(self, frames: Sequence[Sequence[Field]]) -> None:
        for fields in frames:
            consumed = self._sent.popleft()
            self._answered += 1
            self._verdicts_in_a_row = self._losses_without_a_record = 0
            if self._unwanted:
                self._unwanted -= 1
            else:
                self._outcomes.append(address(consumed, outcome_of(fields)))

    def _hangs(self) -> bool:
        seen = (self._process.begun, self._answered)
        if seen != self._seen or not self._sent:
            self._seen, self._moved = seen, time.monotonic()
        return time.monotonic() - self._moved > self._limits.deadline_s

    def _killed(self) -> Loss:
        self._process.kill()
        self._process.close()
        seconds = self._limits.deadline_s
        return Loss("deadline", f"the analysis did not end within {seconds:g} s (worker_paragraph_deadline_s)")

    def _dead(self) -> Loss:
        status = self._process.close()
        if status == Exit.MACHINE:
            raise InternalFaultError(
                "the analysis met a fault of the machine, see the line above; nothing is committed"
            )
        if status == Exit.OUT_OF_MEMORY:
            most = self._limits.memory_mb
            return Loss("memory", f"the analysis needs more than {most} MB of memory (worker_analysis_memory_mb)")
        cause = "outside" if killed_from_outside(status) else "died"
        return Loss(cause, f"the analysis process does not survive it: {ending(status)}")

    def _recover(self, loss: Loss) -> None:
        """Start a new process, and see to it that the record at fault is found or cleared."""
        records, alone, unwanted = list(self._sent), self._sent_alone, self._unwanted
        at_hand = self._process.begun - self._answered - 1
        place = records[at_hand].place if 0 <= at_hand < len(records) else "no record at hand"
        LOG.warning("lost the analysis process %d (%s): %s", self._process.pid, place, loss.reason)
        self._tell(loss)
        self._process = AnalysisProcess(self._factory, self._limits, self._meanwhile)
        self._sent.clear()
        self._answered, self._unwanted, self._seen = 0, 0, (0, 0)
        self._assign_blame(records[unwanted:], at_hand - unwanted, loss, alone=alone)

    def _assign_blame(self, records: list[Consumed], at_hand: int, loss: Loss, *, alone: bool) -> None:
        if not 0 <= at_hand < len(records):
            self._losses_without_a_record += bool(records)
            if self._losses_without_a_record > _MOST_LOSSES_WITHOUT_A_RECORD:
                raise InternalFaultError(f"the analysis process is lost again and again, on no record: {loss.reason}")
            self._send_first([_Group(records)])
        elif alone:
            self._condemn(records[0], loss)
        else:
            before, suspect, after = records[:at_hand], records[at_hand], records[at_hand + 1 :]
            self._send_first([_Group(before), _Group([suspect], alone=True), _Group(after)])

    def _send_first(self, groups: list[_Group]) -> None:
        self._groups.extendleft(group for group in reversed(groups) if group.records)

    def _condemn(self, record: Consumed, loss: Loss) -> None:
        """Set the record aside, unless the machine is to blame, or we are."""
        if loss.cause == "outside":
            raise InternalFaultError(
                f"{loss.reason}, twice on {record.place}: whoever ends it, as the system does when memory runs out, "
                "is no verdict on the record. Nothing of this batch was committed"
            )
        if loss.cause == "memory" and psutil.virtual_memory().available < self._limits.memory_mb << 20:
            raise InternalFaultError(
                f"{loss.reason}, and the machine has less left. Nothing of this batch was committed"
            )
        self._verdicts_in_a_row += 1
        if self._verdicts_in_a_row > _MOST_VERDICTS_IN_A_ROW:
            raise InternalFaultError(
                f"{self._verdicts_in_a_row} records in a row were not survived by the analysis process, the last at "
                f"{record.place}: the fault is likely ours, not theirs. Nothing of this batch was committed. "
                f"The last reason: {loss.reason}"
            )
        self._outcomes.append(
            refuse(record, "analyse", f"{loss.reason}; twice, the second time alone in a new process")
        )
