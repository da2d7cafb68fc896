"""Word lists of the analysis: plain data in the TOML files of this folder, read once by ``load_lexicon``."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

FILES = ("metrics", "people", "plans", "proposals", "quantities", "sections", "speech", "times")


class WordSet:
    """Words of one list, found at a place of a text; the longest wins.

    ``starting_at`` and ``ending_at`` look at no more characters than the longest word has.
    """

    __slots__ = ("_lengths", "words")

    def __init__(self, words: str) -> None:
        self.words = frozenset(words.split())
        self._lengths = tuple(sorted({len(word) for word in self.words}, reverse=True))

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def starting_at(self, text: str, start: int) -> str | None:
        """The longest word of the list that begins at ``start``."""
        for length in self._lengths:
            word = text[start : start + length]
            if len(word) == length and word in self.words:
                return word
        return None

    def ending_at(self, text: str, end: int, start: int = 0) -> str | None:
        """The longest word of the list that ends at ``end`` and begins at ``start`` or later."""
        for length in self._lengths:
            if end - length >= start:
                word = text[end - length : end]
                if word in self.words:
                    return word
        return None

    def longest_first(self) -> list[str]:
        """All words, in an order that depends on nothing but the words: for alternations in patterns."""
        return sorted(self.words, key=lambda word: (-len(word), word))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists, as ``lexicon[file, table or '', list]``."""

    lists: dict[tuple[str, str, str], WordSet]

    def __getitem__(self, name: str) -> WordSet:
        """``file.list`` or ``file.table.list``; KeyError when there is none."""
        parts = name.split(".")
        return self.lists[parts[0], parts[1] if len(parts) > 2 else "", parts[-1]]


def load_lexicon() -> Lexicon:
    """Read all lists; takes a few milliseconds."""
    lists: dict[tuple[str, str, str], WordSet] = {}
    for file in FILES:
        text = resources.files(__name__).joinpath(f"{file}.toml").read_text(encoding="utf-8")
        _add(lists, file, "", tomllib.loads(text))
    return Lexicon(lists)


def _add(lists: dict[tuple[str, str, str], WordSet], file: str, table: str, content: dict[str, Any]) -> None:
    for name, value in content.items():
        if isinstance(value, dict):
            _add(lists, file, name, value)
        else:
            lists[file, table, name] = WordSet(value)
