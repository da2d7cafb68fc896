"""How a push shows that it moves: a bar on a terminal, a line for each file elsewhere; on standard error."""

import sys
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress


class PushProgress:
    """A bar on a terminal, a line for each file elsewhere; on standard error."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("files, {task.fields[paragraphs]} paragraphs"),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("push", total=self._files, paragraphs=0)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, shown: str, paragraphs: int) -> None:
        """Another paragraph of a file was handed over."""
        if self._bar:
            self._bar.update(self._task, description=shown[-40:], paragraphs=paragraphs)

    def done(self, shown: str, paragraphs: int) -> None:
        """A file was read to its end."""
        if self._bar:
            self._bar.advance(self._task)
        else:
            click.echo(f"{shown}: {counted(paragraphs, 'paragraph')}", err=True)


def counted(count: int, thing: str) -> str:
    """A count with its thing in singular or plural: 1 file, 1,200 files."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
