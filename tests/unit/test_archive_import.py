"""Report files into an archive, as if they had been pushed."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from kafka.partitioner import DefaultPartitioner

from schemas.codec import decode
from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS
from streams.archive.layout import Archive
from streams.archive.reader import read_records
from streams.archive.records import ArchivedRecord
from streams.archive.verify import verify
from tests.archives import TOPIC, add_step, odd_records
from tests.command_line import run_here

REPORT = "工作报告\n\n全年新增就业1200万人，增长5%。\n\n我们将继续推进改革，完善制度。\n"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(12):
        (folder / f"report{number}.txt").write_text(f"第{number}号{REPORT}", "utf-8")
    return folder


def imported(folder: Path) -> list[ArchivedRecord]:
    return list(read_records(Archive.open(folder)))


def test_reports_come_in_as_push_would_send_them(tmp_path: Path, reports: Path) -> None:
    done = run_here("archive", "import", str(reports), "--to", str(tmp_path / "a"), "--json", settings={})
    assert done.returncode == 0
    told = json.loads(done.stdout)
    records = imported(tmp_path / "a")
    assert (told["files"], told["paragraphs"]) == (12, len(records))
    assert {record.topic for record in records} == {TOPIC}
    assert len({record.partition for record in records}) > 2
    for record in records:
        paragraph = decode(Paragraph, record.value, record.headers)
        assert record.key == paragraph.report.id.encode()
        assert ("ce_id", paragraph.id.encode()) in record.headers
        assert ("ce_source", b"/report-streams/push") in record.headers
    assert not verify(tmp_path / "a").faults


def test_each_report_comes_whole_and_in_order_into_the_partition_that_a_producer_would_choose(
    tmp_path: Path, reports: Path
) -> None:
    done = run_here("archive", "import", str(reports), "--to", str(tmp_path / "a"), settings={})
    assert done.returncode == 0
    everywhere = set(range(PARAGRAPHS.partitions))
    cluster = SimpleNamespace(
        topics=lambda: {TOPIC},
        partitions_for_topic=lambda _: everywhere,
        available_partitions_for_topic=lambda _: everywhere,
    )
    by_report: dict[bytes, list[ArchivedRecord]] = {}
    for record in imported(tmp_path / "a"):
        assert record.key is not None
        by_report.setdefault(record.key, []).append(record)
    assert len(by_report) == 12
    for key, records in by_report.items():
        chosen = DefaultPartitioner().partition(TOPIC, key, key, None, None, cluster)
        assert {record.partition for record in records} == {chosen}
        ordinals = [decode(Paragraph, record.value, record.headers).ordinal for record in records]
        assert ordinals == sorted(ordinals)
        assert len(ordinals) > 1


def test_offsets_go_on_with_the_next_import(tmp_path: Path, reports: Path) -> None:
    words = ("archive", "import", str(reports), "--to", str(tmp_path / "a"))
    settings = {"topic_prefix": "mine."}
    assert run_here(*words, settings=settings).returncode == 0
    once = imported(tmp_path / "a")
    assert run_here(*words, settings=settings).returncode == 0
    twice = imported(tmp_path / "a")
    assert len(twice) == 2 * len(once)
    assert len({record[:3] for record in twice}) == len(twice)
    assert {record.topic for record in twice} == {"mine." + TOPIC}
    assert not verify(tmp_path / "a").faults


def test_a_refused_file_is_named_and_the_others_come_in(tmp_path: Path, reports: Path) -> None:
    (reports / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    done = run_here("archive", "import", str(reports), "--to", str(tmp_path / "a"), settings={})
    assert (done.returncode, "refused: " in done.stderr, "broken.pdf" in done.stderr) == (1, True, True)
    assert "12 files imported" in done.stdout


def test_an_import_that_breaks_off_leaves_nothing(
    tmp_path: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streams.commands import archive_import

    monkeypatch.setattr(archive_import, "STEP_BYTES", 1)
    monkeypatch.setattr(archive_import.Importing, "commit", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises((KeyboardInterrupt, SystemExit, RuntimeError)):
        run_here("archive", "import", str(reports), "--to", str(tmp_path / "a"), settings={})
    assert not list((tmp_path / "a").rglob("*.parquet"))
    assert not imported(tmp_path / "a")


def test_imports_and_a_kafka_do_not_share_an_archive(tmp_path: Path, reports: Path) -> None:
    archive = Archive.create(tmp_path / "a", "parquet", "cluster-1")
    add_step(archive, odd_records(10))
    done = run_here("archive", "import", str(reports), "--to", str(archive.root), settings={})
    assert (done.returncode, "holds records of the Kafka cluster cluster-1" in done.stderr) == (2, True)
    assert len(imported(tmp_path / "a")) == 10
