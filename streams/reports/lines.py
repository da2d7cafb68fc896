"""Lines of a text, and the repairs that one line allows: stray glyphs, doubled headings, letter-spacing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

_BREAK = re.compile(r"\r\n|[\n\r\f]")
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
# Private use (glyphs of a page's own font), arrows, geometric shapes: signs that point at a picture.
_MARKS = re.compile(
    f"^[\\s{_PRIVATE}\u2190-\u21ff\u25a0-\u25ff\u2794-\u27be\u2b00-\u2bff]*[{_PRIVATE}\u2190-\u21ff\u25a0-\u25ff\u2794-\u27be\u2b00-\u2bff]\\s*"
)
_HANZI = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_HASHES = re.compile(r"^#{1,6}\s+(?=\S)")
_HAS_HANZI = re.compile(f"[{_HANZI}]")
# From the side of a hanzi or a full-width mark to another such sign or a digit.
_WIDE = f"[{_HANZI}\u2014\u2018-\u201d\u2026\u3001-\u301f\uff00-\uff60]"
_GAP = re.compile(rf"(?<={_WIDE})\s+(?={_WIDE}|\d)|(?<=\d)\s+(?={_WIDE})")
_LATIN_WORD = re.compile(r"[A-Za-z]")

_SPACED_RUN = re.compile(rf"(?<!\S)[{_HANZI}](?: [{_HANZI}]){{3,}}(?!\S)")

MIN_SPACED_PIECES = 4
MIN_SINGLE_SHARE = 0.75
"""A line is letter-spaced when it has so many pieces and so many of them are one sign or one number."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number (from 1), its page (from 1, where the text has page breaks) and what was seen on it."""

    number: int
    text: str
    page: int | None = None
    after_blank: bool = False
    marked: bool = False
    doubled: bool = False
    hashed: bool = False


def lines_of(text: str) -> Iterator[Line]:
    """The lines that are not blank, stripped; a form feed ends a page."""
    pages = "\f" in text
    number, page, start, after_blank = 1, 1, 0, False
    for end in _BREAK.finditer(text + "\n"):
        content = text[start : end.start()].strip()
        if content:
            yield Line(number, content, page if pages else None, after_blank)
        after_blank = not content
        start = end.end()
        if end[0] == "\f":
            page += 1
        else:
            number += 1


def drop_marks(line: Line) -> Line:
    """Without the glyphs of a font of the page's own and the pointers that stand before captions."""
    text = _MARKS.sub("", line.text)
    # A line of nothing but marks keeps them: it is for the reader to see.
    return line if text in ("", line.text) else replace(line, text=text, marked=True)


def drop_hashes(line: Line) -> Line:
    """Without Markdown's marks of a heading: ## 工作回顾 -> 工作回顾."""
    text = _HASHES.sub("", line.text)
    return line if text == line.text else replace(line, text=text, hashed=True)


def unspace(line: Line) -> Line:
    """Without the gaps of letter-spacing, of the whole line or of a run in it: 刚 刚 过 去 的 -> 刚刚过去的."""
    pieces = line.text.split()
    if len(pieces) < MIN_SPACED_PIECES or not _HAS_HANZI.search(line.text):
        return line
    single = sum(len(piece.strip("，。、；：")) <= 1 or piece.isdigit() for piece in pieces)
    if single >= MIN_SINGLE_SHARE * len(pieces) and not _LATIN_WORD.search(line.text):
        return replace(line, text="".join(pieces))
    return replace(line, text=_SPACED_RUN.sub(lambda run: run[0].replace(" ", ""), line.text))


def close_gaps(text: str) -> str:
    """Without white space between signs of Chinese prose, which has none: 的 2023 年 -> 的2023年."""
    return _GAP.sub("", text)


def undouble(line: Line) -> Line:
    """Each thing once, where a page printed every piece of the line twice for weight: 分组讨论分组讨论 -> 分组讨论."""
    pieces = line.text.split()
    halves = [_half(piece) for piece in pieces]
    if not pieces or None in halves or not _HAS_HANZI.search(line.text):
        return line
    return replace(line, text=" ".join(half for half in halves if half), doubled=True)


def _half(piece: str) -> str | None:
    middle, odd = divmod(len(piece), 2)
    return piece[:middle] if middle >= 2 and not odd and piece[:middle] == piece[middle:] else None


REPAIRS: tuple[Callable[[Line], Line], ...] = (drop_marks, drop_hashes, unspace, undouble)


def repaired(line: Line) -> Line:
    """The line after every repair."""
    for repair in REPAIRS:
        line = repair(line)
    return line
