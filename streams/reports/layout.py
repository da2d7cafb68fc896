"""From lines to blocks: which lines belong together, and which stand alone.

A text either has one paragraph on each line, or its lines were cut at the width of a column. In the second
case lines are joined until a sentence ends on a line that is shorter than its column: a sentence that ends
on a full line ends there by chance about four times as often as its paragraph does.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from streams.reports.lines import Line, close_gaps
from streams.reports.roles import Role, ends_sentence, role_of

LONG_LINE = 12
"""Characters from which a line's ending says something: a shorter one may be a heading."""
MIN_CUT_SHARE = 0.4
"""Share of long lines that end within a sentence, from which lines count as cut at a column's width."""
MIN_SPACED_SHARE = 0.6
"""Share of lines with a blank one before them, from which blank lines say nothing in a text of cut lines."""
SHORT_BY = 3
INDENT = 4
HEADING_SHORT_BY = 8
"""Widths, in half-width cells (a hanzi has two). Punctuation moves a full line's end by up to 3 cells; the
indent of a first line is lost and makes it 4 shorter; a heading has to be shorter than both explain."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, joined, with the number and page of the first."""

    role: Role
    text: str
    line: int
    page: int | None = None


def blocks_of(lines: Sequence[Line]) -> Iterator[Block]:
    """The blocks in order; every character of the lines that is not white space is in exactly one of them."""
    if not _is_cut(lines):
        whole = ((Block(_role_whole(line), line.text, line.number, line.page), line) for line in lines)
        yield from _stacked(whole)
        return
    spaced = sum(line.after_blank for line in lines) >= MIN_SPACED_SHARE * len(lines)
    yield from _stacked(_reflowed(lines, spaced=spaced))


def _role_whole(line: Line) -> Role:
    return "heading" if line.hashed else role_of(line.text)


def _is_cut(lines: Sequence[Line]) -> bool:
    long = [line for line in lines if len(line.text) >= LONG_LINE]
    cut = sum(not ends_sentence(line.text) and role_of(line.text) in ("heading", "body") for line in long)
    return len(long) >= 3 and cut >= MIN_CUT_SHARE * len(long)


def _reflowed(lines: Sequence[Line], *, spaced: bool) -> Iterator[tuple[Block, Line]]:
    """Blocks with their first line, headings still line by line."""
    widths = [_width(line.text) for line in lines]
    start = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        alone = index == start and _stands_alone(line, widths, index)
        if alone or following is None or _breaks(line, following, widths, start, index, spaced=spaced):
            text = _joined([part.text for part in lines[start : index + 1]])
            role = _role_alone(line) if alone else "body"
            text = close_gaps(text) if role == "body" else text
            yield Block(role, text, lines[start].number, lines[start].page), lines[start]
            start = index + 1


def _stands_alone(line: Line, widths: Sequence[int], index: int) -> bool:
    """Whether a line at the start of a block is a whole one: doubled, a byline or credit, or short for its column."""
    role = role_of(line.text)
    if line.marked:
        return False
    if line.doubled or line.hashed or role in ("byline", "credit") or line.text.endswith("——"):
        return True
    column = max(widths[index + 1 : index + 4], default=0)
    return role == "heading" and (widths[index] + HEADING_SHORT_BY < column or line.text.startswith(("——", "【")))


def _role_alone(line: Line) -> Role:
    role = role_of(line.text)
    return "heading" if role == "body" else role


def _breaks(line: Line, following: Line, widths: Sequence[int], start: int, index: int, *, spaced: bool) -> bool:
    """Whether a paragraph that began at ``start`` ends with the line at ``index``."""
    if following.marked or following.doubled or following.hashed or (following.after_blank and not spaced):
        return True
    if not ends_sentence(line.text):
        return False
    if role_of(following.text) in ("byline", "credit") or following.text.startswith(("——", "【")):
        return True
    if index == start:
        column = max(widths[max(index - 2, 0) : index + 3])
        return widths[index] + SHORT_BY + INDENT < column
    if _stands_alone(following, widths, index + 1):
        return True
    return widths[index] + SHORT_BY < max(widths[start:index])


def _stacked(blocks: Iterator[tuple[Block, Line]]) -> Iterator[Block]:
    """Headings that run over two lines as one: both doubled, or a name before a dash and what follows it."""
    open_block: tuple[Block, Line] | None = None
    for block, line in blocks:
        if open_block and _continues_heading(open_block, block, line):
            before = open_block[0]
            text = _joined_heading(before.text, block.text)
            open_block = (replace(before, text=text), line)
            continue
        if open_block:
            yield open_block[0]
        open_block = (block, line)
    if open_block:
        yield open_block[0]


def _continues_heading(before: tuple[Block, Line], block: Block, line: Line) -> bool:
    if before[0].role != "heading" or block.role != "heading":
        return False
    return (
        (before[1].doubled and line.doubled)
        or before[0].text.endswith("——")
        or (block.text.startswith("——") and not block.text.endswith("——"))
    )


def _joined_heading(first: str, second: str) -> str:
    return first + second if first.endswith("——") or second.startswith("——") else f"{first} {second}"


def _joined(parts: Sequence[str]) -> str:
    """Lines one behind the other, with a space only between two Latin words."""
    joined = parts[0]
    for part in parts[1:]:
        latin = joined[-1].isascii() and joined[-1].isalpha() and part[0].isascii() and part[0].isalpha()
        joined += f" {part}" if latin else part
    return joined


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
