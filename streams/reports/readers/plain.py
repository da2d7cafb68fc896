"""Plain text to lines, a piece at a time, so that memory does not grow with the file."""

import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from streams.reports.encodings import text_pieces
from streams.reports.lines import Line, lines_of
from streams.reports.readers.snapshot import CHANGED, state_of
from streams.reports.reading import UnreadableError

MAX_HELD_BYTES = 16 * 1024 * 1024
"""A pipe's bytes held in memory; more of them go to a temporary file."""
MAX_TEXT_BYTES = 4 * 1024**3


def lines_of_plain(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a text in any encoding that ``encodings`` knows; a form feed ends a page.

    The whole text is looked through for faults before the first line comes.

    Raises:
        UnreadableError: no text, too large, or written to while it was read.
    """
    with SpooledTemporaryFile(max_size=MAX_HELD_BYTES) as held:
        source = stream if _can_go_back(stream) else _copied(stream, cast(BinaryIO, held))
        before = state_of(source)
        if before and before[0] > MAX_TEXT_BYTES:
            raise UnreadableError(f"larger than {MAX_TEXT_BYTES:,} bytes; split it")
        yield from lines_of(text_pieces(source))
        if state_of(source) != before:
            raise UnreadableError(CHANGED)


def _can_go_back(stream: BinaryIO) -> bool:
    seekable = getattr(stream, "seekable", None)
    return bool(seekable and seekable())


def _copied(stream: BinaryIO, held: BinaryIO) -> BinaryIO:
    shutil.copyfileobj(stream, held)
    return held
