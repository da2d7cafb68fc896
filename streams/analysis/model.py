"""A linear model: the weights of features, read from a text file, and the probability that follows from them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

BIAS = "(bias)"
WORD, FIRST, LAST = "w:", "1:", "$:"
"""What the features begin with that are words, and the first and the last word."""
_NOTHING = 0j
_GRAINS = 1000
"""Weights are summed in thousandths, so that sums are exact in whatever order they are made."""
_MOST = 30_000.0


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Logistic regression for one label."""

    label: str
    weights: dict[str, float]

    def shares(self, features: Iterable[str]) -> list[tuple[str, float]]:
        """The features that count, the weightiest first."""
        known = [(feature, self.weights[feature]) for feature in features if feature in self.weights]
        return sorted(known, key=lambda share: (-abs(share[1]), share[0]))


class Weighing:
    """Two models weighed at once, with one look-up for each feature.

    A pair of weights is a complex number, whose parts are added by themselves: ``sum`` does so without a loop of ours.
    Sums are in thousandths.
    """

    def __init__(self, first: LinearModel, second: LinearModel) -> None:
        names, weights = {*first.weights, *second.weights}, (first.weights, second.weights)
        self._weights = {name: complex(*(round(_GRAINS * of.get(name, 0.0)) for of in weights)) for name in names}
        self._words, self._first, self._last = (self._of_prefix(prefix) for prefix in (WORD, FIRST, LAST))
        self._known = frozenset(self._words)
        self._bias = self._weights.get(BIAS, _NOTHING)

    def _of_prefix(self, prefix: str) -> dict[str, complex]:
        return {name.removeprefix(prefix): pair for name, pair in self._weights.items() if name.startswith(prefix)}

    def features(self, features: tuple[str, ...]) -> complex:
        """The sums of the weights of features that differ from each other."""
        return sum((self._weights.get(feature, _NOTHING) for feature in features), _NOTHING)

    def words(self, sums: complex, words: Sequence[str], ends: tuple[str, str] | None) -> complex:
        """The sums with the bias, the weights of words, each word once, and of the first and last of them."""
        total = sums + self._bias
        if ends:
            total += self._first.get(ends[0], _NOTHING) + self._last.get(ends[1], _NOTHING)
        return sum(map(self._words.__getitem__, self._known.intersection(words)), total)


def probability(total: float) -> float:
    """From 0 to 1, for a sum of weights in thousandths."""
    bounded = _MOST if total > _MOST else -_MOST if total < -_MOST else total
    return 1 / (1 + math.exp(-bounded / _GRAINS))


def load_models() -> dict[str, LinearModel]:
    """The models of ``weights.tsv``: lines of label, feature and weight; comments begin with #."""
    weights: dict[str, dict[str, float]] = {}
    text = resources.files("streams.analysis").joinpath("weights.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            label, feature, weight = line.split("\t")
            weights.setdefault(label, {})[feature] = float(weight)
    return {label: LinearModel(label, found) for label, found in weights.items()}
