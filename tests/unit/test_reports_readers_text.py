import io
import os
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from streams.reports.encodings import PIECE_BYTES
from streams.reports.lines import Line
from streams.reports.readers import lines_of_form
from streams.reports.readers.markdown import lines_of_markdown
from streams.reports.readers.plain import lines_of_plain
from streams.reports.readers.snapshot import snapshot
from streams.reports.reading import UnreadableError


def markdown(text: str) -> list[tuple[str | None, str]]:
    return [(line.role, line.text) for line in lines_of_markdown(io.BytesIO(text.encode()))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# 大会开幕\n\n正文。", [("heading", "大会开幕"), (None, "正文。")]),
        ("### 小标题 ###", [("heading", "小标题")]),
        ("#话题#不是标题", [(None, "#话题#不是标题")]),
        ("大会开幕\n===\n正文。", [("heading", "大会开幕"), ("leftover", "==="), (None, "正文。")]),
        ("正文。\n\n---\n正文。", [(None, "正文。"), ("leftover", "---"), (None, "正文。")]),
        ("- 第一点\n* 第二点", [(None, "第一点"), (None, "第二点")]),
        ("> 引用的话。", [(None, "引用的话。")]),
        ("增长**百分之八**，见[年报](http://a/b)。", [(None, "增长百分之八，见年报。")]),
        ("![图为会场](p.jpg)", [(None, "图为会场")]),
        ("3*4*5 和 a_b_c", [(None, "3*4*5 和 a_b_c")]),
        (
            "---\ntitle: 年报\n---\n正文。",
            [("leftover", "---"), ("leftover", "title: 年报"), ("leftover", "---"), (None, "正文。")],
        ),
        (
            "| 项目 | 数 |\n|---|---|\n| 粮食 | 5 |",
            [(None, "| 项目 | 数 |"), ("leftover", "|---|---|"), (None, "| 粮食 | 5 |")],
        ),
        ("<!-- 备注 -->\n正文。", [("leftover", "<!-- 备注 -->"), (None, "正文。")]),
    ],
)
def test_markdown_without_its_marks(text: str, wanted: list[tuple[str | None, str]]) -> None:
    assert markdown(text) == wanted


def test_bullets_open_paragraphs() -> None:
    assert [line.opens for line in lines_of_markdown(io.BytesIO("- 点\n续行".encode()))] == [True, False]


def plain(stream: BinaryIO) -> list[Line]:
    return list(lines_of_plain(stream))


def test_a_pipe_is_read_like_a_file() -> None:
    text = "第一行。\n\n第二行。\n" * 10
    reading, writing = os.pipe()
    os.write(writing, text.encode("gb18030"))
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert plain(stream) == plain(io.BytesIO(text.encode()))


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_file_that_grows_while_it_is_read_is_refused(form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("一行。\n" * (PIECE_BYTES // 4), encoding="utf-8")
    with path.open("rb") as stream:
        lines = lines_of_form(stream, "text" if form == "text" else "markdown")
        next(lines)
        with path.open("ab") as writer:
            writer.write("又一行。\n".encode())
        with pytest.raises(UnreadableError, match="was written to while it was read"):
            list(lines)


def test_a_file_that_vanishes_while_it_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("一行。\n二行。\n", encoding="utf-8")
    with path.open("rb") as stream:
        lines = lines_of_plain(stream)
        first = next(lines)
        path.unlink()
        assert [first.text, *(line.text for line in lines)] == ["一行。", "二行。"]


def test_a_snapshot_of_a_file_that_grows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-")

    class Growing:
        def __init__(self, stream: BinaryIO) -> None:
            self.fileno, self._stream = stream.fileno, stream

        def read(self, size: int) -> bytes:
            with path.open("ab") as writer:
                writer.write(b"more")
            return self._stream.read(min(size, 5)) if self._stream.tell() < 5 else b""

    with path.open("rb") as stream, pytest.raises(UnreadableError, match="was written to"):
        snapshot(cast(BinaryIO, Growing(stream)), 1000)
    with path.open("rb") as stream, pytest.raises(UnreadableError, match="larger than 3 bytes"):
        snapshot(stream, 3)


def test_a_line_of_a_gigabyte_costs_no_gigabyte() -> None:
    class Endless(io.RawIOBase):
        """A gigabyte without a line's end, of which no more than a piece is ever there."""

        def __init__(self) -> None:
            self.left = 1 << 30

        def seekable(self) -> bool:
            return True

        def seek(self, _place: int, _whence: int = 0) -> int:
            self.left = 1 << 30
            return 0

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return b"a" * size

    endless = Endless()
    with pytest.raises(UnreadableError, match="line 1 is longer than"):
        plain(cast(BinaryIO, endless))
    assert endless.left > (1 << 30) - 10 * PIECE_BYTES
