"""How well predicted blocks agree with a page's truth, white space left out everywhere.

Over body blocks: *exact*, the share of true paragraphs that are among the predicted ones; *boundaries*, F1 of
paragraph starts (first START characters); *characters*, F1 of all characters, each as often as it stands there;
*order*, how much of what was found stands in the true order. A prediction without roles counts as body throughout.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import fmean

START = 12
"""Characters at a paragraph's beginning that tell it from the others of its page."""

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Score:
    """The agreement of one page, or the mean of several; each from 0 to 1."""

    exact: float
    boundaries: float
    characters: float
    order: float


def bare(text: str) -> str:
    """The text without white space."""
    return _SPACE.sub("", text)


def score(truth: Sequence[str], predicted: Sequence[str]) -> Score:
    """The agreement of two lists of paragraphs.

    Raises:
        ValueError: there is no true paragraph, so that there is nothing to agree with.
    """
    want, have = list(map(bare, truth)), list(map(bare, predicted))
    if not want:
        raise ValueError("a page without a paragraph cannot be scored")
    starts_want, starts_have = [text[:START] for text in want], [text[:START] for text in have]
    return Score(
        exact=_common(want, have) / len(want),
        boundaries=f1(starts_want, starts_have),
        characters=f1("".join(want), "".join(have)),
        order=in_order(starts_want, starts_have),
    )


def f1(want: Sequence[Hashable], have: Sequence[Hashable]) -> float:
    """Harmonic mean of precision and recall of two multisets; 0 when nothing is common."""
    common = _common(want, have)
    return 2 * common / (len(want) + len(have)) if common else 0.0


def in_order(want: Sequence[str], have: Sequence[str]) -> float:
    """Longest run of found starts that stand in the true order, as a share of those found; 0 when none was found."""
    place = {start: index for index, start in enumerate(want)}
    places = [place[start] for start in dict.fromkeys(have) if start in place]
    longest: list[int] = []
    for index, value in enumerate(places):
        longest.append(1 + max((longest[earlier] for earlier in range(index) if places[earlier] < value), default=0))
    return max(longest) / len(places) if places else 0.0


def mean(scores: Iterable[Score]) -> Score:
    """Every page counts alike."""
    every = list(scores)
    return Score(*(fmean(getattr(one, field.name) for one in every) for field in fields(Score)))


def _common(want: Iterable[Hashable], have: Iterable[Hashable]) -> int:
    return (Counter(want) & Counter(have)).total()
