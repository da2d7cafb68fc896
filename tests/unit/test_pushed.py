"""The memory of a watch: what it keeps, and what it does with a file that is none of its own."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from streams.clients.pushed import LAYOUT, Content, PushedMemory
from streams.errors import UsageError

A = Content(Path("/in/a.txt"), 10, 1_000, "aa")


def test_what_was_pushed_is_known_to_the_next_start_and_only_for_that_topic(tmp_path: Path) -> None:
    file = tmp_path / "new" / "pushed.sqlite3"
    with PushedMemory(file) as memory:
        assert memory.pushed("cluster/topic", "aa") is None
        memory.record("cluster/topic", A, 7)
    with PushedMemory(file) as memory:
        known = memory.pushed("cluster/topic", "aa")
        assert known is not None
        assert (known.path, known.paragraphs, known.pushed_at.tzinfo is not None) == ("/in/a.txt", 7, True)
        assert memory.pushed("cluster/other", "aa") is None
        assert memory.pushed("cluster/topic", "bb") is None


def test_the_latest_content_of_a_path(tmp_path: Path) -> None:
    with PushedMemory(tmp_path / "m") as memory:
        memory.record("t", A, 7)
        memory.record("t", Content(A.path, 11, 2_000, "bb"), 8)
        latest = memory.last_at("t", A.path)
        assert latest is not None
        assert latest.paragraphs == 8
        assert memory.last_at("t", Path("/in/b.txt")) is None
        assert memory.last_at("u", A.path) is None


def test_a_hash_holds_for_a_size_and_a_time(tmp_path: Path) -> None:
    with PushedMemory(tmp_path / "m") as memory:
        memory.note_hash(A)
        assert memory.known_hash(A.path, 10, 1_000) == "aa"
        assert memory.known_hash(A.path, 11, 1_000) is None
        assert memory.known_hash(A.path, 10, 1_001) is None
        memory.note_hash(Content(A.path, 11, 2_000, "bb"))
        assert memory.known_hash(A.path, 10, 1_000) is None


def test_a_name_that_is_not_utf8_is_kept_apart(tmp_path: Path) -> None:
    one, other = (Path(os.fsdecode(b"/in/" + byte)) for byte in (b"\xb1", b"\xb2"))
    with PushedMemory(tmp_path / "m") as memory:
        memory.note_hash(Content(one, 1, 1, "one"))
        memory.note_hash(Content(other, 1, 1, "other"))
        assert memory.known_hash(one, 1, 1) == "one"


def test_another_program_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "m"
    with PushedMemory(file) as memory, closing(sqlite3.connect(file, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(1.2, other.rollback)
        release.start()
        memory.record("t", A, 7)
        release.join()
        assert memory.pushed("t", "aa") is not None


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")


def newer(file: Path) -> None:
    with PushedMemory(file):
        pass
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(f"PRAGMA user_version = {LAYOUT + 1}")


@pytest.mark.parametrize(
    "spoil", [foreign, newer, lambda file: file.write_bytes(b"not SQLite" * 100), lambda file: file.mkdir()]
)
def test_a_file_of_something_else_is_left_alone(spoil: object, tmp_path: Path) -> None:
    assert callable(spoil)
    file = tmp_path / "m"
    spoil(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(UsageError, match=r"--state .*move this one away"):
        PushedMemory(file)
    assert (file.read_bytes() if file.is_file() else b"") == before
