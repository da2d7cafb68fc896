"""A seed number in, a page and its truth out: the same number always gives the same page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.pages import wording
from benchmarks.pages.articles import Article, Picture
from benchmarks.pages.blocks import Role, TruthBlock, numbered
from benchmarks.pages.layout import Band, Type, draw_bands, draw_type
from benchmarks.pages.markup import document
from benchmarks.pages.seeds import seed_reports
from benchmarks.pages.shelf import Shelf

TWO_PAGES = 0.2


@dataclass(frozen=True, slots=True)
class Composed:
    """A document of one or two newspaper pages: its HTML, its truth, how its type was drawn."""

    seed: int
    html: str
    truth: tuple[TruthBlock, ...]
    kind: Type

    @property
    def half(self) -> str:
        """``develop`` for even seeds, ``held-out`` for odd ones."""
        return "held-out" if self.seed % 2 else "develop"


def compose(seed: int) -> Composed:
    """The page of a seed number."""
    rng = Random(seed)  # noqa: S311 -- draws pages, no secret
    shelf = Shelf(seed_reports(), rng)
    kind = draw_type(rng)
    count = 2 if rng.random() < TWO_PAGES else 1
    pages = [
        (wording.running_heads(rng, seed % 12 + number + 1), draw_bands(rng, shelf, kind)) for number in range(count)
    ]
    items = (item for _, bands in pages for article in _articles(bands) for item in _items(article))
    return Composed(seed, document(kind, pages), tuple(numbered(items)), kind)


def _articles(bands: Iterable[Band]) -> Iterator[Article]:
    return (box.article for band in bands for stack in band.stacks for box in stack)


def _items(article: Article) -> Iterator[tuple[Role, str]]:
    for part in (*article.head, *article.flow):
        for piece in part.pieces if isinstance(part, Picture) else (part,):
            yield piece.role, piece.text
