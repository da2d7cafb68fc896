"""Manifests: what each run added to an archive. The archive is what its manifests say, in the order of their numbers.

A manifest is a file of two lines: its JSON, and ``sha256`` with the sum of the first line.
"""

import hashlib
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from streams.errors import InputRefusedError

FORMAT = 1
"""Of archives; a reader refuses one that it does not know."""
M = TypeVar("M", "Manifest", "ArchiveMark")
Form = Literal["parquet", "jsonl"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OffsetRange(_Part):
    """The records that a file holds of one partition: how many, the first's and the last's offset."""

    partition: int
    first: int
    last: int
    records: int


class ArchivedFile(_Part):
    """A file of records of one topic and one day (UTC); ``path`` is relative to the archive."""

    path: str
    topic: str
    records: int
    bytes: int
    sha256: str
    ranges: tuple[OffsetRange, ...]


class Coverage(_Part):
    """What was read of one partition: all that Kafka gave from offset ``begin`` up to ``end`` (not included).

    An offset in between without a record is none that was lost here: Kafka keeps markers of transactions and aborted
    records there, and a compacted topic (``compacted``) drops records of older keys.
    """

    topic: str
    partition: int
    begin: int
    end: int
    compacted: bool = False


class Lost(_Part):
    """Offsets that Kafka no longer had when they were to be read: its retention was quicker."""

    topic: str
    partition: int
    begin: int
    end: int


class Manifest(_Part):
    """One step of an archive: files that it added, what they cover, and files that it replaced.

    ``written_at`` is in milliseconds since the epoch; ``identities`` are Kafka's ids of the topics: one that was made
    anew has the same name and another id.
    """

    format: int = FORMAT
    number: int
    written_at: int
    files: tuple[ArchivedFile, ...] = ()
    covers: tuple[Coverage, ...] = ()
    lost: tuple[Lost, ...] = ()
    identities: dict[str, str] = {}
    replaces: tuple[str, ...] = ()
    supersedes: int = 0
    """All manifests up to this number are summed up in this one."""


class ArchiveMark(_Part):
    """``_archive.json``: that the directory is an archive, of which cluster, and how its files are written."""

    format: int = FORMAT
    form: Form
    cluster: str | None = None


def written(record: BaseModel) -> bytes:
    """The two lines of a manifest or of the archive's mark."""
    line = record.model_dump_json().encode()
    return line + b"\nsha256 " + hashlib.sha256(line).hexdigest().encode() + b"\n"


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file.

    Raises:
        InputRefusedError: it cannot be read, is damaged, or is of a newer format; names the file.
    """
    return _read(path, Manifest)


def read_mark(path: Path) -> ArchiveMark:
    """The archive's mark; raises as ``read_manifest``."""
    return _read(path, ArchiveMark)


def _read(path: Path, model: type[M]) -> M:
    try:
        line, _, rest = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise InputRefusedError(f"{path}: {error.strerror or error}") from error
    if rest != b"sha256 " + hashlib.sha256(line).hexdigest().encode() + b"\n":
        raise InputRefusedError(f"{path} is damaged: it does not have the SHA-256 that it was written with")
    try:
        record = model.model_validate_json(line)
    except ValidationError as error:
        raise InputRefusedError(f"{path} is no manifest that this version reads: {error.errors()[0]['msg']}") from None
    if record.format > FORMAT:
        raise InputRefusedError(f"{path} has format {record.format}; this version reads up to {FORMAT}")
    return record
