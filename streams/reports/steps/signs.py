"""Classes of characters that the steps share, and what ends a sentence."""

HANZI = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
POINTERS = "\u2190-\u21ff\u25b2-\u25c5\u2794-\u27be\u2b00-\u2b11"
"""Arrows and triangles: with the glyphs of a page's own font they point at a picture."""
BULLETS = "\u25a0-\u25b1\u25c6-\u25ff\u2605\u2606\u2b12-\u2bff"
"""Squares, circles, lozenges, stars: they begin an item."""

CLOSING = "，。、；：！？”’）》」』】〕…,;:!?)]}"
"""Signs that do not begin a line: where one does, a row was cut there."""
OPENING = "“‘（《「『【〔(["

_FULL_STOPS = frozenset("。！？!?…")
_STOPS = frozenset("。！？；…!?;.")
_BEHIND_STOP = "”’』」》）)\"'"
_CLOSERS = frozenset(_BEHIND_STOP)
STOPS_AND_CLOSERS = _STOPS | _CLOSERS
"""Signs without one of which at its end a line ends no sentence."""


def ends_sentence(text: str) -> bool:
    """Whether the text ends where a sentence can, closing quotation marks and brackets not counted."""
    last = text[-1:]
    return last in _STOPS if last not in _CLOSERS else text.rstrip(_BEHIND_STOP)[-1:] in _STOPS


def ends_fully(text: str) -> bool:
    """Whether the text ends with a full stop or its like; a semicolon does not count."""
    last = text[-1:]
    if last in _CLOSERS:
        last = text.rstrip(_BEHIND_STOP)[-1:]
    return last in _FULL_STOPS
