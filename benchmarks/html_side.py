"""The comparison on web pages: report-streams beside trafilatura, whose main text has one paragraph a line."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module

from benchmarks import ours
from benchmarks.pages.blocks import Predicted
from benchmarks.pages.webpage import web_page
from benchmarks.scoring import Score, mean, score
from benchmarks.sides import by_line


def trafilatura_blocks(html: str) -> Predicted:
    """The lines of trafilatura's main text, with its defaults."""
    return by_line(import_module("trafilatura").extract(html) or "")


SIDES: tuple[tuple[str, Callable[[str], Predicted]], ...] = (
    ("report-streams, HTML", ours.from_html),
    ("trafilatura, each line a paragraph", trafilatura_blocks),
)


def html_rows(count: int, half: str | None) -> Iterator[tuple[str, str, int, Score, float]]:
    """Side, half, number of pages, mean and lowest boundaries, over the web pages of seeds 1 to ``count``."""
    seeds = {"develop": range(2, count + 1, 2), "held-out": range(1, count + 1, 2)}
    for name, blocks in SIDES:
        for where in seeds if half is None else (half,):
            try:
                scores = [_score(seed, blocks) for seed in seeds[where]]
            except ImportError as error:
                sys.stderr.write(f"left out: {name}: {error}\n")
                break
            if scores:
                yield name, where, len(scores), mean(scores), min(one.boundaries for one in scores)


def _score(seed: int, blocks: Callable[[str], Predicted]) -> Score:
    html, truth = web_page(seed)
    found = [text for role, text in blocks(html) if role == "body"]
    return score([block.text for block in truth if block.role == "body"], found)
