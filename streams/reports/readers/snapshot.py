"""A file as it is at one moment, for formats that are read from their end or as a whole."""

import os
from typing import BinaryIO

from streams.reports.reading import UnreadableError

CHUNK = 1024 * 1024
CHANGED = "was written to while it was read; give it again once it is complete"


def snapshot(stream: BinaryIO, limit: int) -> bytes:
    """All bytes of a stream.

    Raises:
        UnreadableError: more than ``limit`` bytes, nothing at all, or the file was written to meanwhile.
    """
    before = state_of(stream)
    parts: list[bytes] = []
    size = 0
    while part := stream.read(min(CHUNK, limit + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise UnreadableError(f"larger than {limit:,} bytes; split it")
    if not size:
        raise UnreadableError("holds no paragraph: it is empty")
    if state_of(stream) != before:
        raise UnreadableError(CHANGED)
    return b"".join(parts)


def state_of(stream: BinaryIO) -> tuple[int, int] | None:
    """Size and time of the last change of the file behind a stream; None when there is none, as with a pipe."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError, ValueError):  # io.UnsupportedOperation is both an OSError and a ValueError
        return None
    return status.st_size, status.st_mtime_ns
