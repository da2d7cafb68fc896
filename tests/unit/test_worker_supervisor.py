"""The supervisor over real processes: restarts with a pause, a limit, draining, and none left behind."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from streams.errors import BrokerUnavailableError, InternalFaultError, ReportStreamsError, UsageError
from streams.worker import supervisor
from streams.worker.supervisor import Member, RestartLimit, Supervisor
from tests.command_line import ROOT, eventually

DRAINS = """
import signal, sys, time
def drain(*_):
    print("drained", file=sys.stderr, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
print("began", file=sys.stderr, flush=True)
time.sleep(3600)
"""
FAILS = "import sys; print('error: the broker is gone', file=sys.stderr); sys.exit({code})"


def python(code: str) -> Member:
    return Member([sys.executable, "-c", code], dict(os.environ))


class Supervised:
    """A supervisor in a thread of the test's."""

    def __init__(self, *members: Member, failures: int = 3, until_done: bool = False) -> None:
        self.lines: list[str] = []
        self.error: ReportStreamsError | None = None
        limit = RestartLimit(failures, 60.0)
        self.supervisor = Supervisor(members, limit, until_done=until_done, say=self.lines.append)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def said(self, pattern: str, times: int = 1) -> bool:
        return eventually(lambda: sum(re.search(pattern, line) is not None for line in list(self.lines)) >= times)

    def ended(self) -> bool:
        self._thread.join(30)
        return not self._thread.is_alive()

    def pids(self) -> list[int]:
        return [place._process.pid for place in self.supervisor._places if place._process is not None]

    def _run(self) -> None:
        try:
            self.supervisor.run()
        except ReportStreamsError as error:
            self.error = error


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE_S", 0.01)


def test_a_stop_drains_every_member() -> None:
    one = Supervised(python(DRAINS), python(DRAINS))
    assert one.said("began", times=2)
    one.supervisor.stop()
    assert one.ended()
    assert one.error is None
    assert {line for line in one.lines if "drained" in line} == {"[0] drained", "[1] drained"}


def test_a_member_that_is_killed_comes_again_and_the_others_stay() -> None:
    one = Supervised(python(DRAINS), python(DRAINS))
    assert one.said("began", times=2)
    victim, other = one.pids()
    os.kill(victim, signal.SIGKILL)
    assert one.said(r"\[0\] began", times=2)
    assert other in one.pids()
    one.supervisor.stop()
    assert one.ended()


@pytest.mark.parametrize(
    ("code", "kind"), [(3, BrokerUnavailableError), (4, InternalFaultError), (1, InternalFaultError)]
)
def test_members_that_fail_too_often_end_it_with_the_last_reason(code: int, kind: type[ReportStreamsError]) -> None:
    one = Supervised(python(DRAINS), python(FAILS.format(code=code)), failures=3)
    assert one.ended()
    assert type(one.error) is kind
    assert f"gave up after 4 failures of members within 60 s; the last: member 1 ended with exit code {code}: " in str(
        one.error
    )
    assert "error: the broker is gone" in str(one.error)
    assert sum("[1] error" in line for line in one.lines) == 4
    assert any("[0] drained" in line for line in one.lines)


def test_a_wrong_command_line_ends_it_at_once() -> None:
    one = Supervised(python(FAILS.format(code=2)), failures=100)
    assert one.ended()
    assert isinstance(one.error, UsageError)
    assert len(one.lines) == 1


def test_members_that_are_done_end_it() -> None:
    one = Supervised(python("pass"), python("pass"), until_done=True)
    assert one.ended()
    assert one.error is None


def test_a_member_that_does_not_drain_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "DRAIN_S", 0.5)
    one = Supervised(python(DRAINS.replace("SIGTERM, drain", "SIGTERM, signal.SIG_IGN")))
    assert one.said("began")
    (pid,) = one.pids()
    one.supervisor.stop()
    assert one.ended()
    assert eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


A_SUPERVISOR = """
import os, sys
from streams.worker.lifeline import die_with
if sys.argv[1:]:
    import time
    die_with(int(sys.argv[1]))
    print(os.getpid(), file=sys.stderr, flush=True)
    time.sleep(3600)
from streams.worker.supervisor import Member, RestartLimit, Supervisor
member = Member([sys.executable, __file__, str(os.getpid())], dict(os.environ))
Supervisor([member, member], RestartLimit(3, 60.0), until_done=False, say=lambda line: print(line, flush=True)).run()
"""


def test_no_member_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "supervise.py"
    script.write_text(A_SUPERVISOR)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        members = [psutil.Process(int(running.stdout.readline().split()[1])) for _ in range(2)]
        running.kill()
    assert eventually(lambda: not [one for one in members if one.is_running() and one.status() != psutil.STATUS_ZOMBIE])
