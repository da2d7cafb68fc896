"""The letters of a PDF page with their places, each once, however often the page painted it for weight."""

import ctypes
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

SAME_PLACE, SAME_PLACE_MARK, SAME_PLACE_WIDE = 0.12, 0.47, 0.6
"""Ems within which two like letters are one that was painted twice. Fake bold and shadows shift by up to 0.05, and a
copy drifts further where its line is stretched. The narrowest letters that can stand side by side are 0.2 apart,
full-width marks half an em, full-width letters a whole one."""
PAIR = 3
MORE_DRIFT, MOST_DRIFT = 0.15, 0.95
"""Where one of the last letters (PAIR) was a drifted double, the next may have drifted by so many ems more."""
CELL = 12.0
"""Points: the side of the squares in which doubles are looked for."""
MOST_IN_CELL = 8
"""Like letters of a square that are looked at; real type has fewer, and a hostile page costs no more time."""
UPRIGHT = math.radians(15)
LIGATURE_SHARE = 0.3
"""Ems that a narrow letter of a ligature takes up; a wide one takes a whole em."""
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
BOLD_WEIGHT = 600
_WIDE_ANYWAY = "“”‘’—…·―"
"""Ambiguous in Unicode, a whole em wide in a Chinese font."""
MISSING = "\ufffd"


@dataclass(slots=True)
class Glyph:
    """A letter on a page: points, origin at the top left corner, ``base`` the line that letters stand on.

    ``em`` is the width of a square letter of its font, ``size`` its height; they differ in condensed type.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    em: float
    bold: bool | None = None
    blank_after: bool = False

    @property
    def top(self) -> float:
        """Upper edge of the square letter: 0.88 of it stands above the base line in fonts for Chinese."""
        return self.base - 0.88 * self.size

    @property
    def bottom(self) -> float:
        """Lower edge of the square letter."""
        return self.base + 0.12 * self.size


@dataclass(frozen=True, slots=True)
class PageLetters:
    """The upright letters of a page in the order of painting, and what stands at an angle, such as a watermark."""

    upright: list[Glyph]
    turned: str


def page_letters(textpage: Any, turn: "Turn", most: int) -> PageLetters | None:
    """The letters of a text page, or None when there are more than ``most``."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(textpage)
    if count > most:
        return None
    upright: list[Glyph] = []
    turned: list[str] = []
    reader = _LetterReader(pdfium, textpage, turn)
    for index in range(max(count, 0)):
        if pdfium.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        text = _character(pdfium.FPDFText_GetUnicode(textpage, index))
        if text and pdfium.FPDFText_HasUnicodeMapError(textpage, index) == 1:
            text = MISSING
        if not text or text.isspace():
            if upright:
                upright[-1].blank_after = upright[-1].blank_after or bool(text)
            continue
        glyph = reader.glyph(index, text)
        if glyph is None:
            turned.append(text)
        else:
            reader.unfold(index, glyph)
            upright.append(glyph)
    return PageLetters(once(upright), "".join(turned))


@dataclass(frozen=True, slots=True)
class Turn:
    """From a PDF's own coordinates to points from the top left corner of the page as it is shown."""

    left: float
    bottom: float
    width: float
    height: float
    quarter: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point; ``width`` and ``height`` are those of the page before it is turned."""
        x, y = x - self.left, y - self.bottom
        if self.quarter == 1:
            return y, x
        if self.quarter == 2:
            return self.width - x, y
        if self.quarter == 3:
            return self.height - y, self.width - x
        return x, self.height - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a rectangle."""
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


class _LetterReader:
    """Asks PDFium about one letter after the other, with one set of variables for its answers."""

    def __init__(self, pdfium: Any, textpage: Any, turn: Turn) -> None:
        self._pdfium, self._page, self._turn = pdfium, textpage, turn
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._rect, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._before: tuple[tuple[float, float], int, Glyph] | None = None
        self._name, self._flags = ctypes.create_string_buffer(256), ctypes.c_int()

    def glyph(self, index: int, text: str) -> Glyph | None:
        """The letter at an index, or None when it does not stand upright."""
        pdfium, page, matrix = self._pdfium, self._page, self._matrix
        size = pdfium.FPDFText_GetFontSize(page, index)
        across, up = 1.0, 1.0
        if pdfium.FPDFText_GetMatrix(page, index, matrix):
            angle = math.atan2(matrix.b, matrix.a) - self._turn.quarter * math.pi / 2
            if abs(math.remainder(angle, 2 * math.pi)) > UPRIGHT:
                return None
            across, up = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
        pdfium.FPDFText_GetCharOrigin(page, index, self._x, self._y)
        pdfium.FPDFText_GetLooseCharBox(page, index, self._rect)
        x0, base = self._turn.point(self._x.value, self._y.value)
        em, height = abs(size * across) or 1.0, abs(size * up) or 1.0
        rect = self._rect
        right = self._turn.box(rect.left, rect.bottom, rect.right, rect.top)[2]
        x1 = x0 + em if _is_wide(text) else min(max(right, x0 + 0.1 * em), x0 + 1.5 * em)
        return Glyph(text, x0, x1, base, height, em, self._bold(index))

    def unfold(self, index: int, glyph: Glyph) -> None:
        """Put the letters of a ligature, such as a dash of two squares, side by side: PDFium gives them one place."""
        place, before = (glyph.x0, glyph.base), self._before
        if before and before[0] == place and self._object(before[1]) == self._object(index):
            shift = glyph.em if _is_wide(glyph.text) else LIGATURE_SHARE * glyph.em
            before[2].x1 = glyph.x0 = before[2].x0 + shift
            glyph.x1 = max(glyph.x1, glyph.x0 + shift)
        self._before = (place, index, glyph)

    def _object(self, index: int) -> int | None:
        pointer = self._pdfium.FPDFText_GetTextObject(self._page, index)
        return ctypes.cast(pointer, ctypes.c_void_p).value

    def _bold(self, index: int) -> bool | None:
        """By the font's name or weight; None when the PDF tells neither, as with drawn (type 3) fonts."""
        length = self._pdfium.FPDFText_GetFontInfo(self._page, index, self._name, len(self._name), self._flags)
        weight = self._pdfium.FPDFText_GetFontWeight(self._page, index)
        if length <= 1 and weight <= 0:
            return None
        return weight >= BOLD_WEIGHT or _is_bold_name(self._name.raw[: max(length - 1, 0)])


@lru_cache(maxsize=256)
def _is_bold_name(name: bytes) -> bool:
    return bool(_BOLD.search(name.decode("utf-8", "replace")))


@lru_cache(maxsize=65536)
def _is_wide(text: str) -> bool:
    return text in _WIDE_ANYWAY or unicodedata.east_asian_width(text[0]) in "WF"


@lru_cache(maxsize=65536)
def _character(code: int) -> str:
    """The character of a code point; a mark for a letter that the PDF does not name, nothing for control characters."""
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF or code in (0xFFFE, 0xFFFF):
        return MISSING
    character = chr(code)
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf") else character


def once(glyphs: list[Glyph]) -> list[Glyph]:
    """Each letter once: one that stands where its like stands already only makes that one bold."""
    placed: dict[tuple[str, int, int], list[Glyph]] = {}
    kept: list[Glyph] = []
    drift, last = 0.0, -PAIR
    for number, glyph in enumerate(glyphs):
        twin = _twin(placed, glyph, drift + MORE_DRIFT if number - last <= PAIR and drift > SAME_PLACE else 0.0)
        if twin is not None:
            drift, last = abs(glyph.x0 - twin.x0) / glyph.em, number
            twin.bold = True
            twin.blank_after = twin.blank_after or glyph.blank_after
            continue
        kept.append(glyph)
        placed.setdefault((glyph.text, *_cell(glyph)), []).append(glyph)
    return kept


def _cell(glyph: Glyph) -> tuple[int, int]:
    return int(glyph.x0 // CELL), int(glyph.base // CELL)


def _twin(placed: dict[tuple[str, int, int], list[Glyph]], glyph: Glyph, drift: float) -> Glyph | None:
    """The letter that this one doubles; ``drift`` is how far, in ems, the copy may have drifted by now."""
    column, row = _cell(glyph)
    near = max(_too_near(glyph.text), min(drift, MOST_DRIFT))
    across, down = min(near * glyph.em, CELL), min(SAME_PLACE * glyph.size, CELL)
    for x in (column, column - 1, column + 1):
        for y in (row, row - 1, row + 1):
            for twin in placed.get((glyph.text, x, y), ())[-MOST_IN_CELL:]:
                close = abs(twin.x0 - glyph.x0) <= across and abs(twin.base - glyph.base) <= down
                if close and 0.8 < twin.size / glyph.size < 1.25:
                    return twin
    return None


@lru_cache(maxsize=65536)
def _too_near(text: str) -> float:
    if not _is_wide(text):
        return SAME_PLACE
    return SAME_PLACE_WIDE if text.isalpha() else SAME_PLACE_MARK
