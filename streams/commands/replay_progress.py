"""How a replay shows that it moves: a bar with rate and time left on a terminal, lines elsewhere; on standard error."""

import sys
import time
from typing import TYPE_CHECKING, Self

import click

from streams.commands.progress import counted

if TYPE_CHECKING:
    from rich.progress import Progress

TOLD_S = 10.0
"""Between two lines where there is no bar."""


class ReplayProgress:
    """Counts records against how many there are, about."""

    def __init__(self, description: str, thing: str = "record") -> None:
        self._description, self._thing = description, thing
        self._bar: Progress | None = None
        self._done = self._total = 0
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def begin(self, done: int, total: int) -> None:
        """So many were done before, of about so many in all."""
        self._done, self._total = done, max(done, total)
        if done:
            self.tell(f"going on after {counted(done, self._thing)}")
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.completed:,.0f} of about {task.total:,.0f}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._description, total=self._total, completed=done, rate="")
        self._bar.start()

    def advance(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        if self._bar:
            speed = self._bar.tasks[self._task].speed
            self._bar.update(self._task, advance=count, rate=f"{speed:,.0f}/s" if speed else "")
        elif time.monotonic() - self._told >= TOLD_S:
            self._told = time.monotonic()
            click.echo(f"{self._description}: {self._done:,} of about {self._total:,}", err=True)

    def tell(self, line: str) -> None:
        """A line for people, above the bar."""
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            click.echo(line, err=True)
