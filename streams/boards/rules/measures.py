"""What a quantity measures, whether two may be compared, and what a result says of a target.

A metric goes by its first name in ``figures.toml``. Beside it stands the measure: the unit, ``growth`` for a rate of
change, ``+`` and the unit for an amount of it. Values are exact decimals; a qualifier makes an interval of them, and a
verdict is given only where the whole interval of the result lies on one side of the target.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from schemas.items import Change, Qualifier, StatisticItem, Target
from schemas.record import plain
from streams.analysis.lexicon import Lexicon
from streams.boards.rules.reading import names_of

Verdict = Literal["met", "missed", "unclear"]

SHORTEST_METRIC = 4
"""Characters of a metric that says enough to compare by: two numbers of 岗位 or 项目 may be of different things."""
ABOUT = Decimal("0.05")
"""How far a value written with 约 or 左右 may lie from the true one, as a share of it: wide, since nobody says."""
_RATES = ("%", "个百分点", "‰", "倍")
_LEVEL = re.compile("(?:到|至|达|为|在|突破|超过|控制|稳定|只有|占)[^0-9一二三四五六七八九十两百千万半]{0,3}$")
_MARKS = re.compile("[“”‘’《》\\s]")
_CAPS_BEFORE = re.compile(
    "(?:不超过|不高于|不突破|不大于|控制在|压缩到|缩短到|缩小到|降至|降到|下降到|(?<!不)(?:低于|少于))[约近]?$"
)
_FLOORS_BEFORE = re.compile("(?:不少于|不低于|不小于|至少)$")
_CAPS_AFTER = re.compile("(?:左右)?以[内下]")


@dataclass(frozen=True, slots=True)
class Measure:
    """A value with all that says how to read it."""

    value: Decimal
    value_to: Decimal | None
    unit: str | None
    qualifier: Qualifier | None
    change: Change | None

    @classmethod
    def of(cls, item: StatisticItem | Target) -> "Measure":
        """The measure of a statistic or a target."""
        return cls(item.value, item.value_to, item.unit, item.qualifier, item.change)

    def shown(self, *, growth: bool) -> str:
        """As people write it: about 6.5%, up. Only a growth shows its direction."""
        number = plain(self.value) + (f"–{plain(self.value_to)}" if self.value_to is not None else "")
        sign = {"over": "≥", "under": "≤", "about": "≈", None: ""}[self.qualifier]
        arrow = {"up": "↑", "down": "↓", None: ""}[self.change if growth else None]
        return f"{arrow}{sign}{number}{self.unit or ''}"


class Metrics:
    """Names of metrics and units."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._front, self._back = lexicon["figures.trim.front"], lexicon["figures.trim.back"]
        self._names = names_of(lexicon, "figures", "aliases")
        self._units = names_of(lexicon, "figures", "units")

    def name(self, metric: str) -> str:
        """The metric's first name: without 全市 and 共, an alias replaced."""
        name = _MARKS.sub("", metric)
        for _ in range(3):
            front, back = self._front.starting_at(name, 0), self._back.ending_at(name, len(name))
            if front and len(name) - len(front) > 1:
                name = name[len(front) :]
            elif back and len(name) - len(back) > 1:
                name = name[: -len(back)]
            else:
                break
        return self._names.get(name, name)

    def measure(self, unit: str | None, change: Change | None, before: str) -> str:
        """``growth`` for a rate of change, ``+`` and the unit for an amount of it, else the unit.

        ``before`` is the text up to the number: 增加到 tells a level, 增加 a change.
        """
        name = self._units.get(unit or "", unit or "")
        if change is None or _LEVEL.search(before):
            return name
        return "growth" if unit in _RATES else f"+{name}"


def qualified(measure: Measure, before: str, after: str) -> Measure:
    """The measure with the qualifier that the words right before and after its number say (不超过, 以内)."""
    qualifier = measure.qualifier
    if _CAPS_BEFORE.search(before) or _CAPS_AFTER.match(after):
        qualifier = "under"
    elif _FLOORS_BEFORE.search(before):
        qualifier = "over"
    return replace(measure, qualifier=qualifier)


def judge(target: Measure, result: Measure) -> Verdict:
    """Whether the result meets the target; unclear where its qualifier leaves both open."""
    low, high = _interval(result)
    goal = _signed(target, target.value)
    if target.qualifier == "under":
        return _verdict(high is not None and high <= goal, low is not None and low > goal)
    room = abs(goal) * ABOUT if target.qualifier == "about" else Decimal(0)
    if target.change == "down":
        goal += room
        return _verdict(high is not None and high <= goal, low is not None and low > goal)
    goal -= room
    return _verdict(low is not None and low >= goal, high is not None and high < goal)


def _verdict(met: bool, missed: bool) -> Verdict:
    if met:
        return "met"
    return "missed" if missed else "unclear"


def _signed(measure: Measure, value: Decimal) -> Decimal:
    """A fall is a growth below nothing."""
    return -value if measure.change == "down" and measure.unit in _RATES else value


def _interval(measure: Measure) -> tuple[Decimal | None, Decimal | None]:
    """From where to where the true value may lie; None is without end."""
    low, high = measure.value, measure.value_to or measure.value
    if measure.qualifier == "about":
        low, high = low - abs(low) * ABOUT, high + abs(high) * ABOUT
    ends: tuple[Decimal | None, Decimal | None] = (low, high)
    if measure.qualifier == "over":
        ends = (low, None)
    elif measure.qualifier == "under":
        ends = (None, high)
    if measure.change == "down" and measure.unit in _RATES:
        return (None if ends[1] is None else -ends[1], None if ends[0] is None else -ends[0])
    return ends
