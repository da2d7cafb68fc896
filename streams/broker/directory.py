"""The data directory of an embedded Kafka, and what each file in it says.

kafka.json        that the directory is ours, which Kafka wrote it last, its cluster id
running.json      the process that runs it, where it listens, and who owns it; gone after a clean stop
lock              held (flock) while a start or a stop is at work
server.properties, log4j2.properties   written anew by each start
records/          Kafka's own: topics, offsets, metadata
logs/broker.log   what Kafka logs, and what Java says
logs/fencing.log  what Kafka logged when the last start signed off the life before it
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from streams.broker.distribution import Version, parse_version, version_text
from streams.errors import BrokerUnavailableError, UsageError

MIN_FREE_BYTES = 300 * 1000 * 1000
LOCK_WAIT_S = 90.0
"""Longer than a start may take, so that the second of two concurrent starts finds the first one's broker."""

Record = TypeVar("Record", bound=BaseModel)


class Marker(BaseModel):
    """``kafka.json``."""

    model_config = ConfigDict(frozen=True)
    kafka: str
    cluster_id: str


class ProcessId(BaseModel):
    """A process, told from a later one with the same pid by the second since the epoch that it was created in."""

    model_config = ConfigDict(frozen=True)
    pid: int
    create_time: float


class Running(BaseModel):
    """``running.json``; ``started`` is in seconds since the epoch."""

    model_config = ConfigDict(frozen=True)
    broker: ProcessId
    owner: ProcessId | None
    port: int
    kafka: str
    started: float


@dataclass(frozen=True)
class DataDirectory:
    """The paths below ``root`` (absolute), and the rules about them."""

    root: Path

    @property
    def records(self) -> Path:
        """Kafka's log directory, formatted when it exists."""
        return self.root / "records"

    @property
    def properties(self) -> Path:
        """The broker's configuration; this path in a process's command line tells that it is ours."""
        return self.root / "server.properties"

    @property
    def log_config(self) -> Path:
        """The configuration of the broker's log."""
        return self.root / "log4j2.properties"

    @property
    def log(self) -> Path:
        """The broker's log."""
        return self.root / "logs" / "broker.log"

    @property
    def fencing_log(self) -> Path:
        """The log of the controller that signs off the broker's former life."""
        return self.root / "logs" / "fencing.log"

    @property
    def marker(self) -> Marker | None:
        """Which Kafka wrote here; None when none has."""
        return _read(self.root / "kafka.json", Marker)

    @property
    def running(self) -> Running | None:
        """The last start's record; whether that process is still there is for ``processes`` to say."""
        return _read(self.root / "running.json", Running)

    @property
    def is_ours(self) -> bool:
        """Whether a start has used the directory; what is in any other is not for us to change."""
        return (self.root / "lock").exists()

    def create(self) -> None:
        """Make the directory unless it is there.

        Raises:
            UsageError: it cannot be made or written, or holds files that are not ours.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if not self.is_ours and any(self.root.iterdir()):
                raise UsageError(
                    f"broker_data_dir {self.root} holds files that report-streams did not write; "
                    "nothing was changed. Name an empty or a new directory"
                )
            self.log.parent.mkdir(exist_ok=True)
            with (self.root / "lock").open("a"):
                pass
        except OSError as error:
            raise UsageError(
                f"broker_data_dir {self.root} cannot be used: {error.strerror or error}; "
                "name a directory that you may write to"
            ) from error

    @contextmanager
    def locked(self, wait_s: float = LOCK_WAIT_S) -> Iterator[int]:
        """Hold the directory for one start or stop; the system lets go when the process ends, however it ends.

        Yields the lock's file descriptor: a child that inherits it holds the directory until it has ended too.
        """
        deadline = time.monotonic() + wait_s
        with (self.root / "lock").open("a") as file:
            while not _try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise BrokerUnavailableError(
                        f"another start or stop of the Kafka in {self.root} has not ended within {wait_s:.0f} s"
                    )
                time.sleep(0.05)
            yield file.fileno()

    def check_version(self, version: Version) -> None:
        """Refuse a Kafka older than the one that wrote here.

        Raises:
            BrokerUnavailableError: names both versions.
        """
        marker = self.marker
        if marker is not None and parse_version(marker.kafka) > version:
            raise BrokerUnavailableError(
                f"the data in {self.root} was written by Kafka {marker.kafka}, and this is Kafka "
                f"{version_text(version)}: an older Kafka cannot read a newer one's data. "
                "Run the newer Kafka, or name another broker_data_dir"
            )

    def check_space(self, free_bytes: Callable[[Path], int] | None = None) -> None:
        """Refuse to start on a disk that is about to be full.

        Raises:
            BrokerUnavailableError: less than ``MIN_FREE_BYTES`` are free; names how much is.
        """
        free = free_bytes(self.root) if free_bytes else shutil.disk_usage(self.root).free
        if free < MIN_FREE_BYTES:
            raise BrokerUnavailableError(
                f"the disk of {self.root} is full: {free / 1e6:.0f} MB are free, and Kafka needs "
                f"{MIN_FREE_BYTES / 1e6:.0f} MB to start. Free some space, or name another broker_data_dir"
            )

    def write_marker(self, marker: Marker) -> None:
        """Record which Kafka writes here from now on."""
        _write(self.root / "kafka.json", marker.model_dump_json())

    def write_running(self, running: Running) -> None:
        """Record the process that runs here."""
        _write(self.root / "running.json", running.model_dump_json())

    def clear_running(self) -> None:
        """Forget the process that ran here."""
        (self.root / "running.json").unlink(missing_ok=True)

    def size_bytes(self) -> int:
        """Bytes on disk of everything below; blocks, since Kafka's index files are mostly holes."""
        return sum(path.lstat().st_blocks * 512 for path in self.root.rglob("*") if path.exists())


def data_directory(path: Path) -> DataDirectory:
    """The data directory at ``path``, which need not exist."""
    return DataDirectory(path.expanduser().resolve())


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path, model: type[Record]) -> Record | None:
    """None also for a file that is not what we write: it then says nothing, and the next start writes it anew."""
    try:
        return model.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None


def _write(path: Path, text: str) -> None:
    """At once or not at all: a reader never sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
