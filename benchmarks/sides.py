"""The sides of the comparison: what each makes of a page, as a list of blocks with roles."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks import ours
from benchmarks.pages.blocks import Predicted
from benchmarks.pages.corpus import Page

_BLANK = re.compile(r"\n\s*\n|\f")
_SENTENCE_END = re.compile(r"([。！？][”’）]*)[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Side:
    """A row of the table. ``key`` names the file in which the result of a slow side is kept; ours never is."""

    form: str
    name: str
    blocks: Callable[[Page], Predicted]
    key: str = ""


def by_line(text: str) -> Predicted:
    """Each line that is not blank as a paragraph."""
    return [("body", line) for line in re.split(r"[\n\f]", text) if line.strip()]


def by_blank_line(text: str) -> Predicted:
    """What stands between blank lines (or pages) as a paragraph, its lines joined."""
    return [("body", part.replace("\n", "")) for part in _BLANK.split(text) if part.strip()]


def by_sentence_end(text: str) -> Predicted:
    """Lines joined up to one that ends as a sentence does: the script that many write for this."""
    joined = _SENTENCE_END.sub(r"\1\f", text.replace("\f", "\n")).replace("\n", "")
    return [("body", part) for part in joined.split("\f") if part.strip()]


def pdfplumber_text(pdf: Path, *, layout: bool, dedupe: bool = False) -> str:
    """pdfplumber's text of all pages; with ``dedupe`` after dropping glyphs that stand on their like."""
    # It warns of each of Chromium's Type 3 fonts, whose boxes it can do without.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    with import_module("pdfplumber").open(pdf) as document:
        pages = [page.dedupe_chars() if dedupe else page for page in document.pages]
        return "\n\n".join(page.extract_text(layout=layout) for page in pages)


def pypdfium2_text(pdf: Path) -> str:
    """pypdfium2's text of all pages."""
    document = import_module("pypdfium2").PdfDocument(pdf)
    try:
        return "\n\n".join(page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document)
    finally:
        document.close()


OURS = (
    Side("text", "report-streams, pdftotext -raw", lambda page: ours.from_text(page.raw)),
    Side("text", "report-streams, -raw with blank lines", lambda page: ours.from_text(page.spread)),
    Side("text", "report-streams, pdftotext default", lambda page: ours.from_text(page.default)),
    Side("pdf", "report-streams, PDF", lambda page: ours.from_pdf(page.pdf)),
)
OTHERS = (
    Side("text", "pdftotext -raw, each line a paragraph", lambda page: by_line(page.raw)),
    Side("text", "pdftotext -raw, joined to sentence ends", lambda page: by_sentence_end(page.raw)),
    Side("text", "pdftotext -raw, split on blank lines", lambda page: by_blank_line(page.raw)),
    Side("text", "-raw with blank lines, split on them", lambda page: by_blank_line(page.spread)),
    Side("text", "pdftotext default, split on blank lines", lambda page: by_blank_line(page.default)),
    Side(
        "pdf",
        "pdfplumber layout, split on blank lines",
        lambda page: by_blank_line(pdfplumber_text(page.pdf, layout=True)),
        "plumber-layout",
    ),
    Side(
        "pdf",
        "pdfplumber, each line a paragraph",
        lambda page: by_line(pdfplumber_text(page.pdf, layout=False)),
        "plumber",
    ),
    Side(
        "pdf",
        "pdfplumber dedupe_chars, layout, blank lines",
        lambda page: by_blank_line(pdfplumber_text(page.pdf, layout=True, dedupe=True)),
        "plumber-dedupe",
    ),
    Side("pdf", "pypdfium2, each line a paragraph", lambda page: by_line(pypdfium2_text(page.pdf)), "pdfium-lines"),
    Side(
        "pdf",
        "pypdfium2, joined to sentence ends",
        lambda page: by_sentence_end(pypdfium2_text(page.pdf)),
        "pdfium-sentences",
    ),
    Side("pdf", "pypdfium2, split on blank lines", lambda page: by_blank_line(pypdfium2_text(page.pdf)), "pdfium"),
)
