import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.encodings import MAX_LINE, PIECE_BYTES, NotTextError, decode_text, text_pieces

PROSE = "云川市政协副主席宁若川率调研组赴苇泽县，就渔业转型开展调研。全县渔业产值达到3.6亿元，增长8.2%。"

TRADITIONAL = "市政府昨日公佈今年首季經濟數據，全市工業總產值較去年同期增長百分之六，就業形勢保持穩定。"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (PROSE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PROSE.encode(), "utf-8"),
        (PROSE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"), "utf-16"),
        (PROSE.encode("gb18030"), "gb18030"),
        (("——" + PROSE + "“鄢小舟”").encode("gbk"), "gb18030"),
        (TRADITIONAL.encode("big5"), "big5"),
        (TRADITIONAL.encode("gb18030"), "gb18030"),
        (PROSE.encode("utf-16-le"), "utf-16"),
        (f"{PROSE}\n2024\n".encode("utf-16-be"), "utf-16"),
        (b"plain ASCII", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_reads_the_encodings_that_reports_come_in(raw: bytes, encoding: str) -> None:
    text, found = decode_text(raw)
    assert found == encoding
    assert text.strip("—“”鄢小舟\n204") in (PROSE, TRADITIONAL, "plain ASCII", "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (PROSE.encode()[:30] + b"\xff" + PROSE.encode()[30:], "byte 0xff at offset 30 (line 1)"),
        (("一\n二\n").encode() + b"\x80", "byte 0x80 at offset 8 (line 3)"),
        (codecs.BOM_UTF8 + "一".encode() + b"\xfe", "byte 0xfe at offset 6"),
        (PROSE.encode("gb18030") + PROSE.encode(), "perhaps of several encodings"),
        (PROSE.encode() + b"\n" + PROSE.encode("gb18030"), "(line 2)"),
        ("déjà vu, café, été, naïve, garçon".encode("latin-1"), "not UTF-8: byte 0xe9 at offset 1"),
        ("日本語のテキストです。これは報告書です。".encode("shift_jis"), "not UTF-8"),
        (b"ab\x00cd", "NUL character (byte 0x00) at offset 2"),
        (codecs.BOM_UTF16_LE + b"\x00", "not UTF-16"),
        (codecs.BOM_UTF32_LE + "一".encode("utf-32-le"), "UTF-32"),
    ],
)
def test_says_which_byte_is_no_text(raw: bytes, said: str) -> None:
    with pytest.raises(NotTextError) as refused:
        decode_text(raw)
    assert said in str(refused.value)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])).filter(lambda t: t[:1] != "\ufeff"))
def test_utf8_comes_out_as_it_went_in(text: str) -> None:
    assert decode_text(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_pieces_of_a_long_text_are_the_text(encoding: str) -> None:
    text = f"{PROSE}\n" * (3 * PIECE_BYTES // len(PROSE.encode()))
    pieces = list(text_pieces(io.BytesIO(text.encode(encoding))))
    assert len(pieces) > 2
    assert "".join(pieces) == text


@pytest.mark.parametrize("fault", [b"\xff", b"\x00"])
def test_a_fault_at_the_very_end_shows_before_the_first_piece(fault: bytes) -> None:
    raw = f"{PROSE}\n".encode() * (2 * PIECE_BYTES // len(PROSE.encode())) + fault
    with pytest.raises(NotTextError, match=f"offset {len(raw) - 1}"):
        text_pieces(io.BytesIO(raw))


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(NotTextError, match="line 2 is longer than"):
        text_pieces(io.BytesIO(b"one\n" + b"a" * (MAX_LINE + 1)))
    assert "".join(text_pieces(io.BytesIO(b"a" * MAX_LINE)))
