"""Dead letters into a file that is whole or not there."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from streams.commands.letter_rows import with_bytes
from streams.errors import InternalFaultError, UsageError

if TYPE_CHECKING:
    from streams.clients.dead_letters import FoundLetter

STDOUT = Path("-")


def export_letters(letters: "Iterable[FoundLetter]", target: Path) -> int:
    """Write each dead letter as a line of JSON; how many there were.

    Raises:
        UsageError: the file cannot be made there.
        InternalFaultError: the disk is full or fails.
    """
    count = 0
    with _standard_output() if target == STDOUT else _whole_or_nothing(target) as out:
        for found in letters:
            out.write(json.dumps(with_bytes(found), ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _whole_or_nothing(target: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its name once it is complete and on the disk."""
    if target.is_dir():
        raise UsageError(f"{target} is a directory; name a file in it")
    try:
        out = tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False)  # noqa: SIM115 -- renamed below
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    try:
        with out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        Path(out.name).replace(target)
    except OSError as error:
        raise InternalFaultError(
            f"writing {target} failed: {error.strerror}; what was there before is as it was"
        ) from error
    finally:
        Path(out.name).unlink(missing_ok=True)
