"""Learn ``streams/analysis/weights.tsv`` from labelled paragraphs: logistic regression in plain Python.

usage: python -m benchmarks.train_kinds GOLD.jsonl [--folds N] [--write]

A sentence counts as a plan (a proposal) when labelled plans (proposals) hold at least half of it. Words that
fewer than MIN_PARAGRAPHS paragraphs hold are left out, so that names and single texts cannot be learnt. With
``--folds`` the figures come from paragraphs that the weights have not seen.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser

MIN_PARAGRAPHS = 4
EPOCHS = 30
RATE = 0.2
L2 = 2e-4
SMALLEST = 0.1
LABELS = {"plan": "plans", "proposal": "proposals"}
WEIGHTS = Path(__file__).parent.parent / "streams" / "analysis" / "weights.tsv"


@dataclass(frozen=True)
class Example:
    """A sentence: the paragraph it is of, its features, for each label whether it has it, and who is named there."""

    paragraph: int
    features: list[str]
    truth: dict[str, bool]
    names: frozenset[str]


def examples(path: Path, analyser: Analyser) -> list[Example]:
    """The labelled sentences of a file."""
    found: list[Example] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        record = json.loads(line)
        report = {key: record["report"].get(key) for key in ("title", "genre")}
        paragraph = Paragraph.numbered(
            Report.named(report["title"], genre=report["genre"]),
            number,
            record["text"],
            record["section"],
            pushed_at=datetime.fromtimestamp(0, UTC),
        )
        found.extend(_of_paragraph(number, paragraph, record, analyser))
    return found


def _of_paragraph(number: int, paragraph: Paragraph, record: dict[str, Any], analyser: Analyser) -> Iterable[Example]:
    findings = analyser.find(paragraph)
    names = frozenset(mention.who.name for mention in findings.people)
    covered = {
        label: _covered(record["text"], [item["text"] for item in record[field]]) for label, field in LABELS.items()
    }
    for span, leaning in zip(findings.reading.sentences, findings.leanings, strict=True):
        size = span.end - span.start
        truth = {label: sum(marks[span.start : span.end]) * 2 >= size for label, marks in covered.items()}
        yield Example(number, leaning.features, truth, names)


def _covered(text: str, parts: list[str]) -> bytearray:
    marks = bytearray(len(text))
    for part in parts:
        start = text.find(part)
        if start >= 0:
            marks[start : start + len(part)] = b"\1" * len(part)
    return marks


def vocabulary(found: list[Example]) -> set[str]:
    """Features that enough paragraphs have, and that name nobody."""
    pairs = {(example.paragraph, feature) for example in found for feature in example.features}
    counts = Counter(feature for _, feature in pairs)
    names = set().union(*(example.names for example in found))
    return {
        feature
        for feature, count in counts.items()
        if count >= MIN_PARAGRAPHS and feature.partition(":")[2] not in names
    }


def learn(found: list[Example], label: str, known: set[str]) -> dict[str, float]:
    """Weights by stochastic gradient descent with AdaGrad, the same on every run."""
    order = list(range(len(found)))
    shuffled = random.Random(20)  # noqa: S311 -- an order of visits, no secret
    weights: dict[str, float] = {"(bias)": 0.0}
    squares: dict[str, float] = {}
    rows = [["(bias)", *(f for f in example.features if f in known)] for example in found]
    for _ in range(EPOCHS):
        shuffled.shuffle(order)
        for index in order:
            total = sum(weights.get(feature, 0.0) for feature in rows[index])
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - found[index].truth[label]
            for feature in rows[index]:
                weight = weights.get(feature, 0.0)
                gradient = error + L2 * len(found) ** 0.5 * weight
                squares[feature] = squares.get(feature, 0.0) + gradient * gradient
                weights[feature] = weight - RATE * gradient / math.sqrt(squares[feature] + 1e-8)
    return weights


def main() -> None:
    """Cross-validate, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    found = examples(args.gold, Analyser.load())
    for label in LABELS:
        _validate(found, label, args.folds)
    if args.write:
        _write({label: learn(found, label, vocabulary(found)) for label in LABELS})


def _validate(found: list[Example], label: str, folds: int) -> None:
    counts: Counter[tuple[bool, bool]] = Counter()
    for fold in range(folds):
        seen = [example for example in found if example.paragraph % folds != fold]
        weights = learn(seen, label, vocabulary(seen))
        for example in found:
            if example.paragraph % folds == fold:
                total = weights["(bias)"] + sum(weights.get(feature, 0.0) for feature in example.features)
                counts[example.truth[label], total >= 0] += 1
    hit, missed, wrong = counts[True, True], counts[True, False], counts[False, True]
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    sys.stdout.write(
        f"{label}: sentences P {precision:.3f} R {recall:.3f} F1 {f1:.3f} of {hit + missed}, {folds} folds\n"
    )


def _write(models: dict[str, dict[str, float]]) -> None:
    lines = ["# Written by benchmarks/train_kinds.py; label, feature, weight. See streams/analysis/features.py."]
    for label, weights in models.items():
        kept = {
            feature: round(weight, 3)
            for feature, weight in weights.items()
            if abs(weight) >= SMALLEST or feature == "(bias)"
        }
        lines.extend(f"{label}\t{feature}\t{weight}" for feature, weight in sorted(kept.items()))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
