"""Blocks of a page, for people as rows and for programs as JSON lines."""

import json
from dataclasses import asdict
from typing import IO, Protocol

from schemas.paragraph import Report
from streams.commands.rows import one_line
from streams.reports.blocks import Block, Role, Step

SENT: tuple[Role, ...] = ("body", "caption")
"""Roles of the blocks that push sends as paragraphs."""
COLOURS: dict[Role, str] = {
    "heading": "bold cyan",
    "body": "green",
    "caption": "yellow",
    "credit": "magenta",
    "byline": "blue",
    "leftover": "dim",
}
ORDINAL_CELLS = 5
ROLE_CELLS = 8
PLACE_CELLS = 8


class BlockPrinter(Protocol):
    """Shows one block after the other."""

    def begin(self, file: str, report: Report) -> None:
        """Blocks of another report follow."""

    def show(self, ordinal: int, block: Block) -> None:
        """The block that is ``ordinal``-th, from 0, of its file."""


class BlockLines:
    """Every block as a line of JSON."""

    def __init__(self, out: IO[str], *, steps: bool) -> None:
        """Lines go to ``out``; ``steps`` adds what was done to each block."""
        self._out = out
        self._steps = steps
        self._about: dict[str, object] = {}

    def begin(self, file: str, report: Report) -> None:
        """Keep what each line repeats."""
        self._about = {"file": file, "report": report.model_dump(mode="json")}

    def show(self, ordinal: int, block: Block) -> None:
        """One line."""
        fields = {
            **self._about,
            "ordinal": ordinal,
            "role": block.role,
            "text": block.text,
            "section": block.section,
            "page": block.page,
            "line": block.line,
        }
        if self._steps:
            fields["steps"] = [asdict(step) for step in block.steps]
        self._out.write(json.dumps(fields, ensure_ascii=False) + "\n")


class BlockRows:
    """A table that grows as blocks come: coloured and wrapped on a terminal, a line for each block elsewhere."""

    def __init__(self, out: IO[str], *, roles: bool, steps: bool) -> None:
        """Rows go to ``out``: what push sends, with ``roles`` the other blocks, with ``steps`` the leftovers too."""
        from rich.console import Console

        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._roles = roles
        self._steps = steps

    def begin(self, file: str, report: Report) -> None:
        """The file's name, and what was found of its title, day and genre."""
        day = report.published.isoformat() if report.published else None
        known = (report.title, day, report.genre)
        self._line(one_line(f"{file}: {' · '.join(filter(None, known))}"), "bold")

    def show(self, ordinal: int, block: Block) -> None:
        """One row, if it is wanted."""
        if not self._wanted(block.role):
            return
        self._row(f"{ordinal:>{ORDINAL_CELLS}}", block.role, _place(block), one_line(block.text))
        if self._steps:
            for step in block.steps:
                self._row("", "", "", f"· {_told(step)}", "dim")

    def _wanted(self, role: Role) -> bool:
        return self._steps or role in SENT or (self._roles and role != "leftover")

    def _row(self, ordinal: str, role: str, place: str, text: str, style: str = "") -> None:
        if not self._console.is_terminal:
            self._console.file.write(f"{ordinal:{ORDINAL_CELLS}} {role:{ROLE_CELLS}} {place:{PLACE_CELLS}} {text}\n")
            return
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        for cells in (ORDINAL_CELLS, ROLE_CELLS, PLACE_CELLS):
            grid.add_column(width=cells, no_wrap=True)
        grid.add_column(ratio=1, overflow="fold")
        colour = next((shade for name, shade in COLOURS.items() if name == role), style)
        grid.add_row(Text(ordinal), Text(role, colour), Text(place, "dim"), Text(text, style))
        self._console.print(grid)

    def _line(self, text: str, style: str) -> None:
        if self._console.is_terminal:
            self._console.print(text, style=style)
        else:
            self._console.file.write(text + "\n")


def _place(block: Block) -> str:
    """Page and line, such as ``2:31``, or the line alone."""
    return f"{block.page}:{block.line}" if block.page is not None else str(block.line)


def _told(step: Step) -> str:
    dropped = f" [dropped: {step.dropped}]" if step.dropped else ""
    return one_line(f"{step.name}: {step.detail}{dropped}")
