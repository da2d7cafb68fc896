"""Rows that extraction cut at a sign: the pieces of one printed line, put together again."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from streams.reports.blocks import Step
from streams.reports.lines import Line, rewritten
from streams.reports.roles import opens_item, role_of
from streams.reports.steps.signs import CLOSING, OPENING, ends_fully
from streams.reports.steps.widths import cells

_CLOSING, _OPENING = frozenset(CLOSING), frozenset(OPENING)
_WITHIN_SENTENCE = frozenset("，、：")
_NO_BEGINNING = Step("mend_rows", "a cut row: a line cannot begin with this sign")
_AS_WIDE = Step("mend_rows", "a cut row: together they are as wide as their column")
NEIGHBOURS = 3
"""Lines before and behind a cut row that show how wide its column is."""
WINDOW = 1024
MAX_PIECES = 3
MAX_PAIRED = 3
"""Signs of a line within a heading doubled sign by sign."""
MAX_ROW = 400
"""Characters from which a line is no piece of a row."""
INDENT = 4
TOLERANCE = 1.6
"""Half-width cells by which the lines of a justified column differ."""


def mend_rows(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines of which none begins with a sign that only ends one: …不来往” / ，车上坐着 -> …不来往”，车上坐着."""
    held: Line | None = None
    for line in lines:
        if held is not None:
            if line.text[0] in _CLOSING and _is_piece(held, line):
                held = _mended(held, line, _NO_BEGINNING)
                continue
            yield held
        held = line
    if held is not None:
        yield held


def _is_piece(held: Line, line: Line) -> bool:
    """Whether a line goes on with a row; of a heading doubled sign by sign (报” / ”发) it does not."""
    paired = len(line.text) <= MAX_PAIRED and line.text[0] == held.text[-1]
    return len(held.text) < MAX_ROW and not paired and _same_place(held, line)


def mend_opened_rows(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines cut before an opening sign put together where that makes one as wide as its column: 局， / 《关于…》."""
    stream = iter(lines)
    held: list[Line] = []
    first = 0
    while more := list(islice(stream, WINDOW)):
        held = held[max(first - NEIGHBOURS, 0) :] + more
        first = min(first, NEIGHBOURS)
        last = len(held) - (NEIGHBOURS + MAX_PIECES)
        while first < last:
            # Before most lines no row was cut.
            cut = _next_opened(held, first, last)
            yield from held[first:cut]
            first = cut
            if first < last:
                first += yield from _one_row(held, first)
    while first < len(held):
        first += yield from _one_row(held, first)


def _next_opened(held: Sequence[Line], first: int, last: int) -> int:
    """The next line before which a row may have been cut: the one behind it begins with an opening sign."""
    for place in range(first, last):
        if held[place + 1].text[0] in _OPENING:
            return place
    return last


def _one_row(held: list[Line], place: int) -> Generator[Line, None, int]:
    """The line at a place, with the other pieces of its row; says how many lines that takes."""
    line = held[place]
    if place + 1 == len(held) or held[place + 1].text[0] not in _OPENING or line.text[-1] not in _CLOSING:
        yield line
        return 1
    count = _row_length(held[max(place - NEIGHBOURS, 0) : place], held[place : place + NEIGHBOURS + MAX_PIECES])
    for piece in held[place + 1 : place + count]:
        line = _mended(line, piece, _AS_WIDE)
    yield line
    return count


def _is_cut_there(held: Sequence[Line], place: int) -> bool:
    if len(held) <= place or held[place].text[0] not in _OPENING:
        return False
    first, second = held[place - 1], held[place]
    if first.text[-1] not in _CLOSING or not _same_place(first, second):
        return False
    return not (second.text[0] == "【" or opens_item(second.text) or role_of(second.text) == "credit")


def _row_length(before: Sequence[Line], held: Sequence[Line]) -> int:
    """How many of the lines at the beginning are pieces of one row."""
    if not _is_cut_there(held, 1):
        return 1
    width = cells(held[0].text)
    count = 1
    while count < MAX_PIECES and _is_cut_there(held, count):
        width += cells(held[count].text) - 1
        count += 1
        columns = [cells(line.text) for line in (*before, *held[count : count + NEIGHBOURS])]
        if any(
            -TOLERANCE <= column - width <= TOLERANCE or abs(column - width - INDENT) <= TOLERANCE for column in columns
        ):
            return count
        if held[0].text[-1] in _WITHIN_SENTENCE and columns and width <= max(columns) + TOLERANCE:
            return 2
    return 1


def _same_place(first: Line, second: Line) -> bool:
    if first.whole or second.whole or first.page != second.page or first.doubled or first.role or second.role:
        return False
    if first.marked and ends_fully(first.text):
        return False
    if first.box is None or second.box is None:
        return True
    # One row: more than half of the lower one's height in common.
    common = min(first.box.bottom, second.box.bottom) - max(first.box.top, second.box.top)
    return common > 0.5 * min(first.box.bottom - first.box.top, second.box.bottom - second.box.top)


def _mended(first: Line, second: Line, why: Step) -> Line:
    box = first.box
    if box is not None and second.box is not None:
        box = replace(box, x1=max(box.x1, second.box.x1), bottom=max(box.bottom, second.box.bottom))
    mended = rewritten(first, first.text + second.text, (*first.steps, *second.steps, why))
    return mended if box is None else replace(mended, box=box)
