"""The date a report was published, where a file's name or its first lines give a whole one."""

import re
from collections.abc import Iterable
from datetime import date

FIRST_LINES = 8
"""Title, byline, lead: a date further down is one of those that the report talks about."""

_WRITTEN = re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_NUMERIC = re.compile(r"(?<!\d)(\d{4})([-./_])(\d{1,2})\2(\d{1,2})(?!\d)")
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")


def published_on(name: str, lines: Iterable[str]) -> date | None:
    """The first whole date in a file's name, otherwise in the first lines, otherwise None."""
    packed = _PACKED.search(name)
    return (
        _first_date(name)
        or (_date(packed[1], packed[2], packed[3]) if packed else None)
        or next((found for line in lines if (found := _first_date(line))), None)
    )


def _first_date(text: str) -> date | None:
    written, numeric = _WRITTEN.search(text), _NUMERIC.search(text)
    if written:
        return _date(written[1], written[2], written[3])
    return _date(numeric[1], numeric[3], numeric[4]) if numeric else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:  # such as 2023-13-45: a number of another kind
        return None
