"""How wide the column is that a line stands in, and how much of it the line leaves free."""

from collections.abc import Sequence

from streams.reports.lines import Line
from streams.reports.steps.signs import ends_fully
from streams.reports.steps.widths import first_units, set_widths

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
    """Where lines that follow each other stand, headings, captions and so on left out.

    Widths are in half-width cells of a line's own type. Lists have one for each line; each question names a line by
    its index.
    """

    widths: Sequence[float]
    """Of the lines."""
    units: Sequence[float]
    """Of the next line's first word, which the end of a line could not part."""
    behind: Sequence[float]
    """Of the column that the lines before a line stand in; 0 when there is none."""
    ahead: Sequence[float]
    """Of the column that the lines behind a line stand in; 0 when there is none."""
    indents: Sequence[float] | None = None
    """From the column's left edge to each line; None where that is not known."""
    begins: Sequence[float] | None = None
    """For each line what speaks for a paragraph's beginning there, as a cost of going on; less than nothing against
    it. None where nothing but the text is known."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Measure the lines."""
        self._lines = lines
        self.units = [*first_units([line.text for line in lines[1:]]), 2.0]
        self.begins = _typed_indents(lines)
        self._measure()

    def _measure(self) -> None:
        """Find how wide the lines and their columns are, of which only the text is known."""
        self.widths = set_widths([line.text for line in self._lines])
        columns = _columns(self.widths)
        self.ahead = [*columns[1:], 0.0]
        self.behind = [0.0, *columns[:1] * NEAR, *columns[1:]][: len(columns)]

    def beside(self, index: int, step: int) -> float:
        """The width of the line before (-1) or behind (1) this one; 0 when there is none."""
        return self.widths[index + step] if 0 <= index + step < len(self.widths) else 0.0

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
            return -self.units[index]
        return self.column(index, first=first) - self.widths[index] - self.units[index]

    def column(self, index: int, *, first: bool) -> float:
        """The width of the line's column: of those before and behind it the narrower one that holds it."""
        width, ahead, behind = self.widths[index], self.ahead[index], self.behind[index]
        if first and ahead:
            return ahead if width <= ahead + OVER else max(behind, width)
        narrow, wide = (behind, ahead) if behind < ahead else (ahead, behind)
        return narrow if width <= narrow + FITS else max(wide, width)


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


def _columns(widths: Sequence[float]) -> list[float]:
    """What is ``typical`` of each line and those behind it."""
    found = []
    for index in range(len(widths)):
        near = sorted(widths[index : index + NEAR])
        # Of most lines the widest two say it.
        alike = len(near) > 1 and near[-1] - near[-2] <= OVER
        found.append(near[-2] if alike else typical(near))
    return found


def typical(widths: Sequence[float]) -> float:
    """The width of full lines: the second widest of those near the widest; one that stands out alone does not count."""
    ordered = sorted(widths)
    if len(ordered) == 1:
        return ordered[0]
    second, widest = ordered[-2], ordered[-1]
    if widest - second > PLAY and len(ordered) > 2:
        second, widest = ordered[-3], second
    return second if widest - second <= OVER else widest
