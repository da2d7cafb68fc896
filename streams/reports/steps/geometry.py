"""What boxes, sizes and weights of lines say: for formats that know where a line stands on its page."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from streams.reports.blocks import Role
from streams.reports.lines import Line
from streams.reports.steps.columns import OVER, Places

NEAR = 4
"""Lines of the same column before and behind that show its edges; they move beside a picture."""
AROUND = 12
"""Lines before and behind whose letters show the size of the text's type."""
MAX_RUN = 80
"""Letters of one size that follow each other, from which they are text, whatever is set about them."""
LARGER = 1.03
SMALLER = 0.895
"""Sizes against that of the text, from which a line is set as a heading, and as a caption."""
INDENT = (1.2, 9.0)
"""Cells from a column's left edge to a first line."""
GAP = 0.3
PICTURE = 3.0
"""Heights of a line by which the gap above one is wider than usual: from GAP on a paragraph begins, from PICTURE on
something stands between."""
STRONG = 6.0
FAIR = 3.5

SAME_SIZE = 0.06
MIN_LINES = 3
"""Lines of a column from which their left edge says which one has an indent."""

_SENTENCE_WITHIN = re.compile(r"[。！？][^。！？”’）]")


@dataclass(frozen=True, slots=True)
class Edges:
    """The left and right edge of a column about a line, in points, and how many lines show them."""

    left: float
    right: float
    lines: int


class BoxedPlaces(Places):
    """Where lines that all have boxes stand: their edges say it, and what speaks for a paragraph's beginning."""

    def _measure(self) -> None:
        """Find how wide the lines and their columns are, and their indents, by the lines' boxes."""
        lines = self._lines
        self._edges = [_edges(lines, index) for index in range(len(lines))]
        measured = list(zip(lines, self._edges, strict=True))
        self.indents = [(line.box.x0 - edge.left) / cell(line) for line, edge in measured if line.box]
        self.widths = [((line.box.x1 if line.box else 0.0) - edge.left) / cell(line) for line, edge in measured]
        self.ahead = self.behind = [(edge.right - edge.left) / cell(line) for line, edge in measured]
        indented, leading = _are_indented(lines, self.indents), _leading(lines)
        self.begins = [
            _begins(lines, index, indent, leading, indented=indented and edge.lines >= MIN_LINES)
            for index, (indent, edge) in enumerate(zip(self.indents, self._edges, strict=True))
        ]

    def beside(self, index: int, step: int) -> float:
        """Where the line before or behind ends, in cells from this one's left edge; 0 in another column."""
        return _right_of(self._lines, index + step, self._lines[index], self._edges[index].left)


def _right_of(lines: Sequence[Line], other: int, line: Line, left: float) -> float:
    """Where the line before or behind ends, in cells from the left edge; 0 in another column."""
    if not 0 <= other < len(lines) or not _is_beside(line, lines[other]):
        return 0.0
    box = lines[other].box
    return (box.x1 - left) / cell(line) if box else 0.0


def cell(line: Line) -> float:
    """Half the size of a line's type, in points."""
    return (line.size or 10.0) / 2


def roles_of_sizes(lines: Sequence[Line]) -> list[Role | None]:
    """For each line what its size says when it is short and larger or smaller than the text about it."""
    found: list[Role | None] = [None] * len(lines)
    start = 0
    for size, run in groupby(lines, key=_size):
        end = start + len(list(run))
        letters = sum(len(line.text) for line in lines[start:end])
        is_text = letters > MAX_RUN or _SENTENCE_WITHIN.search("".join(line.text for line in lines[start:end]))
        if lines[start].text.startswith("——") and not is_text:
            found[start:end] = ["heading"] * (end - start)
            start = end
            continue
        role = None if is_text else _role_of_size(size, _text_size(lines, start, end))
        found[start:end] = [role] * (end - start)
        start = end
    return found


def _role_of_size(size: float, text: float) -> Role | None:
    return "heading" if size >= LARGER * text else "caption" if size <= SMALLER * text else None


def _text_size(lines: Sequence[Line], start: int, end: int) -> float:
    """The size of most letters about some lines, in points."""
    counts: Counter[float] = Counter()
    for line in lines[max(start - AROUND, 0) : end + AROUND]:
        counts[_size(line)] += len(line.text)
    return max(counts, key=lambda size: (counts[size], -size))


def _size(line: Line) -> float:
    return round(line.size or 0.0, 1)


def _edges(lines: Sequence[Line], index: int) -> Edges:
    """The edges of the lines about one line in its column; one that stands out alone does not count."""
    here = lines[index]
    boxes = [line.box for line in lines[max(index - NEAR, 0) : index + NEAR + 1] if line.box and _is_beside(here, line)]
    left = _supported([box.x0 for box in boxes], cell(here))
    return Edges(left, -_supported([-box.x1 for box in boxes], cell(here)), len(boxes))


def _is_beside(here: Line, line: Line) -> bool:
    same_type = abs((line.size or 0.0) - (here.size or 0.0)) <= SAME_SIZE * cell(here)
    return line.column == here.column and line.page == here.page and same_type


def _supported(edges: Sequence[float], one: float) -> float:
    """The outermost edge that another line has too."""
    ordered = sorted(edges)
    for place in range(len(ordered) - 1):
        if ordered[place + 1] - ordered[place] <= OVER * one:
            return ordered[place]
    return ordered[0]


def _are_indented(lines: Sequence[Line], indents: Sequence[float]) -> bool:
    """Whether about as many lines have an indent as there are paragraphs."""
    ends = sum(line.text[-1] in "。！？”" for line in lines)
    return sum(INDENT[0] <= indent <= INDENT[1] for indent in indents) > 0.25 * ends


def _leading(lines: Sequence[Line]) -> float:
    """The usual gap between lines of one column, in heights of a line."""
    gaps = sorted(gap for index in range(1, len(lines)) if (gap := _gap(lines, index)) is not None)
    return gaps[len(gaps) // 3] if gaps else 0.0


def _gap(lines: Sequence[Line], index: int) -> float | None:
    """The gap between a line and the one before it, in heights of a line; None in different columns."""
    first, second = lines[index - 1], lines[index]
    if index == 0 or not first.box or not second.box or first.column != second.column or first.page != second.page:
        return None
    gap = (second.box.top - first.box.bottom) / (second.box.bottom - second.box.top)
    return gap if gap > -1 else None


def _begins(lines: Sequence[Line], index: int, indent: float, leading: float, *, indented: bool) -> float:
    """How much speaks for a paragraph's beginning at a line; less than nothing when something speaks against it."""
    gap = _gap(lines, index)
    wide = gap is not None and GAP < gap - leading < PICTURE
    if INDENT[0] <= indent <= INDENT[1]:
        return STRONG
    if indented and indent < INDENT[0]:
        return FAIR - STRONG if wide else -STRONG
    return FAIR if wide else 0.0
