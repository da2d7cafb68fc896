"""Bytes to text: UTF-8, UTF-16 with a byte order mark, or GB18030 where that plainly is what it is."""

import codecs

from streams.errors import InputRefusedError

MIN_COMMON_SHARE = 0.9
"""Share of a text's non-ASCII characters that must be everyday Chinese for bytes to count as GB18030."""


class NotTextError(InputRefusedError):
    """Bytes that are no text in an encoding that is read here; says which byte, and where."""


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    Bytes that are not UTF-8 count as GB18030 only when they decode without fault and nearly all of the
    result is everyday Chinese: other encodings decode as GB18030 too, but to rare characters.

    Raises:
        NotTextError: in none of these encodings, or with NUL characters in it.
    """
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise NotTextError("UTF-32 is not read here; save it as UTF-8")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(_strict(raw, "utf-16"), "utf-16")
    try:
        return _checked(raw.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as error:
        text = _as_gb18030(raw)
        if text is None:
            raise _not_utf8(raw, _fault_at(raw, error)) from None
        return _checked(text, "gb18030")


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotTextError(
            f"not {encoding.upper()}: byte 0x{raw[error.start]:02x} at offset {error.start}: {error.reason}"
        ) from None


def _checked(text: str, encoding: str) -> tuple[str, str]:
    place = text.find("\0")
    if place >= 0:
        offset = len(text[:place].encode("utf-16-le" if encoding == "utf-16" else encoding, "surrogatepass"))
        raise NotTextError(f"not text: NUL character (byte 0x00) at offset {offset}")
    return text, encoding


def _fault_at(raw: bytes, error: UnicodeDecodeError) -> int:
    # The codec utf-8-sig counts from behind the mark.
    return error.start + (len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0)


def _not_utf8(raw: bytes, offset: int) -> NotTextError:
    line = raw.count(b"\n", 0, offset) + 1
    return NotTextError(
        f"not UTF-8: byte 0x{raw[offset]:02x} at offset {offset} (line {line}); not GB18030 either. Save it as UTF-8"
    )


def _as_gb18030(raw: bytes) -> str | None:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text if not character.isascii()]
    common = sum(map(_is_everyday, foreign))
    return text if foreign and common / len(foreign) >= MIN_COMMON_SHARE else None


def _is_everyday(character: str) -> bool:
    """Whether GB 2312 has the character in its rows 1 to 3 (marks, digits) or 16 to 55 (the 3,755 usual hanzi)."""
    try:
        row = character.encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return character == "—"  # U+2014, which GBK has where GB 2312 has U+2015
    return 1 <= row <= 3 or 16 <= row <= 55
