"""Paragraphs and an analyser for the tests of the analysis."""

import functools
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "analysis_cases"
SEEDS = ROOT / "seeds"
PUSHED = datetime(2026, 1, 5, tzinfo=UTC)


@functools.cache
def analyser() -> Analyser:
    """One for all tests: it keeps no state."""
    return Analyser.load()


def paragraph(text: str, section: str | None = None, genre: str | None = None) -> Paragraph:
    """A paragraph of a made-up report."""
    return Paragraph.numbered(Report.named("云川日报", genre=genre), 0, text, section, pushed_at=PUSHED)


def cases(name: str) -> dict[str, Any]:
    """A file of cases."""
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
