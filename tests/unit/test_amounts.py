"""Amounts in tables: as people write them, without losing a digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.commands.amounts import readable

SIZES = {"万亿": 12, "亿": 8, "万": 4}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("218640000000", "2186.4亿"),
        ("1200000000000", "1.2万亿"),
        ("32000", "3.2万"),
        ("-45000000", "-4500万"),
        ("1093551", "1093551"),
        ("9999", "9999"),
        ("58.60", "58.6"),
        ("0", "0"),
    ],
)
def test_large_values_are_short(value: str, written: str) -> None:
    assert readable(Decimal(value)) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**18), max_value=10**18))
def test_no_digit_is_lost(value: Decimal) -> None:
    written = readable(value)
    sign = next((sign for sign in SIZES if written.endswith(sign)), "")
    assert Decimal(written.removesuffix(sign)) * 10 ** SIZES.get(sign, 0) == value
