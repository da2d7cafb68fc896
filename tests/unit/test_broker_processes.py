"""The broker's process: what it has of its starter."""

import os
import sys
from pathlib import Path

from streams.broker import processes
from streams.broker.directory import data_directory


def test_it_holds_nothing_that_its_starter_has_open(tmp_path: Path) -> None:
    """As in ``flock LOCK report-streams broker start``: the lock is to be free when that command ends."""
    directory = data_directory(tmp_path)
    directory.log.parent.mkdir(parents=True, exist_ok=True)
    with (tmp_path / "lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        held = "import os, sys; print([os.path.realpath(f'/dev/fd/{one}') for one in os.listdir('/dev/fd')])"
        pid = processes.spawn([sys.executable, "-c", held], directory)
        os.waitpid(pid, 0)
    said = directory.log.read_text("utf-8")
    assert str(directory.log) in said
    assert str(tmp_path / "lock") not in said
