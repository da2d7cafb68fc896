"""Quantities: numerals with their unit, range, qualifier and change, wherever a numeral measures something.

Dates, ordinals, ages, numbers in names and set phrases are none. What is measured is decided in ``statistics``.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import NUMERAL, Number, read
from streams.analysis.qualifiers import Changes, Qualifiers, before_kilo
from streams.analysis.sentences import Quotation
from streams.analysis.shares import Quantity, Shares
from streams.analysis.times import Time
from streams.analysis.units import SHORT_TIMES, Reading, Units, is_negative
from streams.analysis.words import Words, load_dictionary

_RANGE = re.compile(r"(?:至|到|—|–|－|-|~|～|——)(?= ?[0-9一二三四五六七八九十两百])")
_LINKS = "至到—–－-~～"
"""What the signs of a range begin with."""
_SINGLE = frozenset("零〇○一二两三四五六七八九十廿卅")
_GOES_ON = "多余来个分成 "
"""What a number goes on with before its unit (三个多月), a fraction and tenths."""
_ROUND = frozenset(["百", "千", "万", "亿", "十万", "百万", "千万", "十亿", "百亿", "千亿", "万亿"])
_NINE = "一二三四五六七八九"
_ENDS = frozenset("，。；、！？”）,;")
_CLAUSES = frozenset("，。！？；")
_PLACE_NAMES = frozenset("道门里")
"""What place names go on with after a number (二道湾, 三门峡)."""
_HEADS = re.compile(r"(?=[\u4e00-\u9fff])[^多余级以之的大强至到和与、分年月日号个]")
"""What may begin the noun that a number without a unit counts (4500万失能老人)."""
_LISTED = ("、", "和", "与", "及")
_INHERITS = (*_LISTED, "至", "到")
"""What stands between two numbers of one change (下调25个基点至3.75%)."""
_CHINESE_LARGE = re.compile("[一二两三四五六七八九十][百千万](?:[零一二两三四五六七八九十百千万]*)[多余]?$")
"""A number from a hundred on in Chinese characters, which needs no unit at the end of a clause (地租九百)."""
_HALF = Decimal("0.5")
_COINS = re.compile("([一二两三四五六七八九])毛(?:([一二三四五六七八九])分?)?")
"""What follows 块 in a price (两块三毛五)."""
_SHORTER = {"小时": ("分", "分钟"), "分": ("秒",), "分钟": ("秒",)}
"""Units of time, and those of the rest that may follow (5小时20分)."""
_SHARED = re.compile(r"[、和与及](?=[0-9])")
_NAME_LENGTH = 12
"""Characters of the longest text in quotation marks that is a name rather than somebody's words."""


class Quantities:
    """Finds quantities. ``digits`` is the text after ``ascii_digits``; ``text`` keeps the original characters."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._units, self._qualifiers = Units(lexicon), Qualifiers(lexicon)
        self._changes, self._shares = Changes(lexicon), Shares(self._qualifiers)
        self._with_noun = lexicon["quantities.with_noun"].words
        self._bare_after = lexicon["quantities.bare_after"]
        self._is_word = load_dictionary()
        # What may follow a single digit that comes to be part of a quantity; many do not (统一, 一些, 唯一).
        self._follows = frozenset((*self._units.first_characters, *self._qualifiers.first_after, *_LINKS, *_GOES_ON))

    def find(
        self, text: str, digits: str, words: Words, times: Sequence[Time], quotes: list[Quotation]
    ) -> list[Quantity]:
        """All quantities, left to right; none overlaps another."""
        masked = _mask(digits, times, quotes)
        found: list[Quantity] = []
        place = 0
        while (match := NUMERAL.search(digits, place)) is not None:
            start, place = match.span()
            if masked[start] or (
                place - start == 1 and digits[start] in _SINGLE and digits[place : place + 1] not in self._follows
            ):
                continue
            for quantity in self._at(text, digits, start, place):
                if not quantity.counts or self._ends_word(digits, words, quantity.unit_end):
                    found.append(quantity)
                    place = max(place, quantity.end)
        found.extend(self._shares.marked(digits, masked))
        return self._changed(digits, _apart(sorted(found, key=lambda q: (q.number_start, -q.end))))

    def _ends_word(self, digits: str, words: Words, place: int) -> bool:
        """Whether a unit does not go on as another word: 五部门, but 2种新物种 and 31家小微企业, cut wrongly."""
        if words.is_boundary(place) or digits.startswith(("个人", "个村"), place - 1):
            return True
        index = words.index_at(place)
        word, start = words.words[index], words.starts[index]
        if digits[place - 1 : start + len(word)] in self._with_noun:
            return True
        return len(word) > 1 and start < place and not (word[0] in _PLACE_NAMES or self._is_word(word))

    def _at(self, text: str, digits: str, start: int, end: int) -> Sequence[Quantity]:
        if self._units.is_name(digits, start, end):
            return ()
        share = self._shares.at(digits, start, end)
        first = share or self._read(text, digits, start, before_kilo(digits, start, end))
        if first is None:
            return ()
        link = None if share else _RANGE.match(digits, first.end)
        second = self._second(text, digits, link.end()) if link else None
        if second is not None:
            return _ranged(digits, first, second)
        if first.unit is not None:
            return (first,)
        if self._counts_noun(digits, first):
            return (first._replace(counts=True, unit_end=first.end),)
        return (first,) if self._may_be_bare(digits, first) else self._with_next_unit(text, digits, first)

    def _with_next_unit(self, text: str, digits: str, first: Quantity) -> Sequence[Quantity]:
        """提高1.1和0.6个百分点: the unit of the second number is that of the first as well."""
        mark = _SHARED.match(digits, first.end) if digits[first.number_start].isdigit() else None
        second = self._second(text, digits, mark.end()) if mark else None
        if second is None or second.unit is None or second.counts:
            return ()
        return (first._replace(unit=second.unit, unit_end=first.end),)

    def _counts_noun(self, digits: str, quantity: Quantity) -> bool:
        """Ten thousands of something, with no unit between (4500万失能老人, 120余万婴幼儿)."""
        large = digits[quantity.number_start].isdigit() and digits[quantity.end - 1] in "万亿"
        return large and _HEADS.match(digits, quantity.end) is not None

    def _second(self, text: str, digits: str, place: int) -> Quantity | None:
        """The upper end of a range."""
        place += digits[place : place + 1] == " "
        match = NUMERAL.match(digits, place)
        if match is None:
            return None
        return self._shares.tenths(digits, place) or self._read(
            text, digits, place, before_kilo(digits, place, match.end())
        )

    def _read(self, text: str, digits: str, start: int, end: int) -> Quantity | None:
        """The quantity whose numeral is ``digits[start:end]``; without a unit it may still be none."""
        number = read(digits[start:end])
        is_round = number is None
        if number is None:
            number = self._round(text, digits, start, end)
        if number is None:
            return None
        inside, number, end_inside = self._qualifiers.inside(digits, end, number)
        unit, unit_end = self._units.at(text, end_inside)
        if unit == "个" and digits[unit_end : unit_end + 1] in ("半", "多"):
            # 两个半小时, 两个多百分点: the half and the more stand within the unit.
            rest, rest_end = self._units.at(text, unit_end + 1)
            if rest is not None and "个" + rest in self._units:
                half = digits[unit_end] == "半"
                inside, number = (inside, number.plus(_HALF)) if half else ("over", number)
                unit, unit_end = rest, rest_end
        if unit is not None:
            number, unit_end = _with_rest(digits, unit, unit_end, number)
            if not is_round and self._units.is_no_measure(digits, Reading(start, end, unit, unit_end, number)):
                return None
        if digits[start - 1 : start] == "-" and is_negative(digits, start, end):
            number = number.times(-1)
        before, begin = self._qualifiers.before(digits, start)
        after, stop = self._qualifiers.after(digits, unit_end)
        if after is None and unit in SHORT_TIMES and digits.startswith("内", unit_end):
            after, stop = "under", unit_end + 1
        return Quantity(
            start=begin,
            number_start=start,
            end=stop,
            number=number,
            unit=unit,
            qualifier=before or inside or after,
            change=None,
            rule="quantity.bare" if unit is None else "quantity.round" if is_round else "quantity.unit",
            counts=self._units.counts(unit),
            unit_end=unit_end,
        )

    def _round(self, text: str, digits: str, start: int, end: int) -> Number | None:
        """近百架, 破万列, 百余项, 突破千亿: a magnitude alone is one of it where a qualifier stands beside it."""
        if digits[start:end] not in _ROUND or digits[end + 1 : end + 3] == "大关" or digits[end + 1 : end + 2] == "级":
            return None
        odd = digits[end : end + 1] in ("余", "多")
        counted = self._units.at(text, end + odd)[0] is not None or (end - start > 1 and digits[end : end + 1] in _ENDS)
        if not counted or not (odd or self._qualifiers.before(digits, start)[0]):
            return None
        return read("1" + digits[start:end])

    def _may_be_bare(self, digits: str, quantity: Quantity) -> bool:
        """A number without a unit at the end of a clause (城乡收入比缩小到2.49), or a large one (五十多万)."""
        value = quantity.number.value
        ends = quantity.end >= len(digits) or digits[quantity.end] in _ENDS
        if not ends:
            return digits.startswith("大关", quantity.end) and value >= 10**4
        if _CHINESE_LARGE.search(digits, quantity.number_start, quantity.end):
            return True
        if value >= 10**5 or (value >= 10**4 and digits[quantity.end - 1] == "万"):
            return True
        decimal = digits[quantity.number_start].isdigit() and value != int(value)
        return decimal and self._bare_after.ending_at(digits, quantity.start, max(0, quantity.start - 3)) is not None

    def _changed(self, digits: str, quantities: list[Quantity]) -> list[Quantity]:
        """Each quantity with the change that its own clause speaks of."""
        result: list[Quantity] = []
        floor = 0
        for quantity in quantities:
            change = quantity.change
            if change is None and quantity.rule != "quantity.rank":
                if result and digits[floor : quantity.start] in _INHERITS:
                    change = result[-1].change
                else:
                    change = self._changes.of(digits, floor, quantity.start, quantity.number_start)
            if result and quantity.qualifier is None and self._shares_qualifier(digits, result[-1], quantity):
                quantity = quantity._replace(qualifier=result[-1].qualifier)
            result.append(quantity if change is None else quantity._replace(change=change))
            floor = quantity.end
        return result

    @staticmethod
    def _shares_qualifier(digits: str, last: Quantity, quantity: Quantity) -> bool:
        """分别约为70%、60%: a qualifier before the first number of such a list holds for all."""
        listed = last.qualifier is not None and digits[last.end : quantity.start] in _LISTED
        return listed and last.end == last.unit_end and "分别" in digits[max(0, last.start - 14) : last.start]


def _ranged(digits: str, first: Quantity, second: Quantity) -> Sequence[Quantity]:
    """12至15个百分点 and 7元至9元 are one quantity; 由5元至10元 are two."""
    low, high = first.number.value, second.number.value
    if first.unit is None and high >= 10**4 > low and high // low >= 10**3:
        # 3至5万: the magnitude of the upper end holds for the lower one as well.
        low *= 10**8 if high >= 10**8 else 10**4
    same = first.unit is None or first.unit == second.unit
    if first.unit is not None and not same and second.unit is not None:
        return first, second
    if second.unit is None or not same or low >= high or first.number.value_to or second.number.value_to:
        return ()
    if "由" in digits[max(0, first.start - 12) : first.start] and not digits.startswith("不等", second.end):
        return first, second._replace(rule="quantity.from-to")
    both = Number(low, high)
    ranged = second._replace(start=first.start, number_start=first.number_start, number=both, rule="quantity.range")
    return (ranged,)


def _with_rest(digits: str, unit: str, unit_end: int, number: Number) -> tuple[Number, int]:
    """一页半 is 1.5 页; 两块五 is 2.5 块."""
    rest = digits[unit_end : unit_end + 1]
    coins = _COINS.match(digits, unit_end) if unit in ("块", "元") else None
    if coins is not None:
        tenths, hundredths = read(coins[1]), read(coins[2]) if coins[2] else None
        more = (tenths.value if tenths else 0) / Decimal(10) + (hundredths.value if hundredths else 0) / Decimal(100)
        return Number(number.value + more), coins.end()
    if unit == "分" and digits.startswith("半钟", unit_end):
        return Number(number.value + _HALF), unit_end + 2
    if rest == "半" and unit in _SHORTER:
        return Number(number.value + _HALF), unit_end + 1
    if rest == "半" and number.value < 100 and unit in "页年天个里块斤亩米度":
        return Number(number.value + Decimal("0.5")), unit_end + 1
    ends = unit_end + 1 >= len(digits) or digits[unit_end + 1] in _ENDS or digits[unit_end + 1] in "跌涨降升的"
    if unit in ("块", "元", "毛", "角") and rest and rest in _NINE and ends and number.value < 1000:
        return Number(number.value + Decimal(_NINE.index(rest) + 1) / 10), unit_end + 1
    return number, unit_end


def _mask(digits: str, times: Sequence[Time], quotes: list[Quotation]) -> bytearray:
    """1 where a numeral belongs to a time, a title or a short name in quotation marks."""
    masked = bytearray(len(digits) + 1)
    for time in times:
        masked[time.start : time.end] = b"\1" * (time.end - time.start)
    reached = 0
    for quote in quotes:
        if quote.end <= reached:
            continue  # It lies in one that is masked; a thousand within each other would be filled a thousand times.
        length = quote.end - quote.start
        if quote.mark == "《" or (length <= _NAME_LENGTH and _CLAUSES.isdisjoint(digits[quote.start : quote.end])):
            masked[quote.start : quote.end] = b"\1" * length
            reached = quote.end
    return masked


def _apart(quantities: list[Quantity]) -> list[Quantity]:
    kept: list[Quantity] = []
    for quantity in quantities:
        if kept and quantity.number_start == kept[-1].end and quantity.unit in _SHORTER.get(kept[-1].unit or "", ()):
            continue
        if not kept or quantity.number_start >= kept[-1].end:
            kept.append(quantity)
    return kept
