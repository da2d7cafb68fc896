"""Where the benchmark meets the pipeline that it measures: one function for each kind of input."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from benchmarks.pages.blocks import Predicted
from streams.reports.pipeline import blocks_of
from streams.reports.readers import LineForm, lines_of_form


def from_text(text: str) -> Predicted:
    """The blocks of a page's text."""
    return _blocks(BytesIO(text.encode()), "text")


def from_pdf(pdf: Path) -> Predicted:
    """The blocks of a page's PDF."""
    with pdf.open("rb") as stream:
        return _blocks(stream, "pdf")


def from_html(html: str) -> Predicted:
    """The blocks of a web page's main text."""
    return _blocks(BytesIO(html.encode()), "html")


def _blocks(stream: BinaryIO, form: LineForm) -> Predicted:
    return [(block.role, block.text) for block in blocks_of(lines_of_form(stream, form))]
