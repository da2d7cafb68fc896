"""What a person sees of the first download: a bar on a terminal, a few plain lines elsewhere; on standard error."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Advance = Callable[[int], None]
"""Takes the bytes that have arrived since the last call; may be called from any thread."""

PLAIN_STEPS = 4


@contextmanager
def download_progress(title: str, total_bytes: int, stream: TextIO | None = None) -> Iterator[Advance]:
    """Show the progress of a download of ``total_bytes`` on ``stream`` (standard error unless given)."""
    out = stream or sys.stderr
    if not out.isatty():
        yield _plain(title, total_bytes, out)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(file=out)) as bar:
        task = bar.add_task(title, total=total_bytes)
        yield lambda count: bar.advance(task, count)


def _plain(title: str, total_bytes: int, out: TextIO) -> Advance:
    lock, done, shown = threading.Lock(), 0, 0
    print(f"{title}: {megabytes(total_bytes)}", file=out, flush=True)

    def advance(count: int) -> None:
        nonlocal done, shown
        with lock:
            done += count
            step = min(PLAIN_STEPS, done * PLAIN_STEPS // max(total_bytes, 1))
            if step > shown:
                shown = step
                print(f"{title}: {megabytes(done)} of {megabytes(total_bytes)}", file=out, flush=True)

    return advance


def megabytes(count: int) -> str:
    """A number of bytes in MB (10^6), as people read download sizes."""
    return f"{count / 1e6:.0f} MB"
