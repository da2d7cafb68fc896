"""The two forms of a file of records, Parquet and JSON lines compressed with zstd; both hold what ``SCHEMA`` has."""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from streams.archive.layout import PARTIAL, settle
from streams.archive.manifest import ArchivedFile, OffsetRange
from streams.archive.records import SCHEMA, ArchivedRecord, checksum, from_batch, to_batch
from streams.errors import InputRefusedError

ROWS = 2_000
"""Rows in a group of a Parquet file, the least that is read at once, and the precision with which damage is placed."""
LEVEL = 3
"""Of zstd: level 6 takes three times as long on our records, and saves three hundredths of the size."""


DAMAGE = (OSError, pa.ArrowException, ValueError, LookupError, TypeError, AttributeError)
"""What reading a damaged file can raise: its bytes may say anything, and pyarrow believes some of it."""


def write_file(root: Path, path: Path, batches: Iterable[pa.RecordBatch]) -> ArchivedFile:
    """Write records of one topic, sorted by partition and offset, in the form that the file's name tells.

    It appears whole, synced. The batches, at least one, are taken in turn and not kept.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    counted = _Counted(batches)
    try:
        _write_parquet(partial, counted) if path.suffix == ".parquet" else _write_jsonl(partial, counted)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
            told = hashlib.file_digest(file, "sha256").hexdigest()
        size = partial.stat().st_size
        settle(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    ranges = tuple(counted.ranges[partition] for partition in sorted(counted.ranges))
    return ArchivedFile(
        path=path.relative_to(root).as_posix(),
        topic=counted.topic,
        records=sum(one.records for one in ranges),
        bytes=size,
        sha256=told,
        ranges=ranges,
    )


def read_file(path: Path) -> Iterator[pa.RecordBatch]:
    """The records of a file, some thousand at a time.

    Raises:
        InputRefusedError: it is missing, damaged, or holds other columns; names the file.
    """
    with _refusing(path):
        yield from _read_parquet(path, None) if path.suffix == ".parquet" else _read_jsonl(path)


def read_partition(path: Path, partition: int, begin: int = 0) -> Iterator[pa.RecordBatch]:
    """The records of one partition from offset ``begin`` on; of a Parquet file only the rows that may be those.

    Raises:
        InputRefusedError: as ``read_file``.
    """
    with _refusing(path):
        batches = _read_parquet(path, (partition, begin)) if path.suffix == ".parquet" else _read_jsonl(path)
        for batch in batches:
            mine = pc.and_(
                pc.equal(batch.column("partition"), partition), pc.greater_equal(batch.column("offset"), begin)
            )
            yield batch.filter(mine)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        first_line = str(error).split("\n")[0]
        raise InputRefusedError(f"{path} cannot be read as records of an archive: {first_line}") from error


class _Counted:
    """Passes batches on, and counts the offsets of each partition."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.topic = ""
        self.ranges: dict[int, OffsetRange] = {}

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.topic = batch.column("topic")[0].as_py()
            self._count(batch)
            yield batch

    def _count(self, batch: pa.RecordBatch) -> None:
        table = pa.Table.from_batches([batch]).select(["partition", "offset"])
        grouped = table.group_by("partition").aggregate([("offset", "min"), ("offset", "max"), ("offset", "count")])
        for row in grouped.to_pylist():
            number, first, last, records = (row[name] for name in _RANGE_COLUMNS)
            known = self.ranges.get(number, OffsetRange(partition=number, first=first, last=last, records=0))
            self.ranges[number] = OffsetRange(
                partition=number,
                first=min(first, known.first),
                last=max(last, known.last),
                records=records + known.records,
            )


_RANGE_COLUMNS = ("partition", "offset_min", "offset_max", "offset_count")


def _write_parquet(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    # Values are all different: a dictionary of them would only be thrown away.
    options = {"compression": "zstd", "compression_level": LEVEL, "use_dictionary": ["topic", "schema", "key"]}
    # Nor does anybody look for the least of them.
    options["write_statistics"] = ["topic", "partition", "offset", "timestamp", "key", "schema"]
    with pq.ParquetWriter(path, SCHEMA, write_page_checksum=True, **options) as writer:
        for table in _groups(batches):
            writer.write_table(table, row_group_size=ROWS)


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables of a multiple of ``ROWS``, but for the last."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= ROWS:
            table = pa.Table.from_batches(waiting, SCHEMA)
            whole = rows - rows % ROWS
            yield table.slice(0, whole)
            waiting, rows = table.slice(whole).to_batches(), rows - whole
    if rows:
        yield pa.Table.from_batches(waiting, SCHEMA)


def _read_parquet(path: Path, wanted: tuple[int, int] | None) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        if not file.schema_arrow.equals(SCHEMA):
            raise InputRefusedError(
                f"{path} is a Parquet file of something else: its columns are not those of an archive"
            )
        for group in range(file.num_row_groups):
            if wanted is None or _may_hold(file.metadata.row_group(group), *wanted):
                yield from file.read_row_group(group).to_batches()


def _may_hold(group: pq.RowGroupMetaData, partition: int, begin: int) -> bool:
    partitions, offsets = (group.column(SCHEMA.get_field_index(name)).statistics for name in ("partition", "offset"))
    return bool(partitions.min <= partition <= partitions.max and offsets.max >= begin)


def _write_jsonl(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        for batch in batches:
            for begin in range(0, batch.num_rows, ROWS):
                stream.write(b"".join(_line(record) for record in from_batch(batch.slice(begin, ROWS))))


def _read_jsonl(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.input_stream(str(path), compression="zstd") as stream:
        lines: list[ArchivedRecord] = []
        for number, line in enumerate(_lines(stream), 1):
            lines.append(_record(line, number))
            if len(lines) == ROWS:
                yield to_batch(lines)
                lines.clear()
        if lines:
            yield to_batch(lines)


def _lines(stream: pa.NativeFile) -> Iterator[bytes]:
    rest = b""
    while piece := stream.read(1 << 20):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        raise ValueError("its last line does not end")


def _line(record: ArchivedRecord) -> bytes:
    """A record as JSON: bytes that are UTF-8 as text under ``key``, others as base64 under ``key_base64``."""
    told: dict[str, object] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        **_bytes("key", record.key),
        **_bytes("value", record.value),
        "headers": [{"name": name, **_bytes("value", value)} for name, value in record.headers],
        "crc32": checksum(record.key, record.value),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _record(line: bytes, number: int) -> ArchivedRecord:
    try:
        return _checked(json.loads(line))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"line {number}: {error}") from error


def _checked(told: dict[str, Any]) -> ArchivedRecord:
    headers = tuple((one["name"], _bytes_of(one, "value")) for one in told["headers"])
    key, value = _bytes_of(told, "key"), _bytes_of(told, "value")
    record = ArchivedRecord(told["topic"], told["partition"], told["offset"], told["timestamp"], key, value, headers)
    if checksum(key, value) != told["crc32"]:
        raise ValueError(f"offset {record.offset} of partition {record.partition} has another CRC-32")
    return record


def _bytes(name: str, content: bytes | None) -> dict[str, str | None]:
    if content is None:
        return {name: None}
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(content).decode()}


def _bytes_of(told: dict[str, str | None], name: str) -> bytes | None:
    if name in told:
        text = told[name]
        return None if text is None else text.encode()
    return base64.b64decode(told[f"{name}_base64"] or "", validate=True)


def rows_of_topics(batches: Sequence[pa.RecordBatch]) -> Iterator[tuple[str, str, Iterator[pa.RecordBatch]]]:
    """Topic, day (UTC) and the rows of each, sorted by partition and offset: the order to write them in.

    The rows come some at a time, so that not all of them are there twice. A record without a timestamp belongs to
    1970-01-01.
    """
    rows = pa.Table.from_batches(batches, SCHEMA).combine_chunks()
    day = pc.floor_temporal(pc.fill_null(rows.column("timestamp"), pa.scalar(0, pa.timestamp("ms", "UTC"))), unit="day")
    keys = rows.select(["topic", "partition", "offset"]).append_column("day", day)
    order = pc.sort_indices(keys, [(name, "ascending") for name in ("topic", "day", "partition", "offset")])
    days = keys.take(order).group_by(["topic", "day"], use_threads=False).aggregate([([], "count_all")])
    begin = 0
    for one in days.to_pylist():
        mine = order.slice(begin, one["count_all"])
        begin += one["count_all"]
        yield one["topic"], one["day"].date().isoformat(), _taken(rows, mine)


def _taken(rows: pa.Table, order: pa.UInt64Array) -> Iterator[pa.RecordBatch]:
    for begin in range(0, len(order), ROWS):
        yield from rows.take(order.slice(begin, ROWS)).combine_chunks().to_batches()
