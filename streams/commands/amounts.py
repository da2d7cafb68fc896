"""Amounts as people write them in tables: 2186.4亿 rather than 218640000000, exactly, and only where that is shorter.

The boards' page does the same (``boards/page/values.js``).
"""

from decimal import Decimal

from schemas.items import StatisticItem, Target
from schemas.record import plain

_SIZES = (("万亿", 12), ("亿", 8), ("万", 4))
"""Chinese counts in powers of ten thousand."""


def amount(item: StatisticItem | Target) -> str:
    """A value or a range, without its unit."""
    upper = "" if item.value_to is None else f"-{readable(item.value_to)}"
    return readable(item.value) + upper


def readable(value: Decimal) -> str:
    """The value in the largest size that it reaches."""
    digits = plain(value)
    for sign, power in _SIZES:
        if abs(value) >= Decimal(10) ** power:
            short = plain(value.scaleb(-power)) + sign
            return short if len(short) <= len(digits) else digits
    return digits
