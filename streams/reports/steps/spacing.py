"""White space that belongs to the type and not to the words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.reports.blocks import Step
from streams.reports.lines import Line
from streams.reports.steps.signs import HANZI

_HAS_HANZI = re.compile(f"[{HANZI}]")
# From the side of a hanzi or a full-width mark to another such sign or a digit.
_WIDE = f"[{HANZI}\u2014\u2018-\u201d\u2026\u3001-\u301f\uff00-\uff60]"
_GAP = re.compile(rf"(?<={_WIDE})\s+(?={_WIDE}|\d)|(?<=\d)\s+(?={_WIDE})")
_LATIN_WORD = re.compile(r"[A-Za-z]")
_SPACED_RUN = re.compile(rf"(?<!\S)[{HANZI}](?: [{HANZI}]){{3,}}(?!\S)")

MIN_SPACED_PIECES = 4
MIN_SINGLE_SHARE = 0.75
"""A line is letter-spaced when it has so many pieces and so many of them are one sign or one number."""


def unspace(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines without the gaps of letter-spacing, of the whole line or of a run in it: 刚 刚 过 去 的 -> 刚刚过去的."""
    for line in lines:
        yield unspace_line(line) if " " in line.text or "\u3000" in line.text else line


def unspace_line(line: Line) -> Line:
    """One line without letter-spacing."""
    pieces = line.text.split()
    if len(pieces) < MIN_SPACED_PIECES or not _HAS_HANZI.search(line.text):
        return line
    single = sum(len(piece.strip("，。、；：")) <= 1 or piece.isdigit() for piece in pieces)
    if single >= MIN_SINGLE_SHARE * len(pieces) and not _LATIN_WORD.search(line.text):
        return _closed(line, "".join(pieces))
    return _closed(line, _SPACED_RUN.sub(lambda run: run[0].replace(" ", ""), line.text))


def close_gaps(text: str) -> str:
    """Without white space between signs of Chinese prose, which has none: 的 2023 年 -> 的2023年."""
    return _GAP.sub("", text) if " " in text or "\u3000" in text or "\t" in text else text


def _closed(line: Line, text: str) -> Line:
    if text == line.text:
        return line
    return replace(line, text=text, steps=(*line.steps, Step("unspace", "letter-spaced")))
