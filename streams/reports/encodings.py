"""Bytes to text: UTF-8 and UTF-16, or GB18030 and Big5 where that plainly is what the bytes are.

A strict decoding that fails settles what an encoding is not; what share of the result is everyday Chinese tells
which of the others it is. No statistics of byte pairs are needed for that.
"""

import codecs
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import BinaryIO

from streams.reports.reading import UnreadableError

MIN_COMMON_SHARE = 0.9
"""Share of a text's non-ASCII characters that must be everyday Chinese for bytes to count as anything but UTF-8."""
SAMPLE = 100_000
"""Non-ASCII characters of a text whose share is taken."""
SAMPLE_PIECES = 4
"""Pieces of a text among whose characters the share is taken."""
PIECE_BYTES = 1 << 20
MAX_LINE = 4 * 1024 * 1024
"""Characters of a line; the longest paragraph that a record takes has 100,000."""

_OTHERS = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SHOWN = {"utf-8-sig": "utf-8", "big5hkscs": "big5", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}


class NotTextError(UnreadableError):
    """Bytes that are no text in an encoding that is read here; says which byte, and where."""


class LineTooLongError(NotTextError):
    """A line that no paragraph can be made of, in whatever encoding."""


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    Bytes that are not UTF-8 count as GB18030, Big5 or UTF-16 without its mark only when they decode without fault
    and nearly all of the result is everyday Chinese: any bytes decode as some of them, but to rare characters.

    Raises:
        NotTextError: in none of these encodings, or with NUL characters in it.
    """
    encoding = _encoding_of(lambda: iter((raw,)))
    return raw.decode(encoding), _SHOWN.get(encoding, encoding)


def text_pieces(stream: BinaryIO) -> Iterator[str]:
    """The text of a stream that can be read again from its beginning, in pieces of about PIECE_BYTES.

    The whole stream is looked through before the first piece comes, so that a fault in its last line stops it there.

    Raises:
        NotTextError: as ``decode_text``, or a line is longer than MAX_LINE.
    """
    encoding = _encoding_of(lambda: _chunks(stream))
    return _decoded(_chunks(stream), encoding)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(PIECE_BYTES):
        yield chunk


def _decoded(chunks: Iterator[bytes], encoding: str, *, final: bool = True) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final)


def _encoding_of(chunks: Callable[[], Iterator[bytes]]) -> str:
    """The name of Python's codec for the chunks, which can be had any number of times.

    Raises:
        NotTextError: there is none.
    """
    head = next(chunks(), b"")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise NotTextError("UTF-32 is not read here; save it as UTF-8")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _check(chunks(), "utf-16")
        return "utf-16"
    try:
        _check(chunks(), "utf-8-sig")
    except LineTooLongError:
        raise
    except NotTextError as fault:
        found = _chinese(chunks)
        if found is None:
            raise fault from None
        return found
    return "utf-8-sig"


def _chinese(chunks: Callable[[], Iterator[bytes]]) -> str | None:
    """Of the other encodings the one in which the text has the largest share of everyday Chinese, and enough."""
    shares = {encoding: _share(chunks(), encoding) for encoding in _OTHERS}
    for encoding in sorted(_OTHERS, key=lambda one: -shares[one]):
        if shares[encoding] < MIN_COMMON_SHARE:
            return None
        try:
            _check(chunks(), encoding)
        except LineTooLongError:
            raise
        except NotTextError:
            continue
        return encoding
    return None


def _check(chunks: Iterator[bytes], encoding: str) -> None:
    """Look through a whole text.

    Raises:
        NotTextError: it does not decode, has a NUL character, or a line that is too long.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    place = _Place()
    for chunk in chunks:
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            # The codec of UTF-8 with a mark takes the mark away before it counts.
            mark = len(codecs.BOM_UTF8) if place.offset == 0 and chunk.startswith(codecs.BOM_UTF8) else 0
            raise _fault(error, place, held - mark, encoding) from None
        place.pass_over(text, len(chunk), held, encoding)
    try:
        place.pass_over(decoder.decode(b"", final=True), 0, 0, encoding)
    except UnicodeDecodeError as error:
        raise _fault(error, place, len(error.object), encoding) from None


class _Place:
    """How far a text has been looked through."""

    def __init__(self) -> None:
        self.offset = 0
        self.line = 1
        self._open = 0

    def pass_over(self, text: str, size: int, held: int, encoding: str) -> None:
        nul = text.find("\0")
        if nul >= 0:
            codec = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
            offset = self.offset - held + len(text[:nul].encode(codec, "surrogatepass"))
            raise NotTextError(f"not text: NUL character (byte 0x00) at offset {offset}")
        last = max(text.rfind("\n"), text.rfind("\r"), text.rfind("\f"))
        self._open = len(text) - last - 1 if last >= 0 else self._open + len(text)
        self.line += text.count("\n")
        self.offset += size
        if self._open > MAX_LINE:
            raise LineTooLongError(f"line {self.line} is longer than {MAX_LINE:,} characters: no text of a report")


def _fault(error: UnicodeDecodeError, place: _Place, held: int, encoding: str) -> NotTextError:
    raw, offset = error.object, place.offset - held + error.start
    if encoding != "utf-8-sig":
        name = _SHOWN.get(encoding, encoding).upper()
        return NotTextError(f"not {name}: byte 0x{raw[error.start]:02x} at offset {offset}: {error.reason}")
    line = place.line + raw.count(b"\n", 0, error.start)
    return NotTextError(
        f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {offset} (line {line}); as a whole not GB18030, Big5 or"
        " UTF-16 either, so perhaps of several encodings. Save it as UTF-8"
    )


def _share(chunks: Iterator[bytes], encoding: str) -> float:
    """Share of everyday Chinese among the first non-ASCII characters; 0 when there are none or it does not decode."""
    everyday = _EVERYDAY[encoding]
    foreign: list[str] = []
    try:
        for text in _decoded(islice(chunks, SAMPLE_PIECES), encoding, final=False):
            foreign.extend(character for character in text if not character.isascii())
            if len(foreign) >= SAMPLE:
                break
    except UnicodeDecodeError:
        return 0.0
    return sum(map(everyday, foreign)) / len(foreign) if foreign else 0.0


@lru_cache(maxsize=65536)
def _is_simplified(character: str) -> bool:
    """Whether GB 2312 has the character in its rows 1 to 3 (marks, digits) or 16 to 55 (the 3,755 usual hanzi)."""
    try:
        row = character.encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return character == "—"  # U+2014, which GBK has where GB 2312 has U+2015
    return 1 <= row <= 3 or 16 <= row <= 55


@lru_cache(maxsize=65536)
def _is_traditional(character: str) -> bool:
    """Whether Big5 has the character among its marks or its 5,401 usual hanzi."""
    try:
        return 0xA1 <= character.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def _is_either(character: str) -> bool:
    return _is_simplified(character) or _is_traditional(character)


_EVERYDAY: dict[str, Callable[[str], bool]] = {
    "gb18030": _is_either,
    "big5hkscs": _is_traditional,
    "utf-16-le": _is_either,
    "utf-16-be": _is_either,
}
