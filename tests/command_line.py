"""Runs ``report-streams`` as users do: as a process, with settings in its environment."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Self

import click

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "streams")


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with the settings in it as variables: ``topic_prefix`` under its full name."""
    ours = {f"REPORT_STREAMS_{name.upper()}": value for name, value in settings.items()}
    return {**os.environ, "COLUMNS": "160", **ours}


def run(
    *arguments: str, settings: Mapping[str, str], stdin: bytes = b"", timeout_s: float = 200
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Output is text; the exit code is the caller's to judge."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(settings),
        input=stdin,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def run_here(*arguments: str, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end within this process, sooner than ``run``; an error is one line, as ``main`` tells it."""
    from click.testing import CliRunner

    from streams.cli import root
    from streams.errors import ReportStreamsError

    done = CliRunner().invoke(root, arguments, env=environment(settings), standalone_mode=False)
    code, said = done.return_value or 0, done.stderr
    if isinstance(done.exception, ReportStreamsError):
        code, said = done.exception.exit_code, said + f"error: {done.exception}\n"
    elif isinstance(done.exception, click.ClickException):
        code, said = done.exception.exit_code, said + done.exception.format_message()
    elif done.exception is not None:
        raise done.exception
    return subprocess.CompletedProcess(arguments, code, done.stdout, said)


def run_binary(*arguments: str, settings: Mapping[str, str]) -> bytes:
    """Run a command to its end; the bytes that it printed. It must exit with 0."""
    return subprocess.run([*COMMAND, *arguments], env=environment(settings), capture_output=True, check=True).stdout


_MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:], check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    told.write(f"{used.ru_maxrss} {used.ru_utime + used.ru_stime}")
sys.exit(code)
"""
"""A small process between us and the command: a child counts its parent's memory at the fork as its own peak."""


def run_measured(*arguments: str, settings: Mapping[str, str]) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run a command to its end; with the most memory that it held at once, in bytes."""
    done, memory, _ = measured([*COMMAND, *arguments], settings)
    return done, memory


def measured(
    command: Sequence[str], settings: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], int, float]:
    """Run a program to its end; with the most memory that it held at once, in bytes, and its processor seconds."""
    with NamedTemporaryFile("r") as told:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, told.name, *command],
            env=environment(settings),
            capture_output=True,
            text=True,
            check=False,
        )
        kilobytes, processor_s = told.read().split()
        return done, int(kilobytes) * 1024, float(processor_s)


class Running:
    """A command that runs beside the test; killed when the ``with`` block ends, whatever happened in it."""

    def __init__(self, *arguments: str, settings: Mapping[str, str], command: Sequence[str] = COMMAND) -> None:
        self.process = subprocess.Popen(
            [*command, *arguments],
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(timeout=5)
        if self.process.stderr is not None:
            self.process.stderr.close()

    def said(self, pattern: str, timeout_s: float = 30) -> re.Match[str]:
        """Wait for a line on stderr that matches; fails with all that was said."""
        eventually(lambda: self._search(pattern) or self.process.poll() is not None, timeout_s)
        found = self._search(pattern)
        assert found, f"no line matches {pattern!r} in:\n" + "\n".join(self.lines)
        return found

    def ended(self, timeout_s: float = 30) -> int:
        """Wait for the process's own end; its exit code."""
        code = self.process.wait(timeout=timeout_s)
        self._reader.join(timeout=5)
        return code

    def _search(self, pattern: str) -> re.Match[str] | None:
        return next((found for line in list(self.lines) if (found := re.search(pattern, line))), None)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())


def eventually(condition: Callable[[], object], timeout_s: float = 30) -> bool:
    """Ask until the condition holds or the time is over; whether it held."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())
