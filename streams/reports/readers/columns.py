"""The reading order of a page from positions: boxes, bands, columns. What was painted first decides nothing.

A region is cut again and again: frames are read as a whole; where white or a rule goes all the way down, what is
left of it comes first; where it does not, the region falls into bands that each have their own columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from streams.reports.lines import Box
from streams.reports.readers.joints import reads_down_first
from streams.reports.readers.pieces import Piece
from streams.reports.readers.shapes import Shapes
from streams.reports.readers.slabs import (
    SMALL,
    Gutter,
    Item,
    Slab,
    bands_of,
    closed,
    em_of,
    gutters_of,
    is_figure,
    item_of,
    parts_of,
    slabs_of,
)

MIN_FRAME_HEIGHT = 2.5
MIN_FRAME_WIDTH = 4.0
"""Ems: smaller rectangles are tints of a line or marks."""
CAPTION_LINES = 5.0
"""Ems below a picture within which its caption stands."""
DEEPEST = 40
"""Cuts within cuts; a page has about ten."""
MOST_SLABS = 600
"""Slabs of a region for which the best bands are looked for; a taller one is read from top to bottom."""

Columns = list[tuple[Piece, ...]]


def reading_order(pieces: Sequence[Piece], shapes: Shapes) -> Columns:
    """The pieces of a page as columns in reading order, those of a column from the top."""
    items = [item_of(piece) for piece in pieces]
    if not items:
        return []
    em = em_of(items)
    rules = sorted(shapes.across, key=lambda rule: rule.top)
    areas = [area for area in shapes.areas if _is_large(area, em)]
    items = _within_pictures(_grouped(items, areas, rules))
    return _joined(_Order(rules).of(items, 0), em)


def _within_pictures(items: Sequence[Item]) -> list[Item]:
    """Captions that run out of their picture's width take up no more than that: they do not close a gutter."""
    em = em_of(items)
    pictures = [item for item in items if item.piece is None and not item.columns]
    return [_beneath(item, pictures, em) if item.piece and item.size < SMALL * em else item for item in items]


def _beneath(item: Item, pictures: Iterable[Item], em: float) -> Item:
    for picture in pictures:
        near = picture.bottom - em < item.top < picture.bottom + CAPTION_LINES * em
        if near and picture.x0 - em <= item.x0 < picture.x1 < item.x1:
            return replace(item, x1=picture.x1)
    return item


def _is_large(area: Box, em: float) -> bool:
    return area.bottom - area.top >= MIN_FRAME_HEIGHT * em and area.x1 - area.x0 >= MIN_FRAME_WIDTH * em


def _grouped(items: Sequence[Item], areas: Sequence[Box], rules: Sequence[Box], depth: int = 0) -> list[Item]:
    """The items with those within a frame as one, and the pictures between them."""
    areas = sorted(areas, key=lambda area: (area.x0 - area.x1) * (area.bottom - area.top))
    left = list(items)
    found: list[Item] = []
    for index, area in enumerate(areas):
        inside = [item for item in left if _holds(area, item)]
        if len(inside) == len(items) or depth >= DEEPEST:
            continue
        if not inside:
            if not any(_within(area, other) for other in areas[:index] if not _holds_all(other, items)):
                found.append(Item(area.x0, area.top, area.x1, area.bottom))
            continue
        left = [item for item in left if not _holds(area, item)]
        within = [other for other in areas[index + 1 :] if _within(other, area)]
        columns = _Order(rules).of(_within_pictures(_grouped(inside, within, rules, depth + 1)), depth + 1)
        found.append(Item(area.x0, area.top, area.x1, area.bottom, columns=tuple(columns)))
    return left + found


def _holds_all(area: Box, items: Sequence[Item]) -> bool:
    return all(_holds(area, item) for item in items)


def _holds(area: Box, item: Item) -> bool:
    x, y = (item.x0 + item.x1) / 2, (item.top + item.bottom) / 2
    return area.x0 <= x <= area.x1 and area.top <= y <= area.bottom and item.x1 - item.x0 <= area.x1 - area.x0 + 4


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner is not outer
        and outer.x0 - 1 <= inner.x0
        and inner.x1 <= outer.x1 + 1
        and outer.top - 1 <= inner.top
        and inner.bottom <= outer.bottom + 1
    )


class _Order:
    """Reading order of regions, given the rules that are drawn across the page."""

    def __init__(self, rules: Sequence[Box]) -> None:
        self._rules = rules

    def of(self, items: Sequence[Item], depth: int) -> Columns:
        em = em_of(items)
        slabs = closed(slabs_of(items), em)
        if len(items) == 1 or depth >= DEEPEST:
            return _leaf(slabs)
        gutters = gutters_of(slabs, em)
        if gutters:
            return self._side_by_side(slabs, gutters, em, depth)
        if len(slabs) > MOST_SLABS:
            return _leaf(slabs)
        bands = bands_of(slabs, em, self._rules)
        if len(bands) == 1:
            return _leaf(slabs)
        return self._in_turn(bands, depth)

    def _in_turn(self, bands: Iterable[Sequence[Slab]], depth: int) -> Columns:
        return [column for band in bands for column in self.of(_items(band), depth + 1)]

    def _side_by_side(self, slabs: list[Slab], gutters: list[Gutter], em: float, depth: int) -> Columns:
        head = _head_over(slabs, gutters, em)
        if head:
            return self._in_turn([slabs[:head], slabs[head:]], depth)
        cut = reads_down_first(slabs, gutters, em, self._rules)
        if cut is not None:
            return self._in_turn([slabs[:cut], slabs[cut:]], depth)
        parts = parts_of(_items(slabs), gutters)
        return [column for part in _figure_first(parts, em) for column in self.of(part, depth + 1)]


def _items(slabs: Iterable[Slab]) -> list[Item]:
    return [item for slab in slabs for item in slab.items]


def _head_over(slabs: Sequence[Slab], gutters: Sequence[Gutter], em: float) -> int:
    """How many slabs from the top are a head over all columns: centred or at the left, and with nothing beside it."""
    x0, x1 = min(slab.spans[0][0] for slab in slabs), max(slab.spans[-1][1] for slab in slabs)
    count = 0
    for slab in slabs[:-1]:
        left, right = slab.spans[0][0], slab.spans[-1][1]
        if any(left < gutter.middle < right for gutter in gutters):
            break
        centred = abs((left + right) - (x0 + x1)) < 3 * em
        if not centred and right > gutters[0].middle:
            break
        count += 1
    return count


def _figure_first(parts: list[list[Item]], em: float) -> list[list[Item]]:
    """A picture with its caption that stands beside lines of body text comes before them, not amid the sentence."""
    if len(parts) == 2 and is_figure(parts[1], em) and not is_figure(parts[0], em):
        return parts[::-1]
    return parts


def _leaf(slabs: Iterable[Slab]) -> Columns:
    """One column: everything from top to bottom, a framed box where it begins."""
    columns: Columns = []
    column: list[Piece] = []
    for item in (item for slab in slabs for item in sorted(slab.items, key=lambda item: (item.top, item.x0))):
        if item.piece:
            column.append(item.piece)
        elif item.columns:
            if column:
                columns.append(tuple(column))
            column = []
            columns.extend(item.columns)
    return [*columns, tuple(column)] if column else columns


def _joined(columns: Iterable[tuple[Piece, ...]], em: float) -> Columns:
    """Columns that go on below each other at the same width as one."""
    joined: Columns = []
    for column in columns:
        if joined and _goes_on(joined[-1], column, em):
            joined[-1] += column
        else:
            joined.append(column)
    return joined


def _goes_on(above: Sequence[Piece], below: Sequence[Piece], em: float) -> bool:
    x0, x1 = _extent(above)
    left, right = _extent(below)
    bottom, top = max(piece.bottom for piece in above), min(piece.top for piece in below)
    return abs(x0 - left) < em and abs(x1 - right) < em and bottom - 0.3 * em <= top <= bottom + 3 * em


def _extent(column: Sequence[Piece]) -> tuple[float, float]:
    return min(piece.x0 for piece in column), max(piece.x1 for piece in column)


def rows_of(column: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The lines of a column: pieces on one height, from left to right."""
    row: list[Piece] = []
    for piece in sorted(column, key=lambda piece: (piece.base, piece.x0)):
        if row and not _on_line(row, piece):
            yield sorted(row, key=lambda piece: piece.x0)
            row = []
        row.append(piece)
    if row:
        yield sorted(row, key=lambda piece: piece.x0)


def _on_line(row: Sequence[Piece], piece: Piece) -> bool:
    last = max(row, key=lambda other: other.size)
    overlap = min(last.bottom, piece.bottom) - max(last.top, piece.top)
    beside = all(piece.x0 >= other.x1 - 0.7 * piece.size or piece.x1 <= other.x0 + 0.7 * piece.size for other in row)
    return beside and overlap > 0.5 * min(last.size, piece.size)
