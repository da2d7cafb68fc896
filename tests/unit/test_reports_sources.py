import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from streams.reports.reader import read_report
from streams.reports.reading import Reading, Refusal, ReportOptions
from streams.reports.sources import Skipped, Source, find_sources

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def touch(directory: Path, *names: str) -> None:
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("上午9时，大会开始。", encoding="utf-8")


def test_a_directory_is_read_in_sorted_order_and_passes_over_the_rest(tmp_path: Path) -> None:
    touch(tmp_path, "b/2.txt", "a.JSONL", "b/1.md", "c.docx", "d.doc", ".hidden.txt", "~$c.docx", "README.md", "b/x")
    found = list(find_sources([str(tmp_path)]))
    assert [(s.path.name, s.form) for s in found if isinstance(s, Source) and s.path] == [
        ("a.JSONL", "jsonl"),
        ("1.md", "markdown"),
        ("2.txt", "text"),
        ("c.docx", "docx"),
    ]
    assert [s for s in found if isinstance(s, Skipped)] == [Skipped(str(tmp_path), ("README.md", "b/x", "d.doc"))]


def refused(given: object) -> str:
    [found] = find_sources([str(given)])
    assert isinstance(found, Refusal)
    return str(found)


def test_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    touch(tmp_path, "a.doc", "none")
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "dir.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    assert refused(tmp_path / "gone.txt").endswith("gone.txt: no such file")
    assert ".doc cannot be read, only .txt, .md, .html, .htm, .pdf, .docx, .jsonl can" in refused(tmp_path / "a.doc")
    assert "a link to self.txt, which leads back to itself" in refused(tmp_path / "self.txt")
    assert "no suffix cannot be read" in refused(tmp_path / "none")
    assert f"a link to {tmp_path / 'gone'}, which does not exist" in refused(tmp_path / "link.txt")
    assert "not a regular file" in refused(tmp_path / "pipe.txt")
    assert "a directory without reports" in refused(tmp_path / "dir.txt")


def test_links_to_directories_are_named_and_not_followed(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "d/b.txt")
    (tmp_path / "d" / "up").symlink_to(tmp_path, target_is_directory=True)
    found = list(find_sources([str(tmp_path)]))
    assert [s.path.name for s in found if isinstance(s, Source) and s.path] == ["a.txt", "b.txt"]
    assert [s.names for s in found if isinstance(s, Skipped)] == [("d/up (a link to a directory)",)]


def test_an_empty_directory_is_a_fault_unless_reports_are_yet_to_come(tmp_path: Path) -> None:
    assert [type(found) for found in find_sources([str(tmp_path)])] == [Refusal]
    assert list(find_sources([str(tmp_path)], empty_refused=False)) == []


def test_a_form_that_is_given_makes_any_suffix_readable(tmp_path: Path) -> None:
    touch(tmp_path, "a.log")
    assert list(find_sources([str(tmp_path / "a.log")], "text")) == [Source(tmp_path / "a.log", "text")]


def test_a_name_that_is_not_utf8_still_makes_a_record(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xb1\xa8.txt"
    try:
        Path(os.fsdecode(raw)).write_text("上午9时，大会开始。", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes no such name")
    [source] = find_sources([str(tmp_path)])
    assert isinstance(source, Source)
    [found] = read_report(source, ReportOptions(), NOW)
    assert isinstance(found, Paragraph)
    assert "\ufffd.txt" in found.model_dump_json()


def from_stdin(raw: bytes, monkeypatch: pytest.MonkeyPatch, form: str = "auto") -> list[Reading]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return list(read_report(Source(None, "jsonl" if form == "jsonl" else None), ReportOptions(), NOW))


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        (b'\n \n{"text": "one"}\n{"text": "two"}\n', ["one", "two"]),
        ('\ufeff{"text": "一"}'.encode(), ["一"]),
        ("大会开始。\n{不是}。".encode(), ["大会开始。", "{不是}。"]),
        ("\n\n大会开始。\n会议结束。\n".encode("gb18030"), ["大会开始。", "会议结束。"]),
        ("大会开始。".encode("utf-16"), ["大会开始。"]),
    ],
)
def test_standard_input_is_seen_for_what_it_is(raw: bytes, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = from_stdin(raw, monkeypatch)
    assert [p.text for p in found if isinstance(p, Paragraph)] == texts
    assert len(found) == len(texts)


def test_a_file_and_its_copy_on_standard_input_agree_on_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = '{"text": "一。", "report": {"title": "年报"}}\n\n{"text": "二。", "report": {"title": "年报"}}'.encode()
    (tmp_path / "a.jsonl").write_bytes(raw)
    from_file = read_report(Source(tmp_path / "a.jsonl", "jsonl"), ReportOptions(), NOW)
    ids = [p.id for p in from_stdin(raw, monkeypatch) if isinstance(p, Paragraph)]
    assert [p.id for p in from_file if isinstance(p, Paragraph)] == ids
    assert len(ids) == 2


@pytest.mark.parametrize(("name", "raw"), [("a.txt", b""), ("a.txt", b" \n"), ("a.jsonl", b"\n\n")])
def test_an_empty_file_is_refused(name: str, raw: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(raw)
    [found] = read_report(Source(tmp_path / name, "jsonl" if name.endswith("l") else "text"), ReportOptions(), NOW)
    assert isinstance(found, Refusal)
    assert "holds no paragraph" in found.reason


def test_a_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    [found] = read_report(Source(tmp_path / "a.txt", "text"), ReportOptions(), NOW)
    assert isinstance(found, Refusal)
    assert "cannot be read: No such file" in found.reason
