"""From the lines of a report to its blocks: the page to read first. Each step is a plain function, listed in order.

Lines come in reading order, from any format. Every character of theirs is afterwards in exactly one block, or in
``dropped`` of one of its steps; white space is free. Nothing holds more than a window of the lines.
"""

from collections.abc import Callable, Iterable, Iterator

from streams.reports.blocks import Block
from streams.reports.lines import Line
from streams.reports.steps.doubling import undouble
from streams.reports.steps.furniture import set_furniture_aside, set_late_copies_aside
from streams.reports.steps.headings import stack_headings
from streams.reports.steps.joining import join_lines
from streams.reports.steps.repairs import REPAIRS, repair_lines
from streams.reports.steps.rows import mend_opened_rows, mend_rows
from streams.reports.steps.sections import assign_sections, keep_last_headings

LineStep = Callable[[Iterable[Line]], Iterator[Line]]

_BEHIND_REPAIRS: tuple[LineStep, ...] = (mend_rows, undouble, set_late_copies_aside, mend_opened_rows)
LINE_STEPS: tuple[LineStep, ...] = (set_furniture_aside, *REPAIRS, *_BEHIND_REPAIRS)
"""Every step by its name."""
_PASSES: tuple[LineStep, ...] = (set_furniture_aside, repair_lines, *_BEHIND_REPAIRS)
"""The same steps, those for one line alone in one pass."""
BLOCK_STEPS: tuple[Callable[[Iterable[Block]], Iterator[Block]], ...] = (
    stack_headings,
    keep_last_headings,
    assign_sections,
)


def blocks_of(lines: Iterable[Line]) -> Iterator[Block]:
    """The blocks of a report, in order."""
    for step in _PASSES:
        lines = step(lines)
    blocks = join_lines(lines)
    for block_step in BLOCK_STEPS:
        blocks = block_step(blocks)
    return blocks
