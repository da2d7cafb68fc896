"""Learn ``streams/analysis/weights.tsv`` from labelled paragraphs: logistic regression in plain Python.

usage: python -m benchmarks.train_kinds GOLD.jsonl [MORE.jsonl ...] [--folds N] [--write]

A sentence counts as a plan (a proposal) when labelled plans (proposals) hold at least half of it. Words that
fewer than MIN_PARAGRAPHS paragraphs hold are left out, so that names and single texts cannot be learnt. The figures
come from reports that the weights have not seen: how well sentences are told apart, and by kind how reliable the
scores of whole paragraphs are (the mean distance between score and share of paragraphs that have the kind, over
tenths). A file may hold no labels of speech and statistics; their reliability is then of no use.

``newspaper_paragraphs.jsonl`` is learnt from as well: paragraphs written and labelled for this. They count OURS as much
as others, and no figure comes from them.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.classified import Scores
from schemas.items import KINDS, Kind
from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser
from streams.analysis.model import BIAS, LinearModel

MIN_PARAGRAPHS = 4
EPOCHS = 30
ORDERS = range(20, 25)
"""Seeds of the orders in which examples are visited: one order alone moves the figures by a point either way."""
RATE = 0.2
L2 = 2e-4
SMALLEST = 0.1
OURS = 0.5
"""What a sentence of our own paragraphs counts beside one that was found elsewhere: chosen by cross-validation."""
LABELS = {"plan": "plans", "proposal": "proposals"}
Pairs = list[tuple[float, bool]]
"""Scores of a kind, each with whether the paragraph has it."""
PARAGRAPHS = Path(__file__).parent / "newspaper_paragraphs.jsonl"
WEIGHTS = Path(__file__).parent.parent / "streams" / "analysis" / "weights.tsv"
_NO_FOLD = -1


@dataclass(frozen=True)
class Example:
    """A sentence: the paragraph it is of, its features, for each label whether it has it, and who is named there.

    ``trust`` is what it counts when weights are learnt.
    """

    paragraph: int
    features: list[str]
    truth: dict[str, bool]
    names: frozenset[str]
    trust: float = 1.0


@dataclass(frozen=True)
class Labelled:
    """A paragraph, its labels, the fold of its report, and what it counts when weights are learnt."""

    paragraph: Paragraph
    record: dict[str, Any]
    fold: int
    trust: float = 1.0


def labelled(paths: Iterable[Path], folds: int) -> list[Labelled]:
    """The paragraphs of the files, all of a report in the same fold; after them our own, which are in none."""
    records = [record for path in paths for record in _records(path)]
    titles = sorted({record["report"]["title"] for record in records})
    random.Random(7).shuffle(titles)  # noqa: S311 -- a division into folds, no secret
    fold_of = {title: number % folds for number, title in enumerate(titles)}
    given = [Labelled(_paragraph(n, each), each, fold_of[each["report"]["title"]]) for n, each in enumerate(records)]
    ours = enumerate(_records(PARAGRAPHS), len(given))
    return [*given, *(Labelled(_paragraph(n, each), each, _NO_FOLD, OURS) for n, each in ours)]


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _paragraph(number: int, record: dict[str, Any]) -> Paragraph:
    report = Report.named(record["report"]["title"], genre=record["report"].get("genre"))
    pushed_at = datetime.fromtimestamp(0, UTC)
    return Paragraph.numbered(report, number, record["text"], record["section"], pushed_at=pushed_at)


def examples(found: list[Labelled], analyser: Analyser) -> list[Example]:
    """The labelled sentences of the paragraphs."""
    return [example for number, each in enumerate(found) for example in _of_paragraph(number, each, analyser)]


def _of_paragraph(number: int, each: Labelled, analyser: Analyser) -> Iterable[Example]:
    findings, record = analyser.find(each.paragraph), each.record
    names = frozenset(mention.who.name for mention in findings.people)
    covered = {
        label: _covered(record["text"], [item["text"] for item in record[field]]) for label, field in LABELS.items()
    }
    for span, leaning in zip(findings.reading.sentences, findings.leanings, strict=True):
        size = span.end - span.start
        truth = {label: sum(marks[span.start : span.end]) * 2 >= size for label, marks in covered.items()}
        yield Example(number, leaning.features, truth, names, each.trust)


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
    """The mean of the weights that several orders of the examples lead to, the same on every run."""
    rows = [[BIAS, *(f for f in example.features if f in known)] for example in found]
    learnt = [_descend(found, rows, label, order) for order in ORDERS]
    return {feature: sum(weights.get(feature, 0.0) for weights in learnt) / len(learnt) for feature in learnt[0]}


def _descend(found: list[Example], rows: list[list[str]], label: str, seed: int) -> dict[str, float]:
    """Weights by stochastic gradient descent with AdaGrad."""
    order = list(range(len(found)))
    shuffled = random.Random(seed)  # noqa: S311 -- an order of visits, no secret
    weights: dict[str, float] = {BIAS: 0.0}
    squares: dict[str, float] = {}
    for _ in range(EPOCHS):
        shuffled.shuffle(order)
        for index in order:
            total = sum(weights.get(feature, 0.0) for feature in rows[index])
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - found[index].truth[label]
            error *= found[index].trust
            for feature in rows[index]:
                weight = weights.get(feature, 0.0)
                gradient = error + L2 * len(found) ** 0.5 * weight
                squares[feature] = squares.get(feature, 0.0) + gradient * gradient
                weights[feature] = weight - RATE * gradient / math.sqrt(squares[feature] + 1e-8)
    return weights


def main() -> None:
    """Cross-validate, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    paragraphs = labelled(args.gold, args.folds)
    found = examples(paragraphs, Analyser.load())
    for line in cross_validated(paragraphs, found, args.folds):
        sys.stdout.write(line + "\n")
    if args.write:
        _write(models(found))


def models(found: list[Example]) -> dict[str, dict[str, float]]:
    """By label the weights that are large enough to keep."""
    known = vocabulary(found)
    return {label: _kept(learn(found, label, known)) for label in LABELS}


def cross_validated(paragraphs: list[Labelled], found: list[Example], folds: int) -> Iterator[str]:
    """Lines of figures over paragraphs that the weights have not seen."""
    counts: dict[str, Counter[tuple[bool, bool]]] = {label: Counter() for label in LABELS}
    scores: dict[Kind, Pairs] = {kind: [] for kind in KINDS}
    for fold in range(folds):
        unseen = {number for number, each in enumerate(paragraphs) if each.fold == fold}
        learnt = models([example for example in found if example.paragraph not in unseen])
        for example in found:
            if example.paragraph in unseen:
                for label, weights in learnt.items():
                    total = weights[BIAS] + sum(weights.get(feature, 0.0) for feature in example.features)
                    counts[label][example.truth[label], total >= 0] += 1
        analyser = Analyser.load({label: LinearModel(label, weights) for label, weights in learnt.items()})
        for number in unseen:
            _add_scores(scores, analyser.analyse(paragraphs[number].paragraph).scores, paragraphs[number].record)
    yield from (_told_apart(label, count, folds) for label, count in counts.items())
    yield from (f"{kind}: reliability error {reliability_error(pairs):.3f}" for kind, pairs in scores.items())


def _add_scores(scores: dict[Kind, Pairs], found: Scores, record: dict[str, Any]) -> None:
    for kind in KINDS:
        scores[kind].append((getattr(found, kind), kind in record["kinds"]))


def reliability_error(pairs: Pairs) -> float:
    """The expected calibration error: scores in tenths, each compared with the share of what is true in it."""
    tenths: dict[int, Pairs] = {}
    for score, true in pairs:
        tenths.setdefault(min(9, int(score * 10)), []).append((score, true))
    return sum(abs(sum(score - true for score, true in tenth)) for tenth in tenths.values()) / max(1, len(pairs))


def _told_apart(label: str, counts: Counter[tuple[bool, bool]], folds: int) -> str:
    hit, missed, wrong = counts[True, True], counts[True, False], counts[False, True]
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{label}: sentences P {precision:.3f} R {recall:.3f} F1 {f1:.3f} of {hit + missed}, {folds} folds"


def _kept(weights: dict[str, float]) -> dict[str, float]:
    return {name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= SMALLEST or name == BIAS}


def _write(models: dict[str, dict[str, float]]) -> None:
    lines = ["# Written by benchmarks/train_kinds.py; label, feature, weight. See streams/analysis/features.py."]
    for label, kept in models.items():
        lines.extend(f"{label}\t{feature}\t{weight}" for feature, weight in sorted(kept.items()))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
