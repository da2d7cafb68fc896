"""Archives for tests: records that are out of the ordinary, and archives made of them without a Kafka."""

import random
from collections.abc import Sequence
from pathlib import Path

from streams.archive.layout import Archive
from streams.archive.manifest import Coverage, Form, Lost
from streams.archive.records import ArchivedRecord, Headers, to_batch
from streams.archive.step import Step, write_step

DAY = 24 * 60 * 60 * 1000
NOON = 1_700_000_000_000 // DAY * DAY + DAY // 2
TOPIC = "reports.paragraphs.v1"
SCHEMA_ID = ("ce_dataschema", b"urn:report-streams:paragraph:1.0")

ODD_KEYS: tuple[bytes | None, ...] = (None, b"", b"report-1", b"\xff\xfe\x00", "报告".encode())
ODD_VALUES: tuple[bytes | None, ...] = (None, b"", b"{}", b"\x80" * 9, '{"text":"全年"}'.encode(), b"line\nline\r\n")
ODD_HEADERS: tuple[Headers, ...] = (
    (),
    (SCHEMA_ID,),
    (("a", None), ("a", b""), ("a", b"2"), ("a", b"2")),
    (("", b"\xff"), ("标题", "值".encode()), SCHEMA_ID),
    (("ce_dataschema", None), SCHEMA_ID, ("ce_dataschema", b"second")),
    (("ce_dataschema", b"\xff\xfe"),),
)


def odd_records(count: int, seed: int = 1, topic: str = TOPIC, partitions: int = 3) -> list[ArchivedRecord]:
    """Records with what the wire allows, over some days, offsets with gaps."""
    chance = random.Random(seed)  # noqa: S311 -- test records
    ends = [0] * partitions
    records = []
    for _ in range(count):
        partition = chance.randrange(partitions)
        offset = ends[partition] + chance.choice((0, 0, 0, 0, 1))
        ends[partition] = offset + 1
        when = chance.choice((None, 0, NOON, NOON + chance.randrange(-DAY, DAY)))
        key, value, headers = chance.choice(ODD_KEYS), chance.choice(ODD_VALUES), chance.choice(ODD_HEADERS)
        records.append(ArchivedRecord(topic, partition, offset, when, key, value, headers))
    return records


def add_step(archive: Archive, records: Sequence[ArchivedRecord], lost: Sequence[Lost] = ()) -> None:
    """Put records into an archive as a run would that read them all."""
    with archive.writing() as state:
        ends: dict[tuple[str, int], int] = {}
        for record in records:
            ends[record.topic, record.partition] = record.offset + 1
        covers = [
            Coverage(topic=topic, partition=number, begin=state.positions.get((topic, number), 0), end=end)
            for (topic, number), end in ends.items()
        ]
        write_step(archive, state, Step([to_batch(records)], covers, lost))


def made_archive(root: Path, form: Form, records: Sequence[ArchivedRecord], steps: int = 3) -> Archive:
    """An archive of these records, written in so many steps."""
    archive = Archive.create(root, form)
    size = -(-len(records) // steps)
    for begin in range(0, len(records), size):
        add_step(archive, records[begin : begin + size])
    return archive


def in_order(records: Sequence[ArchivedRecord]) -> list[ArchivedRecord]:
    """By topic, partition and offset: one order to compare in."""
    return sorted(records, key=lambda record: record[:3])
