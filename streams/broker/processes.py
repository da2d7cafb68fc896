"""The broker as a process: find it, start it apart from us, end it."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from streams.broker.directory import DataDirectory, ProcessId

CLOCK_SLACK_S = 2.0
"""Create times are kept in clock ticks since boot, and a step of the wall clock moves them a little."""

KILL_WAIT_S = 10.0
"""SIGKILL cannot be refused, but a process in the middle of a disk write goes only after it."""

_NOT_FOR_OUR_JAVA = frozenset({"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"})


def process_id(pid: int) -> ProcessId:
    """What tells this process from a later one with its pid; psutil.NoSuchProcess when it has gone."""
    return ProcessId(pid=pid, create_time=psutil.Process(pid).create_time())


def alive(known: ProcessId) -> bool:
    """Whether that very process still runs; one that has ended and was not waited for does not."""
    try:
        process = psutil.Process(known.pid)
        same = abs(process.create_time() - known.create_time) <= CLOCK_SLACK_S
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def broker_process(directory: DataDirectory) -> psutil.Process | None:
    """The broker that runs on this data directory: the recorded one, or else one found by its command line.

    The search finds a broker whose starter was killed before it could record it, or whose record was deleted.
    """
    running = directory.running
    if running is not None and alive(running.broker):
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(running.broker.pid)
            if _is_ours(process, directory):
                return process
    return next((process for process in psutil.process_iter() if _is_ours(process, directory)), None)


def _inheritable() -> list[int]:
    """Open descriptors beyond the standard three that a process started by us would have as well."""
    found = []
    for descriptor in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        # The one that read the list is closed by now.
        with suppress(OSError):
            if descriptor > 2 and os.get_inheritable(descriptor):
                found.append(descriptor)
    return found


def _is_ours(process: psutil.Process, directory: DataDirectory) -> bool:
    try:
        words = process.cmdline()  # of a process that has ended and was not waited for: empty
    except psutil.Error:
        return False
    return words[-2:] == ["kafka.Kafka", str(directory.properties)]


def spawn(command: Sequence[str], directory: DataDirectory) -> int:
    """Start ``command`` in a session of its own, its output appended to the broker's log; its pid.

    Not a Popen: the process is meant to outlive us, and nobody will wait for that object.
    """
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        command[0],
        list(command),
        java_environment(),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(directory.log), append, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            # A lock or a pipe of whoever started us would otherwise be held for as long as Kafka runs.
            *((os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _inheritable()),
        ],
        setsid=True,
    )


def java_environment() -> dict[str, str]:
    """Our environment less what is meant for the user's own Java programs."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_OUR_JAVA}


def listens(process: psutil.Process, port: int) -> bool:
    """Whether it is this process that accepts connections on the port."""
    try:
        connections = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr[1:] == (port,) for c in connections)


def ended(process: psutil.Process) -> bool:
    """Whether it has ended; waits for a child of ours, so that it does not stay as a zombie.

    Another's zombie counts as ended: its parent may be a session that never waits, or an init that does not reap.
    """
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def end(process: psutil.Process, timeout_s: float) -> bool:
    """SIGTERM, then SIGKILL after ``timeout_s`` seconds; whether the first was enough. Returns when it has gone."""
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    if _wait(process, timeout_s):
        return True
    with suppress(psutil.NoSuchProcess):
        process.kill()
    _wait(process, KILL_WAIT_S)
    return False


def _wait(process: psutil.Process, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
