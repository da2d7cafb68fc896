"""Word lists: finding words at a place and in a text gives what looking for each of them would give."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.analysis.lexicon import WordSet, finder

TEXTS = st.text("说明表示道.x", max_size=30)
LISTS = st.lists(st.text("说明表示道.x", min_size=1, max_size=4), min_size=1, max_size=8, unique=True)


@given(LISTS, TEXTS, st.integers(0, 10), st.integers(0, 30))
def test_a_finder_finds_what_one_alternation_finds(words: list[str], text: str, start: int, end: int) -> None:
    alternation = re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))
    found = [match.span() for match in finder(words).finditer(text, start, end)]
    assert found == [match.span() for match in alternation.finditer(text, start, end)]


@given(LISTS, TEXTS, st.integers(0, 30), st.integers(0, 10))
def test_the_longest_word_at_a_place_wins(words: list[str], text: str, place: int, floor: int) -> None:
    listed = WordSet(" ".join(words))
    starting = [word for word in words if text.startswith(word, place)]
    assert listed.starting_at(text, place) == max(starting, key=len, default=None)
    place = min(place, len(text))
    ending = [word for word in words if text[:place].endswith(word) and place - len(word) >= floor]
    assert listed.ending_at(text, place, floor) == max(ending, key=len, default=None)
