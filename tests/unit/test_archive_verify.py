"""Verification finds whatever is not as it was written, and says where."""

import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.archive import forms
from streams.archive.compaction import compact
from streams.archive.layout import MANIFESTS, Archive
from streams.archive.manifest import Coverage, Form, Lost
from streams.archive.records import ArchivedRecord, to_batch
from streams.archive.step import Step, write_step
from streams.archive.verify import Verdict, verify
from tests.archives import NOON, TOPIC, made_archive, odd_records
from tests.command_line import run_here

FLIPS = 500


def said(verdict: Verdict) -> str:
    return "\n".join(f"{fault.kind}: {fault.path}: {fault.said}" for fault in verdict.faults)


def flip(path: Path, place: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_every_flipped_byte_is_found(tmp_path: Path, form: Form) -> None:
    made_archive(tmp_path, form, odd_records(60), steps=2)
    chance = random.Random(f"flips {form}")  # noqa: S311 -- places to damage
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file() and path.stat().st_size]
    assert len(files) >= 5
    assert not verify(tmp_path).faults
    for _ in range(FLIPS):
        path = chance.choice(files)
        before = path.read_bytes()
        flip(path, chance.randrange(len(before)), chance.randrange(8))
        faults = verify(tmp_path).faults
        assert path.relative_to(tmp_path).as_posix() in {fault.path for fault in faults}
        path.write_bytes(before)
    assert not verify(tmp_path).faults


def big(number: int) -> ArchivedRecord:
    """A record whose value does not compress: a flip in it stays within it."""
    value = random.Random(number).randbytes(3_000)  # noqa: S311 -- a value that does not compress
    return ArchivedRecord(TOPIC, 0, number, NOON, b"key", value, ())


def test_a_damaged_row_is_told_where_its_column_still_decodes(tmp_path: Path) -> None:
    records = [big(number) for number in range(50)]
    made_archive(tmp_path, "parquet", records, steps=1)
    path = next(tmp_path.rglob("*.parquet"))
    flip(path, path.read_bytes().index(records[33].value or b"-") + 1_500, 3)
    told = said(verify(tmp_path))
    assert "row 33 (of 50): its CRC-32 is wrong" in told
    assert "rows 0 to 49 (of 50), column value" in told


def test_a_damaged_line_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_archive(tmp_path, "jsonl", odd_records(50, partitions=1), steps=1)
    path = max(tmp_path.rglob("*.zst"), key=lambda one: one.stat().st_size)
    with pa.input_stream(str(path), compression="zstd") as stream:
        lines = stream.read().split(b"\n")
    lines[4] = lines[4].replace(b'"crc32":', b'"crc32":1')
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(b"\n".join(lines))
    assert "line 5: offset" in said(verify(tmp_path))
    path.write_bytes(path.read_bytes()[:-20])
    assert "behind line" in said(verify(tmp_path))


def test_a_row_group_is_told_in_the_middle_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "ROWS", 10)
    records = [big(number) for number in range(50)]
    made_archive(tmp_path, "parquet", records, steps=1)
    path = next(tmp_path.rglob("*.parquet"))
    flip(path, path.read_bytes().index(records[33].value or b"-"), 3)
    assert "rows 30 to 39 (of 50), column value" in said(verify(tmp_path))
    assert "row 33 (of 50)" in said(verify(tmp_path))


def test_missing_and_foreign_files_are_told(tmp_path: Path) -> None:
    made_archive(tmp_path, "parquet", odd_records(60))
    gone, foreign, *_ = sorted(tmp_path.rglob("*.parquet"))
    gone.unlink()
    pq.write_table(pa.table({"name": ["a"]}), foreign)
    shutil.copy(foreign, foreign.with_name("mine.parquet"))
    (tmp_path / "notes.txt").write_text("mine")
    told = said(verify(tmp_path))
    assert f"missing: {gone.relative_to(tmp_path)}: it is not there" in told
    assert f"damaged: {foreign.relative_to(tmp_path)}: its columns are those of another schema: name" in told
    assert "mine.parquet: no manifest names it" in told
    assert "foreign: notes.txt: it does not belong to an archive" in told


def test_a_missing_manifest_is_told_with_the_files_that_it_named(tmp_path: Path) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(60))
    (tmp_path / MANIFESTS / "0000000002.json").unlink()
    told = said(verify(tmp_path))
    assert "manifest: _manifests:" in told
    assert "0000000002-0.parquet: no manifest names it" in told
    assert "were never archived" in told
    assert archive.root == tmp_path


def test_gaps_are_told_and_neither_markers_nor_what_retention_took(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path, "parquet")
    covers = [
        Coverage(topic=TOPIC, partition=0, begin=10, end=20),
        Coverage(topic=TOPIC, partition=0, begin=25, end=30),
    ]
    lost = [Lost(topic=TOPIC, partition=0, begin=0, end=10)]
    with archive.writing() as state:
        write_step(archive, state, Step([to_batch([big(12), big(28)])], covers, lost))
    verdict = verify(tmp_path)
    assert said(verdict) == f"gap: _manifests: {TOPIC}[0]: offsets 20 to 24 were never archived"
    assert (verdict.partitions[0].records, verdict.partitions[0].without_record) == (2, 13)
    again = [Coverage(topic=TOPIC, partition=0, begin=20, end=26)]
    with archive.writing() as state:
        write_step(archive, state, Step([to_batch([big(21)])], again))
    assert "offsets from 25 on were archived twice" in said(verify(tmp_path))


def test_compacted_archives_are_verified_too(tmp_path: Path) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(300), steps=6)
    compact(archive, 1_000_000)
    assert not verify(tmp_path).faults
    path = next(tmp_path.rglob("*.parquet"))
    flip(path, path.stat().st_size // 2, 0)
    assert path.relative_to(tmp_path).as_posix() in said(verify(tmp_path))


def test_the_commands_tell_and_set_the_exit_code(tmp_path: Path) -> None:
    made_archive(tmp_path, "parquet", odd_records(60))
    settings: dict[str, str] = {}
    well = run_here("archive", "verify", str(tmp_path), settings=settings)
    assert (well.returncode, "all as it was written" in well.stdout) == (0, True)
    shown = run_here("archive", "show", str(tmp_path), settings=settings)
    assert (shown.returncode, TOPIC in shown.stdout) == (0, True)
    compacted = run_here("archive", "compact", str(tmp_path), "--json", settings=settings)
    assert '"files_after": ' in compacted.stdout
    next(tmp_path.rglob("*.parquet")).unlink()
    ill = run_here("archive", "verify", str(tmp_path), settings=settings)
    assert (ill.returncode, "missing: " in ill.stdout, "1 fault" in ill.stdout) == (1, True, True)
    told = run_here("archive", "verify", str(tmp_path), "--json", settings=settings)
    assert (told.returncode, '"sound": false' in told.stdout) == (1, True)
    assert run_here("archive", "verify", str(tmp_path / "none"), settings=settings).returncode == 1
