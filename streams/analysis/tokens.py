"""Tokens: the words of a text with their parts of speech, each quantity and each expression of time being one."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.analysis.words import Words

QUANTITY, TIME = "\1Q", "\1T"
"""What stands for a quantity and a time in the list of words; no word begins so."""


class Tokens(NamedTuple):
    """``words[i]`` begins at ``starts[i]``; ``starts`` has the text's length at its end."""

    words: list[str]
    starts: list[int]

    def index_at(self, place: int) -> int:
        """The first token that begins at ``place`` or later."""
        return bisect_left(self.starts, place)


def tokens(
    words: Words, text_length: int, quantities: Sequence[tuple[int, int]], times: Iterable[tuple[int, int]]
) -> Tokens:
    """The tokens of a text. Where a quantity and a time overlap, the one that begins first stays."""
    found: list[str] = []
    starts: list[int] = []
    reached = 0
    marks = sorted([*((*span, QUANTITY) for span in quantities), *((*span, TIME) for span in times)])
    for start, end, mark in marks:
        if start < reached or end <= start:
            continue
        _add(found, starts, words, reached, start)
        found.append(mark)
        starts.append(start)
        reached = end
    _add(found, starts, words, reached, text_length)
    starts.append(text_length)
    return Tokens(found, starts)


def _add(found: list[str], starts: list[int], words: Words, start: int, end: int) -> None:
    """Add the words in ``text[start:end]`` with their places; those that the edges cut are cut there."""
    if start >= end:
        return
    first, last = words.index_at(start), bisect_left(words.starts, end)
    size = len(found)
    found += words.words[first:last]
    starts += words.starts[first:last]
    if words.starts[last] > end:
        found[-1] = found[-1][: end - words.starts[last]]
    if starts[size] < start:
        found[size] = found[size][start - starts[size] :]
        starts[size] = start
