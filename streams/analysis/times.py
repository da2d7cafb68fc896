"""Expressions of time: what a number holds for, when a plan is due, and which numerals are no quantities."""

import re
from functools import lru_cache
from typing import NamedTuple

from streams.analysis.lexicon import Lexicon, branches

_N = "[0-9一二三四五六七八九十]{1,3}"
_YEAR = "(?:[0-9]{4}年度?|[一二][〇零○一二三四五六七八九]{3}年)"
_DATE = rf"(?:{_YEAR}(?:{_N}月份?(?:{_N}[日号])?)?|{_N}月份?(?:{_N}[日号])?|{_N}日(?!元))"
_TAIL = (
    "(?:上旬|中旬|下旬)?(?:上午|下午|晚间?|凌晨|傍晚|清晨)?(?:年?[底末初]|以前|之前|以来|以后|之前|前后|前|起|止|后)?"
)
_TENS_OF_MINUTES = "[二三四五]?十[一二三四五六七八九]?(?![倍个亿万%])"
_MINUTES = rf"半|整|钟|[一三]刻|{_N}分(?!之|点)|{_TENS_OF_MINUTES}|(?![零一二三四五六七八九0-9])"
_CLOCK = rf"(?<![0-9.])(?:上午|下午|晚上?|凌晨|早上?|夜间|中午)?{_N}(?:点(?:{_MINUTES})|时(?:{_N}分)?(?![间代期]))"
_RELATIVE = (
    rf"(?:近|过去|未来|今后|最近|前)(?:的)?{_N}(?:年|个月|个季度|个?星期|天|周(?!年|岁)|季度)(?:来|以来|内)?|连续{_N}年"
)
_SINCE = rf"{_N}(?:多|余)?(?:年|个月|天)(?:多)?(?:来|以来|内|以内|之内|前|之前|以前|后|之后|以后|间)"
_FIVE = '[“"]?(?:十[一二三四五]五)[”"]?(?:时期|期间|以来|末|初期?|规划|头两年)?'

_NUMERALS = "0-9一二三四五六七八九十"
_FIRST_OF_PERIOD = '截自从到至今去明每上前近过未最连“"'
_FIRST_OF_CLOCK = "上下晚凌早夜中"
_AHEAD = re.compile("明年|今后|未来|年底前|年内|下一步|^[到至](?!目前|[去上前]年)|(?<![目此])(?<!^日)前$|内$")
_EXPRESSIONS = 2048
"""How many expressions are remembered with whether they look ahead: few are written, and none is long."""


class Time(NamedTuple):
    """An expression of time; ``future`` when it looks ahead from the time of writing."""

    start: int
    end: int
    text: str
    future: bool
    clock: bool = False


class Times:
    """Finds expressions of time. The text must have gone through ``ascii_digits``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._future = lexicon["times.futures"]
        words = {*lexicon["times.periods"].words, *self._future.words}
        listed = "|".join(branches(sorted(words, key=lambda word: (-len(word), word))).values())
        ranged = rf"{_N}(?:至|到|—|-|–|～|~){_N}(?:月份?|日|季度|时)"
        # Most places of a text begin no expression of time, and those that do begin few of the alternatives: one look
        # at the character spares the others, which makes the search twice as fast.
        first = "".join(sorted({word[0] for word in words} | set(_FIRST_OF_PERIOD + _FIRST_OF_CLOCK)))
        self._pattern = re.compile(
            rf"(?=[{first}{_NUMERALS}])(?:"
            rf"(?P<period>(?=[{_FIRST_OF_PERIOD}{_NUMERALS}])(?:"
            rf"(?:截至|截止|自|从|到|至)?(?:(?:今年|去年|明年|{_YEAR})?{ranged}{_TAIL}"
            rf"|(?:今年|去年|明年)?前?{_N}个?季度(?!为)|(?:今年|去年|明年|每年|上年)?{_DATE}(?:[至到—-]{_DATE})?{_TAIL}"
            rf"|(?:今年|去年)前{_N}个月|前{_N}个月|{_RELATIVE}|{_SINCE}|{_FIVE}))"
            rf"|(?:截至|截止|自|从|到|至)?(?:{listed})(?:底|末|初)?(?:以来|以前|前)?)"
            rf"|(?P<clock>(?=[{_FIRST_OF_CLOCK}{_NUMERALS}]){_CLOCK}))"
        )

    def find(self, text: str) -> list[Time]:
        """All expressions, left to right, none overlapping."""
        return [self._time(match) for match in self._pattern.finditer(text)]

    def _time(self, match: re.Match[str]) -> Time:
        text = match.group()
        return Time(match.start(), match.end(), text, _is_ahead(text), match.lastgroup == "clock")


@lru_cache(maxsize=_EXPRESSIONS)
def _is_ahead(expression: str) -> bool:
    return _AHEAD.search(expression) is not None
