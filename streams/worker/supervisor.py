"""Several members of the group on one machine: each a process of its own, started anew when it ends, up to a limit.

A member that fails is started again after a pause that doubles with each failure. When members fail more often than
the limit within the window, or one says that its command line is wrong, the others drain and the supervisor ends with
that member's exit code and last reason. Members end with the supervisor, however it ends.
"""

import logging
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from streams.errors import BrokerUnavailableError, InternalFaultError, ReportStreamsError, UsageError

LOG = logging.getLogger(__name__)

DRAIN_S = 60.0
"""How long members may take to finish their batches before they are killed."""
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_LOOK_EVERY_S = 0.1
_REASON_BEGINS = ("error: ", "internal fault: ")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Member:
    """How one member is started."""

    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RestartLimit:
    """More failures than ``failures`` within ``window_s`` seconds are too many."""

    failures: int
    window_s: float


class _Place:
    """One member, through all its processes; what they say on standard error is passed on with its number."""

    def __init__(self, number: int, member: Member, say: Say) -> None:
        self.number = number
        self._member = member
        self._say = say
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.reason = ""
        self.starts_at = 0.0
        self.failures = 0
        self.over = False

    @property
    def running(self) -> bool:
        """Whether a process of this member has not been seen to end."""
        return self._process is not None

    def start(self) -> None:
        """Start a process.

        Raises:
            InternalFaultError: the system does not let us.
        """
        self.reason = ""
        try:
            process = subprocess.Popen(
                self._member.command,
                env=dict(self._member.environment),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # Ctrl-C is the supervisor's to handle, which then tells the members.
                start_new_session=True,
            )
        except OSError as error:
            raise InternalFaultError(f"member {self.number} cannot be started: {error}") from error
        self._process = process
        self._reader = threading.Thread(target=self._pass_on, args=(process,), daemon=True)
        self._reader.start()

    def ended(self) -> int | None:
        """The exit status of a process that has ended since it was last asked."""
        status = None if self._process is None else self._process.poll()
        if status is not None:
            if self._reader is not None:
                self._reader.join(timeout=5)
            self._process = None
        return status

    def tell(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        if self._process is not None:
            self._process.send_signal(number)

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None  # noqa: S101 -- it was asked for
        with process.stderr as lines:
            for line in lines:
                if line.startswith(_REASON_BEGINS):
                    self.reason = line.strip()
                self._say(f"[{self.number}] {line.rstrip()}")


class Supervisor:
    """Runs members until it is told to stop, all of them are done, or they fail too often."""

    def __init__(self, members: Sequence[Member], limit: RestartLimit, *, until_done: bool, say: Say) -> None:
        self._places = [_Place(number, member, say) for number, member in enumerate(members)]
        self._limit = limit
        self._until_done = until_done
        self._failures: deque[float] = deque()
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask ``run`` to drain the members and return; may be called from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Supervise.

        Raises:
            ReportStreamsError: gave up; the class is that of the last failure's exit code.
        """
        try:
            while not self._stop.wait(_LOOK_EVERY_S) and not all(place.over for place in self._places):
                for place in self._places:
                    self._look_after(place)
        finally:
            self._drain()

    def _look_after(self, place: _Place) -> None:
        status = place.ended()
        if status is not None:
            self._on_end(place, status)
        if not (place.running or place.over) and time.monotonic() >= place.starts_at:
            place.start()

    def _on_end(self, place: _Place, status: int) -> None:
        if status == 0:
            # Told to drain by somebody else, it is to come again; one that has caught up is not.
            place.over = self._until_done
            return
        now = time.monotonic()
        self._failures.append(now)
        while self._failures[0] < now - self._limit.window_s:
            self._failures.popleft()
        told = f"member {place.number} {_ending(status)}" + (f": {place.reason}" if place.reason else "")
        if status == UsageError.exit_code or len(self._failures) > self._limit.failures:
            raise _giving_up(status, len(self._failures), self._limit.window_s, told)
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**place.failures)
        place.failures += 1
        place.starts_at = now + pause
        LOG.warning("%s; started anew in %g s (failure %d)", told, pause, len(self._failures))

    def _drain(self) -> None:
        """Let each member finish its batch; one that does not end is killed."""
        for place in self._places:
            place.tell(signal.SIGTERM)
        deadline = time.monotonic() + DRAIN_S
        while any(place.running for place in self._places) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY_S)
            for place in self._places:
                place.ended()
        for place in self._places:
            if place.running:
                LOG.warning("member %d did not drain within %g s; killed", place.number, DRAIN_S)
                place.tell(signal.SIGKILL)


def _ending(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit code {status}"


def _giving_up(status: int, failures: int, window_s: float, told: str) -> ReportStreamsError:
    """The class that has the member's exit code."""
    if status == UsageError.exit_code:
        return UsageError(told)
    kind = BrokerUnavailableError if status == BrokerUnavailableError.exit_code else InternalFaultError
    return kind(f"gave up after {failures} failures of members within {window_s:g} s; the last: {told}")
