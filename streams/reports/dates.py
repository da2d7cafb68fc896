"""The day a report is of, where its file's name or its opening tell it; no day is better than a guessed one.

In order of weight: a whole date in the file's name; what the format calls the publication date; a whole date in a
masthead, a byline or a heading, or one that opens a paragraph; a dateline without a year (``1月7日，…``), when what
stands elsewhere on the page, in the file's name or in its metadata gives one year and no other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from streams.reports.blocks import Block

FIRST_BLOCKS = 12
"""Masthead, title, byline, lead: a date further down is one of those that the report talks about."""
FIRST_LONG = 60
"""Characters up to which a block of the opening is looked at as a whole when it is not body."""
MADE_WITHIN_DAYS = 31
"""A file made longer after its dateline says nothing of the dateline's year."""

_YEARS = range(1949, 2101)
_WRITTEN = re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_NUMERIC = re.compile(r"(?<!\d)(\d{4})([-./_])(\d{1,2})\2(\d{1,2})(?!\d)")
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_NAMED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|[-_. （(]|$)")

_AGENCY = r"(?:[（(【［\[]\s*)?(?:[\u4e00-\u9fff]{2,5}社|本报|本台)?[\u4e00-\u9fff]{0,6}?"
# A span of time or a start is not the day that something is reported of.
_NO_SPAN = r"(?!\s*(?:起|至|到|前|以来|以前|之前|以后|之后|[—–~-]))"
_OPENS_WHOLE = re.compile(rf"^{_AGENCY}(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日{_NO_SPAN}")
_SMALL = "[一二三四五六七八九十]{1,3}"
_DATELINE = re.compile(rf"^{_AGENCY}(?<!年)(\d{{1,2}}|{_SMALL})\s*月\s*(\d{{1,2}}|{_SMALL})\s*日{_NO_SPAN}")

_YEAR_WORDS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"(?:刚刚|刚)过去的(\d{4})年"), 1),
    (re.compile(r"(?:回首|回望|回眸)(?:过去的)?(\d{4})年"), 1),
    (re.compile(r"(?<!\d)(\d{4})年，?是?[^。；]{0,40}一年[。；，](?:过去)?一年来"), 1),
    (re.compile(r"(?<!\d)(\d{4})年已经?(?:到来|来临|开启|来到)"), 0),
    (re.compile(r"(?<!\d)(\d{4})年(?:新年|元旦|新春)"), 0),
    (re.compile(r"今年(?:是|（)(\d{4})年"), 0),
    (re.compile(r"去年（(\d{4})年）"), 1),
)
"""Words that tell the year in which a page speaks, and what to add to the year they name."""

_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_GAP = re.compile(r"\s+")


def day_of(name: str, opening: Sequence[Block], published: date | None = None, made: date | None = None) -> date | None:
    """The day of a report, or None.

    Args:
        name: bare name of its file.
        opening: its first blocks, leftovers included.
        published: what its format calls the day of publication.
        made: the day its file was made, as the format says; good for the year of a dateline only.
    """
    return first_day(name) or published or _whole_date(opening[:FIRST_BLOCKS]) or _dateline(name, opening, made) or None


def without_day(name: str) -> str:
    """A file's name without the whole date in it and the separators beside that: 20240109-公报 -> 公报."""
    for pattern in (_WRITTEN, _NUMERIC, _PACKED):
        found = pattern.search(name)
        if found and _found_date(found):
            return f"{name[: found.start()]} {name[found.end() :]}".strip(" -_.,，（）()[]【】")
    return name


def first_day(text: str) -> date | None:
    """A whole date in a file's name or in metadata, in any of its usual forms: 2024-01-09, 20240109, 2024年1月9日."""
    return next(_whole_dates(text, (_WRITTEN, _NUMERIC, _PACKED)), None)


def _whole_dates(text: str, patterns: Iterable[re.Pattern[str]] = (_WRITTEN, _NUMERIC)) -> Iterator[date]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            day = _found_date(found)
            if day:
                yield day


def _found_date(found: re.Match[str]) -> date | None:
    return _date(int(found[1]), int(found[found.re.groups - 1]), int(found[found.re.groups]))


def _whole_date(opening: Sequence[Block]) -> date | None:
    """A whole date in what stands around the body, otherwise one that opens a paragraph."""
    around = (block.text for block in opening if block.role != "body" and len(block.text) <= FIRST_LONG)
    for text in around:
        day = next(_whole_dates(text), None)
        if day:
            return day
    opened = (_OPENS_WHOLE.match(block.text) for block in opening if block.role == "body")
    return next((day for found in opened if found and (day := _found_date(found))), None)


def _dateline(name: str, opening: Sequence[Block], made: date | None) -> date | None:
    bodies = (block.text for block in opening[:FIRST_BLOCKS] if block.role == "body")
    found = next((match for text in bodies if (match := _DATELINE.match(text))), None)
    month, day = (_number(found[1]), _number(found[2])) if found else (None, None)
    if month is None or day is None:
        return None
    years = _years_in_name(name) or _years_on_page(opening, month, day) or _years_of_file(made, month, day)
    return _date(years.pop(), month, day) if len(years) == 1 else None


def _years_in_name(name: str) -> set[int]:
    return {int(found[1]) for found in _NAMED_YEAR.finditer(name)}


def _years_on_page(opening: Sequence[Block], month: int, day: int) -> set[int]:
    years: set[int] = set()
    for block in opening:
        text = _GAP.sub("", block.text)
        years |= {whole.year for whole in _whole_dates(text) if (whole.month, whole.day) == (month, day)}
        years |= {int(found[1]) + more for pattern, more in _YEAR_WORDS for found in pattern.finditer(text)}
    return years


def _years_of_file(made: date | None, month: int, day: int) -> set[int]:
    if made is None:
        return set()
    days = (_date(year, month, day) for year in (made.year, made.year - 1))
    return {then.year for then in days if then and 0 <= (made - then).days <= MADE_WITHIN_DAYS}


def _number(written: str) -> int | None:
    """A day or a month in digits or in hanzi up to 三十一; None for signs in an order that is no number."""
    if written.isascii():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return _DIGITS.get(written)
    high, low = _DIGITS.get(tens, 0 if tens else 1), _DIGITS.get(ones, 0)
    return high * 10 + low if high and bool(low) == bool(ones) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:  # such as 2023-13-45: a number of another kind
        return None
