"""How wide the column is that a line stands in, and how much of it the line leaves free."""

from collections.abc import Sequence

from streams.reports.lines import Line
from streams.reports.steps.signs import ends_fully
from streams.reports.steps.widths import first_unit, set_width

NEAR = 6
"""Lines before and behind that show a line's column; the column's width can change within a paragraph."""
PLAY = 4.6
"""Cells by which the second widest line of a column may be narrower: an indent and some play."""
OVER = 2.4
"""Cells by which a line must be wider than its neighbours not to stand in their column."""
FITS = 1.6
"""Cells by which a line of a column may be wider than the others: signs are pressed together."""

FURTHER = (2, 8)
"""Cells that a paragraph's first line is typed further in, from and to."""
TYPED = 6.0
"""What a typed indent speaks for a paragraph's beginning, as a cost of going on; without one as much against it."""
MIN_TYPED = 2
MIN_TYPED_SHARE = 0.6


class Places:
    """Where lines that follow each other stand, headings, captions and so on left out; measured when it is asked for.

    Widths are in half-width cells of a line's own type. Each question names a line by its index.
    """

    indents: Sequence[float] | None = None
    """From the column's left edge to each line; None where that is not known."""
    begins: Sequence[float] | None = None
    """For each line what speaks for a paragraph's beginning there, as a cost of going on; less than nothing against
    it. None where nothing but the text is known."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Measure the lines' texts."""
        self._lines = lines
        self.widths: Sequence[float] = [set_width(line.text) for line in lines]
        self._columns: list[float | None] = [None] * len(lines) + [0.0]
        self._units: list[float | None] = [None] * len(lines)
        self.begins = _typed_indents(lines)

    def behind(self, index: int) -> float:
        """The width of the column that the lines before this one stand in; 0 when there is none."""
        return self._column(index - NEAR if index > NEAR else 0) if index else 0.0

    def ahead(self, index: int) -> float:
        """The width of the column that the lines behind this one stand in; 0 when there is none."""
        return self._column(index + 1)

    def beside(self, index: int, step: int) -> float:
        """The width of the line before (-1) or behind (1) this one; 0 when there is none."""
        return self.widths[index + step] if 0 <= index + step < len(self.widths) else 0.0

    def unit(self, index: int) -> float:
        """The width of the next line's first word, which the end of this line could not part."""
        found = self._units[index]
        if found is None:
            found = first_unit(self._lines[index + 1].text) if index + 1 < len(self._lines) else 2.0
            self._units[index] = found
        return found

    def is_filled(self, index: int) -> bool:
        """Whether blanks that are gone now filled the line; a box holds the blanks, too."""
        line = self._lines[index]
        return bool(line.steps) and line.box is None and any(step.name == "unspace" for step in line.steps)

    def room(self, index: int, *, first: bool) -> float:
        """What would be left at the line's end with the next line's first word on it; negative on a full line.

        Args:
            index: the line.
            first: whether a block begins with it; then its column is that of the lines behind it.
        """
        if self.is_filled(index):
            return -self.unit(index)
        return self.column(index, first=first) - self.widths[index] - self.unit(index)

    def column(self, index: int, *, first: bool) -> float:
        """The width of the line's column: of those before and behind it the narrower one that holds it."""
        width, ahead = self.widths[index], self.ahead(index)
        if first and ahead:
            return ahead if width <= ahead + OVER else max(self.behind(index), width)
        behind = self.behind(index)
        narrow, wide = (behind, ahead) if behind < ahead else (ahead, behind)
        return narrow if width <= narrow + FITS else max(wide, width)

    def _column(self, index: int) -> float:
        """The width of the column of the lines from one on."""
        found = self._columns[index]
        if found is None:
            found = self._columns[index] = typical(self.widths[index : index + NEAR])
        return found


def _typed_indents(lines: Sequence[Line]) -> list[float] | None:
    """What blanks typed before lines say of paragraphs' beginnings; None where they do not stand at beginnings.

    They do where most lines that stand further in than usual follow the end of a sentence.
    """
    if not any(line.indent for line in lines):
        return None
    usual = sorted(line.indent for line in lines)[len(lines) // 4]
    further = [FURTHER[0] <= line.indent - usual <= FURTHER[1] for line in lines]
    behind_end = sum(indented and ends_fully(before.text) for indented, before in zip(further[1:], lines, strict=False))
    if behind_end < MIN_TYPED or behind_end < MIN_TYPED_SHARE * sum(further[1:]):
        return None
    return [TYPED if indented else -TYPED for indented in further]


def typical(widths: Sequence[float]) -> float:
    """The width of full lines: the second widest of those near the widest; one that stands out alone does not count."""
    ordered = sorted(widths)
    if len(ordered) > 2 and ordered[-1] - ordered[-2] > PLAY:
        ordered.pop()
    widest = ordered.pop()
    return ordered[-1] if ordered and widest - ordered[-1] <= OVER else widest
