import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.encodings import NotTextError, decode_text

PROSE = "云川市政协副主席宁若川率调研组赴苇泽县，就渔业转型开展调研。全县渔业产值达到3.6亿元，增长8.2%。"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (PROSE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PROSE.encode(), "utf-8"),
        (PROSE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"), "utf-16"),
        (PROSE.encode("gb18030"), "gb18030"),
        (("——" + PROSE + "“鄢小舟”").encode("gbk"), "gb18030"),
        (b"plain ASCII", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_reads_the_encodings_that_reports_come_in(raw: bytes, encoding: str) -> None:
    text, found = decode_text(raw)
    assert found == encoding
    assert text.strip("—“”鄢小舟") in (PROSE, "plain ASCII", "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (PROSE.encode()[:30] + b"\xff" + PROSE.encode()[30:], "byte 0xff at offset 30 (line 1)"),
        (("一\n二\n").encode() + b"\x80", "byte 0x80 at offset 8 (line 3)"),
        (codecs.BOM_UTF8 + "一".encode() + b"\xfe", "byte 0xfe at offset 6"),
        (PROSE.encode("big5", "ignore"), "not UTF-8"),
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
