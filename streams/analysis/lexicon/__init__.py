"""Word lists of the analysis: plain data in the TOML files of this folder, read once by ``load_lexicon``."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

_GROUP = 32
"""First characters of words that a pattern looks at together before it looks at each."""
FILES = ("metrics", "people", "plans", "proposals", "quantities", "sections", "speech", "times")


class WordSet:
    """Words of one list, found at a place of a text; the longest wins.

    ``starting_at`` and ``ending_at`` look at no more characters than the longest word has, and at one where no word
    of the list begins (ends) with it.
    """

    __slots__ = ("_ending", "_starting", "words")

    def __init__(self, words: str | Iterable[str]) -> None:
        self.words = frozenset(words.split() if isinstance(words, str) else words)
        self._starting = _lengths((word[0], len(word)) for word in self.words)
        self._ending = _lengths((word[-1], len(word)) for word in self.words)

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def __or__(self, other: "WordSet") -> "WordSet":
        return WordSet(self.words | other.words)

    def starting_at(self, text: str, start: int) -> str | None:
        """The longest word of the list that begins at ``start``."""
        for length in self._starting.get(text[start : start + 1], ()):
            word = text[start : start + length]
            if word in self.words:
                return word
        return None

    def ending_at(self, text: str, end: int, start: int = 0) -> str | None:
        """The longest word of the list that ends at ``end`` and begins at ``start`` or later."""
        for length in self._ending.get(text[end - 1 : end], ()):
            if end - length >= start:
                word = text[end - length : end]
                if word in self.words:
                    return word
        return None

    def endings(self, text: str, end: int, start: int = 0) -> Iterator[str]:
        """Every word of the list that ends at ``end`` and begins at ``start`` or later, longest first."""
        for length in self._ending.get(text[end - 1 : end], ()):
            if end - length >= start:
                word = text[end - length : end]
                if word in self.words:
                    yield word

    @property
    def first_characters(self) -> Iterable[str]:
        """The characters that words of the list begin with."""
        return self._starting.keys()

    @property
    def last_characters(self) -> Iterable[str]:
        """The characters that words of the list end with."""
        return self._ending.keys()

    def longest_first(self) -> list[str]:
        """All words, in an order that depends on nothing but the words: for alternations in patterns."""
        return sorted(self.words, key=lambda word: (-len(word), word))


def finder(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds words as one alternation would, left to right and the longest first, but much faster.

    It looks closer only where two characters stand that words begin with, and then first by groups of characters.
    """
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    first, second = _class(word[0] for word in ordered), _class(word[1] for word in ordered if len(word) > 1)
    alone = [word for word in ordered if len(word) == 1]
    after = f"(?:{second}|(?<={_class(alone)}))" if alone else second
    by_first = list(branches(ordered).items())
    groups = [dict(by_first[place : place + _GROUP]) for place in range(0, len(by_first), _GROUP)]
    closer = "|".join(f"(?={_class(group)})(?:{'|'.join(group.values())})" for group in groups)
    return re.compile(f"(?={first}{after})(?:{closer})")


def _lengths(ends: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    """By a first (last) character the lengths of the words that have it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for character, length in ends:
        lengths.setdefault(character, set()).add(length)
    return {character: tuple(sorted(found, reverse=True)) for character, found in lengths.items()}


def _class(characters: Iterable[str]) -> str:
    """A class of characters for a pattern; of none, what never matches."""
    found = sorted(set(characters))
    return f"[{re.escape(''.join(found))}]" if found else "(?!)"


def branches(ordered: list[str]) -> dict[str, str]:
    """Words by their first character, as parts of a pattern that leaves out all that begin otherwise at once."""
    by_first: dict[str, list[str]] = {}
    for word in ordered:
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return {first: f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items()}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists, as ``lexicon[file, table or '', list]``."""

    lists: dict[tuple[str, str, str], WordSet]

    def __getitem__(self, name: str) -> WordSet:
        """``file.list`` or ``file.table.list``; KeyError when there is none."""
        parts = name.split(".")
        return self.lists[parts[0], parts[1] if len(parts) > 2 else "", parts[-1]]


def load_lexicon(package: str = __name__, files: Iterable[str] = FILES) -> Lexicon:
    """Read all lists, of this package or of another room's; takes a few milliseconds."""
    lists: dict[tuple[str, str, str], WordSet] = {}
    for file in files:
        text = resources.files(package).joinpath(f"{file}.toml").read_text(encoding="utf-8")
        _add(lists, file, "", tomllib.loads(text))
    return Lexicon(lists)


def _add(lists: dict[tuple[str, str, str], WordSet], file: str, table: str, content: dict[str, Any]) -> None:
    for name, value in content.items():
        if isinstance(value, dict):
            _add(lists, file, name, value)
        else:
            lists[file, table, name] = WordSet(value)
