"""A line of a report with what its format knows of it, and the lines of a text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from streams.reports.blocks import Role, Step

FIRST_PIECE = 1 << 20
"""Characters among which a first form feed says that a text has pages."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in points (1/72 inch), origin at the top left corner: ``top < bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Line:
    """A line of a report, in reading order, with what its format knows of it. Never changed once it is made.

    It is not frozen because that would take four times as long to make, and there is one for each line of a text.

    Attributes:
        number: from 1; in a text the line of the file, elsewhere the place in reading order.
        text: not blank, without white space at its ends.
        page: from 1; None where the format has no pages.
        after_blank: whether a blank line stands before it.
        box: where it stands on its page.
        size: size of most of its letters, in points.
        bold: whether most of its letters are bold.
        column: which column or box of its page the reader put it in; lines of one column follow each other.
        role: what the format itself says that the line is.
        whole: whether the format itself says that the line is a block of its own: it is never joined.
        indent: width of the white space before it, in half-width cells.
        marked: whether a glyph that points at a picture stood before it.
        opens: whether a bullet or a weighted opening says that a paragraph begins here.
        doubled: whether it was printed twice.
        hashed: whether Markdown's mark of a heading stood before it.
        steps: what was done to it so far.
    """

    number: int
    text: str
    page: int | None = None
    after_blank: bool = False
    indent: int = 0
    marked: bool = False
    opens: bool = False
    doubled: bool = False
    hashed: bool = False
    box: Box | None = None
    size: float | None = None
    bold: bool | None = None
    column: int | None = None
    role: Role | None = None
    whole: bool = False
    steps: tuple[Step, ...] = ()


def rewritten(line: Line, text: str, steps: tuple[Step, ...], *, doubled: bool = False) -> Line:
    """The line with another text and history; ``doubled`` says that it was printed twice, if the line does not yet."""
    # Not replace(), which takes four times as long.
    return Line(
        line.number,
        text,
        line.page,
        line.after_blank,
        line.indent,
        line.marked,
        line.opens,
        line.doubled or doubled,
        line.hashed,
        line.box,
        line.size,
        line.bold,
        line.column,
        line.role,
        line.whole,
        steps,
    )


def lines_of(text: str | Iterable[str]) -> Iterator[Line]:
    """The lines of a text that are not blank, stripped; a form feed ends a page.

    Pages are counted from the first form feed on, and before it when it comes within FIRST_PIECE characters.

    Args:
        text: the text, or its pieces as they are read; no more than a piece and a line are held.
    """
    pieces = iter((text,) if isinstance(text, str) else text)
    first = _first_piece(pieces)
    page = 1 if "\f" in first else None
    number, after_blank, rest = 1, False, ""
    for piece in chain((first,), pieces, ("\n",)):
        # The last line may go on in the next piece, and a carriage return there may have its line feed.
        whole, rest = _cut_at_last_break(rest + piece)
        if "\r" in whole:
            whole = whole.replace("\r\n", "\n").replace("\r", "\n")
        parts = whole.split("\f")
        for place, part in enumerate(parts):
            if place:
                page = (page or 1) + 1
            raws = part.split("\n")
            # What stands before a form feed is a line; behind the last break there is none.
            last = raws.pop()
            for raw in raws:
                content = raw.strip()
                if content:
                    indent = 0 if content[0] == raw[0] else _cells(raw[: raw.index(content[0])])
                    yield Line(number, content, page, after_blank, indent)
                after_blank = not content
                number += 1
            content = last.strip()
            if content:
                yield Line(number, content, page, after_blank, _cells(last[: last.index(content[0])]))
                after_blank = False
            elif place + 1 < len(parts):
                after_blank = True


def _first_piece(pieces: Iterator[str]) -> str:
    """Enough of the text to see whether it has pages."""
    held: list[str] = []
    length = 0
    while length < FIRST_PIECE and (piece := next(pieces, None)) is not None:
        held.append(piece)
        length += len(piece)
    return "".join(held)


def _cut_at_last_break(text: str) -> tuple[str, str]:
    """What ends with a break, and what stands behind it; a carriage return at the very end waits for what follows."""
    end = max(text.rfind("\n"), text.rfind("\f"), text.rfind("\r", 0, -1)) + 1
    return text[:end], text[end:]


def _cells(white: str) -> int:
    return sum(2 if sign == "\u3000" else 4 if sign == "\t" else 1 for sign in white)
