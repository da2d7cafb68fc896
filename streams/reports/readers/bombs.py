"""Streams of a PDF that unpack to more than any page holds: PDFium would unpack them whole before anybody could ask."""

import re
import zlib
from collections.abc import Iterator

from streams.reports.reading import UnreadableError

MAX_STREAM_BYTES = 128 * 1024 * 1024
"""Unpacked bytes of a page's drawing or a font; whole Chinese fonts have 30 million."""
IN_BYTES, OUT_BYTES = 1 << 16, 1 << 20
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
HEAD_BYTES = 2048
"""Before a stream, in which its dictionary is looked for."""
BOMB = (
    f"a stream in it unpacks to more than {MAX_STREAM_BYTES:,} bytes: no report needs that, so it is taken for a bomb"
)


def refuse_bombs(content: bytes) -> None:
    """Unpack every stream that PDFium would unpack to find text, keeping nothing.

    Pictures are left out, since only painting unpacks them, and so are streams of an encrypted file.

    Raises:
        UnreadableError: one is too large.
    """
    for start in _STREAM.finditer(content):
        head = content[max(0, start.start() - HEAD_BYTES) : start.start()]
        head = head[head.rfind(b" obj") + 1 :]
        times = head.count(b"/FlateDecode") + len(re.findall(rb"/Fl\b", head))
        if times and b"/Image" not in head:
            size = 0
            for piece in _unpacked(content, start.end(), min(times, 3)):
                size += len(piece)
                if size > MAX_STREAM_BYTES:
                    raise UnreadableError(BOMB)


def _unpacked(content: bytes, start: int, times: int) -> Iterator[bytes]:
    pieces: Iterator[bytes] = (content[place : place + IN_BYTES] for place in range(start, len(content), IN_BYTES))
    for _ in range(times):
        pieces = _inflated(pieces)
    yield from pieces


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in pieces:
        rest = piece
        while rest or unpacker.unconsumed_tail:
            try:
                yield unpacker.decompress(rest, OUT_BYTES)
            except zlib.error:  # damaged, or encrypted: for PDFium to say
                return
            rest = unpacker.unconsumed_tail
        if unpacker.eof:
            return
