"""Where the benchmark meets the pipeline that it measures: one function for each kind of input.

The readers are looked up when asked for, so that a form that cannot be read (yet) leaves out its row only.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.pages.blocks import Predicted


def from_text(text: str) -> Predicted:
    """The blocks of a page's text."""
    return _pairs(import_module("streams.reports.text").text_blocks(text))


def from_pdf(pdf: Path) -> Predicted:
    """The blocks of a page's PDF."""
    return _pairs(import_module("streams.reports.pdf").pdf_blocks(pdf))


def from_html(html: str) -> Predicted:
    """The blocks of a web page's main text."""
    return _pairs(import_module("streams.reports.html").html_blocks(html))


def _pairs(blocks: Iterable[Any]) -> Predicted:
    return [(block.role, block.text) for block in blocks]
