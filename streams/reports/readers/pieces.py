"""Letters to pieces of lines, by position alone, and pieces of one line to its text."""

import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from streams.reports.readers.glyphs import Glyph

REACH = 0.62
"""Ems between two letters from which they belong to different pieces: a blank between Chinese letters with its
letter-spacing stays below, the gap between two columns above."""
BACK = 0.65
"""Ems by which a letter may stand before the end of the one it follows: kerning, and marks narrower than a square."""
BASE_SHIFT = 0.25
"""Ems between the base lines of letters of one line, where fonts are mixed."""
BLANK = 0.17
"""Ems between letters, beyond what is usual on their line, that are read as a blank."""

_CLOSING = "，。、；：！？）》〉」』】〕”’"
"""Marks with their ink in the left half of their square, which lose the other half at the end of a line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that follow each other on one line. Points, origin at the top left corner of the page."""

    glyphs: tuple[Glyph, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def base(self) -> float:
        """The line that most of its letters stand on."""
        return self.glyphs[0].base

    @property
    def bold(self) -> bool | None:
        """Whether most letters are; None when the PDF does not tell."""
        known = [glyph.bold for glyph in self.glyphs if glyph.bold is not None]
        return 2 * sum(known) > len(self.glyphs) if known else None


def piece_of(glyphs: Sequence[Glyph]) -> Piece:
    """Letters, from left to right, as a piece."""
    size = median(glyph.size for glyph in glyphs)
    last = glyphs[-1]
    if last.text in _CLOSING:
        last.x1 = min(last.x1, last.x0 + 0.5 * last.em)
    return Piece(
        tuple(glyphs),
        glyphs[0].x0,
        min(glyph.top for glyph in glyphs),
        max(glyph.x1 for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
        size,
    )


def pieces_of(glyphs: Sequence[Glyph]) -> list[Piece]:
    """The pieces of a page's letters, in no order that means anything."""
    runs = _painted_runs(glyphs)
    return [piece_of(run) for run in _chained(runs)]


def _painted_runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Letters that were painted one behind the other: nearly always whole pieces, and quick to find."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1][-1], glyph):
            _close_up(runs[-1][-1], glyph)
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _follows(before: Glyph, after: Glyph) -> bool:
    em = max(before.em, after.em)
    if after.x0 <= before.x0 or not -BACK * em <= after.x0 - before.x1 < REACH * em:
        return False
    return abs(after.base - before.base) <= BASE_SHIFT * min(before.size, after.size) and _similar(before, after)


def _similar(first: Glyph, second: Glyph) -> bool:
    return 0.5 < first.size / second.size < 2


def _close_up(before: Glyph, after: Glyph) -> None:
    """Marks set narrower than a square end where the next letter begins."""
    before.x1 = max(min(before.x1, after.x0), before.x0)


def _chained(runs: list[list[Glyph]]) -> Iterator[list[Glyph]]:
    """Runs that another run goes on, wherever in the file it was painted, joined to it."""
    starts: dict[int, list[tuple[float, int]]] = {}
    for number, run in enumerate(runs):
        insort(starts.setdefault(_row(run[0]), []), (run[0].x0, number))
    taken: set[int] = set()
    following: dict[int, int] = {}
    for number, run in sorted(enumerate(runs), key=lambda entry: entry[1][-1].x1):
        found = _next_run(runs, starts, number, run[-1], taken)
        if found is not None:
            taken.add(found)
            following[number] = found
    for number, run in enumerate(runs):
        if number not in taken:
            yield _whole_chain(runs, following, number, run)


def _whole_chain(runs: list[list[Glyph]], following: dict[int, int], number: int, run: list[Glyph]) -> list[Glyph]:
    whole = list(run)
    while (number := following.get(number, -1)) >= 0:
        _close_up(whole[-1], runs[number][0])
        whole.extend(runs[number])
    return whole


def _row(glyph: Glyph) -> int:
    return int(glyph.base // 8)


def _next_run(
    runs: list[list[Glyph]], starts: dict[int, list[tuple[float, int]]], number: int, end: Glyph, taken: set[int]
) -> int | None:
    best: tuple[float, int] | None = None
    for row in (_row(end) - 1, _row(end), _row(end) + 1):
        line = starts.get(row, [])
        for x0, candidate in line[bisect_left(line, (end.x0, -1)) :]:
            if x0 - end.x1 >= REACH * 2 * end.em or (best and x0 >= best[0]):
                break
            if candidate != number and candidate not in taken and _follows(end, runs[candidate][0]):
                best = (x0, candidate)
                break
    return best[1] if best else None


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of a line's letters from left to right, with a blank where the page has one.

    A gap counts as a blank when it is wider than what is usual between the letters of its line, so that a
    title set with even letter-spacing stays whole.
    """
    gaps = [(after.x0 - before.x1) / max(before.em, after.em) for before, after in pairwise(glyphs)]
    usual = max(median(gaps), 0.0) if len(gaps) > 2 else 0.0
    text = [glyphs[0].text]
    for before, after, gap in zip(glyphs, glyphs[1:], gaps, strict=False):
        if gap > usual + BLANK or (before.blank_after and not (usual > BLANK and gap <= usual + BLANK)):
            text.append(" ")
        text.append(after.text)
    return unicodedata.normalize("NFC", "".join(text)).strip()


def glyphs_across(pieces: Iterable[Piece]) -> list[Glyph]:
    """The letters of the pieces of one line, from left to right."""
    return [glyph for piece in sorted(pieces, key=lambda piece: piece.x0) for glyph in piece.glyphs]
