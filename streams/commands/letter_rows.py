"""Dead letters for people and for programs: a row, a page, a line of JSON, and counts."""

import base64
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from schemas.redrive import attempts, origin

if TYPE_CHECKING:
    from streams.clients.dead_letters import FoundLetter

COLUMNS = (
    ("id", 12),
    ("at", 8),
    ("original", 10),
    ("written", 16),
    ("stage", 7),
    ("state", 12),
    ("sent", 4),
    ("bytes", 7),
    ("reason", 0),
)
"""Headings and their widths in cells; the last column takes what is left."""
LEAST_REASON = 24
MOST_SHAPES = 1000
OTHER_REASONS = "(other reasons)"
# Numbers differ from record to record where the reason is the same.
_PARTICULAR = re.compile(r"0x[0-9a-fA-F]+|\d+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class TablePrinter:
    """Prints rows of fixed columns as they come, the headings before the first; the last column is cut to the width."""

    def __init__(self, columns: tuple[tuple[str, int], ...], out: IO[str]) -> None:
        from rich.console import Console

        from streams.commands.rows import PIPED_CELLS

        self._console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
        cells = self._console.width if self._console.is_terminal else PIPED_CELLS
        widths = [width for _, width in columns]
        self._widths = [*widths[:-1], max(LEAST_REASON, cells - sum(widths) - len(widths) + 1)]
        self._headings: tuple[str, ...] | None = tuple(name for name, _ in columns)

    def print(self, *cells: str) -> None:
        """One row."""
        if self._headings is not None:
            self._console.print(self._line(self._headings), style="bold")
            self._headings = None
        self._console.print(self._line(cells))
        self._console.file.flush()

    def _line(self, cells: tuple[str, ...]) -> str:
        from streams.commands.rows import fitted, one_line

        return " ".join(fitted(one_line(cell), width) for cell, width in zip(cells, self._widths, strict=True)).rstrip()


def letter_cells(found: "FoundLetter") -> tuple[str, ...]:
    """The cells of ``COLUMNS``."""
    letter = found.letter
    return (
        letter.id[:12],
        f"{found.partition}:{found.offset}",
        f"{letter.partition}:{letter.offset}",
        f"{found.written.astimezone():%Y-%m-%d %H:%M}",
        letter.stage,
        found.state,
        str(attempts(letter)),
        f"{found.size:,}",
        letter.reason,
    )


def as_json(found: "FoundLetter") -> dict[str, Any]:
    """All about a dead letter but its bytes."""
    letter = found.letter
    return {
        "id": letter.id,
        "topic": found.topic,
        "partition": found.partition,
        "offset": found.offset,
        "written": _told(found.written),
        "stage": letter.stage,
        "reason": letter.reason,
        "state": found.state,
        "attempts": attempts(letter),
        "size": found.size,
        "original": {
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "timestamp": None if letter.timestamp is None else _told(letter.timestamp),
            "pushed_first_as": origin(letter),
        },
    }


def with_bytes(found: "FoundLetter") -> dict[str, Any]:
    """All about a dead letter; bytes in standard base64, and as text where they are UTF-8."""
    letter = found.letter
    told = as_json(found)
    headers = [{"key": header.key, **_bytes("value", header.value)} for header in letter.headers]
    told["original"] |= {**_bytes("key", letter.key), **_bytes("value", letter.value), "headers": headers}
    return told


def page(found: "FoundLetter") -> Iterator[str]:
    """The lines that tell all about a dead letter to a person."""
    letter = found.letter
    produced = "at a time not told" if letter.timestamp is None else f"at {_told(letter.timestamp)}"
    yield f"id           {letter.id}"
    at = f"{found.topic} partition {found.partition} offset {found.offset}"
    yield f"dead letter  {at}, written {_told(found.written)}"
    yield f"original     {letter.topic} partition {letter.partition} offset {letter.offset}, produced {produced}"
    if attempts(letter):
        yield f"pushed first {origin(letter)}; sent back {attempts(letter)} times since"
    yield f"stage        {letter.stage}"
    yield f"reason       {escaped(letter.reason)}"
    yield f"state        {found.state}"
    yield f"key          {_shown(letter.key)}"
    for header in letter.headers:
        yield f"header       {escaped(header.key)} = {_shown(header.value)}"
    yield f"value        {'none' if letter.value is None else f'{len(letter.value):,} bytes'}"
    if letter.value:
        yield ""
        yield _shown(letter.value)


def escaped(text: str) -> str:
    """The text with control characters written out, such as ``\\n``: safe for a terminal, whoever wrote it."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Summary:
    """Counts by stage, reason and state; reasons that differ in their numbers only count as one. Memory is bounded."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self._shapes: set[str] = set()

    def add(self, found: "FoundLetter") -> None:
        """Count one."""
        shape = _PARTICULAR.sub("#", found.letter.reason)[:200]
        if shape not in self._shapes:
            shape = OTHER_REASONS if len(self._shapes) >= MOST_SHAPES else shape
            self._shapes.add(shape)
        self.counts[found.letter.stage, shape, found.state] += 1

    def rows(self) -> list[tuple[int, str, str, str]]:
        """Count, stage, state and reason; the most frequent first."""
        return [(count, stage, state, shape) for (stage, shape, state), count in self.counts.most_common()]


def _bytes(name: str, content: bytes | None) -> dict[str, str | None]:
    if content is None:
        return {f"{name}_base64": None}
    told: dict[str, str | None] = {f"{name}_base64": base64.b64encode(content).decode()}
    try:
        return told | {f"{name}_text": content.decode()}
    except UnicodeDecodeError:
        return told


def _shown(content: bytes | None) -> str:
    return "none" if content is None else escaped(content.decode("utf-8", "backslashreplace"))


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
