"""Learns how much each feature of a phrase weighs, from numbers whose phrase is labelled.

Softmax over a number's candidates, by stochastic gradient descent with AdaGrad (Duchi, Hazan, Singer 2011). Of the
candidates that count as right the weights move towards those that the model of the moment likes and that come near to
the label: annotators cut phrases in more ways than one. At each visit a part of the features is left out (dropout), so
that no feature does another's work. In the first epochs each example meets the best wrong candidates of the moment.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.analysis.phrase_model import PhraseModel
from streams.analysis.phrases import NONE, Candidate, Question, Traits, features

MIN_PARAGRAPHS = 3
"""Features that fewer paragraphs hold are left out, so that names and single texts cannot be learnt."""
EPOCHS = 14
RATE = 0.25
L2 = 0.002
LEFT_OUT = 0.5
"""The share of an example's features that is left out at each visit."""
NEARNESS = 6.0
"""How much more a candidate is aimed at that is all right than one that is not, as a power of e."""
RIVALS = 8
"""Wrong candidates that join an example in each epoch."""
MEETINGS = 6
"""Epochs in which they join."""
RIGHT = 0.5
"""The share of common characters from which a candidate counts as right."""
Numbers = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass
class Example:
    """A number of a paragraph; ``truth`` is where its phrase stands, None where it has none.

    ``paragraph`` counts the paragraphs that were read, from 0 on; ``trust`` is what the example counts beside others.
    """

    paragraph: int
    text: str
    question: Question
    truth: tuple[int, int] | None
    trust: float = 1.0
    weighed: dict[Candidate, tuple[Numbers, float]] = field(default_factory=dict)
    """Of the candidates met so far their features, by number, and how right each is."""

    def rightness(self, candidate: Candidate) -> float:
        """Characters that candidate and truth share, over the characters of both."""
        if candidate.kind == NONE or self.truth is None:
            return float(candidate.kind == NONE and self.truth is None)
        start, end = (self.question.starts[place] for place in candidate[1:3])
        if self.text[start:end] == self.text[slice(*self.truth)]:
            return 1.0
        shared = min(end, self.truth[1]) - max(start, self.truth[0])
        return max(0, shared) / (max(end, self.truth[1]) - min(start, self.truth[0]))


class Learner:
    """Learns from examples any number of times; features have numbers that all of these times share."""

    def __init__(self, traits: Traits) -> None:
        self.traits = traits
        self._numbers: dict[str, int] = {}

    def learn(self, found: Sequence[Example], chance: int = 0) -> dict[str, float]:
        """The weights, as the mean over the later half of the epochs; the same for the same ``chance``."""
        run = _Run(self, found, chance)
        for epoch in range(EPOCHS):
            run.epoch(epoch)
        return run.mean()

    def weighed(self, example: Example, candidate: Candidate) -> tuple[Numbers, float]:
        """A candidate's features, and how right it is."""
        if candidate not in example.weighed:
            named = features(example.question, candidate, self.traits)
            numbers = np.array([self._number(name) for name in named], np.int32)
            example.weighed[candidate] = numbers, example.rightness(candidate)
        return example.weighed[candidate]

    @property
    def names(self) -> list[str]:
        """The features by their numbers."""
        return list(self._numbers)

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


class _Rows(NamedTuple):
    """An example's candidates: ``features`` that any of them has, ``places`` of each candidate's features among these.

    Candidates follow each other in ``places``, each from its place in ``begins`` on, ``lengths`` long.
    """

    features: Numbers
    places: Numbers
    begins: Numbers
    lengths: Numbers
    near: Floats
    """How near each candidate comes to the label, up to NEARNESS; minus infinity where it does not count as right."""


class _Run:
    """Weights on their way."""

    def __init__(self, learner: Learner, found: Sequence[Example], chance: int) -> None:
        self._learner, self._found = learner, found
        self._order, self._shuffled = list(range(len(found))), random.Random(chance)  # noqa: S311 -- no secret
        self._chance = np.random.default_rng(chance)
        self._met: list[dict[Candidate, None]] = [{} for _ in found]
        self._rows: list[_Rows] = []
        self._weights, self._squares, self._total = (np.zeros(0) for _ in range(3))
        self._allowed: NDArray[np.bool_] = np.zeros(0, bool)

    def epoch(self, number: int) -> None:
        """Visit all examples."""
        if number < MEETINGS:
            self._meet()
        self._shuffled.shuffle(self._order)
        for index in self._order:
            self._visit(self._rows[index], self._found[index].trust)
        if number >= EPOCHS // 2:
            self._total += self._weights

    def mean(self) -> dict[str, float]:
        """The weights by feature."""
        return self._named(self._total / (EPOCHS - EPOCHS // 2))

    def _named(self, weights: Floats) -> dict[str, float]:
        names = self._learner.names
        return {names[number]: float(weights[number]) for number in np.flatnonzero(weights)}

    def _meet(self) -> None:
        """Let each example meet its best candidates under the weights of the moment, and at first the right ones."""
        model = PhraseModel(self._named(self._weights), self._learner.traits)
        for example, met in zip(self._found, self._met, strict=True):
            scored = list(model.scored(example.question, 5 if met else 60))
            best = [candidate for _, candidate in nlargest(RIVALS, scored, key=lambda pair: pair[0])]
            if not met:
                right = [(example.rightness(each), each) for _, each in scored]
                best += [each for share, each in nlargest(6, right, key=lambda pair: pair[0]) if share >= RIGHT]
            met.update(dict.fromkeys(best))
        self._rows = list(map(self._rows_of, self._found, self._met))
        self._grow()

    def _rows_of(self, example: Example, met: dict[Candidate, None]) -> _Rows:
        weighed = [self._learner.weighed(example, candidate) for candidate in met]
        lengths = np.array([len(numbers) for numbers, _ in weighed], np.int32)
        held, places = np.unique(np.concatenate([numbers for numbers, _ in weighed]), return_inverse=True)
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int32)
        near = np.array([NEARNESS * share if share >= RIGHT else -np.inf for _, share in weighed])
        return _Rows(held, places.astype(np.int32), begins, lengths, near)

    def _grow(self) -> None:
        """Make room for features that were met now, and see which are held by paragraphs enough."""
        count = len(self._learner.names)
        more = np.zeros(count - len(self._weights))
        self._weights, self._squares, self._total = (
            np.concatenate((each, more)) for each in (self._weights, self._squares, self._total)
        )
        by_paragraph: dict[int, list[Numbers]] = {}
        for example, rows in zip(self._found, self._rows, strict=True):
            by_paragraph.setdefault(example.paragraph, []).append(rows.features)
        paragraphs = np.zeros(count, np.int32)
        for held in by_paragraph.values():
            paragraphs[np.unique(np.concatenate(held))] += 1
        self._allowed = paragraphs >= MIN_PARAGRAPHS

    def _visit(self, rows: _Rows, trust: float) -> None:
        if rows.near.max() < 0:
            return
        kept = self._chance.random(len(rows.features)) >= LEFT_OUT
        weights = self._weights[rows.features]
        felt = np.where(kept, weights, 0) / (1 - LEFT_OUT)
        sums = np.add.reduceat(felt[rows.places], rows.begins)
        errors = np.repeat(trust * (_softmax(sums) - _softmax(sums + rows.near)), rows.lengths)
        slopes = np.bincount(rows.places, errors, len(rows.features))
        moved = self._allowed[rows.features] & kept & (slopes != 0)
        number, slope = rows.features[moved], slopes[moved] + L2 * weights[moved]
        self._squares[number] += slope * slope
        self._weights[number] -= RATE * slope / np.sqrt(self._squares[number] + 1e-2)


def _softmax(sums: Floats) -> Floats:
    powers = np.exp(sums - sums.max())
    shares: Floats = powers / powers.sum()
    return shares
