"""Periods: the expression of time that a number holds for, of those that stand before it.

The nearest one holds, unless it is no time of the number at all: a year that something is compared with, a day on
which somebody said it, a plan's name. And none holds for ever: 连续五年 and 每年 speak of their clause, a day of its
sentence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from streams.analysis.context import Context
from streams.analysis.spans import Placed
from streams.analysis.times import Time

_THAN = ("比", "较", "不及", "不如", "高于", "低于", "多于", "少于")
"""What stands before a time with which a number is compared (较上月上升0.2个百分点)."""
_WITH, _COMPARED = ("与", "和", "同", "跟"), re.compile("[^，。；]{0,8}相?比")
"""The same in two parts (与“十三五”末相比)."""
_IS, _RECORD = ("是", "为", "达", "创"), re.compile("的|[^，。；]{0,2}最|(?:以?来)?[^，。；]{0,4}新[高低]")
"""What a number is a multiple of (是2019年的三倍), or the highest since (为近八年最低)."""
_DAY = re.compile("[日天晚午]$|^(?:日前|近日|此前)$")
_SAID = re.compile(
    "(?:（[^（）]*）)?[^，。；、]{0,8}?(?:称|表示|说|指出|发布|公布|通报|获悉|了解到|报道|宣布|透露|介绍|举行|召开|开幕|闭幕|声明|通过)"
)
"""A day on which something was said or held, not that of a number in it (国防部13日称，…控制了两个居民点)."""
_MEETING = re.compile("[^，。；]{0,12}(?:会议?上|(?:采访|调研|讲话|致辞|发言)中)")
"""What follows 在 and a time where it says on which occasion somebody spoke (在6月的督办会上承认)."""
_SCHEME = ("规划", "规划中", "计划", "建议", "纲要")
"""What a time only names (“十四五”规划提出的目标)."""
_GOES_ON = re.compile(
    "的?(?:[春夏秋冬](?:天|季)|[春秋]|腊月|全年|[上下]半年|[0-9一二三四五六七八九十]{1,2}月份?|[^，。；、]{0,14}(?:以来|期间))"
)
"""What an expression goes on with (去年冬天, 今年强降雨期间, 自2022年红线划定以来)."""
_MORE = re.compile("当前|眼下|同一天|同日|每[年月天日](?!都)|上个?[^，。；、的上个]{0,2}季|期间|以来")
"""Times without a numeral that only numbers are told for; of the last two only the end is found so."""
_NO_START = frozenset("，。；：！？、（）“”《》的了在\n")
_LONGEST = 24
"""Characters of the longest expression that ends with 期间 or 以来."""
_OWN_CLAUSE = re.compile("连续|每")
_OWN_SENTENCE = re.compile("近|(?:目前|当前|眼下|现在|此前)$|.*[日天晚]$")
_OPENING = 16
"""Characters before a time that still opens its paragraph (报告显示，2024年)."""
_CLAUSE_END = re.compile("[，。；：！？\n]")
_STOPS = (_CLAUSE_END, re.compile("[。！？\n]"), re.compile("(?!)"))
"""What ends a clause and a sentence; nothing ends a paragraph before its end."""


class Period(NamedTuple):
    """``text[start:end]`` holds for numbers that begin before ``until``."""

    start: int
    end: int
    until: int


class Periods:
    """The times that the numbers of a paragraph may hold for; read when the first number asks."""

    def __init__(self, text: str, times: Sequence[Time], context: Context) -> None:
        self._text, self._times, self._context = text, times, context

    def of(self, place: int) -> str | None:
        """The expression of time, as written, that holds for a number which begins at ``place``.

        Where the paragraph has none, that is the one time which a heading on the past names.
        """
        # Those of one reach end in the order in which they begin, so that the last of each tells of all before it.
        last = [period for placed in self._by_reach if (period := placed.before(place)) and period.until >= place]
        if last:
            start, end, _ = max(last)
            return self._text[start:end]
        return self._context.time if self._context.tense == "past" else None

    @cached_property
    def _by_reach(self) -> list[Placed[Period]]:
        """The times that hold for a clause, for a sentence, and for all that follows."""
        text = self._text
        stops = [[*(match.start() for match in pattern.finditer(text)), len(text)] for pattern in _STOPS]
        found: tuple[list[Period], ...] = ([], [], [])
        for start, end in self._expressions():
            if not self._is_beside(start, end):
                reach = self._reach(start, end)
                until = stops[reach][bisect_left(stops[reach], end)]
                found[reach].append(Period(start, end, until))
        return [Placed(periods, lambda period: (period.start, period.end)) for periods in found]

    def _expressions(self) -> list[tuple[int, int]]:
        """All expressions of time that do not look ahead, in order, none overlapping another."""
        text = self._text
        found: list[tuple[int, int]] = []
        for time in self._times:
            if time.clock or time.future:
                continue
            goes_on = _GOES_ON.match(text, time.end)
            start, end = time.start, goes_on.end() if goes_on else time.end
            if text[start] in "到至" and start > 0 and _CLAUSE_END.match(text, start - 1) is None:
                start += 1  # In 降到去年的5.2万只 the verb has it.
            if found and found[-1][1] >= start:
                found[-1] = found[-1][0], max(found[-1][1], end)
            else:
                found.append((start, end))
        placed = Placed(found, lambda span: span)
        return sorted([*found, *(span for span in _more(text) if not placed.within(*span))])

    def _is_beside(self, start: int, end: int) -> bool:
        """Whether a time is not that of a number: what it is compared with, when somebody spoke, or a plan's name."""
        text = self._text
        if text.endswith(_THAN, 0, start) or text.startswith(_SCHEME, end) or text.endswith(_SCHEME, start, end):
            return True
        if text.endswith(_WITH, 0, start) and _COMPARED.match(text, end):
            return True
        if text.endswith(_IS, 0, start) and _RECORD.match(text, end):
            return True
        if text.endswith("在", 0, start) and _MEETING.match(text, end):
            return True
        return _DAY.search(text[start:end]) is not None and _SAID.match(text, end) is not None

    def _reach(self, start: int, end: int) -> int:
        """0 for a time that holds for its clause, 1 for its sentence, 2 for all that follows.

        Newspaper prose goes from one time to another, so that only the one that opens a paragraph holds for all of it.
        """
        if _OWN_CLAUSE.match(self._text, start, end):
            return 0
        tells = not self._context.is_work_report and self._context.genre != "新闻" and start > _OPENING
        return 1 if tells or _OWN_SENTENCE.match(self._text, start, end) else 2


def _more(text: str) -> Iterator[tuple[int, int]]:
    reached = 0
    for match in _MORE.finditer(text):
        start, end = match.span()
        if match.group() in ("期间", "以来"):
            floor = max(reached, start - _LONGEST)
            first = start
            while first > floor and text[first - 1] not in _NO_START:
                first -= 1
            if start - first < 2:
                continue
            start = first
        reached = end
        yield start, end
