"""What a PDF page draws besides letters: rules, frames and pictures, as far as they tell where text belongs."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streams.reports.lines import Box
from streams.reports.readers.glyphs import Turn

THIN = 4.0
"""Points: what is no thicker is a rule."""
MIN_RULE = 24.0
"""Points: shorter strokes underline a word or belong to a drawing."""
MOST_SHAPES = 20_000
"""Shapes of a page that are looked at; maps and charts have more, and say nothing about text."""
MAX_SEGMENTS = 8
"""Segments of a path that can be a rectangle or a rule: a closed rectangle has five, with arcs at its corners nine."""


@dataclass(slots=True)
class Shapes:
    """The rules of a page, its rectangles (frames, tints, pictures alike), and whether it shows an image."""

    across: list[Box] = field(default_factory=list)
    down: list[Box] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    images: int = 0


def page_shapes(page: Any, turn: Turn) -> Shapes:
    """The shapes of a page; those within forms that are placed as a whole are left out but for their count."""
    import pypdfium2.raw as pdfium

    shapes = Shapes()
    kinds = {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}
    for handle in _objects(pdfium, page, kinds):
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            shapes.images += _images_within(pdfium, handle)
            continue
        area = _area(pdfium, handle, turn)
        if area is None:
            continue
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            shapes.images += 1
            shapes.areas.append(area)
        elif _is_drawn(pdfium, handle) and pdfium.FPDFPath_CountSegments(handle) <= MAX_SEGMENTS:
            _sort_in(shapes, area)
    return shapes


def _sort_in(shapes: Shapes, area: Box) -> None:
    width, height = area.x1 - area.x0, area.bottom - area.top
    if height <= THIN:
        if width >= MIN_RULE:
            shapes.across.append(area)
    elif width <= THIN:
        if height >= MIN_RULE:
            shapes.down.append(area)
    else:
        shapes.areas.append(area)


def _objects(pdfium: Any, page: Any, kinds: set[int]) -> Iterator[Any]:
    found = 0
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        handle = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(handle) in kinds:
            found += 1
            if found > MOST_SHAPES:
                return
            yield handle


def _images_within(pdfium: Any, form: Any) -> int:
    count = min(pdfium.FPDFFormObj_CountObjects(form), MOST_SHAPES)
    handles = (pdfium.FPDFFormObj_GetObject(form, index) for index in range(max(count, 0)))
    return sum(pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_IMAGE for handle in handles)


def _area(pdfium: Any, handle: Any, turn: Turn) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    return Box(*turn.box(left.value, bottom.value, right.value, top.value))


def _is_drawn(pdfium: Any, handle: Any) -> bool:
    """Whether a path leaves ink: clips and white grounds do not."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(handle, fill, stroke):
        return False
    if stroke.value:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not fill.value or not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 0xFA
