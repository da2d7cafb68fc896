"""White on a page: the gutters between things that stand side by side, and the bands that share their gutters."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from streams.reports.lines import Box
from streams.reports.readers.pieces import Piece

MIN_GUTTER = 0.6
"""Ems of white between two columns, at least."""
PARALLEL = 1.9
"""Ems of height from the first to the last place where text stands on both sides of white, for it to be a gutter and
no gap in a line: two lines of body text."""
HEAD_SIZE = 1.15
"""Size of a heading, in sizes of body text, at least."""
SMALL = 0.95
"""Size of a caption, in sizes of body text, at most."""
WIDE_GUTTER = 3.0
"""Ems of white from which a line that stands alone falls apart: a running head."""
ODD_LINE = 0.7
"""Cost of a line with a gap within a column; a band costs 1, so that two bands are not made for one line."""
PARTED_HEAD = 0.9
"""Cost of a heading at the end of a band: it belongs to what stands below."""
HEAD_WITHIN = 0.3
"""Cost of a heading over the columns of a band in which it is not the first of one."""
WORD_GAP = 1.3
"""Ems between words of a heading or byline, at most."""
CENTRED_WIDTH = 0.7
"""Share of the width that a centred line leaves some of on both sides."""
LOST_GUTTER = 0.25
"""Cost of a gutter that a band begins with and loses: it decides where a band ends when all else is equal."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is read as a whole: a piece of a line, a framed box with its columns, or a picture (no text)."""

    x0: float
    top: float
    x1: float
    bottom: float
    piece: Piece | None = None
    columns: tuple[tuple[Piece, ...], ...] = ()

    @property
    def size(self) -> float:
        """Size of its letters; 0 for what has no one size."""
        return self.piece.size if self.piece else 0.0


def item_of(piece: Piece) -> Item:
    """A piece as an item, a little less tall, so that lines set tight still have white between them."""
    less = 0.15 * piece.size
    return Item(piece.x0, piece.top + less, piece.x1, piece.bottom - less, piece)


@dataclass(frozen=True, slots=True)
class Slab:
    """Items that overlap in height, between two heights that nothing crosses; ``spans`` is what they cover across."""

    items: tuple[Item, ...]
    top: float
    bottom: float
    spans: tuple[tuple[float, float], ...]

    @property
    def size(self) -> float:
        """Size of the largest letters."""
        return max(item.size for item in self.items)


def em_of(items: Sequence[Item]) -> float:
    """The size of most letters."""
    sizes = [item.piece.size for item in items if item.piece for _ in range(min(len(item.piece.glyphs), 40))]
    return median(sizes) if sizes else 10.0


def slabs_of(items: Sequence[Item]) -> list[Slab]:
    """The items from the top, cut wherever the white goes all the way across."""
    slabs: list[Slab] = []
    group: list[Item] = []
    bottom = float("-inf")
    for item in sorted(items, key=lambda item: item.top):
        if group and item.top >= bottom:
            slabs.append(_slab(group))
            group = []
        group.append(item)
        bottom = max(bottom, item.bottom) if len(group) > 1 else item.bottom
    return [*slabs, _slab(group)] if group else slabs


def _slab(items: Sequence[Item]) -> Slab:
    top, bottom = min(item.top for item in items), max(item.bottom for item in items)
    return Slab(tuple(items), top, bottom, _covered([(item.x0, item.x1) for item in items]))


def closed(slabs: Sequence[Slab], em: float) -> list[Slab]:
    """The slabs with the blanks of a centred line, such as a byline over two columns, not taken for a gutter."""
    if not slabs:
        return []
    x0, x1 = min(slab.spans[0][0] for slab in slabs), max(slab.spans[-1][1] for slab in slabs)
    return [_without_gaps(slab) if _is_centred_line(slab, x0, x1, em) else slab for slab in slabs]


def _without_gaps(slab: Slab) -> Slab:
    return replace(slab, spans=((slab.spans[0][0], slab.spans[-1][1]),))


def _is_centred_line(slab: Slab, x0: float, x1: float, em: float) -> bool:
    left, right = slab.spans[0][0], slab.spans[-1][1]
    if len(slab.spans) < 2 or slab.bottom - slab.top > slab.size:
        return False
    narrow = right - left < CENTRED_WIDTH * (x1 - x0) and abs((left + right) - (x0 + x1)) < 2 * em
    return narrow and all(after[0] - before[1] < WORD_GAP * slab.size for before, after in pairwise(slab.spans))


def _covered(spans: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for x0, x1 in sorted(spans):
        if merged and x0 <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class Gutter:
    """White from top to bottom between items, and from and to which height there is text on both its sides."""

    x0: float
    x1: float
    first: float | None = None
    last: float = 0.0

    @property
    def middle(self) -> float:
        """Where to cut."""
        return (self.x0 + self.x1) / 2


class Gutters:
    """The gutters of a growing run of slabs."""

    def __init__(self, em: float) -> None:
        self._em = em
        self._spans: tuple[tuple[float, float], ...] = ()
        self._slabs = 0
        self.found: list[Gutter] = []

    def add(self, slab: Slab) -> None:
        """Go on with the next slab."""
        self._slabs += 1
        self._spans = _covered([*self._spans, *slab.spans])
        found = []
        for (_, left), (right, _) in pairwise(self._spans):
            first, last = next(
                ((old.first, old.last) for old in self.found if old.x0 <= left and right <= old.x1), (None, 0.0)
            )
            if slab.spans[0][0] < left and slab.spans[-1][1] > right:
                first, last = slab.top if first is None else first, slab.bottom
            found.append(Gutter(left, right, first, last))
        self.found = found

    @property
    def clear(self) -> list[Gutter]:
        """Those that are gutters and no chance gaps."""
        return [gutter for gutter in self.found if self._is_clear(gutter)]

    def _is_clear(self, gutter: Gutter) -> bool:
        width = gutter.x1 - gutter.x0
        if width < MIN_GUTTER * self._em or gutter.first is None:
            return False
        return gutter.last - gutter.first >= PARALLEL * self._em or (
            self._slabs == 1 and width >= WIDE_GUTTER * self._em
        )


def parts_of(items: Sequence[Item], gutters: Sequence[Gutter]) -> list[list[Item]]:
    """The items between the gutters, from left to right; parts without any are left out."""
    parts: list[list[Item]] = [[] for _ in range(len(gutters) + 1)]
    for item in items:
        middle = (item.x0 + item.x1) / 2
        parts[sum(gutter.middle < middle for gutter in gutters)].append(item)
    return [part for part in parts if part]


def is_figure(part: Sequence[Item], em: float) -> bool:
    """Whether a part is a picture with its caption and no more."""
    pictures = any(item.piece is None and not item.columns for item in part)
    return (
        pictures
        and all(item.size < SMALL * em for item in part if item.piece)
        and not any(item.columns for item in part)
    )


def gutters_of(slabs: Sequence[Slab], em: float) -> list[Gutter]:
    """The gutters that run through all slabs."""
    gutters = Gutters(em)
    for slab in slabs:
        gutters.add(slab)
    return gutters.clear


def has_gap(slab: Slab, em: float) -> bool:
    """Whether things stand side by side in a slab, or a line has a wide gap."""
    return any(right[0] - left[1] >= MIN_GUTTER * em for left, right in pairwise(slab.spans))


def bands_of(slabs: Sequence[Slab], em: float, rules: Sequence[Box]) -> list[list[Slab]]:
    """The slabs in the fewest runs of which each is one column throughout, or has a gutter throughout.

    Where the limit between two runs is open, it is put where the white is widest or a rule is drawn.
    """
    count = len(slabs)
    best = [0.0] + [float("inf")] * count
    start_of = [0] * (count + 1)
    bonus = [_separation(slabs[index], slabs[index + 1], em, rules) for index in range(count - 1)]
    odd = [_oddness(slab, em) for slab in slabs]
    for start in range(count):
        gutters = Gutters(em)
        open_gutters = lost = 0
        base = best[start] + 1 - (bonus[start - 1] if start else 0.0)
        gaps = 0.0
        for end in range(start, count):
            gutters.add(slabs[end])
            gaps += odd[end]
            clear = len(gutters.clear)
            lost += max(0, open_gutters - clear)
            open_gutters = clear
            if not clear and gaps > 3 and end > start:
                break
            cost = base + (min(LOST_GUTTER * lost, 2 * LOST_GUTTER) if clear else gaps)
            if clear and _is_head(slabs[end], em) and end + 1 < count:
                cost += PARTED_HEAD
            if clear and end > start and _is_all_head(slabs[start], em):
                cost += HEAD_WITHIN
            if cost < best[end + 1] - 1e-9:
                best[end + 1], start_of[end + 1] = cost, start
    return _cut(slabs, start_of)


def _oddness(slab: Slab, em: float) -> float:
    """What it costs to take a slab with gaps for lines of one column."""
    if not has_gap(slab, em) or _is_all_head(slab, em):
        return 0.0
    return ODD_LINE * max(1.0, (slab.bottom - slab.top) / (1.6 * em))


def _cut(slabs: Sequence[Slab], start_of: Sequence[int]) -> list[list[Slab]]:
    bands: list[list[Slab]] = []
    end = len(slabs)
    while end:
        bands.append(list(slabs[start_of[end] : end]))
        end = start_of[end]
    return bands[::-1]


def _is_head(slab: Slab, em: float) -> bool:
    return slab.size >= HEAD_SIZE * em


def _is_all_head(slab: Slab, em: float) -> bool:
    return all(item.size >= HEAD_SIZE * em for item in slab.items)


def _separation(above: Slab, below: Slab, em: float, rules: Sequence[Box]) -> float:
    """How much two slabs are set apart, from 0 to 0.8."""
    if rule_between(above, below, rules):
        return 0.8
    return min(0.6, 0.25 * max(0.0, (below.top - above.bottom) / em - 0.4))


def rule_between(above: Slab, below: Slab, rules: Sequence[Box]) -> bool:
    """Whether a rule is drawn over most of the width between two slabs."""
    x0, x1 = min(above.spans[0][0], below.spans[0][0]), max(above.spans[-1][1], below.spans[-1][1])
    first = bisect_left(rules, above.bottom - 1, key=lambda rule: rule.top)
    for rule in rules[first:]:
        if rule.top > below.top + 1:
            return False
        if min(rule.x1, x1) - max(rule.x0, x0) >= 0.7 * (x1 - x0):
            return True
    return False
