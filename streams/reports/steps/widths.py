"""How wide a text is, in half-width cells: a hanzi has two, a Latin sign or digit about one."""

import re

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


def first_unit(text: str) -> float:
    """The width of what a line's end cannot part at the text's start; a closing sign counts one cell, as it is cut."""
    if "\u4e00" <= text[0] <= "\u9fff" and "\u4e00" <= text[1:2] <= "\u9fff":
        return 2.0
    found = _UNIT.match(text)
    if found is None:
        return 2.0
    return cells(found[0]) - (found.end() > 1 and found[0][-1] in "，。、；：！？”’）》」』】〕")


def set_width(text: str) -> float:
    """The width of a text as it is set: where two signs meet they share a blank half, at the end half a one may go."""
    encoded = len(text.encode("utf-8", "surrogatepass"))
    wide = (encoded - len(text)) / 2
    width = 2 * wide + DIGIT * (len(text) - wide)
    # Most lines have no such sign but at their end.
    if not text[:-1].isalnum() and (
        "”" in text or "“" in text or "》" in text or "《" in text or "）" in text or "（" in text
    ):
        width -= len(_MEETING.findall(text))
    return width - 0.5 if text[-1] in _HALF_BLANK else width
