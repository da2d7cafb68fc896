"""How wide the column is that a line stands in, and how much of it the line leaves free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from streams.reports.lines import Line
from streams.reports.steps.widths import first_unit, set_width

NEAR = 6
"""Lines before and behind that show a line's column; the column's width can change within a paragraph."""
PLAY = 4.6
"""Cells by which the second widest line of a column may be narrower: an indent and some play."""
OVER = 2.4
"""Cells by which a line must be wider than its neighbours not to stand in their column."""
FITS = 1.6
"""Cells by which a line of a column may be wider than the others: signs are pressed together."""


@dataclass(slots=True)
class Place:
    """A line between its neighbours; widths in half-width cells of its own type.

    Attributes:
        width: of the text.
        behind: width of the column that the lines before it stand in; 0 when there is none.
        ahead: width of the column that the lines behind it stand in; 0 when there is none.
        unit: width of the next line's first word, which the end of this one could not part.
        before: width of the line before it.
        following: width of the line behind it.
        filled: whether blanks that are gone now filled the line.
        indent: from the column's left edge to the line; None where that is not known.
        begins: what speaks for a paragraph's beginning here, as a cost of going on; less than nothing against it.
    """

    width: float
    behind: float
    ahead: float
    unit: float
    filled: bool
    before: float = 0.0
    following: float = 0.0
    indent: float | None = None
    begins: float = 0.0

    def room(self, *, first: bool) -> float:
        """What would be left at the line's end with the next line's first word on it; negative on a full line.

        Args:
            first: whether a block begins with the line; then its column is that of the lines behind it.
        """
        return -self.unit if self.filled else self.column(first=first) - self.width - self.unit

    def column(self, *, first: bool) -> float:
        """The width of the line's column: of those before and behind it the narrower one that holds it."""
        if first and self.ahead:
            return self.ahead if self.width <= self.ahead + OVER else max(self.behind, self.width)
        narrow, wide = (self.behind, self.ahead) if self.behind < self.ahead else (self.ahead, self.behind)
        return narrow if self.width <= narrow + FITS else max(wide, self.width)


class Places(Sequence[Place]):
    """The places of lines that follow each other, headings, captions and so on left out; each made when asked for."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Measure the lines; no more is done until a place is asked for."""
        self._lines = lines
        self._widths = [set_width(line.text) for line in lines]
        self._columns: list[float | None] = [None] * len(lines) + [0.0]
        self._made: list[Place | None] = [None] * len(lines)

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Place: ...

    @overload
    def __getitem__(self, index: slice) -> list[Place]: ...

    def __getitem__(self, index: int | slice) -> Place | list[Place]:
        """The place of a line."""
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        made = self._made[index]
        if made is None:
            made = self._made[index] = self._place(index)
        return made

    def _place(self, index: int) -> Place:
        widths, lines = self._widths, self._lines
        goes_on = index + 1 < len(lines)
        # By position: by name it would take half as long again, and there is one for every second line of a page.
        return Place(
            widths[index],
            self._column(index - NEAR if index > NEAR else 0) if index else 0.0,
            self._column(index + 1),
            first_unit(lines[index + 1].text) if goes_on else 2.0,
            _was_spaced(lines[index]),
            widths[index - 1] if index else 0.0,
            widths[index + 1] if goes_on else 0.0,
        )

    def _column(self, index: int) -> float:
        """The width of the column of the lines from one on."""
        found = self._columns[index]
        if found is None:
            found = self._columns[index] = typical(self._widths[index : index + NEAR])
        return found


def _was_spaced(line: Line) -> bool:
    return bool(line.steps) and any(step.name == "unspace" for step in line.steps)


def typical(widths: Sequence[float]) -> float:
    """The width of full lines: the second widest of those near the widest; one that stands out alone does not count."""
    ordered = sorted(widths)
    if len(ordered) > 2 and ordered[-1] - ordered[-2] > PLAY:
        ordered.pop()
    widest = ordered.pop()
    return ordered[-1] if ordered and widest - ordered[-1] <= OVER else widest
