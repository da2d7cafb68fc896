"""One analysis process as its worker sees it: a line to it, how far it has come, and its end."""

import mmap
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from streams.errors import InternalFaultError
from streams.worker import analysing
from streams.worker.analysing import BEGUN, Exit
from streams.worker.frames import Field, Unpacker

_READ_BYTES = 1 << 18
_LINE_BYTES = 1 << 20
_END_S = 5.0
_READY_SLICE_S = 0.2


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What one record may take: seconds, and megabytes of address space (0 for no limit); and a start, in seconds."""

    deadline_s: float
    memory_mb: int = 0
    start_s: float = 60.0


class AnalysisProcess:
    """A running analysis process, which is ready; it ends with this process at the latest.

    ``factory`` is the callable that makes the analysis there, as ``module:name``; ``meanwhile`` is called some times a
    second until it is ready, and what one of these raises ends the process.
    """

    def __init__(self, factory: str, limits: ProcessLimits, meanwhile: Iterable[Callable[[], object]] = ()) -> None:
        self._unpacker = Unpacker()
        self._outgoing = bytearray()
        self._begun_last = 0
        self._shared = _shared_memory()
        self._begun = mmap.mmap(self._shared, BEGUN.size)
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = self._start(factory, limits, theirs)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            self._line.setsockopt(socket.SOL_SOCKET, option, _LINE_BYTES)
        self._line.setblocking(False)
        try:
            self._await_ready(factory, limits.start_s, tuple(meanwhile))
        except BaseException:
            self.kill()
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def begun(self) -> int:
        """The number of the record that it has at hand, or had last, since its start; told after its end as well."""
        if not self._begun.closed:
            self._begun_last = int(BEGUN.unpack_from(self._begun)[0])
        return self._begun_last

    def send(self, frames: bytes) -> None:
        """Put frames on the line; what does not fit now goes with the next ``exchange``."""
        self._outgoing += frames
        self._write()

    def exchange(self, timeout_s: float) -> list[list[Field]] | None:
        """Wait for something to read or to write; the frames that came, or None when the process has ended."""
        writing = [self._line] if self._outgoing else []
        readable, writable, _ = select.select([self._line], writing, [], timeout_s)
        if writable:
            self._write()
        return self._read() if readable else []

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> int:
        """Close the line, on which it ends, and wait; killed after some seconds. Its exit status, as of subprocess."""
        self._line.close()
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        if not self._begun.closed:
            # Read for the last time: from here on it cannot change.
            _ = self.begun
            self._begun.close()
            os.close(self._shared)
        return status

    def _start(self, factory: str, limits: ProcessLimits, theirs: socket.socket) -> "subprocess.Popen[bytes]":
        numbers = (theirs.fileno(), self._shared, os.getpid(), limits.memory_mb)
        # It finds modules where we do: -P keeps a folder that it happens to start in from being looked at first.
        command = [sys.executable, "-P", "-m", analysing.__name__, *map(str, numbers), factory]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        try:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, env=environment, pass_fds=(theirs.fileno(), self._shared)
            )
        except OSError as error:
            raise InternalFaultError(f"the analysis process cannot be started: {error}") from error

    def _await_ready(self, factory: str, start_s: float, meanwhile: tuple[Callable[[], object], ...]) -> None:
        deadline = time.monotonic() + start_s
        while time.monotonic() < deadline:
            frames = self.exchange(_READY_SLICE_S)
            if frames:
                return
            if frames is None:
                raise InternalFaultError(f"the analysis process ({factory}) cannot begin: {ending(self.close())}")
            for call in meanwhile:
                call()
        raise InternalFaultError(f"the analysis process ({factory}) was not ready within {start_s:.0f} s")

    def _write(self) -> None:
        try:
            while self._outgoing:
                sent = self._line.send(memoryview(self._outgoing)[:_LINE_BYTES])
                del self._outgoing[:sent]
        except BlockingIOError:
            return
        except OSError:
            # It has ended; reading says so too, and its worker looks there.
            self._outgoing.clear()

    def _read(self) -> list[list[Field]] | None:
        try:
            piece = self._line.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except ConnectionError:
            return None
        return list(self._unpacker.feed(piece)) if piece else None


def ending(status: int) -> str:
    """An exit status in words."""
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return f"it ended with exit code {status}" + (f" ({Exit(status).name})" if status in set(Exit) else "")


def _shared_memory() -> int:
    """A descriptor of a little memory to share, which takes no place on any disk where the system can do that."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("report-streams")
    else:
        with TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.write(descriptor, bytes(BEGUN.size))
    return descriptor


def killed_from_outside(status: int) -> bool:
    """Whether somebody else ended it: the system when memory runs out, or a person."""
    return status in (-signal.SIGKILL, -signal.SIGTERM)
