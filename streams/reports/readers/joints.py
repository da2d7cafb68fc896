"""Whether a region with a gutter from top to bottom is still read in two bands, one below the other.

Two columns of one article, and two articles side by side, are read to their ends. But a page can have a common
gutter in two bands that have nothing to do with each other, and an article can go on in columns of another width
below. Then something shows at one height on both sides of the gutter: a rule, more white than anywhere else, or
another number of columns.
"""

from collections.abc import Sequence
from itertools import pairwise

from streams.reports.lines import Box
from streams.reports.readers.slabs import (
    HEAD_SIZE,
    Gutter,
    Item,
    Slab,
    bands_of,
    em_of,
    gutters_of,
    is_figure,
    parts_of,
    rule_between,
    slabs_of,
)

MIN_WHITE = 1.3
"""Ems of white across the gutter, at least, where it separates bands."""
MOST_SLABS = 600
"""Slabs of a side for which its changes of columns are looked for."""


def reads_down_first(slabs: Sequence[Slab], gutters: Sequence[Gutter], em: float, rules: Sequence[Box]) -> int | None:
    """The number of slabs of the upper band, or None when the columns are read to their ends."""
    changes = [_changes(_beside(slabs, side), em, rules) for side in _sides(gutters)]
    best: tuple[float, int] | None = None
    for count in range(1, len(slabs)):
        score = _score(slabs, count, gutters, em, rules, changes)
        if score > 0 and (best is None or score > best[0]):
            best = (score, count)
    return best[1] if best else None


def _score(
    slabs: Sequence[Slab],
    count: int,
    gutters: Sequence[Gutter],
    em: float,
    rules: Sequence[Box],
    changes: Sequence[Sequence[tuple[float, float]]],
) -> float:
    above, below = slabs[count - 1], slabs[count]
    white = (below.top - above.bottom) / em
    ruled = rule_between(above, below, rules)
    changing = all(any(y0 <= below.top and y1 >= above.bottom for y0, y1 in side) for side in changes)
    if not ruled and not changing and white < MIN_WHITE:
        return 0
    upper, lower = slabs[:count], slabs[count:]
    if not all(_on_both_sides(upper, gutter) and _on_both_sides(lower, gutter) for gutter in gutters):
        return 0
    if _ends_with_head(upper, gutters, em):
        return 0
    if ruled:
        return 10 + white
    if changing:
        return 5 + white
    return white if _begins_with_heads(lower, gutters, em) else 0


def _sides(gutters: Sequence[Gutter]) -> list[tuple[float, float]]:
    edges = [float("-inf"), *(gutter.middle for gutter in gutters), float("inf")]
    return list(pairwise(edges))


def _on_both_sides(slabs: Sequence[Slab], gutter: Gutter) -> bool:
    left = any(slab.spans[0][0] < gutter.middle for slab in slabs)
    return left and any(slab.spans[-1][1] > gutter.middle for slab in slabs)


def _beside(slabs: Sequence[Slab], side: tuple[float, float]) -> list[Item]:
    return [item for slab in slabs for item in slab.items if side[0] < (item.x0 + item.x1) / 2 < side[1]]


def _ends_with_head(slabs: Sequence[Slab], gutters: Sequence[Gutter], em: float) -> bool:
    """Whether a heading would be the last thing of a column: it belongs to what stands below."""
    for side in _sides(gutters):
        found = _beside(slabs, side)
        if found and max(found, key=lambda item: item.bottom).size >= HEAD_SIZE * em:
            return True
    return False


def _begins_with_heads(slabs: Sequence[Slab], gutters: Sequence[Gutter], em: float) -> bool:
    """Whether a heading stands at the top of each column."""
    tops = [min(found, key=lambda item: item.top) for side in _sides(gutters) if (found := _beside(slabs, side))]
    return all(top.size >= HEAD_SIZE * em or top.columns for top in tops)


def _changes(items: Sequence[Item], em: float, rules: Sequence[Box]) -> list[tuple[float, float]]:
    """The heights, each from and to, at which body text goes on in other columns."""
    slabs = slabs_of(items)
    if len(slabs) > MOST_SLABS:
        return []
    bands: list[tuple[int, list[Slab]]] = []
    for band in bands_of(slabs, em_of(items), rules):
        count = _columns(band, em)
        if bands and bands[-1][0] == count:
            bands[-1][1].extend(band)
        else:
            bands.append((count, band))
    return [
        (above[-1].bottom, below[0].top)
        for (_, above), (_, below) in pairwise(bands)
        if _is_text(above, em) and _is_text(below, em) and above[-1].size < HEAD_SIZE * em
    ]


def _columns(band: Sequence[Slab], em: float) -> int:
    """How many columns of text a band has; a picture with its caption beside lines that it shortens is none."""
    parts = parts_of([item for slab in band for item in slab.items], gutters_of(band, em))
    return sum(not is_figure(part, em) for part in parts)


def _is_text(band: Sequence[Slab], em: float) -> bool:
    """Whether a band has more than a line or two, and not of headings."""
    return sum(item.size < HEAD_SIZE * em for slab in band for item in slab.items if item.piece) > 2
