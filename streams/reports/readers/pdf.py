"""PDF to lines in reading order, page by page; letters and their places come from PDFium."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from streams.reports.lines import Box, Line
from streams.reports.readers.bombs import refuse_bombs
from streams.reports.readers.columns import reading_order, rows_of
from streams.reports.readers.glyphs import MISSING, PageLetters, Turn, page_letters
from streams.reports.readers.pieces import Piece, glyphs_across, pieces_of, text_of
from streams.reports.readers.shapes import Shapes, page_shapes
from streams.reports.readers.snapshot import snapshot
from streams.reports.reading import UnreadableError

MAX_PDF_BYTES = 512 * 1024 * 1024
MAX_PAGE_LETTERS = 300_000
"""Letters of a page; the fullest newspaper page has 20,000."""
MAX_PAGES = 20_000
MAX_MISSING = 0.3
"""Share of letters without a name from which a page's text is of no use."""
NO_TEXT = "no text layer (scanned, or drawn): run OCR on it, for example ocrmypdf, and give its result"
NO_NAMES = (
    "letters without Unicode names (its fonts do not say which letter is which): run OCR on it, and give its result"
)
SEVERAL = 5


def lines_of_pdf(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a PDF in reading order; ``column`` counts the columns of a page from 0.

    Pages are read one at a time. A page without a text layer, or one that is damaged, is passed over and named in
    the error that follows the last page. Not to be called from two threads at once: PDFium is not made for that.

    Raises:
        UnreadableError: encrypted, damaged, no text on any page, or some pages could not be read.
    """
    import pypdfium2

    content = snapshot(stream, MAX_PDF_BYTES)
    document = _opened(pypdfium2, content)
    try:
        yield from _lines_of(document)
    finally:
        document.close()


def _opened(pypdfium2: Any, content: bytes) -> Any:
    if b"%PDF-" not in content[:1024]:
        raise UnreadableError("not a PDF: it does not begin with %PDF-")
    refuse_bombs(content)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(_why_not_opened(pypdfium2, error, content)) from None
    if len(document) > MAX_PAGES:
        document.close()
        raise UnreadableError(f"more than {MAX_PAGES:,} pages; split it")
    return document


def _why_not_opened(pypdfium2: Any, error: Exception, content: bytes) -> str:
    code = getattr(error, "err_code", None)
    # PDFium may still tell the reason of a file before this one.
    if code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY) and b"/Encrypt" in content:
        return "encrypted: it asks for a password; save it without one, and give the result"
    return "a damaged PDF: it cannot be opened; get it anew, or repair it, for example with qpdf"


def _lines_of(document: Any) -> Iterator[Line]:
    number = 0
    faults: dict[str, list[int]] = {}
    pages = len(document)
    if not pages:
        raise UnreadableError("a PDF without pages")
    for index in range(pages):
        try:
            for line in _page_lines(document, index, number):
                number = line.number
                yield line
        except UnreadableError as fault:
            faults.setdefault(str(fault), []).append(index + 1)
    if faults:
        raise UnreadableError(_summary(faults, pages), number or None)
    if not number:
        raise UnreadableError("no text on any page")


def _summary(faults: dict[str, list[int]], pages: int) -> str:
    if sum(map(len, faults.values())) == pages and len(faults) == 1:
        return next(iter(faults))
    said = (f"{_pages(numbers)} of {pages}: {reason}" for reason, numbers in faults.items())
    return "; ".join(said) + ". All other pages were read"


def _pages(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:SEVERAL])) + (" and others" if len(numbers) > SEVERAL else "")
    return f"page {named}" if len(numbers) == 1 else f"pages {named}"


def _page_lines(document: Any, index: int, before: int) -> list[Line]:
    letters, shapes = read_page(document, index)
    if not letters.upright and not letters.turned:
        if shapes.images or shapes.areas:
            raise UnreadableError(NO_TEXT)
        return []
    missing = sum(glyph.text == MISSING for glyph in letters.upright)
    if missing > MAX_MISSING * len(letters.upright):
        raise UnreadableError(NO_NAMES)
    lines: list[Line] = []
    for number, column in enumerate(reading_order(pieces_of(letters.upright), shapes)):
        for row in rows_of(column):
            lines.append(_line(row, before + len(lines) + 1, index + 1, number))
    if letters.turned:
        lines.append(Line(before + len(lines) + 1, letters.turned, index + 1, role="leftover", whole=True))
    return lines


def read_page(document: Any, index: int) -> tuple[PageLetters, Shapes]:
    """The letters and the shapes of a page, by its place from 0.

    Raises:
        UnreadableError: the page is damaged, or has more letters than any page.
    """
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        raise UnreadableError("damaged") from None
    try:
        turn = _turn_of(page)
        textpage = page.get_textpage()
        try:
            letters = page_letters(textpage, turn, MAX_PAGE_LETTERS)
        finally:
            textpage.close()
        shapes = page_shapes(page, turn)
    except pypdfium2.PdfiumError:
        raise UnreadableError("damaged") from None
    finally:
        page.close()
    if letters is None:
        raise UnreadableError(f"more than {MAX_PAGE_LETTERS:,} letters, no page of a report")
    return letters, shapes


def _turn_of(page: Any) -> Turn:
    left, bottom, right, top = page.get_cropbox()
    return Turn(left, bottom, right - left, top - bottom, (page.get_rotation() // 90) % 4)


def _line(row: list[Piece], number: int, page: int, column: int) -> Line:
    glyphs = glyphs_across(row)
    sizes = Counter(round(glyph.size, 2) for glyph in glyphs)
    known = [glyph.bold for glyph in glyphs if glyph.bold is not None]
    return Line(
        number,
        text_of(glyphs),
        page,
        box=Box(
            min(piece.x0 for piece in row),
            min(piece.top for piece in row),
            max(piece.x1 for piece in row),
            max(piece.bottom for piece in row),
        ),
        size=sizes.most_common(1)[0][0],
        bold=2 * sum(known) > len(glyphs) if known else None,
        column=column,
    )
