"""How the time for one paragraph grows with its length, for texts of several sorts."""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks.timing.rounds import Work, seconds
from schemas.paragraph import Paragraph, Report

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
"""Characters. A paragraph of the contract has at most 100,000; what lies beyond shows that nothing waits there."""
MOST_S = 120.0
"""A length that would take longer, as the growth so far foretells, is left out."""


class Growth(NamedTuple):
    """Seconds by length, and the exponent of length in the time: 1 is linear."""

    sort: str
    seconds: dict[int, float]
    exponent: float


def sorts(texts: Sequence[str]) -> dict[str, Callable[[int], str]]:
    """Makers of a text of a length, by name."""
    joined = "".join(texts)
    endless = joined.translate(str.maketrans("。；！？\n", "，，，，，"))

    def repeated(unit: str) -> Callable[[int], str]:
        return lambda length: (unit * (1 + length // len(unit)))[:length]

    return {
        "paragraphs joined": repeated(joined),
        "the same without a full stop": repeated(endless),
        "one character: 一": repeated("一"),
        "one character: 1": repeated("1"),
        "only punctuation": repeated("，。、；"),
        "numbers in a list": repeated("3万个、"),
        "numbers of years, without a mark": repeated("去年3个每年2个"),
        "words attributed": repeated("市长说，要增加。"),
        "quotation marks opened, then closed": lambda length: "“" * (length // 2) + "”" * (length - length // 2),
        "Latin letters": repeated("growth of "),
    }


def grow(work: Work, texts: Sequence[str]) -> Iterator[Growth]:
    """The growth of each sort."""
    for name, make in sorts(texts).items():
        found: dict[int, float] = {}
        for length in LENGTHS:
            if _foretold(found, length) <= MOST_S:
                given = [paragraph_of(make(length))]
                found[length] = min(seconds(work, given) for _ in range(3 if length < LENGTHS[-1] else 1))
        yield Growth(name, found, exponent(found))


def exponent(found: dict[int, float]) -> float:
    """The slope of the line through the logarithms of time over length."""
    points = [(math.log(length), math.log(max(took, 1e-6))) for length, took in found.items()]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def paragraph_of(text: str) -> Paragraph:
    """A paragraph of any text, also of one that is too long for the contract."""
    known = {"id": "grown", "report": Report.named("grown"), "ordinal": 0, "section": None, "page": None}
    return Paragraph.of_valid(**known, text=text, pushed_at=datetime.fromtimestamp(0, UTC))


def _foretold(found: dict[int, float], length: int) -> float:
    if len(found) < 2:
        return 0.0
    (_, before), (last, took) = list(found.items())[-2:]
    return took * max(took / max(before, 1e-6), length / last)
