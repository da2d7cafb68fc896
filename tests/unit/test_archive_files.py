"""Files of an archive: what goes in comes out, whole files or none, and the order in which they are read."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from streams.archive.compaction import compact
from streams.archive.forms import read_file
from streams.archive.layout import LOCK, MANIFESTS, MARK, Archive
from streams.archive.manifest import Form
from streams.archive.reader import Wanted, count_records, read_records
from streams.archive.records import ArchivedRecord, checksum, checksums, from_batch, to_batch
from streams.archive.verify import verify
from streams.errors import InputRefusedError, UsageError
from tests.archives import DAY, NOON, ODD_HEADERS, TOPIC, add_step, in_order, made_archive, odd_records

FORMS: tuple[Form, ...] = ("parquet", "jsonl")


@pytest.mark.parametrize("form", FORMS)
def test_odd_records_come_back_as_they_were(tmp_path: Path, form: Form) -> None:
    records = odd_records(5_000)
    archive = made_archive(tmp_path, form, records)
    assert in_order(list(read_records(archive))) == in_order(records)
    assert count_records(archive.state()) == len(records)


def test_columns_give_records_back_also_from_a_slice() -> None:
    records = odd_records(100)
    batch = to_batch(records)
    assert list(from_batch(batch)) == records
    assert list(from_batch(batch.slice(33, 20))) == records[33:53]
    assert list(from_batch(to_batch([]))) == []


def test_checksums_of_many_are_those_of_each() -> None:
    records = odd_records(200)
    whole = [one for one in records if one.key is not None and one.value is not None]
    for given in (records, whole):
        keys, values = [one.key for one in given], [one.value for one in given]
        assert len(set(values)) > 3
        assert checksums(keys, values) == list(map(checksum, keys, values))


def test_the_schema_column_repeats_the_first_header_that_tells_it() -> None:
    record = odd_records(1)[0]
    told = to_batch([record._replace(headers=headers) for headers in ODD_HEADERS]).column("schema").to_pylist()
    schema = "urn:report-streams:paragraph:1.0"
    assert told == [None, schema, None, schema, schema, "��"]
    ours = [record._replace(headers=ODD_HEADERS[3])] * 3
    assert to_batch(ours).column("schema").to_pylist() == [schema] * 3


@pytest.mark.parametrize("form", FORMS)
def test_a_partition_is_read_by_offset_and_partitions_by_time(tmp_path: Path, form: Form) -> None:
    records = odd_records(2_000)
    archive = made_archive(tmp_path, form, records, steps=7)
    read = list(read_records(archive))
    for partition in range(3):
        offsets = [record.offset for record in read if record.partition == partition]
        assert offsets == sorted(offsets)
    evenly = [ArchivedRecord(TOPIC, n % 3, n // 3, NOON + n, b"k", b"v", ()) for n in range(300)]
    assert list(read_records(made_archive(tmp_path / "evenly", form, evenly, steps=4))) == evenly


def test_reading_chooses_topics_times_and_keys(tmp_path: Path) -> None:
    records = [*odd_records(500), *odd_records(500, seed=2, topic="reports.speech.v1")]
    archive = made_archive(tmp_path, "parquet", records)
    chosen = {
        Wanted(topics=frozenset({TOPIC})): [one for one in records if one.topic == TOPIC],
        Wanted(key=b""): [one for one in records if one.key == b""],
        Wanted(begin=NOON): [one for one in records if (one.timestamp or 0) >= NOON],
        Wanted(end=NOON): [one for one in records if (one.timestamp or 0) < NOON],
        Wanted(begin=NOON, end=NOON + 1): [one for one in records if one.timestamp == NOON],
    }
    for wanted, expected in chosen.items():
        assert expected
        assert in_order(list(read_records(archive, wanted))) == in_order(expected)
    after = list(read_records(archive, positions={(TOPIC, 1): 50}))
    assert in_order(after) == in_order([one for one in records if one[:2] != (TOPIC, 1) or one.offset >= 50])


def test_files_of_other_days_are_not_opened(tmp_path: Path) -> None:
    records = [ArchivedRecord(TOPIC, 0, n, NOON + n * DAY, b"k", b"v", ()) for n in range(3)]
    archive = made_archive(tmp_path, "parquet", records, steps=1)
    for path in tmp_path.rglob("*.parquet"):
        if "day=" + pd.Timestamp(NOON + DAY, unit="ms").date().isoformat() not in path.as_posix():
            path.unlink()
    assert list(read_records(archive, Wanted(begin=NOON + DAY, end=NOON + DAY + 1))) == [records[1]]
    with pytest.raises(InputRefusedError, match="cannot be read"):
        list(read_records(archive))


def test_compacting_keeps_records_and_their_order(tmp_path: Path) -> None:
    records = odd_records(3_000)
    archive = made_archive(tmp_path, "parquet", records, steps=30)
    before, positions = list(read_records(archive)), archive.state().positions
    done = compact(archive, 10_000_000)
    assert done.files_after < done.files_before / 5
    assert list(read_records(archive)) == before
    assert archive.state().positions == positions
    assert not verify(tmp_path).faults
    assert len(list((tmp_path / MANIFESTS).iterdir())) == 1
    add_step(archive, [ArchivedRecord(TOPIC, 0, 10_000, NOON, None, None, ())])
    assert len(list(read_records(archive))) == 3_001
    assert compact(archive, 1).files_after == done.files_after + 1


def test_a_reader_keeps_its_files_while_they_are_compacted(tmp_path: Path) -> None:
    records = odd_records(600)
    archive = made_archive(tmp_path, "parquet", records, steps=10)
    reading = read_records(archive)
    first = next(reading)
    assert compact(archive, 10_000_000).waiting > 0
    assert in_order([first, *reading]) == in_order(records)
    with archive.writing() as state:
        assert not archive.orphans(state)


CRASHES = """
import os, sys
from pathlib import Path
from streams.archive import compaction, forms, layout
from streams.archive.compaction import compact
from streams.archive.layout import Archive
left = int(sys.argv[2])
def dies(function):
    def run(*given):
        global left
        left -= 1
        if left == 0: os.kill(os.getpid(), 9)
        return function(*given)
    return run
layout.os.fsync = dies(os.fsync)
Path.rename, Path.unlink = dies(Path.rename), dies(Path.unlink)
compact(Archive.open(Path(sys.argv[1])), 10_000_000)
"""


def test_a_crash_anywhere_in_a_compaction_changes_no_record(tmp_path: Path) -> None:
    records = odd_records(60)
    archive = made_archive(tmp_path, "parquet", records, steps=3)
    before, crashes = list(read_records(archive)), 0
    for moment in (1, 2, 3, 5, 8, 12, 16, 20, 26, 40):
        done = subprocess.run([sys.executable, "-c", CRASHES, str(tmp_path), str(moment)], check=False)
        crashes += done.returncode == -9
        assert list(read_records(archive)) == before
        with archive.writing() as state:
            assert not archive.orphans(state)
        assert not verify(tmp_path).faults
        if done.returncode != -9:
            break
    assert crashes >= 3


def test_what_a_crash_left_is_removed_by_the_next_writer_and_told_by_verify(tmp_path: Path) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(100))
    whole = next(tmp_path.rglob("*.parquet"))
    (whole.parent / "0000000004-0.parquet").write_bytes(whole.read_bytes())
    (whole.parent / "0000000004-1.parquet.part").write_bytes(b"half")
    assert [fault.kind for fault in verify(tmp_path).faults] == ["foreign", "foreign"]
    with archive.writing() as state:
        assert not archive.orphans(state)
    assert not verify(tmp_path).faults


def test_each_file_is_synced_whole_before_it_gets_its_name_and_its_directory_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: dict[int, int] = {}
    named: list[tuple[Path, int]] = []
    sync, rename = os.fsync, Path.rename

    def noting_sync(descriptor: int) -> None:
        sync(descriptor)
        told = os.fstat(descriptor)
        synced[told.st_ino] = told.st_size

    def noting_rename(path: Path, target: Path) -> Path:
        told = path.stat()
        assert synced.get(told.st_ino) == told.st_size, f"{path} is not on the disk yet"
        synced.pop(target.parent.stat().st_ino, None)
        named.append((target, target.parent.stat().st_ino))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(Path, "rename", noting_rename)
    made_archive(tmp_path, "parquet", odd_records(60), steps=2)
    assert {path.suffix for path, _ in named} == {".json", ".parquet"}
    assert [path for path, directory in named if directory not in synced] == []


def test_only_one_may_write(tmp_path: Path) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(10))
    with archive.writing(), pytest.raises(UsageError, match="another process is writing"), archive.writing():
        pass
    assert (tmp_path / LOCK).exists()


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_keeps_to_its_form_and_its_cluster(tmp_path: Path, form: Form) -> None:
    Archive.create(tmp_path, form, "cluster-1")
    Archive.create(tmp_path, form, "cluster-1")
    other = FORMS[1 - FORMS.index(form)]
    with pytest.raises(UsageError, match=f"an archive of {form} files"):
        Archive.create(tmp_path, other, "cluster-1")
    for cluster in ("cluster-2", None):
        with pytest.raises(UsageError, match="offsets mean other records"):
            Archive.create(tmp_path, form, cluster)


def test_directories_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files and no archive"):
        Archive.create(tmp_path, "parquet")
    with pytest.raises(UsageError, match="cannot be written"):
        Archive.create(tmp_path / "a.txt" / "under", "parquet")
    with pytest.raises(InputRefusedError, match="no archive"):
        Archive.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_manifest_and_a_newer_format_are_refused(tmp_path: Path) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(100))
    (tmp_path / MANIFESTS / "0000000002.json").unlink()
    with pytest.raises(InputRefusedError, match="number 2 should be: a manifest is missing"):
        archive.state()
    newer = Path(tmp_path / MARK).read_bytes().replace(b'"format":1', b'"format":2')
    (tmp_path / MARK).write_bytes(newer)
    with pytest.raises(InputRefusedError, match="damaged"):
        Archive.open(tmp_path)
    import hashlib

    line = newer.split(b"\n")[0]
    (tmp_path / MARK).write_bytes(line + b"\nsha256 " + hashlib.sha256(line).hexdigest().encode() + b"\n")
    with pytest.raises(InputRefusedError, match="has format 2; this version reads up to 1"):
        Archive.open(tmp_path)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_writer_takes_nothing_away_when_the_last_manifests_are_missing(tmp_path: Path, kept: int) -> None:
    archive = made_archive(tmp_path, "parquet", odd_records(100), steps=3)
    for path in sorted((tmp_path / MANIFESTS).iterdir())[kept:]:
        path.unlink()
    files = sorted(tmp_path.rglob("*.parquet"))
    with pytest.raises(InputRefusedError, match=rf"ends with step {kept}: manifests are missing"), archive.writing():
        pass
    assert sorted(tmp_path.rglob("*.parquet")) == files


def test_a_foreign_parquet_file_is_refused(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "foreign.parquet")
    with pytest.raises(InputRefusedError, match="a Parquet file of something else"):
        list(read_file(tmp_path / "foreign.parquet"))


def test_duckdb_and_pandas_read_an_archive_as_it_is(tmp_path: Path) -> None:
    records = odd_records(400)
    made_archive(tmp_path, "parquet", records)
    with duckdb.connect() as database:
        told = database.execute(
            'SELECT partition, count(*), max("offset") FROM read_parquet($files) GROUP BY 1 ORDER BY 1',
            {"files": f"{tmp_path}/*/*/*.parquet"},
        ).fetchall()
    assert [count for _, count, _ in told] == [sum(one.partition == n for one in records) for n in range(3)]
    assert told[1][2] == max(one.offset for one in records if one.partition == 1)
    frame = pd.read_parquet(tmp_path)
    assert len(frame) == 400
    assert {None if pd.isna(value) else value for value in frame["value"]} == {one.value for one in records}


def test_jsonl_lines_are_plain(tmp_path: Path) -> None:
    record = ArchivedRecord(TOPIC, 1, 7, NOON, b"\xff", "值".encode(), (("a", None), ("a", b"1")))
    made_archive(tmp_path, "jsonl", [record], steps=1)
    with pa.input_stream(str(next(tmp_path.rglob("*.jsonl.zst"))), compression="zstd") as stream:
        told = json.loads(stream.read())
    assert told == {
        "topic": TOPIC,
        "partition": 1,
        "offset": 7,
        "timestamp": NOON,
        "key_base64": "/w==",
        "value": "值",
        "headers": [{"name": "a", "value": None}, {"name": "a", "value": "1"}],
        "crc32": told["crc32"],
    }


def test_files_are_the_same_for_the_same_records(tmp_path: Path) -> None:
    records = odd_records(500)
    shuffled = in_order(records)
    random.Random(3).shuffle(shuffled)  # noqa: S311 -- an order for a test
    sums = []
    for number, given in enumerate((records, shuffled)):
        archive = Archive.create(tmp_path / str(number), "parquet")
        add_step(archive, sorted(given, key=lambda one: one.offset))
        sums.append({file.path: file.sha256 for file in archive.state().files.values()})
    assert sums[0] == sums[1]
