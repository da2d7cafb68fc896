"""Which time a number holds for, or is due by: ``2024``, ``2024-H1``, ``2024-Q1``, ``2024-01/06``, ``2024-05-21``.

A year alone is the whole year. Nothing is guessed: what names no year, in a text that names none, stays None.
"""

import re
from calendar import monthrange
from datetime import date

from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import ascii_digits
from streams.boards.rules.reading import Reading

_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})年?")
_MONTHS = re.compile("([0-9]{1,2})月?[至到—–-]([0-9]{1,2})月")
_DAY = re.compile("([0-9]{1,2})月([0-9]{1,2})[日号]")
_MONTH = re.compile("([0-9]{1,2})月")
_QUARTERS = re.compile("(前)?([一二三四])个?季度")
_QUARTER = {"一": "1", "二": "2", "三": "3", "四": "4"}
_WHOLE = re.compile("全年|年末|年底|年内|当年|一年来|本年|连续|年度|今年以来")
_NEXT, _LAST, _THIS = ("明年", "来年"), ("去年",), ("今年", "本年", "当年")


class Periods:
    """Reads periods and horizons in their context."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._baseline = lexicon["figures.baseline.words"].words

    def of_number(self, reading: Reading, written: str | None, place: int) -> str | None:
        """The period of a number at ``place`` of the text, from the words of it and what is around."""
        text = "" if written is None or written in self._baseline else ascii_digits(written)
        part = _part(text)
        year = _own_year(text, reading)
        if year is None:
            year = _around(reading, place, bool(part), reading.past_year)
        return None if year is None else f"{year}{part}"

    def due(self, reading: Reading, horizon: str | None, place: int, *, ahead: bool) -> int | None:
        """The year by whose end a plan at ``place`` of the text is to be done; ``ahead`` when its words look forward.

        Early in a year 全年 alone may be the year before: it counts only in words that look forward.
        """
        text = ascii_digits(horizon or "")
        year = _own_year(text, reading)
        if year is not None:
            return year
        year = _around(reading, place, False, reading.planned_year or reading.past_year)
        if year is None and text and reading.day is not None and (ahead or text != "全年"):
            year = reading.day.year
        return year


def _own_year(text: str, reading: Reading) -> int | None:
    """The year that the words themselves name."""
    years = _YEAR.findall(text)
    if years:
        return int(years[-1])
    if reading.day is not None:
        for words, step in ((_NEXT, 1), (_LAST, -1), (_THIS, 0)):
            if any(word in text for word in words):
                return reading.day.year + step
    return None


def _around(reading: Reading, place: int, dated: bool, title: int | None) -> int | None:
    """The year that the text before, the heading or the title names; a month alone is the latest one of its name."""
    year = reading.year_before(place) or reading.section_year or title
    if year is None and dated and reading.day is not None:
        return reading.day.year
    return year


def _part(text: str) -> str:
    """Which part of a year; empty for the whole."""
    if "上半年" in text:
        return "-H1"
    if "下半年" in text:
        return "-H2"
    months, quarters, day = _MONTHS.search(text), _QUARTERS.search(text), _DAY.search(text)
    if months and _is_month(months[1]) and _is_month(months[2]):
        return f"-{int(months[1]):02}/{int(months[2]):02}" if months[1] != "1" or months[2] != "12" else ""
    if quarters:
        return f"-Q{'1/Q' if quarters[1] else ''}{_QUARTER[quarters[2]]}"
    if day and _is_month(day[1]) and 1 <= int(day[2]) <= _DAYS:
        return f"-{int(day[1]):02}-{int(day[2]):02}"
    month = _MONTH.search(text)
    return f"-{int(month[1]):02}" if month and _is_month(month[1]) else ""


def _is_month(written: str) -> bool:
    return 1 <= int(written) <= _MONTHS_OF_YEAR


_DAYS, _MONTHS_OF_YEAR = 31, 12


def end_of(period: str) -> date:
    """The last day of a period."""
    year, part = int(period[:4]), period[5:]
    if not part:
        return date(year, 12, 31)
    if part[0] in "HQ":
        month = {"H": 6, "Q": 3}[part[0]] * int(part[-1])
    else:
        day = _OWN_DAY.match(part)
        if day:
            return date(year, int(day[1]), min(int(day[2]), monthrange(year, int(day[1]))[1]))
        month = int(part[-2:])
    return date(year, month, monthrange(year, month)[1])


_OWN_DAY = re.compile("([0-9]{2})-([0-9]{2})$")


def is_whole_year(period: str) -> bool:
    """Whether a period is a year, neither a part nor a day of it."""
    return len(period) == len("2024")
