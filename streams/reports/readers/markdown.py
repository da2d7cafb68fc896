"""Markdown to lines: its marks become roles, its text stays. Lines, not paragraphs, since reports are pasted into
Markdown files one paragraph a line and without the blank lines that would part them there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from streams.reports.lines import Line
from streams.reports.readers.plain import lines_of_plain

_ANY_MARK = re.compile(r"[#=~*_`|>\[\]<+-]")
_HEADING = re.compile(r"^#{1,6}[ \t\u3000]+(?=\S)")
_CLOSING_HASHES = re.compile(r"[ \t]+#+$")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})$")
_RULE = re.compile(r"^(?:[-*_][ \t]*){3,}$")
_FENCE = re.compile(r"^(?:```|~~~)")
_TABLE_RULE = re.compile(r"^\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?$")
_QUOTE = re.compile(r"^(?:>[ \t]?)+")
_BULLET = re.compile(r"^[-*+][ \t]+(?=\S)")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\([^()\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,500})\]\([^()\n]{0,2000}\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,2000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]{1,2000}?)(?<=[^\s*_])\1(?![\w*])")
_CODE = re.compile(r"`([^`\n]{1,2000})`")
MAX_UNDERLINED = 60
"""Characters of a heading that is underlined; a rule below a longer line is a rule."""
MAX_MARKED = 100_000
"""Characters of a line in which marks are looked for: no paragraph is longer."""
_COMMENT = re.compile(r"^<!--.*-->$")


def lines_of_markdown(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a Markdown file without its marks; headings are ``whole`` and have their role.

    Front matter, comments, rules and the fences of code are leftovers, their text unchanged.

    Raises:
        UnreadableError: as ``plain.lines_of_plain``.
    """
    front = False
    held: Line | None = None
    for line in lines_of_plain(stream):
        if line.number == 1 and line.text == "---":
            front = True
            yield _leftover(line)
        elif front:
            front = line.text != "---"
            yield _leftover(line)
        elif held and _underlines(line, held):
            yield _heading(held, held.text)
            yield _leftover(line)
            held = None
        else:
            if held:
                yield held
            held = _line(line)
    if held:
        yield held


def _underlines(line: Line, held: Line) -> bool:
    short = held.role is None and len(held.text) <= MAX_UNDERLINED
    return short and not line.after_blank and bool(_UNDERLINE.match(line.text))


def _leftover(line: Line) -> Line:
    return replace(line, role="leftover", whole=True)


def _heading(line: Line, text: str) -> Line:
    return replace(line, text=text, role="heading", whole=True)


def _line(line: Line) -> Line:
    if not _ANY_MARK.search(line.text):
        return line
    if any(mark.match(line.text) for mark in (_RULE, _FENCE, _TABLE_RULE, _COMMENT)):
        return _leftover(line)
    text = _QUOTE.sub("", line.text)
    hashes = _HEADING.match(text)
    if hashes:
        text = _CLOSING_HASHES.sub("", text[hashes.end() :])
    bullet = _BULLET.match(text)
    bare = _without_marks(text[bullet.end() :] if bullet else text)
    if not bare:
        return _leftover(line)
    if hashes:
        return _heading(line, bare)
    return replace(line, text=bare, opens=line.opens or bool(bullet))


def _without_marks(text: str) -> str:
    """A line's text; of links and pictures what is shown, not their address."""
    if len(text) > MAX_MARKED:
        return text
    for pattern, shown in ((_IMAGE, r"\1"), (_LINK, r"\1"), (_CODE, r"\1"), (_STRONG, r"\2"), (_EMPHASIS, r"\2")):
        text = pattern.sub(shown, text)
    return text.strip()
