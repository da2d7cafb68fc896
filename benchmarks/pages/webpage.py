"""A report as a news site shows it: one column, between navigation, links to other reports and a footer."""

from html import escape
from random import Random

from benchmarks.pages import wording
from benchmarks.pages.articles import Article, Picture, Piece, news
from benchmarks.pages.blocks import TruthBlock, numbered
from benchmarks.pages.seeds import seed_reports
from benchmarks.pages.shelf import Shelf

CHARACTERS = 1500
MENU = ("首页", "要闻", "时政", "经济", "民生", "文化", "专题", "数字报")


def web_page(seed: int) -> tuple[str, tuple[TruthBlock, ...]]:
    """The HTML and the truth of a seed number's web page."""
    rng = Random(f"web {seed}")  # noqa: S311 -- draws pages, no secret
    article = news(rng, Shelf(seed_reports(), rng), CHARACTERS)
    pieces = [piece for part in (*article.head, *article.flow) for piece in _pieces(part)]
    truth = tuple(numbered((piece.role, piece.text) for piece in pieces))
    return _document(rng, article), truth


def _pieces(part: Piece | Picture) -> tuple[Piece, ...]:
    return part.pieces if isinstance(part, Picture) else (part,)


def _document(rng: Random, article: Article) -> str:
    title = escape(article.head[-1].text if article.head[-1].role == "heading" else article.head[0].text)
    paper = rng.choice(wording.PAPERS)
    menu = "".join(f'<li><a href="/{number}">{name}</a></li>' for number, name in enumerate(MENU))
    links = "".join(f'<li><a href="/a/{number}.html">{topic}</a></li>' for number, topic in enumerate(wording.TOPICS))
    body = "".join(map(_part, (*article.head, *article.flow)))
    container = rng.choice(("article", 'div class="content"', 'div id="ozoom"'))
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>{title}_{paper}</title></head>\n<body>'
        f'<nav><ul>{menu}</ul></nav><div class="crumbs">当前位置：首页 &gt; 要闻</div>\n'
        f"<{container}>{body}</{container.split()[0]}>\n"
        f'<aside class="related"><h4>相关阅读</h4><ul>{links}</ul></aside>'
        f"<footer>{paper}社版权所有 未经许可不得转载</footer></body></html>\n"
    )


def _part(part: Piece | Picture) -> str:
    if isinstance(part, Picture):
        lines = "".join(f"<p>{escape(piece.text)}</p>" for piece in part.pieces)
        return f'<figure><img src="/p.jpg" alt=""><figcaption>{lines}</figcaption></figure>\n'
    if part.role == "heading":
        return f"<h{part.level}>{'<br>'.join(map(escape, part.lines))}</h{part.level}>\n"
    if part.role == "byline":
        return f'<div class="author">{escape(part.text)}</div>\n'
    return f"<p>　　{escape(part.text)}</p>\n"
