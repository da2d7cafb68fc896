"""Sentences, clauses and quotations of a text, with their places. One pass each; nothing nests a search."""

import re
from itertools import pairwise
from typing import NamedTuple

_ENDS = "。！？；!?;\n"
_SEMICOLONS = "；;"
_CLOSERS = "”’」』）)》"
_SENTENCE_END = re.compile(rf"[{_ENDS}]+[{_CLOSERS}]*")
_CLAUSE_END = re.compile(rf"[，,：:{_ENDS}…]|——")
_QUOTES = re.compile("[“”「」『』《》]")
_OPENERS = {"“": "”", "「": "」", "『": "』", "《": "》"}
_BLANK = " \t\r\n\u3000\u00a0"


class Span(NamedTuple):
    """``text[start:end]``."""

    start: int
    end: int

    def slice(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]

    def holds(self, place: int) -> bool:
        """Whether the character at ``place`` lies in the span."""
        return self.start <= place < self.end


def trim(text: str, start: int, end: int, extra: str = "") -> Span:
    """The span without white space (and characters of ``extra``) at either end; empty at ``start`` if all is."""
    blank = _BLANK + extra
    while start < end and text[start] in blank:
        start += 1
    while end > start and text[end - 1] in blank:
        end -= 1
    return Span(start, end)


def sentences(text: str) -> list[Span]:
    """The text cut after 。！？；, line ends and the quotation marks that close there. Every character is in one."""
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        spans.append(Span(start, end))
        start = end
    if start < len(text):
        spans.append(Span(start, len(text)))
    return spans


def is_joined(text: str, place: int) -> bool:
    """Whether a semicolon joins the sentence that begins at ``place`` to the one that ends there."""
    return place > 0 and text[place - 1] in _SEMICOLONS


def lists(text: str, spans: list[Span]) -> list[range]:
    """Which sentences semicolons join, by their numbers: runs of two and more."""
    if "；" not in text and ";" not in text:
        return []
    starts = [index for index, span in enumerate(spans) if not is_joined(text, span.start)]
    runs = (range(start, end) for start, end in pairwise([*starts, len(spans)]))
    return [run for run in runs if len(run) > 1]


def clauses(text: str, sentence: Span) -> list[Span]:
    """A sentence cut after commas and colons."""
    spans, start = [], sentence.start
    for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end):
        spans.append(Span(start, match.end()))
        start = match.end()
    if start < sentence.end:
        spans.append(Span(start, sentence.end))
    return spans


class Quotation(NamedTuple):
    """What stands between a pair of marks; ``start`` and ``end`` leave the marks out."""

    start: int
    end: int
    mark: str
    depth: int

    @property
    def inside(self) -> Span:
        """The words between the marks."""
        return Span(self.start, self.end)


def quotations(text: str) -> list[Quotation]:
    """Every closed pair of marks, in the order of their opening. Marks left open or closed twice are ignored."""
    found, stack = [], []
    for match in _QUOTES.finditer(text):
        mark = match.group()
        if mark in _OPENERS:
            stack.append((mark, match.start()))
        elif stack and _OPENERS[stack[-1][0]] == mark:
            opener, start = stack.pop()
            if match.start() > start + 1:
                found.append(Quotation(start + 1, match.start(), opener, len(stack)))
    return sorted(found, key=lambda quotation: quotation.start)
