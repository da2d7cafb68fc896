"""Fake weight and letter-spacing: how a text is written into HTML so that extraction meets it twice, or in pieces."""

import re
from html import escape

from benchmarks.pages.layout import Doubling

_HANZI = "\u3400-\u9fff"
_PIECES = re.compile(r"\d+|\s+|[^\d\s]+")
# A dash is two signs that belong together.
_SPACED = re.compile(rf"(?<=[{_HANZI}])(?=[{_HANZI}\d—])|(?<=[\d—])(?=[{_HANZI}])")


def overlaid(text: str) -> str:
    """The text painted twice, the second time a fraction of a pixel further right."""
    # A box of no width whose text hangs out of it; stripped again by whoever wants the text once.
    return f'<span class="under">{escape(text)}</span><span class="over">{escape(text)}</span>'


def heading_line(text: str, doubling: Doubling) -> str:
    """One line of a heading in the page's way of doubling."""
    if doubling == "printed":
        return " ".join(f"{part}<i>{part}</i>" for part in map(escape, text.split(" ")))
    if doubling == "overlay":
        return overlaid(text)
    if doubling == "pieces":
        return "".join(overlaid(piece) if piece.strip() else piece for piece in _PIECES.findall(text))
    if doubling == "glyphs":
        return "".join(overlaid(sign) if sign.strip() else sign for sign in text)
    if doubling == "late":
        return f'<span class="twice">{escape(text)}<span class="late">{escape(text)}</span></span>'
    return escape(text)


def spaced(text: str) -> str:
    """The text with a blank between its signs, numbers in one piece: 刚刚过去的2022年 -> 刚 刚 过 去 的 2022 年."""
    return _SPACED.sub(" ", text)
