"""Archived records: the columns that hold them, and the way from Kafka's records to columns and back."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple, cast
from zlib import crc32

import pyarrow as pa

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
    # In two parts: the value, which may be large, is not copied.
    return crc32(value or b"", crc32(b"%d,%d,%b" % (*lengths, key or b"")))


def checksums(keys: Sequence[bytes | None], values: Sequence[bytes | None]) -> list[int]:
    """``checksum`` of each record, at half the price where none of them lacks key or value."""
    if None in keys or None in values:
        return list(map(checksum, keys, values))
    given = zip(cast(Sequence[bytes], keys), cast(Sequence[bytes], values), strict=True)
    begun = [b"%d,%d,%b" % (len(key), len(value), key) for key, value in given]
    return list(map(crc32, cast(Sequence[bytes], values), map(crc32, begun)))


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
    given = (topics, partitions, offsets, timestamps, keys, values)
    columns = [pa.array(column, kind) for column, kind in zip(given, SCHEMA.types, strict=False)]
    sums = pa.array(checksums(keys, values), pa.uint32())
    return pa.RecordBatch.from_arrays([*columns, *_header_columns(headers), sums], schema=SCHEMA)


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


def _header_columns(headers: Sequence[Sequence[tuple[str, bytes | None]]]) -> tuple[pa.ListArray, pa.StringArray]:
    """Headers and schemas, built from flat lists: four times as fast as from a list of lists of pairs."""
    lengths = list(map(len, headers))
    flat = list(chain.from_iterable(chain.from_iterable(headers)))
    names, values = cast(list[str], flat[::2]), cast(list[bytes | None], flat[1::2])
    width = lengths[0] if lengths else 0
    # Records of one kind have headers of the same names: these are made into columns once, and not for each batch.
    if width and lengths.count(width) == len(lengths) and names == names[:width] * len(lengths):
        shape = tuple(names[:width])
        ends, named = _of_shape(shape, len(lengths))
        schemas = _schemas_of_shape(shape, values)
    else:
        ends, named = pa.array(_ends(lengths), pa.int32()), pa.array(names, pa.string())
        schemas = None
    pairs = pa.StructArray.from_arrays([named, pa.array(values, pa.binary())], names=["name", "value"])
    return pa.ListArray.from_arrays(ends, pairs), (
        _schemas_one_by_one(names, values, lengths) if schemas is None else schemas
    )


def _ends(lengths: Iterable[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))


@lru_cache(maxsize=16)
def _of_shape(names: tuple[str, ...], records: int) -> tuple[pa.Int32Array, pa.StringArray]:
    """Where each record's headers end, and their names, of so many records that all have headers of these names."""
    ends = pa.array(range(0, len(names) * records + 1, len(names)), pa.int32())
    return ends, pa.array(names * records, pa.string())


def _schemas_of_shape(names: tuple[str, ...], values: Sequence[bytes | None]) -> pa.StringArray | None:
    """The schema of each record where all tell the same one, once; None where they must be looked at one by one."""
    if names.count(SCHEMA_HEADER) != 1:
        return None
    told = values[names.index(SCHEMA_HEADER) :: len(names)]
    first = told[0]
    return _repeated(first, len(told)) if first is not None and told.count(first) == len(told) else None


@lru_cache(maxsize=16)
def _repeated(told: bytes, records: int) -> pa.StringArray:
    """The same schema for so many records: a topic's records rarely have two."""
    return pa.array([told.decode("utf-8", "replace")] * records, pa.string())


def _headers_of(column: pa.ListArray) -> Iterator[Headers]:
    # A batch may be a slice: its own offsets say where its part of the flat lists is.
    ends = column.offsets.to_pylist()
    mine = column.values.slice(ends[0], ends[-1] - ends[0])
    pairs = list(zip(*(mine.field(number).to_pylist() for number in (0, 1)), strict=True))
    return (tuple(pairs[begin - ends[0] : end - ends[0]]) for begin, end in pairwise(ends))


def _schemas_one_by_one(names: Sequence[str], values: Sequence[bytes | None], lengths: Iterable[int]) -> pa.StringArray:
    """Of each record the first header that tells it."""
    found: list[str | None] = []
    for begin, end in pairwise(_ends(lengths)):
        told = (
            value
            for name, value in zip(names[begin:end], values[begin:end], strict=True)
            if name == SCHEMA_HEADER and value is not None
        )
        value = next(told, None)
        found.append(None if value is None else value.decode("utf-8", "replace"))
    return pa.array(found, pa.string())
