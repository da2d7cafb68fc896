"""Nothing of a file before the whole of it: refusals that come late, files that change meanwhile."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from streams.reports import staging
from streams.reports.reader import read_report
from streams.reports.reading import Reading, Refusal, ReportOptions
from streams.reports.sources import Source
from streams.reports.staging import Stamp, read_whole

NOW = datetime(2024, 5, 1, tzinfo=UTC)
LINES = [json.dumps({"text": f"第{n}段。\u2028"}, ensure_ascii=False) for n in range(5)]


def jsonl(folder: Path, *lines: str) -> Source:
    path = folder / "a.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Source(path, "jsonl")


def read(source: Source, stamp: Stamp | None = None) -> Iterator[Reading]:
    return read_whole(source, ReportOptions(), NOW, stamp)


def test_a_whole_file_gives_what_read_report_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = jsonl(tmp_path, *LINES)
    wanted = list(read_report(source, ReportOptions(), NOW))
    assert len(wanted) == 5
    assert list(read(source)) == wanted
    monkeypatch.setattr(staging, "MAX_HELD_BYTES", 1)
    assert list(read(source)) == wanted


def test_a_refused_line_costs_only_itself(tmp_path: Path) -> None:
    found = list(read(jsonl(tmp_path, LINES[0], "{broken", LINES[1])))
    assert [type(reading) for reading in found] == [Refusal, Paragraph, Paragraph]


def test_a_file_that_grows_gives_nothing_but_a_refusal(tmp_path: Path) -> None:
    source = jsonl(tmp_path, *LINES, "{broken")
    assert source.path is not None
    readings = read(source)
    assert isinstance(next(readings), Refusal)
    with source.path.open("a", encoding="utf-8") as growing:
        growing.write(LINES[0] + "\n")
    [told] = readings
    assert isinstance(told, Refusal)
    assert "was written to while it was read" in told.reason


def test_a_file_that_is_not_the_one_that_settled_gives_nothing(tmp_path: Path) -> None:
    source = jsonl(tmp_path, *LINES)
    assert source.path is not None
    seen = Stamp.of(source.path)
    jsonl(tmp_path, *LINES[:4])
    [told] = read(source, seen)
    assert isinstance(told, Refusal)


def test_a_file_that_turns_out_broken_late_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_late(*arguments: object) -> Iterator[Reading]:
        yield from read_report(source, ReportOptions(), NOW)
        yield Refusal("a.jsonl", "page 40 is damaged")

    source = jsonl(tmp_path, *LINES)
    monkeypatch.setattr(staging, "read_report", broken_late)
    assert list(read(source)) == [Refusal("a.jsonl", "page 40 is damaged")]


def test_a_missing_file_is_refused_once(tmp_path: Path) -> None:
    [told] = read(Source(tmp_path / "gone.txt", "text"))
    assert isinstance(told, Refusal)
    assert "No such file" in told.reason


def test_standard_input_is_passed_on_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.BytesIO(b'{"text": "1"}\n{"text": "2"}\n{"text": "3"}\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
    first = next(read(Source(None, "jsonl")))
    assert isinstance(first, Paragraph)
    assert first.text == "1"
