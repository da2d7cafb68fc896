"""Archived records: the columns that hold them, and the way from Kafka's records to columns and back."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

Headers = tuple[tuple[str, bytes | None], ...]

SCHEMA = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),
        pa.field("partition", pa.int32(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("timestamp", pa.timestamp("ms", "UTC")),
        pa.field("key", pa.binary()),
        pa.field("value", pa.binary()),
        pa.field("headers", pa.list_(pa.struct([("name", pa.string()), ("value", pa.binary())])), nullable=False),
        pa.field("schema", pa.string()),
        pa.field("crc32", pa.uint32(), nullable=False),
    ]
)
"""A row for each record. ``schema`` repeats the header ``ce_dataschema`` for those who query; ``crc32`` is of key and
value, so that a damaged file can be told from a damaged row."""
SCHEMA_HEADER = "ce_dataschema"


class ArchivedRecord(NamedTuple):
    """A record as Kafka had it; ``timestamp`` is in milliseconds since the epoch, None where it had none."""

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers


def checksum(key: bytes | None, value: bytes | None) -> int:
    """CRC-32 of key and value, each after its length, so that moving a byte from one to the other shows."""
    lengths = (-1 if key is None else len(key), -1 if value is None else len(value))
    return zlib.crc32(b"%d,%d,%b%b" % (*lengths, key or b"", value or b""))


def to_batch(records: Sequence[ArchivedRecord]) -> pa.RecordBatch:
    """The records as columns, in the same order."""
    return batch_of(*zip(*records, strict=True)) if records else batch_of(*[()] * 7)


def batch_of(
    topics: Sequence[str],
    partitions: Sequence[int],
    offsets: Sequence[int],
    timestamps: Sequence[int | None],
    keys: Sequence[bytes | None],
    values: Sequence[bytes | None],
    headers: Sequence[Sequence[tuple[str, bytes | None]]],
) -> pa.RecordBatch:
    """Columns from what each record has, in the order of ``ArchivedRecord``."""
    headers_column = _header_column(headers)
    return pa.RecordBatch.from_arrays(
        [
            pa.array(topics, pa.string()),
            pa.array(partitions, pa.int32()),
            pa.array(offsets, pa.int64()),
            pa.array(timestamps, pa.timestamp("ms", "UTC")),
            pa.array(keys, pa.binary()),
            pa.array(values, pa.binary()),
            headers_column,
            _schema_column(headers_column, headers),
            pa.array(list(map(checksum, keys, values)), pa.uint32()),
        ],
        schema=SCHEMA,
    )


def from_batch(batch: pa.RecordBatch) -> Iterator[ArchivedRecord]:
    """The records of columns, in the same order."""
    columns = {name: batch.column(name) for name in SCHEMA.names}
    yield from map(
        ArchivedRecord,
        columns["topic"].to_pylist(),
        columns["partition"].to_pylist(),
        columns["offset"].to_pylist(),
        columns["timestamp"].cast(pa.int64()).to_pylist(),
        columns["key"].to_pylist(),
        columns["value"].to_pylist(),
        _headers_of(columns["headers"]),
    )


def _header_column(headers: Sequence[Sequence[tuple[str, bytes | None]]]) -> pa.ListArray:
    """Built from flat lists: four times as fast as from a list of lists of pairs."""
    flat = list(chain.from_iterable(headers))
    ends = pa.array(list(accumulate(map(len, headers), initial=0)), pa.int32())
    names = pa.array([name for name, _ in flat], pa.string())
    values = pa.array([value for _, value in flat], pa.binary())
    return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays([names, values], names=["name", "value"]))


def _headers_of(column: pa.ListArray) -> Iterator[Headers]:
    # A batch may be a slice: its own offsets say where its part of the flat lists is.
    ends = column.offsets.to_pylist()
    names, values = (column.values.field(n).to_pylist() for n in (0, 1))
    pairs = list(zip(names, values, strict=True))
    return (tuple(pairs[begin:end]) for begin, end in pairwise(ends))


def _schema_column(column: pa.ListArray, headers: Sequence[Sequence[tuple[str, bytes | None]]]) -> pa.StringArray:
    """The schema of each record; without a look at each record where all of them tell it once, as ours do."""
    told = pc.indices_nonzero(pc.equal(column.values.field(0), SCHEMA_HEADER))
    if len(told) == len(column) and pc.list_parent_indices(column).take(told).equals(_counted(len(column))):
        try:
            return column.values.field(1).take(told).cast(pa.string())
        except pa.ArrowInvalid:
            pass  # some of them are not UTF-8
    return pa.array([_schema_of(one) for one in headers], pa.string())


def _counted(count: int) -> pa.Int64Array:
    return pa.array(range(count), pa.int64())


def _schema_of(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    for name, value in headers:
        if name == SCHEMA_HEADER and value is not None:
            return value.decode("utf-8", "replace")
    return None
