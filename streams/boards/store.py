"""The boards' own file: an SQLite database beside a lock, in one directory.

It holds what Faust's tables hold, together with all that follows from it (entries, rows, words), and how far of each
changelog partition that reaches. One transaction covers both, so that after any kill the two agree: what is missing
comes from the changelog, and a file that was deleted comes back whole.

One thread writes; any number of threads read through connections of their own and see what is settled.
"""

import fcntl
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.errors import InternalFaultError, UsageError

APPLICATION_ID = 0x52734264
"""In the file's header (SQLite's application_id): tells our files from everybody else's."""
LAYOUT = 2
"""SQLite's user_version of the tables below; raised with the rules of the boards as well, since entries are kept."""
FILE = "boards.sqlite"
LOCK = "boards.lock"

_TABLES = """
CREATE TABLE told (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE position (topic TEXT, part INTEGER, at INTEGER NOT NULL, PRIMARY KEY (topic, part)) STRICT, WITHOUT ROWID;
CREATE TABLE paragraph (
    seq INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,       -- of Faust's table
    value BLOB NOT NULL,
    id TEXT NOT NULL,
    report TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    arrival INTEGER NOT NULL UNIQUE -- counts what is new: the feed's cursor
) STRICT;
CREATE INDEX paragraph_id ON paragraph (id);
CREATE INDEX paragraph_place ON paragraph (report, ordinal, seq);
CREATE TABLE report (
    id TEXT PRIMARY KEY, title TEXT, published TEXT, genre TEXT, source TEXT,
    paragraphs INTEGER NOT NULL, arrival INTEGER NOT NULL
) STRICT;
CREATE INDEX report_arrival ON report (arrival);
CREATE TABLE retraction (
    event BLOB PRIMARY KEY, value BLOB NOT NULL, stands INTEGER NOT NULL -- 1 once the event has come again
) STRICT, WITHOUT ROWID;
CREATE TABLE entry (
    board TEXT, grp TEXT, id TEXT, paragraph INTEGER NOT NULL, event BLOB, body TEXT NOT NULL,
    PRIMARY KEY (board, grp, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_paragraph ON entry (paragraph);
CREATE INDEX entry_event ON entry (event) WHERE event IS NOT NULL;
CREATE TABLE stale (board TEXT, grp TEXT, since INTEGER NOT NULL, PRIMARY KEY (board, grp)) STRICT, WITHOUT ROWID;
CREATE TABLE row (
    board TEXT, id TEXT, grp TEXT NOT NULL, latest TEXT NOT NULL, title TEXT NOT NULL,
    body TEXT NOT NULL, history TEXT NOT NULL, PRIMARY KEY (board, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_latest ON row (board, latest, id);
CREATE INDEX row_group ON row (board, grp);
CREATE TABLE filed (
    board TEXT, name TEXT, value TEXT, latest TEXT, id TEXT, PRIMARY KEY (board, name, value, latest, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX filed_row ON filed (board, id);
CREATE TABLE refused (
    topic TEXT, part INTEGER, at INTEGER, reason TEXT NOT NULL, PRIMARY KEY (topic, part, at)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'unicode61 remove_diacritics 0')
"""
_WRITER = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY
"""
Rows = list[tuple[Any, ...]]


class Store:
    """The file, open and ours alone; a context manager. All but ``read`` belongs to the thread that made it."""

    def __init__(self, directory: Path) -> None:
        """Open the file, made when it is not there.

        Raises:
            UsageError: another process has it, it cannot be opened, or another version made it.
        """
        self.file = directory / FILE
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._positions: dict[tuple[str, int], int] = {}
        self._lock = _locked(directory)
        self.fresh = not self.file.exists()
        try:
            self._db = sqlite3.connect(self.file, isolation_level=None)
            _prepare(self._db)
            self.arrival = int(self.rows("SELECT coalesce(max(arrival), 0) FROM paragraph")[0][0])
            """The number of the newest paragraph."""
        except sqlite3.Error as error:
            os.close(self._lock)
            raise UsageError(
                f"{self.file} cannot be used ({error}). Remove the folder or name another with --boards-dir: all of it"
                " comes back from Kafka"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Settle, and give the file up; no thread may be reading."""
        self.settle()
        for reader in self._readers:
            reader.close()
        self._db.close()
        os.close(self._lock)

    def rows(self, statement: str, *values: object) -> Rows:
        """What a query gives, settled or not."""
        return self._db.execute(statement, values).fetchall()

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Change something; settled with the next ``settle``."""
        self._begin()
        return self._db.execute(statement, values)

    def run_many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Change something for each row."""
        self._begin()
        self._db.executemany(statement, rows)

    def settle(self) -> bool:
        """Commit what has changed since the last time; whether anything had."""
        if self._positions:
            positions = [(topic, part, at) for (topic, part), at in self._positions.items()]
            self.run_many("INSERT OR REPLACE INTO position VALUES (?, ?, ?)", positions)
            self._positions.clear()
        if not self._db.in_transaction:
            return False
        self._db.execute("COMMIT")
        return True

    def read(self, statement: str, *values: object) -> Rows:
        """What a query gives of what is settled; for any thread."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            self._local.connection = connection
            self._readers.append(connection)
        found: Rows = connection.execute(statement, values).fetchall()
        return found

    def position(self, topic: str, part: int) -> int | None:
        """The last offset of a changelog partition that is in here; None for nothing of it."""
        if (topic, part) in self._positions:
            return self._positions[topic, part]
        found = self.rows("SELECT at FROM position WHERE topic = ? AND part = ?", topic, part)
        return int(found[0][0]) if found else None

    def move_to(self, topic: str, part: int, at: int) -> None:
        """All of a changelog partition up to and with offset ``at`` is in here; kept by the next ``settle``."""
        self._positions[topic, part] = max(at, self._positions.get((topic, part), -1))

    def told(self, name: str) -> str | None:
        """A remark that ``tell`` kept."""
        found = self.rows("SELECT value FROM told WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def tell(self, name: str, value: str) -> None:
        """Keep a remark."""
        self.run("INSERT OR REPLACE INTO told VALUES (?, ?)", name, value)

    def next_arrival(self) -> int:
        """Counts what is new."""
        self.arrival += 1
        return self.arrival

    def iterate(self, statement: str) -> Iterator[Any]:
        """The first column of a query's rows, a few at a time."""
        for row in self._db.execute(statement):
            yield row[0]

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")


def remove(directory: Path) -> None:
    """Delete the file; the next ``Store`` begins with nothing.

    Raises:
        UsageError: another process has it.
    """
    lock = _locked(directory)
    try:
        for name in (FILE, FILE + "-wal", FILE + "-shm"):
            (directory / name).unlink(missing_ok=True)
    finally:
        os.close(lock)


def _locked(directory: Path) -> int:
    """A descriptor that holds the directory's lock until it is closed."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror or error}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(
            f"another process keeps the boards in {directory}; end it, or name another folder with --boards-dir"
        ) from None
    except OSError as error:
        os.close(descriptor)
        raise InternalFaultError(f"{directory} cannot be locked: {error.strerror or error}") from error
    return descriptor


def _prepare(db: sqlite3.Connection) -> None:
    for statement in _WRITER.split(";"):
        db.execute(statement)
    [[application]], [[layout]], [[tables]] = (
        db.execute(query).fetchall()
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if not (application or layout or tables):
        db.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute("INSERT INTO told VALUES ('epoch', ?)", (uuid.uuid4().hex[:12],))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {LAYOUT}")
        db.execute("COMMIT")
    elif application != APPLICATION_ID:
        raise sqlite3.DatabaseError("it is no store of boards")
    elif layout != LAYOUT:
        age = "an older" if layout < LAYOUT else "a newer"
        raise sqlite3.DatabaseError(f"{age} version of report-streams made it: layout {layout}, not {LAYOUT}")
