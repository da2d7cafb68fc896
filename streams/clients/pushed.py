"""What a watch has pushed, by content, in a small SQLite file that outlives it."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.errors import InternalFaultError, UsageError

APPLICATION_ID = 0x52735077
"""In the file's header (SQLite's application_id): tells our files from everybody else's."""
LAYOUT = 1
"""SQLite's user_version of the tables below."""
LOCK_PATIENCE_S = 60.0
"""How long another program may keep the file to itself."""
LOCK_ATTEMPT_S = 0.5
"""Within SQLite no signal is heard: so it waits in short attempts."""

TURN_ATTEMPT_S = 0.1
"""How often a watch asks whether another one with the same memory has pushed its file."""

Statement = tuple[str, tuple[str | int, ...]]

_TABLES = """
CREATE TABLE pushed (
    target TEXT NOT NULL,      -- cluster, topic and the topic's id
    sha256 TEXT NOT NULL,      -- of the file's bytes
    path TEXT NOT NULL,        -- where the file lay then
    paragraphs INTEGER NOT NULL,
    pushed_at TEXT NOT NULL,   -- ISO 8601, UTC
    PRIMARY KEY (target, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushed_by_path ON pushed (target, path);
CREATE TABLE hashed (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file held when it had this size, in bytes, and this time of its last change, in nanoseconds."""

    path: Path
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """A content that Kafka has acknowledged in whole."""

    path: str
    paragraphs: int
    pushed_at: datetime


class PushedMemory:
    """The memory, open; a context manager. A target is what ``TopicAdmin.identity`` calls a topic."""

    def __init__(self, file: Path) -> None:
        """Open the file, made when it is not there.

        Raises:
            UsageError: it cannot be opened, is no memory of a watch, or was made by a newer version.
        """
        self._file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(file, timeout=LOCK_ATTEMPT_S)
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"--state {file}: cannot be used to remember what was pushed ({error}); name another file, or move this"
                " one away: all files are then pushed again, with the ids that they had"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @contextmanager
    def turn(self, wait_told: Callable[[], None]) -> Iterator[None]:
        """While it lasts no other watch with this memory has its turn: what is asked for, pushed and recorded is one.

        Waits for the other's file to be pushed; a crash ends a turn, since the system then gives up its lock.

        Args:
            wait_told: called once when there is another one to wait for.

        Raises:
            InternalFaultError: the lock's file, beside the memory, cannot be written.
        """
        lock = self._file.with_name(f"{self._file.name}.lock")
        try:
            held = lock.open("ab")
        except OSError as error:
            raise InternalFaultError(f"{lock} cannot be written: {error.strerror}") from None
        with held:
            told = False
            while not _locked(held.fileno()):
                if not told:
                    wait_told()
                    told = True
                time.sleep(TURN_ATTEMPT_S)
            yield

    def pushed(self, target: str, sha256: str) -> Pushed | None:
        """What is known of a content that was pushed there."""
        return self._one(
            "SELECT path, paragraphs, pushed_at FROM pushed WHERE target = ? AND sha256 = ?", target, sha256
        )

    def last_at(self, target: str, path: Path) -> Pushed | None:
        """The latest content that lay at the path and was pushed there."""
        question = "SELECT path, paragraphs, pushed_at FROM pushed WHERE target = ? AND path = ?"
        return self._one(f"{question} ORDER BY pushed_at DESC LIMIT 1", target, _text(path))

    def record(self, target: str, content: Content, paragraphs: int) -> None:
        """Remember a content as pushed, on disk before this returns; call it once all is acknowledged."""
        row = (target, content.sha256, _text(content.path), paragraphs, datetime.now(UTC).isoformat())
        self._write(("INSERT OR REPLACE INTO pushed VALUES (?, ?, ?, ?, ?)", row), _hash_row(content))

    def known_hash(self, path: Path, size: int, mtime_ns: int) -> str | None:
        """The SHA-256 of the file as it was when it had this size and time, if it was hashed then."""
        question = "SELECT sha256 FROM hashed WHERE path = ? AND size = ? AND mtime_ns = ?"
        with self._faults():
            row = self._db.execute(question, (_text(path), size, mtime_ns)).fetchone()
        return None if row is None else str(row[0])

    def note_hash(self, content: Content) -> None:
        """Remember what a file holds, so that a start need not read it anew."""
        self._write(_hash_row(content))

    def _write(self, *statements: Statement) -> None:
        """All of them in one transaction, on disk before this returns."""
        deadline = time.monotonic() + LOCK_PATIENCE_S
        with self._faults():
            while not self._written(statements):
                if time.monotonic() > deadline:
                    raise sqlite3.OperationalError("another program keeps it locked")

    def _written(self, statements: Sequence[Statement]) -> bool:
        """False when another program has the file locked."""
        try:
            with self._db:
                for statement, row in statements:
                    self._db.execute(statement, row)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def _one(self, question: str, *values: str) -> Pushed | None:
        with self._faults():
            row = self._db.execute(question, values).fetchone()
        return None if row is None else Pushed(row[0], row[1], datetime.fromisoformat(row[2]))

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise InternalFaultError(f"what was pushed cannot be remembered in {self._file}: {error}") from None

    def _prepare(self) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            [[application]] = self._db.execute("PRAGMA application_id")
            [[layout]] = self._db.execute("PRAGMA user_version")
            [[tables]] = self._db.execute("SELECT count(*) FROM sqlite_master")
            if (application, layout) == (APPLICATION_ID, LAYOUT):
                return
            if application or layout or tables:
                raise sqlite3.DatabaseError("it is no memory of push --watch, or one of a newer version")
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {LAYOUT}")


def _locked(descriptor: int) -> bool:
    """Whether we have the lock now; closing the file gives it up."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _hash_row(content: Content) -> Statement:
    row = (_text(content.path), content.size, content.mtime_ns, content.sha256)
    return "INSERT OR REPLACE INTO hashed VALUES (?, ?, ?, ?)", row


def _text(path: Path) -> str:
    """The path as text that SQLite takes: on Linux a file's name can hold bytes that are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
