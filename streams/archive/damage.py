"""Where a damaged file is damaged: as near to the record as what can still be read allows."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from streams.archive.forms import DAMAGE, read_file
from streams.archive.records import SCHEMA, checksum
from streams.errors import InputRefusedError


def places_of_damage(path: Path) -> list[str]:
    """What to say of a file whose SHA-256 is wrong, at least one line.

    Of Parquet rows and column; the very row where the column still decodes and only a record's CRC-32 is wrong. Of
    JSON lines the first line that cannot be read.
    """
    found = list(_in_parquet(path) if path.suffix == ".parquet" else _in_lines(path))
    return found or ["its SHA-256 is wrong; all its records can be read, and their CRC-32 are right"]


def _in_parquet(path: Path) -> Iterator[str]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            first = 0
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                yield from _in_group(path, file, group, first)
                first += rows
    except DAMAGE as error:
        yield f"its end, which says where the rows are, cannot be read: {_line(error)}"


def _in_group(path: Path, file: pq.ParquetFile, group: int, first: int) -> Iterator[str]:
    rows = file.metadata.row_group(group).num_rows
    damaged = [name for name in SCHEMA.names if not _reads(file, group, name)]
    if {"key", "value"} & set(damaged):
        exact = _wrong_checksums(path, group)
        if exact:
            yield from (f"row {first + row} (of {file.metadata.num_rows}): its CRC-32 is wrong" for row in exact)
    for name in damaged:
        yield f"rows {first} to {first + rows - 1} (of {file.metadata.num_rows}), column {name}"


def _reads(file: pq.ParquetFile, group: int, column: str) -> bool:
    try:
        file.read_row_group(group, columns=[column])
    except DAMAGE:
        return False
    return True


def _wrong_checksums(path: Path, group: int) -> list[int]:
    """Rows of a group whose key or value is not what it was, where these can be had in spite of the damage."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group, columns=["key", "value", "crc32"])
    except DAMAGE:
        return []
    told = zip(*(table.column(name).to_pylist() for name in ("key", "value", "crc32")), strict=True)
    return [row for row, (key, value, crc32) in enumerate(told) if checksum(key, value) != crc32]


def _in_lines(path: Path) -> Iterator[str]:
    read = 0
    try:
        for batch in read_file(path):
            read += batch.num_rows
    except InputRefusedError as error:
        told = str(error.__cause__ or error)
        yield told if told.startswith("line ") else f"behind line {read}: {told.splitlines()[0]}"


def _line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
