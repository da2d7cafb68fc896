"""Numerals: Chinese, Arabic, full-width and mixed ones, read to exact decimals.

``NUMERAL`` finds a numeral, ``read`` gives its value. A numeral is only the number: units, ranks, percentages and
qualifiers belong to ``quantities``. Nothing here rounds, except a fraction that does not end.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
TENS = {"廿": 20, "卅": 30}
MAGNITUDES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
LONGEST = 24
"""Characters of the longest numeral that is read: exact within Decimal's 28 digits, and no quantity needs more."""
LARGEST = Decimal(10) ** 24
"""Values from here on are no quantity that a report measures; 万亿亿 repeated would reach any size."""

_CHINESE = "".join((*DIGITS, *TENS, *MAGNITUDES))
_ARABIC_REST = r"[0-9]*(?:,[0-9]{3}(?![0-9]))*(?:[.．][0-9]+)?"
_ARABIC = f"[0-9]{_ARABIC_REST}"
NUMERAL = re.compile(
    rf"[0-9{_CHINESE}](?:(?<=[0-9]){_ARABIC_REST}(?: ?[十百千万亿]+(?: ?{_ARABIC})?)*"
    rf"|(?<![0-9])[{_CHINESE}]*(?:点[{''.join(DIGITS)}]+(?![十百千])[万亿]*)?)"
)
"""A numeral in a text that went through ``ascii_digits``: an Arabic one, perhaps with magnitudes, or a Chinese one.

Both alternatives share their first character, so that the search can skip to the next digit. Each part starts with a
character that the part before it cannot hold, so matching takes one pass."""

_PIECE = re.compile(rf"{_ARABIC}|[{_CHINESE}]")
_DIGIT_STRING = re.compile(rf"[{''.join(DIGITS)}]+")
_ZEROS = (0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1FBF0)
"""Where the digits start that compatibility normalisation turns into 0-9: full-width, mathematical, segmented."""
_TO_ASCII = {zero + value: str(value) for zero in _ZEROS for value in range(10)}
_NOT_ASCII = re.compile("[\uff10-\uff19\U0001d7ce-\U0001fbf9]")
"""All of them and others between, which stay as they are: two ranges are searched faster than seven."""


@dataclass(frozen=True, slots=True)
class Number:
    """A value, or the range from ``value`` to ``value_to``."""

    value: Decimal
    value_to: Decimal | None = None

    def times(self, factor: Decimal | int) -> "Number":
        """Both ends multiplied."""
        return Number(self.value * factor, None if self.value_to is None else self.value_to * factor)

    def plus(self, more: Decimal) -> "Number":
        """Both ends with so much more."""
        return Number(self.value + more, None if self.value_to is None else self.value_to + more)


def ascii_digits(text: str) -> str:
    """The same text, character for character, with full-width and mathematical digits as 0-9."""
    return text.translate(_TO_ASCII) if _NOT_ASCII.search(text) else text


def read(numeral: str) -> Number | None:
    """The number that a whole numeral says; None when it is none (万, 一两三) or longer than ``LONGEST``.

    Two neighbouring digits that count up (两三, 七八, 十七八, 三五) are a range, as in 两三个.
    """
    return _read(numeral) if len(numeral) <= LONGEST else None


@lru_cache(maxsize=4096)
def _read(numeral: str) -> Number | None:
    numeral = ascii_digits(numeral)
    if NUMERAL.fullmatch(numeral) is None:
        return None
    whole, point, rest = numeral.partition("点")
    if point:
        return _with_point(whole, rest)
    if len(whole) > 1 and _DIGIT_STRING.fullmatch(whole):
        return _digit_string(whole)
    low, high = _pair(whole)
    value, value_to = _value(low), _value(high) if high else None
    return None if value is None or value >= LARGEST else Number(value, value_to)


def fraction(numerator: str, denominator: str) -> Decimal | None:
    """The share as a percentage with at most two decimals: (二, 三) -> 66.67, (六, 百) -> 6."""
    above, below = read(numerator), Decimal(100) if denominator == "百" else _plain(denominator)
    if above is None or not below:
        return None
    return (above.value * 100 / below).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize() + 0


def _plain(numeral: str) -> Decimal | None:
    if numeral in MAGNITUDES:
        return Decimal(MAGNITUDES[numeral])
    number = read(numeral)
    return number.value if number else None


def _with_point(whole: str, rest: str) -> Number | None:
    """十点五, 一点六, 三点二亿: digits after 点, then magnitudes."""
    before = _value(whole)
    digits = rest.rstrip("万亿")
    if before is None or not digits:
        return None
    value = before + Decimal("0." + "".join(str(DIGITS[digit]) for digit in digits))
    for magnitude in rest[len(digits) :]:
        value *= MAGNITUDES[magnitude]
    return Number(value)


def _digit_string(digits: str) -> Number | None:
    """两三 as a range, 二〇二五 as written digits; 三三 and 一二三 are none of our numbers."""
    if len(digits) == 2 and _counts_up(digits):
        return Number(Decimal(DIGITS[digits[0]]), Decimal(DIGITS[digits[1]]))
    if len(digits) < 3 or not {"〇", "○", "零"} & set(digits):
        return None
    return Number(Decimal("".join(str(DIGITS[digit]) for digit in digits)))


def _counts_up(pair: str) -> bool:
    low, high = DIGITS[pair[0]], DIGITS[pair[1]]
    return low > 0 and (high - low == 1 or pair == "三五")


def _pair(numeral: str) -> tuple[str, str | None]:
    """七八百 -> 七百, 八百; 二十三四 -> 二十三, 二十四; anything without such a pair stays alone."""
    for place in range(len(numeral) - 1):
        pair = numeral[place : place + 2]
        if pair[0] in DIGITS and pair[1] in DIGITS and _counts_up(pair):
            before, after = numeral[:place], numeral[place + 2 :]
            return before + pair[0] + after, before + pair[1] + after
    return numeral, None


def _value(numeral: str) -> Decimal | None:
    """One pass over the pieces: ``section`` gathers below 万, ``total`` above it."""
    total = section = Decimal(0)
    digit: Decimal | None = None
    last = 1
    for piece in _PIECE.findall(numeral):
        if piece in MAGNITUDES:
            size = MAGNITUDES[piece]
            if digit is None and not section and not total:
                if size != 10:
                    return None
                digit = Decimal(1)
            if size < 10**4:
                section += (Decimal(1) if digit is None else digit) * size
            elif size == 10**8:
                total, section = (total + section + (digit or 0)) * size, Decimal(0)
            else:
                total, section = total + (section + (digit or 0)) * size, Decimal(0)
            digit, last = None, size
        elif piece in TENS:
            section += TENS[piece]
        elif digit:
            return None
        else:
            digit = _digit(piece)
            last = 1 if piece in "零〇○" else last
    return total + section + _last_digit(digit, last, numeral)


def _digit(piece: str) -> Decimal:
    return Decimal(DIGITS[piece]) if piece in DIGITS else Decimal(piece.replace(",", "").replace("．", "."))


def _last_digit(digit: Decimal | None, last: int, numeral: str) -> Decimal | int:
    """A digit at the end counts the next smaller magnitude: 三万五 is 35,000, 一百二 is 120."""
    if digit is None:
        return 0
    short = last > 10 and numeral[-1] in DIGITS and numeral[0] not in "0123456789"
    return digit * (last // 10) if short else digit
