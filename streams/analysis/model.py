"""A linear model: the weights of features, read from a text file, and the probability that follows from them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

BIAS = "(bias)"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Logistic regression for one label."""

    label: str
    weights: dict[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """From 0 to 1. Features are added up in the order given, so that the last digit never differs."""
        weights = self.weights
        total = weights.get(BIAS, 0.0)
        for feature in features:
            if feature in weights:
                total += weights[feature]
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def shares(self, features: Iterable[str]) -> list[tuple[str, float]]:
        """The features that count, the weightiest first."""
        known = [(feature, self.weights[feature]) for feature in features if feature in self.weights]
        return sorted(known, key=lambda share: (-abs(share[1]), share[0]))


def load_models() -> dict[str, LinearModel]:
    """The models of ``weights.tsv``: lines of label, feature and weight; comments begin with #."""
    weights: dict[str, dict[str, float]] = {}
    text = resources.files("streams.analysis").joinpath("weights.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            label, feature, weight = line.split("\t")
            weights.setdefault(label, {})[feature] = float(weight)
    return {label: LinearModel(label, found) for label, found in weights.items()}
