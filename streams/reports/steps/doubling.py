"""Fake weight: a page prints a heading twice at nearly the same place, and extraction finds it twice."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from streams.reports.blocks import Step
from streams.reports.lines import Line, rewritten
from streams.reports.steps.signs import HANZI

_HAS_HANZI = re.compile(f"[{HANZI}]")
LOOK_AHEAD = 96
"""Lines in which a doubled heading must end: one doubled sign by sign has nearly as many lines as signs."""
WINDOW = 1024
MIN_PART = 2
MIN_PAIRED = 4
"""Signs from which a line, or a run of short lines, of paired signs is doubled: 高高兴兴 is a word."""
MAX_PIECE = 5
"""Signs of a line within a heading doubled sign by sign."""


def undouble(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines with each heading once, whether its copy stands in the same line, in the next ones or sign by sign."""
    stream = iter(lines)
    held: list[Line] = []
    place, after_doubled = 0, False
    while more := list(islice(stream, WINDOW)):
        # The line before stays: it says whether a line that comes twice comes more often than that.
        held, place = held[max(place - 1, 0) :] + more, min(place, 1)
        last = len(held) - LOOK_AHEAD
        while place < last:
            found = _next_doubtful(held, place, last)
            if found > place:
                yield from held[place:found]
                place, after_doubled = found, held[found - 1].doubled
            else:
                line, used = _once(held, place, after_doubled=after_doubled)
                place, after_doubled = place + used, line.doubled
                yield line
    while place < len(held):
        line, used = _once(held, place, after_doubled=after_doubled)
        place, after_doubled = place + used, line.doubled
        yield line


def _next_doubtful(held: Sequence[Line], first: int, last: int) -> int:
    """The next line that may have a copy, within or in the next one, or be a piece of one: most lines have none."""
    text = held[first].text
    for place in range(first, last):
        following = held[place + 1].text
        if len(text) <= MAX_PIECE or following[0] == text[0] or text.find(text[:MIN_PART], MIN_PART) >= 0:
            return place
        text = following
    return last


def undouble_line(line: Line, *, after_doubled: bool = False) -> Line:
    """A line once, where every piece of it stands there twice: 分组讨论分组讨论 -> 分组讨论.

    Args:
        line: any line.
        after_doubled: whether the line before was doubled; then a single doubled sign is the rest of it.
    """
    text = line.text
    if text.find(text[0], 1) < 0 or not _HAS_HANZI.search(text):
        return line
    least = 1 if after_doubled and len(text) == 2 else MIN_PART
    pieces = text.split()
    halves = [_half(piece, least) for piece in pieces]
    if None in halves:
        return line
    once = " ".join(half for half in halves if half)
    return _without_copy(line, once, "".join(once.split()))


def _once(held: Sequence[Line], place: int, *, after_doubled: bool) -> tuple[Line, int]:
    """The line at a place without its copy, and how many lines that takes."""
    first = held[place]
    text = first.text
    if first.whole:
        return first, 1
    single = undouble_line(first, after_doubled=after_doubled)
    if single is not first:
        return single, 1
    if place + 1 < len(held):
        second = held[place + 1]
        following = second.text
        if following[0] == text[0] and not second.whole:
            if following == text and len(text) >= (1 if after_doubled else MIN_PART) and _HAS_HANZI.search(text):
                if _comes_often(held, place):
                    return first, 1
                return _without_copy(first, text, text, second.steps), 2
            if _is_weighted_opening(text, following):
                opened = _without_copy(second, following, text, first.steps)
                return replace(opened, number=first.number, after_blank=first.after_blank, doubled=False, opens=True), 2
        if len(text) <= MAX_PIECE and (len(text) == 1 or text[1] == text[0] or text[1].isspace()):
            paired = _paired_signs(held[place : place + LOOK_AHEAD])
            if paired:
                return paired
    return first, 1


def _comes_often(held: Sequence[Line], place: int) -> bool:
    """Whether a line that comes twice comes once more, before or behind: weight is printed twice, a list repeats."""
    others = (*held[max(place - 1, 0) : place], *held[place + 2 : place + 3])
    return any(other.text == held[place].text for other in others)


def _is_weighted_opening(text: str, following: str) -> bool:
    return len(text) > MIN_PART and text[-1] in "。：！？" and following.startswith(text)


def _paired_signs(held: Sequence[Line]) -> tuple[Line, int] | None:
    """A run of short lines that hold every sign twice in a row: 委 / 委员 / 员通 / 通道 / 道."""
    pending, kept, used = "", "", 0
    best: tuple[str, int] | None = None
    for number, line in enumerate(held):
        if len(line.text) > MAX_PIECE or line.whole:
            break
        for sign in "".join(line.text.split()):
            if not pending:
                pending = sign
            elif sign == pending:
                kept, pending = kept + sign, ""
            else:
                return _paired(held, best)
        used = number + 1
        if not pending and len(kept) >= MIN_PAIRED:
            best = kept, used
    return _paired(held, best)


def _paired(held: Sequence[Line], best: tuple[str, int] | None) -> tuple[Line, int] | None:
    if best is None or best[1] < MIN_PAIRED - 1 or not _HAS_HANZI.search(best[0]):
        return None
    others = tuple(chain.from_iterable(line.steps for line in islice(held, 1, best[1])))
    return _without_copy(held[0], best[0], best[0], others), best[1]


def _half(piece: str, least: int) -> str | None:
    """One copy of each part of a piece that is nothing but doubled parts, of so many signs at least."""
    kept, start = "", 0
    while start < len(piece):
        rest = len(piece) - start
        for size in range(rest // 2, least - 1, -1):
            if piece[start : start + size] == piece[start + size : start + 2 * size]:
                kept += piece[start : start + size]
                start += 2 * size
                break
        else:
            return None
    return kept


def _without_copy(line: Line, text: str, dropped: str, others: tuple[Step, ...] = ()) -> Line:
    step = Step("undouble", "printed twice for weight", dropped)
    return rewritten(line, text, (*line.steps, *others, step), doubled=True)
