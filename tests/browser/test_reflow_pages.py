"""Newspaper pages printed by Chromium on the spot, from seeds that no rule was made on, come back as paragraphs."""

from collections import Counter
from pathlib import Path
from statistics import fmean

import pytest

from benchmarks import ours
from benchmarks.pages.compose import compose
from benchmarks.pages.corpus import Page
from benchmarks.pages.printing import print_page
from benchmarks.scoring import bare, score
from tests.optional import missing, need

SEEDS = (101, 103, 105, 107, 109, 111)
"""Odd, so held out; beyond the table's own seeds."""
TEXT_FLOOR = 0.5
"""Least mean boundaries F1 from pdftotext -raw."""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    need("chromium", "Debian: chromium")
    need("pdftotext", "Debian: poppler-utils")
    need_cjk_font()
    folder = tmp_path_factory.mktemp("pages")
    every = [compose(seed) for seed in SEEDS]
    return [Page(page.seed, page.half, print_page(page.html, folder), page.truth) for page in every]


def need_cjk_font() -> None:
    if not any(Path("/usr/share/fonts").rglob("NotoSerifCJK-*")):
        missing("no CJK font is installed (Debian: fonts-noto-cjk)")


def test_every_character_of_the_truth_is_printed(printed: list[Page]) -> None:
    for page in printed:
        true = Counter(bare("".join(block.text for block in page.truth)))
        assert true - Counter(page.raw) == Counter(), page.seed


def test_paragraphs_from_text(printed: list[Page]) -> None:
    found = [[text for role, text in ours.from_text(page.raw) if role == "body"] for page in printed]
    scores = [score(page.paragraphs, bodies) for page, bodies in zip(printed, found, strict=True)]
    assert fmean(one.boundaries for one in scores) >= TEXT_FLOOR, scores
