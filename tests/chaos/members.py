"""The workers under fire: processes of the command line, each the leader of a session of its own."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.command_line import ROOT, environment

_RESTART_AFTER_S = 1.0
_ORPHAN_S = 15.0


@dataclass
class _Life:
    """One process of a member; ``told`` is why it may end."""

    process: subprocess.Popen[bytes]
    log: Path
    told: str | None = None
    again_at: float | None = None


@dataclass
class Members:
    """Starts, stops, kills and freezes members, and starts those anew that ended by themselves, as a supervisor does.

    ``ends`` tells of each process that ended otherwise than asked: member, exit code, last line of its log.
    """

    command: Sequence[str]
    settings: Mapping[str, str]
    folder: Path
    static: bool = False
    ends: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    _lives: dict[int, _Life] = field(default_factory=dict)
    _count: dict[int, int] = field(default_factory=dict)

    def start(self, member: int) -> None:
        """Start the member, if it does not run."""
        life = self._lives.get(member)
        if life is not None and life.process.poll() is None:
            life.told = None
            return
        number = self._count[member] = self._count.get(member, 0) + 1
        log = self.folder / f"worker-{member}-{number}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*self.command],
                env=environment(self._settings_of(member)),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._lives[member] = _Life(process, log)

    def kill(self, member: int, scope: str) -> None:
        """SIGKILL ``all`` its processes, the ``main`` one, or a ``child`` if there is one; a child is made anew."""
        life = self._lives[member]
        family = _family(life.process.pid)
        if scope == "child" and len(family) > 1:
            _signal(family[-1:], signal.SIGKILL)
            return
        life.told = "killed"
        _signal(family if scope == "all" else family[:1], signal.SIGKILL)
        life.process.wait()
        self._expect_gone(member, family)

    def freeze(self, member: int) -> None:
        """SIGSTOP all its processes."""
        _signal(_family(self._lives[member].process.pid), signal.SIGSTOP)

    def thaw(self, member: int) -> None:
        """SIGCONT all its processes; one that is not frozen is not harmed by it."""
        _signal(_family(self._lives[member].process.pid), signal.SIGCONT)

    def stop(self, member: int, timeout_s: float) -> None:
        """SIGTERM; one that does not end in time is killed, and either is told of when it did not end well."""
        life = self._lives[member]
        family = _family(life.process.pid)
        life.told = "stopped"
        with suppress(ProcessLookupError):
            life.process.terminate()
        try:
            code = life.process.wait(timeout_s)
            if code:
                self._tell(member, life, code)
        except subprocess.TimeoutExpired:
            self.ends.append(f"member {member} did not stop within {timeout_s:.0f} s; see {life.log.name}")
            _signal(family, signal.SIGKILL)
            life.process.wait()
        self._expect_gone(member, family)

    def tend(self) -> None:
        """Start anew, after a second, what ended by itself."""
        now = time.monotonic()
        for member, life in list(self._lives.items()):
            if life.told is not None or life.process.poll() is None:
                continue
            if life.again_at is None:
                life.again_at = now + _RESTART_AFTER_S
                self._tell(member, life, life.process.returncode)
            elif now >= life.again_at:
                self.start(member)

    def running(self) -> list[int]:
        """Members that run."""
        return [member for member, life in self._lives.items() if life.process.poll() is None]

    def end_all(self) -> None:
        """Kill everything that was started."""
        for life in self._lives.values():
            life.told = "ended"
            _signal(_family(life.process.pid), signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.killpg(life.process.pid, signal.SIGKILL)
            life.process.wait()

    def _settings_of(self, member: int) -> Mapping[str, str]:
        return {**self.settings, "worker_instance_id": f"member-{member}"} if self.static else self.settings

    def _tell(self, member: int, life: _Life, code: int) -> None:
        lines = life.log.read_text("utf-8", errors="replace").splitlines()
        self.ends.append(f"member {member} ended with {code}: {lines[-1] if lines else 'no word'}")

    def _expect_gone(self, member: int, family: list[psutil.Process]) -> None:
        """Children must not outlive their parent for long: a thousand restarts would leave a thousand of them."""
        _, alive = psutil.wait_procs(family[1:], timeout=_ORPHAN_S)
        for process in alive:
            self.orphans.append(f"member {member} left process {process.pid} behind")
            _signal([process], signal.SIGKILL)


def _family(pid: int) -> list[psutil.Process]:
    """The process and all below it; what has ended is left out."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
