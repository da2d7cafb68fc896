"""Pages ready to be measured: composed, printed, read back as text; printed once and kept."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.pages.blocks import TruthBlock
from benchmarks.pages.compose import compose
from benchmarks.pages.printing import pdf_text, print_page


def default_folder() -> Path:
    """Where printed pages are kept: in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "report-streams" / "pages"


@dataclass(frozen=True)
class Page:
    """A printed page with its truth."""

    seed: int
    half: str
    pdf: Path
    truth: tuple[TruthBlock, ...]

    @property
    def paragraphs(self) -> list[str]:
        """The true body blocks."""
        return [block.text for block in self.truth if block.role == "body"]

    @cached_property
    def raw(self) -> str:
        """``pdftotext -raw``: text in the order in which it was painted."""
        return pdf_text(self.pdf, "-raw")

    @cached_property
    def default(self) -> str:
        """``pdftotext`` without an option: text in the order that poppler takes for the reading order."""
        return pdf_text(self.pdf)

    @property
    def spread(self) -> str:
        """``raw`` with a blank line after every line, as some tools save a page."""
        return self.raw.replace("\n", "\n\n")


def pages(count: int, folder: Path, half: str | None = None) -> Iterator[Page]:
    """The pages of the seeds from 1 to ``count``, or of one half of them."""
    for seed in range(1, count + 1):
        composed = compose(seed)
        if half in (None, composed.half):
            yield Page(seed, composed.half, print_page(composed.html, folder), composed.truth)
