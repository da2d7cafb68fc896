"""How far the scores of kinds are from how often paragraphs with such scores have the kind."""

import random
from collections.abc import Sequence
from statistics import fmean

from benchmarks.labelled.figures import SEED, markdown
from benchmarks.labelled.gold import Example, Labelled
from benchmarks.train_kinds import reliability_error
from schemas.items import KINDS

CHANCES = 1000
Pairs = list[tuple[float, bool]]
"""Scores with whether the kind was there."""


def by_chance(pairs: Pairs) -> float:
    """The error that these scores would have on as many paragraphs if each were exactly right: the mean of draws."""
    drawing = random.Random(SEED)  # noqa: S311 -- a simulation, no secret
    return fmean(reliability_error([(score, drawing.random() < score) for score, _ in pairs]) for _ in range(CHANCES))


def calibration_table(examples: Sequence[Example], predicted: Sequence[Labelled]) -> str:
    """A row for each kind."""
    rows = []
    for kind in KINDS:
        pairs = [
            (float(record["scores"][kind]), kind in example.labels["kinds"])
            for example, record in zip(examples, predicted, strict=True)
        ]
        mean, share = fmean(score for score, _ in pairs), fmean(true for _, true in pairs)
        brier = fmean((score - true) ** 2 for score, true in pairs)
        cells = (reliability_error(pairs), by_chance(pairs), brier, mean, share)
        rows.append([kind, *(f"{cell:.3f}" for cell in cells)])
    return markdown(["kind", "error", "by chance alone", "Brier score", "mean score", "share"], rows)
