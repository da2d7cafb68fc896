"""A file's paragraphs, held back until the whole of it has been read: nothing of a file is pushed by halves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from schemas.paragraph import Paragraph
from streams.errors import InternalFaultError
from streams.reports.reader import read_report
from streams.reports.readers.snapshot import CHANGED
from streams.reports.reading import Reading, Refusal, ReportOptions
from streams.reports.sources import Source

MAX_HELD_BYTES = 16 * 1024 * 1024
"""Paragraphs held in memory; more of them go to a temporary file."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells without reading whether a file is still the same: bytes, and nanoseconds of its last change."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp | None":
        """The stamp of a file; None when it cannot be asked for one."""
        try:
            told = path.stat()
        except OSError:
            return None
        return cls(told.st_size, told.st_mtime_ns)


def read_whole(source: Source, options: ReportOptions, now: datetime, stamp: Stamp | None = None) -> Iterator[Reading]:
    """As ``read_report``, but a file gives no paragraph before all of it has been read.

    A file that is refused as a whole (a refusal without a line), however late that shows, or that changes while it
    is read, gives refusals only. Standard input has no end to wait for and is passed on as it comes.

    Args:
        stamp: the file as it must still be afterwards; otherwise as it is now.

    Raises:
        InternalFaultError: there is no room for the temporary file.
    """
    if source.path is None:
        yield from read_report(source, options, now)
        return
    before = stamp or Stamp.of(source.path)
    with SpooledTemporaryFile(max_size=MAX_HELD_BYTES) as held:
        whole = True
        for reading in read_report(source, options, now):
            if isinstance(reading, Paragraph):
                _hold(reading, held)
            else:
                whole = whole and not (isinstance(reading, Refusal) and reading.line is None)
                yield reading
        if whole and Stamp.of(source.path) != before:
            yield Refusal(source.shown, CHANGED)
        elif whole:
            held.seek(0)
            yield from map(Paragraph.model_validate_json, held)


def _hold(paragraph: Paragraph, held: IO[bytes]) -> None:
    try:
        held.write(paragraph.model_dump_json().encode() + b"\n")
    except OSError as error:
        raise InternalFaultError(
            f"the paragraphs of a large file do not fit into the temporary directory: {error.strerror};"
            " name one with more room in TMPDIR"
        ) from None
