"""A small disk for the broker, so that it can be full without harm to the machine's own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILLER = "filler"


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[str | None]:
    """Mount a tmpfs on ``folder`` and unmount it at the end; None when that worked, else why not."""
    reason = _mount(folder, mebibytes)
    try:
        yield reason
    finally:
        if reason is None:
            # Lazily: what still holds a file there must not keep the run from ending.
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)  # noqa: S607 -- of the system's path


def fill(folder: Path) -> None:
    """Take all the space that is left."""
    with (folder / FILLER).open("wb") as file:
        for size in (1024 * 1024, 4096):
            with suppress(OSError):
                while True:
                    os.write(file.fileno(), bytes(size))


def free(folder: Path) -> None:
    """Give it back."""
    (folder / FILLER).unlink(missing_ok=True)


def _mount(folder: Path, mebibytes: int) -> str | None:
    if sys.platform != "linux":
        return "a tmpfs needs Linux"
    if os.geteuid() != 0:
        return "mounting a tmpfs needs root"
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return None if done.returncode == 0 else f"mount says: {done.stderr.strip()}"
