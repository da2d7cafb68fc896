"""Precision, recall and F1 over paragraphs, with intervals from drawing the paragraphs again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from benchmarks.labelled.gold import KIND_MEASURES, MEASURES, Counts

SEED = 20261123
RESAMPLES = 1000
Tally = dict[str, Counts]


class Estimate(NamedTuple):
    """A share, and between which bounds 95% of the draws lie."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over some paragraphs; ``gold`` is how many things there are to be found."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    gold: int


def draws(size: int, resamples: int = RESAMPLES) -> list[list[int]]:
    """Indexes of paragraphs, drawn with replacement: the same for all sides, and on every run."""
    drawing = random.Random(SEED)  # noqa: S311 -- a sample, no secret
    return [drawing.choices(range(size), k=size) for _ in range(resamples)]


def figures(tallies: Sequence[Tally], drawn: Sequence[Sequence[int]]) -> dict[str, Figure]:
    """All measures of some paragraphs, and ``macro-F1``, the mean F1 of the kinds that there are."""
    everything = range(len(tallies))
    found: dict[str, Figure] = {}
    kinds: list[list[float]] = []
    for measure in MEASURES:
        columns = [[tally[measure][place] for tally in tallies] for place in range(3)]
        rows = [_shares(*(sum(map(column.__getitem__, draw)) for column in columns)) for draw in (everything, *drawn)]
        precision, recall, f1 = (_estimate(column) for column in zip(*rows, strict=True))
        found[measure] = Figure(precision, recall, f1, sum(columns[0]) + sum(columns[2]))
        if measure in KIND_MEASURES and found[measure].gold:
            kinds.append([row[2] for row in rows])
    macro = _estimate([sum(each) / len(kinds) for each in zip(*kinds, strict=True)] or [0.0])
    return {"macro-F1 of kinds": Figure(macro, macro, macro, len(tallies)), **found}


def _shares(hit: int, wrong: int, missed: int) -> tuple[float, float, float]:
    precision = hit / (hit + wrong) if hit + wrong else 0.0
    recall = hit / (hit + missed) if hit + missed else 0.0
    return precision, recall, 2 * hit / (2 * hit + wrong + missed) if hit else 0.0


def _estimate(values: Sequence[float]) -> Estimate:
    """Of the value over everything, which comes first, and those of the draws."""
    drawn = sorted(values[1:]) or [values[0]]
    edge = round(0.025 * (len(drawn) - 1))
    return Estimate(values[0], drawn[edge], drawn[len(drawn) - 1 - edge])


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; all columns but the first are set to the right."""
    rule = ["---", *repeat("--:", len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows)) + "\n"
