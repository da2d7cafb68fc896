"""Numerals: every row of the table, and the laws that hold for all of them."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.analysis.numerals import NUMERAL, ascii_digits, fraction, read
from tests.unit.analysis_samples import cases

VALUES: dict[str, list[str]] = cases("numerals")["values"]
DIGITS, TENS = "零一二三四五六七八九", ["", "十", "百", "千"]


def test_the_table_has_enough_rows() -> None:
    assert len(VALUES) >= 40


@pytest.mark.parametrize(("numeral", "expected"), VALUES.items())
def test_reads(numeral: str, expected: list[str]) -> None:
    number = read(numeral)
    found = [] if number is None else [number.value, *([number.value_to] if number.value_to is not None else [])]
    assert found == [Decimal(value) for value in expected]


def written(value: int) -> str:
    """Standard Chinese for 1 to 9999, written here a second time so that reading has something to be held against."""
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        zero = zero or (digit == 0 and text != "")
        if digit:
            text += ("零" if zero else "") + DIGITS[digit] + TENS[place]
            zero = False
    return text.removeprefix("一") if text.startswith("一十") else text


@given(st.integers(1, 9999))
def test_standard_chinese_reads_back(value: int) -> None:
    number = read(written(value))
    assert number is not None
    assert number.value == value
    assert number.value_to is None


@given(st.integers(1, 9999), st.sampled_from([("万", 10**4), ("亿", 10**8), ("万亿", 10**12)]))
def test_magnitudes_multiply(value: int, magnitude: tuple[str, int]) -> None:
    for numeral in (written(value), str(value)):
        number = read(numeral + magnitude[0])
        assert number is not None
        assert number.value == value * magnitude[1]


@given(st.decimals(0, 10**9, places=3))
def test_arabic_is_exact_with_and_without_separators(value: Decimal) -> None:
    for numeral in (f"{value:f}", f"{value:,f}"):
        number = read(numeral)
        assert number is not None
        assert number.value == value


@given(st.text("0123456789.,", min_size=1, max_size=12), st.sampled_from([0xFF10, 0x1D7CE, 0x1D7E2]))
def test_digits_of_other_widths_mean_the_same(numeral: str, zero: int) -> None:
    other = "".join(chr(zero + int(c)) if c.isdigit() else c for c in numeral)
    assert unicodedata.normalize("NFKC", other) == numeral
    assert ascii_digits(other) == numeral
    assert read(other) == read(numeral)


@given(st.text())
def test_ascii_digits_keeps_every_place(text: str) -> None:
    assert len(ascii_digits(text)) == len(text)


@given(st.text("0123456789０１一两三十百千万亿零点.,， 廿半", max_size=40))
def test_never_fails_and_stays_within_bounds(text: str) -> None:
    for match in NUMERAL.finditer(ascii_digits(text)):
        number = read(match.group())
        assert number is None or 0 <= number.value < 10**24


@pytest.mark.parametrize(
    ("above", "below", "share"),
    [("二", "三", "66.67"), ("六", "百", "6"), ("一", "十", "10"), ("五", "千", "0.5"), ("三", "零", None)],
)
def test_fractions_are_percentages(above: str, below: str, share: str | None) -> None:
    assert fraction(above, below) == (None if share is None else Decimal(share))
