"""What the README says about reading an archive with DuckDB and pandas, carried out on an archive of the seeds."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from streams.archive.layout import Archive
from streams.archive.reader import read_records
from tests.archives import TOPIC
from tests.command_line import ROOT, run_here

LINES = re.findall(r"^(?:duckdb|python) -c .*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many the archive in the working directory holds: the README's lines name it ``archive``."""
    done = run_here("archive", "import", str(ROOT / "seeds"), "--to", str(tmp_path / "archive"), settings={})
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    return sum(1 for _ in read_records(Archive.open(tmp_path / "archive")))


def told(program: str) -> str:
    """The line of the README for a program: what stands after its ``-c``, as a shell would give it."""
    [line] = [shlex.split(line)[2] for line in LINES if line.startswith(program)]
    return line


def test_the_readmes_line_for_duckdb_counts_the_records_of_each_topic(records: int) -> None:
    with duckdb.connect() as database:
        [(topic, count, first)] = database.execute(told("duckdb")).fetchall()
    assert (topic, count) == (TOPIC, records)
    assert first is not None


def test_the_readmes_line_for_pandas_shows_the_last_records(records: int) -> None:
    done = subprocess.run([sys.executable, "-c", told("python")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert str(records - 1) in done.stdout
    assert done.stdout.count(TOPIC) == 5
