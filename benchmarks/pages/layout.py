"""The layout of a page: bands of boxes, each with its own columns, and how the type looks. Drawn, not yet written."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.pages.articles import Article, news, opening, proposals
from benchmarks.pages.shelf import Shelf

Indent = Literal["css", "cells", "none", "gap"]
Doubling = Literal["none", "printed", "overlay", "pieces", "glyphs", "late", "shadow"]
"""How headings get their weight. ``printed``: the text stands there twice; ``overlay``, ``late``: painted twice at
nearly the same place, at once or after all else; ``pieces``, ``glyphs``: piece by piece, sign by sign;
``shadow``: with a shadow that has no blur."""

NARROWEST = 10.5
"""Least width of a column in ems."""


@dataclass(frozen=True, slots=True)
class Type:
    """What is the same all over a page. Lengths in CSS pixels.

    ``trimmed``: marks that follow each other share their blank halves; ``airy_digits``: some room round digits.
    """

    width: int
    margin: int
    size: float
    leading: float
    gap: int
    font: str
    indent: Indent
    doubling: Doubling
    justified: bool
    ruled: bool
    heads_below: bool
    bold_openings: bool
    spaced_heads: bool
    wide_blanks: bool
    trimmed: bool
    airy_digits: bool


@dataclass(frozen=True, slots=True)
class Box:
    """An article in columns: the box is ``ems`` wide, its narrowest column ``measure``.

    With ``tier`` so many columns come first, of ``tier_lines`` lines; the article goes on in the rest.
    """

    article: Article
    columns: int
    size: float
    framed: bool
    ems: float
    measure: float
    tier: int = 0
    tier_lines: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    """Stacks of boxes side by side; a stack's share of the width goes with its weight."""

    weights: tuple[int, ...]
    stacks: tuple[tuple[Box, ...], ...]


def draw_type(rng: Random) -> Type:
    """A page's type."""
    size = rng.choice((12, 13, 14, 14, 15, 16))
    return Type(
        width=round(size * rng.uniform(66, 112)),
        margin=rng.randint(24, 60),
        size=size,
        leading=round(rng.uniform(1.35, 1.7), 2),
        gap=round(size * rng.uniform(1.2, 2.4)),
        font=rng.choice(("Noto Serif CJK SC", "Noto Serif CJK SC", "Noto Sans CJK SC")),
        indent=rng.choices(("css", "cells", "none", "gap"), (60, 20, 8, 12))[0],
        doubling=rng.choices(
            ("none", "printed", "overlay", "pieces", "glyphs", "late", "shadow"), (28, 20, 20, 12, 3, 7, 10)
        )[0],
        justified=rng.random() < 0.9,
        ruled=rng.random() < 0.5,
        heads_below=rng.random() < 0.15,
        bold_openings=rng.random() < 0.15,
        spaced_heads=rng.random() < 0.4,
        wide_blanks=rng.random() < 0.6,
        trimmed=rng.random() < 0.7,
        airy_digits=rng.random() < 0.15,
    )


def draw_bands(rng: Random, shelf: Shelf, kind: Type) -> tuple[Band, ...]:
    """The bands of a page, from the top."""
    shapes = rng.choices(
        ((1,), (1, 1), (2, 1), (1, 2), (3, 2), (1, 1, 1), (1, 3)), (5, 2, 3, 2, 2, 1, 1), k=rng.randint(2, 3)
    )
    return tuple(_band(rng, shelf, kind, shape, rng.randint(14, 34)) for shape in shapes)


def _band(rng: Random, shelf: Shelf, kind: Type, weights: tuple[int, ...], lines: int) -> Band:
    """A band of about so many lines of body text."""
    ems = (kind.width - 2 * kind.margin) / kind.size
    stacks = []
    for weight in weights:
        width = ems * weight / sum(weights) - kind.gap / kind.size
        stacks.append(_stack(rng, shelf, kind, width, lines))
    return Band(weights, tuple(stacks))


def _stack(rng: Random, shelf: Shelf, kind: Type, ems: float, lines: int) -> tuple[Box, ...]:
    parts = 2 if ems < 40 and rng.random() < 0.4 else 1
    return tuple(_box(rng, shelf, kind, ems, round(0.8 * ems * lines / parts)) for _ in range(parts))


def _box(rng: Random, shelf: Shelf, kind: Type, ems: float, characters: int) -> Box:
    most = max(1, min(5, int(ems / (NARROWEST + kind.gap / kind.size))))
    columns = rng.randint(min(2, most), most)
    draw = rng.random()
    if draw < 0.2:
        article = proposals(rng, shelf, characters)
    elif draw < 0.32 and ems < 40:
        article = opening(rng, shelf, characters)
    else:
        article = news(rng, shelf, characters)
    size = kind.size + rng.choice((-1, 0, 0, 0, 1))
    tiers = most > 1 and rng.random() < 0.4
    first = rng.choice([count for count in range(1, most + 1) if count != columns]) if tiers else 0
    lines = max(4, round(characters * rng.uniform(0.3, 0.6) / ems))
    within = (ems - 2) * kind.size / size
    gap = kind.gap / size
    measure = (within + gap) / max(columns, first) - gap
    return Box(article, columns, size, rng.random() < 0.25, within, measure, first, lines)
