"""Words of a text, at the boundaries of jieba.

rjieba has jieba's dictionary and model and is about twenty times as fast. The two differ where ASCII characters are
joined by marks, in 11 of 1,007 real paragraphs; that is mended here, and a test holds the boundaries against jieba's.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate, chain
from typing import Self

_HALF = re.compile("[\ud800-\udfff]")
_JOINED = re.compile(r"[A-Za-z0-9][-_.#&+]+[A-Za-z0-9]")
_SHORTEST_JOINED = 3
_ASCII_PIECE = re.compile(r"([A-Za-z0-9]+(?:\.[0-9]+)?%?)")
"""How jieba 0.42 cuts what its dictionary does not hold (``finalseg``)."""


class Words:
    """The words of a text in order; joined they are the text again.

    ``starts`` says where each word starts, and at its end the text's length.
    """

    __slots__ = ("starts", "words")

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.starts = [0, *accumulate(map(len, words))]

    def index_at(self, place: int) -> int:
        """The index of the word that holds the character at ``place``."""
        return bisect_right(self.starts, place) - 1

    def between(self, start: int, end: int) -> tuple[str, ...]:
        """The words that begin in ``text[start:end]``."""
        return self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def is_boundary(self, place: int) -> bool:
        """Whether a word begins, or the text ends, at ``place``."""
        index = bisect_left(self.starts, place)
        return index < len(self.starts) and self.starts[index] == place


class Segmenter:
    """Cuts texts into words, as jieba does with its model for unseen words."""

    def __init__(self, cut: Callable[[str], list[str]]) -> None:
        self._cut = cut

    @classmethod
    def load(cls) -> Self:
        """Load the dictionary; takes about a third of a second, once in a process."""
        # The package loads its dictionary when it is imported, and nothing of ours may do that on import.
        import rjieba

        return cls(rjieba.cut)

    def cut(self, text: str) -> Words:
        """The words of ``text``."""
        try:
            words = self._cut(text)
        except UnicodeEncodeError:
            words = self._cut_halves(text)
        if _JOINED.search(text):
            # Every decimal is such a place, and most words beside it are too short to hold one.
            parted = [(word,) if len(word) < _SHORTEST_JOINED else _pieces(word) for word in words]
            words = list(chain.from_iterable(parted))
        return Words(tuple(words))

    def _cut_halves(self, text: str) -> list[str]:
        """The words of a text with halves of surrogate pairs, which are cut as a character that no word holds.

        The contract allows no such text; whoever calls the analysis as a library may have one.
        """
        words = self._cut(_HALF.sub("\ufffd", text))
        ends = list(accumulate(map(len, words)))
        return [text[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def load_dictionary() -> Callable[[str], bool]:
    """What tells whether the dictionary holds a word."""
    import rjieba

    def holds(word: str) -> bool:
        try:
            return bool(rjieba.has_word(word))
        except UnicodeEncodeError:
            return False

    return holds


def load_tagger() -> Callable[[str], str]:
    """What gives a word's part of speech: jieba's tag of its last piece, and x for what has none."""
    import rjieba

    def tag(word: str) -> str:
        try:
            pieces = rjieba.tag(word)
        except UnicodeEncodeError:
            return "x"
        return pieces[-1][1] if pieces else "x"

    return tag


def _pieces(word: str) -> tuple[str, ...]:
    """PM_2.5 and 4.5-5% stay whole in rjieba; jieba cuts them into PM, _, 2.5 and 4.5, -, 5%."""
    return tuple(filter(None, _ASCII_PIECE.split(word))) if _JOINED.search(word) else (word,)
