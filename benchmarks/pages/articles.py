"""Articles: what is to be set in one box of a page, as pieces with roles, not yet as type."""

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from benchmarks.pages import wording
from benchmarks.pages.blocks import Role
from benchmarks.pages.seeds import is_closed
from benchmarks.pages.shelf import Shelf

RUNS = (
    ("一是", "二是", "三是", "四是"),
    ("（一）", "（二）", "（三）", "（四）"),
    ("1.", "2.", "3.", "4."),
    ("——", "——", "——"),
    ("第一，", "第二，", "第三，"),
)
HANZI_NUMBERS = "一二三四五六"
Place = Literal["flow", "cut", "wrap", "late"]
"""Where a picture with its caption stands: between paragraphs, at a line's end within the paragraph before it,
beside a paragraph whose lines it shortens, or painted last of all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One block to be set. A heading's lines are set one below the other."""

    role: Role
    lines: tuple[str, ...]
    level: int = 2

    @property
    def text(self) -> str:
        """The block's text in the truth; headings and bylines lose the space between their parts there."""
        joined = "".join(self.lines)
        return joined if self.role in ("body", "caption") else joined.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its caption and credit."""

    pieces: tuple[Piece, ...]
    mark: str
    place: Place


@dataclass(slots=True)
class Article:
    """A head (headings, perhaps a byline) over columns of pieces and pictures."""

    head: list[Piece] = field(default_factory=list)
    flow: list[Piece | Picture] = field(default_factory=list)
    spaced_opening: bool = False


def news(rng: Random, shelf: Shelf, characters: int) -> Article:
    """An article with a title, of about so many characters: runs of paragraphs under headings, a byline, pictures."""
    report = shelf.titled()
    subtitle = (f"——{report.subtitle}",) if report.subtitle else ()
    parts = tuple(report.title.split(" "))
    title = parts if rng.random() < 0.5 and all(map(is_closed, parts)) else (report.title,)
    article = Article([Piece("heading", (*title, *subtitle), 1)])
    if rng.random() < 0.25:
        article.head.insert(0, Piece("heading", (" ".join(rng.choice(wording.SLOGANS)),), 2))
    signed = rng.random()
    if signed < 0.4:
        article.head.append(_byline(rng))
    _fill(article, rng, shelf, characters)
    if signed > 0.8:
        article.flow.append(_byline(rng))
    return article


def opening(rng: Random, shelf: Shelf, characters: int) -> Article:
    """A box of opening words: a bracketed heading over short paragraphs, the first letter-spaced at its start."""
    article = Article([Piece("heading", (rng.choice(wording.OPENERS),))], spaced_opening=rng.random() < 0.6)
    article.flow.extend(_body(text) for text in shelf.paragraphs(shelf.report(), max(2, characters // 90)))
    return article


def proposals(rng: Random, shelf: Shelf, characters: int) -> Article:
    """Members' proposals: a name over a topic over one paragraph or two, again and again."""
    article = Article([Piece("heading", (rng.choice(("委员声音", "委员通道", "建言摘登", "代表委员说")),), 1)])
    report, names, topics = shelf.report(), rng.sample(wording.NAMES, 6), rng.sample(wording.TOPICS, 6)
    title = rng.choice(("政协委员", "人大代表", ""))
    for name, topic in zip(names, topics, strict=True):
        if _length(article) > characters:
            break
        lines = (f"{title}{name}——", *(topic.split(" ") if rng.random() < 0.5 else (topic,)))
        texts = shelf.paragraphs(report, rng.choice((1, 1, 2)))
        if texts:
            article.flow.extend((Piece("heading", lines, 3), *map(_body, texts)))
    return article


def _fill(article: Article, rng: Random, shelf: Shelf, characters: int) -> None:
    first = wording.dateline(rng) if rng.random() < 0.5 else ""
    style = rng.choice(("slogan", "slogan", "numbered", "seed", "year", "none"))
    counted = rng.random() < 0.45
    for number in range(len(HANZI_NUMBERS)):
        if _length(article) > characters:
            break
        report = shelf.report()
        if number and style != "none":
            article.flow.append(_subheading(rng, style, number, report.sections[-1].heading))
        article.flow.extend(_section(rng, shelf, first, counted=counted and number == 1))
        first = ""


def _section(rng: Random, shelf: Shelf, first: str, *, counted: bool) -> list[Piece | Picture]:
    texts = shelf.paragraphs(shelf.report(), rng.randint(2, 4), first)
    if counted:
        texts += shelf.run(rng.choice(RUNS), rng.randint(2, 4))
    found: list[Piece | Picture] = [_body(text) for text in texts]
    if found and rng.random() < 0.45:
        found.insert(rng.randint(1, len(found)), _picture(rng))
    return found


def _subheading(rng: Random, style: str, number: int, seeded: str | None) -> Piece:
    if style == "slogan" or (style == "year" and number > 1):
        return Piece("heading", rng.choice(wording.SLOGANS))
    if style == "year":
        return Piece("heading", (f"{rng.randint(2023, 2025)} {rng.choice(wording.YEAR_SLOGANS)}",))
    if style == "numbered":
        return Piece("heading", (f"{HANZI_NUMBERS[number - 1]}、{rng.choice(wording.TOPICS)}",))
    return Piece("heading", (seeded or rng.choice(wording.TOPICS),))


def _picture(rng: Random) -> Picture:
    place: Place = rng.choices(("flow", "cut", "wrap", "late"), (3, 4, 3, 1))[0]
    pieces = [Piece("caption", (wording.caption(rng),))]
    mark = rng.choice(wording.MARKS) if rng.random() < 0.75 else ""
    # Text alone can tell a caption from a short paragraph by its mark or its credit; few have neither.
    if rng.random() < (0.55 if mark else 0.9):
        pieces.append(Piece("credit", (wording.credit(rng),)))
    return Picture(tuple(pieces), mark, place)


def _byline(rng: Random) -> Piece:
    return Piece("byline", (wording.byline(rng),))


def _body(text: str) -> Piece:
    return Piece("body", (text,))


def _length(article: Article) -> int:
    return sum(len(piece.text) for piece in article.flow if isinstance(piece, Piece))
