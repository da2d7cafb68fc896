"""Themes: what a sentence is about, by the words of ``opinion.toml``."""

import re

from streams.analysis.lexicon import Lexicon
from streams.boards.rules.reading import pattern


class Themes:
    """Tells themes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words: dict[str, re.Pattern[str]] = {
            name: pattern(words)
            for (file, table, name), words in lexicon.lists.items()
            if (file, table) == ("opinion", "themes")
        }

    def of(self, text: str) -> str | None:
        """The theme whose words stand in the text most often; of several the one first in the list."""
        counts = {name: len(words.findall(text)) for name, words in self._words.items()}
        best = max(counts.values())
        return next(name for name, count in counts.items() if count == best) if best else None

    def all_of(self, text: str) -> list[str]:
        """Every theme of the text, in the order of the list."""
        return [name for name, words in self._words.items() if words.search(text)]
