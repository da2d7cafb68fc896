"""What a request asks for, checked: every query has a limit, and a wrong value is named."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from streams.boards.problems import wrong

LIMIT = 50
MOST = 200
MOST_CSV = 10_000
LONGEST = 200
"""Characters of a value."""
MOST_FILTERS = 8
NOT_OURS = "the cursor is none that an answer of ours gave"


@dataclass(frozen=True, slots=True)
class Page:
    """So many at most, after the place that a cursor names; ``after`` has one value for each of the order's columns."""

    limit: int
    after: tuple[str | int, ...] | None


def page(query: Mapping[str, str], types: tuple[type, ...], most: int = MOST) -> Page:
    """The page that ``limit`` and ``cursor`` ask for.

    Args:
        types: of the values in a cursor, each ``str`` or ``int``.
        most: the largest limit.

    Raises:
        Problem: the limit is no number from 1 to ``most``, or the cursor is none of ours.
    """
    limit = query.get("limit", str(min(LIMIT, most)))
    if not limit.isascii() or not limit.isdigit() or len(limit) > len(str(most)) or not 1 <= int(limit) <= most:
        raise wrong(f"limit is {limit[:20]!r}; it is a number from 1 to {most}")
    cursor = query.get("cursor")
    return Page(int(limit), None if cursor is None else _opened(cursor, types))


def cursor_after(*values: str | int) -> str:
    """The cursor of what follows these values."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def only(query: Mapping[str, str], allowed: Collection[str]) -> None:
    """Refuse names that mean nothing here, names given twice, and values that are too long.

    Raises:
        Problem: the request has one.
    """
    names = list(query)
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise wrong(f"no parameter {unknown[0][:50]!r} here; there are: {', '.join(sorted(allowed))}")
    if len(names) > len(set(names)):
        raise wrong("a parameter is given twice")
    for name, value in query.items():
        if len(value) > LONGEST and name != "cursor":
            raise wrong(f"{name} has {len(value)} characters; {LONGEST} are the most")


def _opened(cursor: str, types: tuple[type, ...]) -> tuple[str | int, ...]:
    if len(cursor) > 4 * LONGEST:
        raise wrong(NOT_OURS)
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise wrong(NOT_OURS) from None
    fits = isinstance(values, list) and [type(value) for value in values] == list(types)
    if not fits or any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        raise wrong(NOT_OURS)
    return tuple(values)
