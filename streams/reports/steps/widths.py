"""How wide a text is, in half-width cells: a hanzi has two, a Latin sign or digit about one."""

import re
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

DIGIT = 1.1
"""Cells of a digit: a little more than half an em in the usual fonts."""

# What cannot be parted at a line's end: opening signs, a word or number or sign, closing signs.
_UNIT = re.compile(r"[“‘（《「『【〔(\[]*(?:[0-9A-Za-z.,%+∶:\-]+|——|……|.)[，。、；：！？”’）》」』】〕…,;:!?)\]%％]*")

_MEETING = re.compile(r"[，。、；：！？”’）》」』】〕](?=[“‘（《「『【〔，。、；：！？”’）》」』】〕])")
_HALF_BLANK = frozenset("，。、；：！？”’）》」』】〕")


def cells(text: str) -> float:
    """The width of a text; signs beyond the basic plane count half a cell too much."""
    encoded = len(text.encode("utf-8", "surrogatepass"))
    # Of a text with n narrow signs (one byte) and w wide ones (three): n + w = length, n + 3 w = encoded.
    wide = (encoded - len(text)) / 2
    return 2 * wide + DIGIT * (len(text) - wide)


def first_units(texts: Sequence[str]) -> list[float]:
    """The widths of what a line's end cannot part at each text's start: of most one hanzi, for another one follows."""
    return [
        2.0 if "\u4e00" <= text[0] <= "\u9fff" and "\u4e00" <= text[1:2] <= "\u9fff" else first_unit(text)
        for text in texts
    ]


def first_unit(text: str) -> float:
    """The width of what a line's end cannot part at the text's start; a closing sign counts one cell, as it is cut."""
    found = _UNIT.match(text)
    if found is None:
        return 2.0
    return cells(found[0]) - (found.end() > 1 and found[0][-1] in "，。、；：！？”’）》」』】〕")


def set_widths(texts: Sequence[str]) -> list[float]:
    """The widths of lines as they are set: where two signs meet they share a blank half, at the end half a one may go.

    All at once, since few signs meet: one search finds them in all lines in the time that five take one by one.
    """
    sizes = [(len(text), len(text.encode("utf-8", "surrogatepass"))) for text in texts]
    # As in ``cells``, written out: this is done for every line.
    widths = [size - signs + DIGIT * (signs - (size - signs) / 2) for signs, size in sizes]
    whole = "\n".join(texts)
    ends = list(accumulate(signs + 1 for signs, _ in sizes))
    for met in _MEETING.finditer(whole):
        widths[bisect(ends, met.start())] -= 1
    return [width - 0.5 if text[-1] in _HALF_BLANK else width for width, text in zip(widths, texts, strict=True)]


def set_width(text: str) -> float:
    """The width of one line, as ``set_widths`` has it."""
    return set_widths([text])[0]
