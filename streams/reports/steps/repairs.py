"""The repairs that look at one line alone, as one step: by far the most lines need none of them."""

from collections.abc import Callable, Iterable, Iterator

from streams.reports.lines import Line
from streams.reports.steps.marks import drop_hashes, drop_marks, split_at_pointers
from streams.reports.steps.spacing import unspace

REPAIRS: tuple[Callable[[Iterable[Line]], Iterator[Line]], ...] = (
    split_at_pointers,
    drop_marks,
    drop_hashes,
    unspace,
)
"""In their order; what one of them does to a line depends on no other line."""


def repair_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """As all ``REPAIRS`` one behind the other: a line without blanks that begins with no mark is as it should be."""
    for line in lines:
        first = line.text[0]
        # No mark is among the hanzi, nor among digits, letters and quotation marks.
        unmarked = "\u3000" <= first < "\ue000" or "#" < first < "\u2190"
        if unmarked and " " not in line.text and "\u3000" not in line.text:
            yield line
        else:
            yield from _repaired(line)


def _repaired(line: Line) -> Iterable[Line]:
    found: Iterable[Line] = (line,)
    for repair in REPAIRS:
        found = repair(found)
    return found
