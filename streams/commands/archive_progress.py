"""How archiving shows that it moves: a bar with rate and time left on a terminal, a line for each step elsewhere."""

import sys
from typing import TYPE_CHECKING, Self

import click

from streams.commands.progress import counted

if TYPE_CHECKING:
    from rich.progress import Progress

    from streams.archive.manifest import Manifest


class ArchiveProgress:
    """A bar over the offsets that are left on a terminal, a line for each step elsewhere; on standard error."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._offsets = self._records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def begin(self, offsets: int) -> None:
        """So many offsets are to be read."""
        self._offsets = offsets
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("archive"),
            BarColumn(),
            TaskProgressColumn(show_speed=True),
            TextColumn("{task.fields[records]:,} records"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("archive", total=offsets, records=0)
        self._bar.start()

    def read(self, records: int, left: int) -> None:
        """So many records more were read, and so many offsets are left of those that were there at the beginning."""
        self._records += records
        if self._bar:
            self._bar.update(self._task, completed=self._offsets - left, records=self._records)

    def written(self, manifest: "Manifest") -> None:
        """A step is in the archive."""
        if not self._bar:
            records = sum(file.records for file in manifest.files)
            size = sum(file.bytes for file in manifest.files)
            files = counted(len(manifest.files), "file")
            click.echo(f"step {manifest.number}: {counted(records, 'record')}, {files}, {size:,} bytes", err=True)

    def tell(self, line: str) -> None:
        """A line for people, above the bar."""
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            click.echo(line, err=True)
