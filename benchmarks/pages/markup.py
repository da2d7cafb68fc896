"""A drawn page as HTML: boxes, columns, headings, pictures, running heads."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from benchmarks.pages.articles import Picture, Piece
from benchmarks.pages.layout import Band, Box, Type
from benchmarks.pages.weight import heading_line, overlaid, spaced

HEADING_SIZES = {1: 2.3, 2: 1.45, 3: 1.15}
SUBHEADING_SIZES = {1: 1.3, 2: 1.3, 3: 1.1}
"""Largest size of a heading of a level, over the columns and in one, in ems of the body's type; smaller where the
box is narrow, but no smaller than SMALLEST: then it runs over the line and is not doubled."""
SMALLEST = {1: 1.35, 2: 1.05, 3: 1.0}
WIDE_ENOUGH = 17
"""Ems of a column from which a picture can stand beside its lines."""
MAX_BOLD_OPENING = 14

_OPENING = re.compile(r"^[^。，；！？]{4,}?[。，；！？]")
_POUR = (Path(__file__).parent / "pour.js").read_text(encoding="utf-8")
_STYLE = """
* { box-sizing: border-box }
body { margin: 0; color: #000; text-rendering: geometricPrecision }
.page { padding: 12px 0; break-after: page } .page:last-of-type { break-after: auto }
.head { display: flex; justify-content: space-between; font-size: 12px; word-spacing: .2em }
header { border-bottom: 2px solid #000; margin-bottom: 14px; padding-bottom: 4px }
.band { display: grid; margin-bottom: 18px } .band > div { min-width: 0 }
.ruled .band { border-top: 1px solid #333; padding-top: 10px } .ruled .columns { column-rule: 1px solid #777 }
article { margin-bottom: 16px; position: relative; z-index: 0 }
article.framed { border: 1.5px solid #222; padding: 10px }
h1, h2, h3 { line-height: 1.25; margin: .2em 0 .4em; text-align: center; break-after: avoid; font-weight: 700 }
h1, h2, h3 { break-inside: avoid } h3 { text-align: left }
h1 span.line, h2 span.line, h3 span.line { display: block } .subtitle { font-size: .5em; font-weight: 400 }
.spaced { word-spacing: .35em }
i { font-style: normal } .twice { position: relative; display: inline-block }
.under { display: inline-block; width: 0; white-space: nowrap; text-indent: 0; text-align-last: left } \
.over { margin-left: .35px }
.late { position: absolute; left: .35px; top: 0; white-space: nowrap; z-index: 2 }
.shadow h1, .shadow h2, .shadow h3 { text-shadow: .4px 0 0 #000 }
p { margin: 0; widows: 1; orphans: 1; line-break: strict } p.rest { text-indent: 0 !important }
p.cut { text-align-last: justify }
.byline { margin: 0 0 .5em; text-align: center; font-size: .95em } .columns .byline { text-align: right }
figure { margin: .5em 0; break-inside: avoid; font-size: .86em } figure div { background: #cfcfcf; margin-bottom: .3em }
figure.wrap { float: right; width: 46%; margin: .2em 0 .3em .8em } figure.late { position: relative; z-index: 1 }
figcaption { text-align: justify } .credit { text-align: right } .mark { font-family: 'DejaVu Sans' }
h1 .spaced, h2 .spaced, h3 .spaced { word-spacing: .35em }
.tier { column-fill: auto; overflow: visible } .tier + .columns { margin-top: 0 }
"""


def document(kind: Type, pages: Iterable[tuple[tuple[str, ...], tuple[Band, ...]]]) -> str:
    """A whole HTML document; each page is its running heads and its bands."""
    classes = " ".join(name for name, on in (("ruled", kind.ruled), ("shadow", kind.doubling == "shadow")) if on)
    body = "".join(_page(kind, heads, bands) for heads, bands in pages)
    return (
        f'<!doctype html>\n<html lang="zh"><meta charset="utf-8"><title>{kind.width}</title>'
        f"<style>{_STYLE}{_page_style(kind)}</style>\n"
        f'<body class="{classes}">{body}<script>{_POUR}</script></body></html>\n'
    )


def _page_style(kind: Type) -> str:
    indent = "2em" if kind.indent == "css" else "0"
    between = ".7em" if kind.indent == "gap" else "0"
    align = "justify" if kind.justified else "left"
    trim = "normal" if kind.trimmed else "space-all"
    room = "normal" if kind.airy_digits else "no-autospace"
    blanks = ".6em" if kind.wide_blanks else "0"
    return (
        f"body {{ width: {kind.width}px; font: {kind.size}px/{kind.leading} '{kind.font}' }}"
        f"body {{ text-spacing-trim: {trim}; text-autospace: {room} }} h1, h2, h3, .byline {{ word-spacing: {blanks} }}"
        f".page {{ width: {kind.width}px; padding-left: {kind.margin}px; padding-right: {kind.margin}px }}"
        f".band {{ column-gap: {kind.gap}px }} .columns {{ column-gap: {kind.gap}px }}"
        f"p {{ text-indent: {indent}; margin-bottom: {between}; text-align: {align} }}\n"
    )


def _page(kind: Type, heads: tuple[str, ...], bands: tuple[Band, ...]) -> str:
    margin = f'<div class="head">{"".join(f"<span>{escape(head)}</span>" for head in heads)}</div>'
    content = "".join(_band(kind, band) for band in bands)
    if kind.heads_below:
        return f'<section class="page">{content}<footer>{margin}</footer></section>\n'
    return f'<section class="page"><header>{margin}</header>{content}</section>\n'


def _band(kind: Type, band: Band) -> str:
    shares = " ".join(f"minmax(0, {weight}fr)" for weight in band.weights)
    stacks = "".join(f"<div>{''.join(_box(kind, box) for box in stack)}</div>" for stack in band.stacks)
    return f'<div class="band" style="grid-template-columns: {shares}">{stacks}</div>\n'


def _box(kind: Type, box: Box) -> str:
    article = box.article
    head = "".join(_piece(kind, piece, box.ems, HEADING_SIZES) for piece in article.head)
    flow = _flow(kind, box)
    columns = f'<div class="columns" style="column-count: {box.columns}">'
    if box.tier:
        # Most of a line to spare, so that a line is never cut at the lower edge.
        height = (box.tier_lines + 0.8) * kind.leading
        first = f'<div class="columns tier" style="column-count: {box.tier}; height: {height:.2f}em">{flow}</div>'
        flow = f"{first}{columns}</div>"
    else:
        flow = f"{columns}{flow}</div>"
    framed = ' class="framed"' if box.framed else ""
    return f'<article{framed} style="font-size: {box.size}px">{head}{flow}</article>\n'


def _flow(kind: Type, box: Box) -> str:
    found = []
    first_body = next((part for part in box.article.flow if isinstance(part, Piece) and part.role == "body"), None)
    for part in box.article.flow:
        if isinstance(part, Picture):
            found.append(_picture(part, box.measure))
        else:
            spaced_opening = box.article.spaced_opening and part is first_body
            found.append(_piece(kind, part, box.measure, SUBHEADING_SIZES, spaced_opening=spaced_opening))
    return "".join(found)


def _piece(kind: Type, piece: Piece, ems: float, sizes: dict[int, float], *, spaced_opening: bool = False) -> str:
    if piece.role == "heading":
        return _heading(kind, piece, ems, sizes[piece.level])
    if piece.role == "byline":
        return f'<div class="byline">{escape(piece.lines[0])}</div>\n'
    cells = "　　" if kind.indent == "cells" else ""
    return f"<p>{cells}{_body(kind, piece.lines[0], spaced_opening=spaced_opening)}</p>\n"


def _heading(kind: Type, piece: Piece, ems: float, largest: float) -> str:
    copies = 2 if kind.doubling == "printed" else 1
    fitting = ems / max(copies * len(line) + 1 for line in piece.lines if not line.startswith("——"))
    size = max(SMALLEST[piece.level], min(largest, fitting))
    lines = [_heading_line(kind, line, doubled=size <= fitting) for line in piece.lines]
    return f'<h{piece.level} style="font-size: {size:.2f}em">{"".join(lines)}</h{piece.level}>\n'


def _heading_line(kind: Type, line: str, *, doubled: bool) -> str:
    if not line.startswith("——"):
        return f'<span class="line">{heading_line(line, kind.doubling if doubled else "none")}</span>'
    if kind.spaced_heads:
        return f'<span class="line subtitle spaced">{escape(spaced(line))}</span>'
    return f'<span class="line subtitle">{escape(line)}</span>'


def _body(kind: Type, text: str, *, spaced_opening: bool) -> str:
    found = _OPENING.search(text)
    if not found:
        return escape(text)
    opening, rest = found[0], text[found.end() :]
    if spaced_opening:
        return f'<span class="spaced">{escape(spaced(opening))}</span>{escape(rest)}'
    if kind.bold_openings and opening.endswith("。") and len(opening) <= MAX_BOLD_OPENING:
        return overlaid(opening) + escape(rest)
    return escape(text)


def _picture(picture: Picture, measure: float) -> str:
    place = "flow" if picture.place == "wrap" and measure < WIDE_ENOUGH else picture.place
    mark = f'<span class="mark">{escape(picture.mark)}</span> ' if picture.mark else ""
    height = 5 + len(picture.pieces[0].text) % 5
    lines = "".join(
        f'<div class="{piece.role}" style="background: none">{mark if not number else ""}{escape(piece.text)}</div>'
        for number, piece in enumerate(picture.pieces)
    )
    return f'<figure class="{place}"><div style="height: {height}em"></div><figcaption>{lines}</figcaption></figure>\n'
