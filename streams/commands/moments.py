"""Offsets and times on the command line: ``--from`` and ``--to``."""

import re
from datetime import UTC, datetime, timedelta

from streams.errors import UsageError

_AGO = re.compile(r"^(\d{1,6})([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_OFFSET = 2**63 - 1
EXAMPLES = (
    "write an offset (1200), a time (2026-01-31, 2026-01-31T08:00, with zone or local) or how long ago (90m, 2h, 7d)"
)


def bound(option: str, text: str | None, now: datetime) -> int | datetime | None:
    """The offset or the time that an option names; None when it was not given.

    Args:
        now: when the command began, with zone; times ago count from it.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    if text.isascii() and text.isdigit() and int(text) <= _MOST_OFFSET:
        return int(text)
    told = moment(text, now)
    if told is None:
        raise UsageError(f"{option} {text!r}: {EXAMPLES}")
    return told


def moment(text: str, now: datetime) -> datetime | None:
    """The time that a text names, in UTC; None when it names none."""
    ago = _AGO.match(text)
    try:
        if ago:
            return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).astimezone(UTC)
        # A time without a zone is the user's own; astimezone takes it so.
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def exact_moment(option: str, text: str) -> datetime:
    """The time that an option names, in UTC; it must bring its zone: records of years are compared with it.

    Raises:
        UsageError: it is no time, or has no zone.
    """
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no time; write 2026-01-31T08:00:00+08:00") from None
    if told.tzinfo is None:
        raise UsageError(
            f"{option} {text} has no zone, and records have theirs; write {told.isoformat()}+08:00 or ...Z"
        )
    return told.astimezone(UTC)
