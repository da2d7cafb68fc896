"""Quantities that are written without a plain number and unit: fractions, tenths, halves, doublings and ranks."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from schemas.items import Change, Qualifier
from streams.analysis.numerals import NUMERAL, Number, fraction, read
from streams.analysis.qualifiers import Qualifiers

_PLACES = "全国|全省|全市|全县|全区|世界|全球|亚洲|全自治区|[东中西]部|县域|省内|国内"
_RANKED = "居|列|排名?|排在|位居|位列|名列|跃居|稳居|跻身|升至|升到|获"
_RANK = re.compile(
    rf"(?:{_PLACES}|(?P<verb>{_RANKED}))[^，。；、0-9]{{0,8}}?"
    r"(?:(?P<first>首位|榜首)|(?:倒数)?第(?P<number>[0-9]{1,4}|[一二三四五六七八九十]{1,3})(?P<unit>位|名)?"
    r"(?=[，。；、！？）”的和与,;)]|位|名|$))"
)
_PLAIN_RANK = re.compile(r"第(?P<number>[一二三四五六七八九十])(?:是|为)")
_HALF = re.compile(
    r"(?:一(?P<more>多|大)?半|(?P<over>过|超)半数?|半数以上|(?<=超过)半数|(?<=[近占])半数)(?![个年天月夜点路])"
)
_HALF_OF = re.compile(
    "(?<![上下前后大小一二两三四五六七八九十百各每个0-9])半(?P<unit>个?(?:小时|钟头|钟)(?![以之]?[内后前])|公里|里(?![路地])|斤|亩|吨|桶|碗|瓶|箱"
    "|(?:(?<=超过半)|(?<=不足半)|(?<=不到半)|(?<=近半)|(?<=仅半)|(?<=多半))(?:年|个?月|天)|个月(?=[，。；])|(?<=批了半)分)"
)
"""半桶水, 超过半年: half of one unit."""
_TENTH = re.compile(
    r"(?P<first>[一二三四五六七八九两]{1,2}|[0-9])成(?:(?P<second>[一二三四五六七八九])(?!个|成|家|名)|(?P<half>半))?"
)
_NOT_TENTHS = frozenset("立为员果本都功熟长年交效绩品型了分就套人像语活色渝体群片批")
_DOUBLED = re.compile(r"翻(?:了)?(一|两|三|四)?番")
_FACTORS = {None: 2, "一": 2, "两": 4, "三": 8, "四": 16}
_NINE = "一二三四五六七八九"


class Quantity(NamedTuple):
    """A measured quantity.

    ``start`` to ``end`` holds number, unit and the qualifier's words; ``number_start`` is where the digits begin
    and ``unit_end`` where the unit ends. ``counts`` tells units that count things from those that measure.
    """

    start: int
    number_start: int
    end: int
    number: Number
    unit: str | None
    qualifier: Qualifier | None
    change: Change | None
    rule: str
    counts: bool = False
    unit_end: int = 0


class Shares:
    """Finds them; texts must have gone through ``ascii_digits``."""

    def __init__(self, qualifiers: Qualifiers) -> None:
        self._qualifiers = qualifiers

    def at(self, digits: str, start: int, end: int) -> Quantity | None:
        """The fraction or tenths whose numeral is ``digits[start:end]``."""
        return self._fraction(digits, start, end) or self.tenths(digits, start)

    def marked(self, digits: str, masked: bytearray) -> Iterator[Quantity]:
        """Ranks, halves and doublings outside of what is masked."""
        # A look for what every match holds spares most texts the patterns.
        if "第" in digits or "首位" in digits or "榜首" in digits:
            yield from self._ranks(digits)
        if "半" in digits:
            for match in _HALF.finditer(digits):
                if not masked[match.start()]:
                    half, over = Number(Decimal(50)), bool(match["more"] or match["over"])
                    yield self._percent(digits, match.start(), match.end(), half, "quantity.half", over=over)
            for match in _HALF_OF.finditer(digits):
                if not masked[match.start()]:
                    yield self._half_of(digits, match)
        if "番" in digits:
            for match in _DOUBLED.finditer(digits):
                after, end = self._qualifiers.after(digits, match.end())
                factor = Number(Decimal(_FACTORS[match[1]]))
                yield Quantity(match.start(), match.start(), end, factor, "倍", after, "up", "quantity.doubled")

    def _ranks(self, digits: str) -> Iterator[Quantity]:
        for match in _RANK.finditer(digits):
            number = read(match["number"]) if match["number"] else Number(Decimal(1))
            if number and not (match["verb"] in ("获", "列") and match["first"]):
                yield self._rank(match, number, match["unit"])
        for match in _PLAIN_RANK.finditer(digits):
            number = read(match["number"])
            if number:
                yield self._rank(match, number, None)

    def _half_of(self, digits: str, match: re.Match[str]) -> Quantity:
        before, begin = self._qualifiers.before(digits, match.start())
        after, end = self._qualifiers.after(digits, match.end())
        half = Number(Decimal("0.5"))
        return Quantity(begin, match.start(), end, half, match["unit"], before or after, None, "quantity.half-of")

    def tenths(self, digits: str, start: int) -> Quantity | None:
        """三成, 九成五, 两成半, 三四成: shares in percent."""
        match = _TENTH.match(digits, start) if "成" in digits[start + 1 : start + 3] else None
        if match is None or (match["second"] is None and digits[match.end() : match.end() + 1] in _NOT_TENTHS):
            return None
        number = read(match["first"])
        if number is None:
            return None
        extra = 5 if match["half"] else _NINE.index(match["second"]) + 1 if match["second"] else 0
        upper = None if number.value_to is None else number.value_to * 10
        over = digits[match.end() : match.end() + 1] == "多"
        share = Number(number.value * 10 + extra, upper)
        return self._percent(digits, start, match.end(), share, "quantity.tenths", over=over)

    def _fraction(self, digits: str, start: int, end: int) -> Quantity | None:
        """百分之六, 三分之二, 十分之一: always a percentage."""
        above = NUMERAL.match(digits, end + 2) if digits.startswith("分之", end) else None
        if above is None:
            return None
        whole = above.group() == digits[start:end]
        share = Decimal(100) if whole else fraction(above.group(), digits[start:end])
        if share is None:
            return None
        return self._percent(digits, start, above.end(), Number(share), "quantity.fraction", over=False)

    def _percent(self, digits: str, start: int, end: int, share: Number, rule: str, *, over: bool) -> Quantity:
        before, begin = self._qualifiers.before(digits, start)
        after, stop = self._qualifiers.after(digits, end)
        qualifier: Qualifier | None = "over" if over else before or after
        return Quantity(begin, start, stop, share, "%", qualifier, None, rule)

    @staticmethod
    def _rank(match: re.Match[str], number: Number, unit: str | None) -> Quantity:
        start = match.start("first") if "first" in match.groupdict() and match["first"] else match.start("number") - 1
        return Quantity(start, start, match.end(), number, unit or "位", None, None, "quantity.rank")
