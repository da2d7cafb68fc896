"""Learn ``streams/analysis/metric_weights.tsv`` from labelled paragraphs: softmax over candidates in plain Python.

usage: python -m benchmarks.train_metrics GOLD.jsonl... [--weak LABELS.jsonl] [--folds N] [--write]

A number's candidates are right as far as they share characters with the labelled phrase. In each epoch the model of
that moment names its best candidates; weights move from these towards the right ones. Features that fewer than
MIN_PARAGRAPHS paragraphs hold are left out, so that names and single texts cannot be learnt. With ``--folds`` the
figures come from paragraphs that the weights have not seen.

``metric_sentences.tsv`` is learnt from as well: sentences made up for this, each with the phrases of its numbers in
their order (- for none, ? for a number that is left out), and ``newspaper_paragraphs.jsonl``: paragraphs written and
labelled for this, which count OURS as much as others. Labels of ``--weak`` were made by a program and count less.

The weights of the product are the mean of those learnt so and of those of analysis 2.0.0, which count twice
(``--mean-with``, given twice): they were learnt without the newspaper paragraphs, but with weak labels of real news and
reports.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from heapq import nlargest
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import train_kinds
from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser
from streams.analysis.lexicon import load_lexicon
from streams.analysis.phrase_model import PhraseModel
from streams.analysis.phrases import Candidate, Question, Traits, features
from streams.analysis.quantities import Quantities
from streams.analysis.shares import Quantity
from streams.analysis.statistics import Asking, load_traits

MIN_PARAGRAPHS = 3
EPOCHS = 14
RATE = 0.25
L2 = 0.002
SMALLEST = 0.1
RIVALS = 8
"""Wrong candidates that join an example in each epoch."""
MEETINGS = 6
"""Epochs in which they join."""
NEGLIGIBLE = 1e-3
RIGHT = 0.5
"""The share of common characters from which a candidate counts as right."""
TRUST = 0.3
"""What a weak label counts beside one that was read."""
OURS = 0.5
"""What a number of our own paragraphs counts beside one that was found elsewhere: chosen by cross-validation."""
SENTENCES = Path(__file__).parent / "metric_sentences.tsv"
WEIGHTS = Path(__file__).parent.parent / "streams" / "analysis" / "metric_weights.tsv"


@dataclass
class Example:
    """A number of a paragraph with the candidates met so far: each with its features and how right it is.

    ``paragraph`` counts the paragraphs that were read, from 0 on.
    """

    paragraph: int
    text: str
    question: Question
    truth: tuple[int, int] | None
    trust: float = 1.0
    known: dict[Candidate, tuple[list[int], float]] = field(default_factory=dict)

    def rightness(self, candidate: Candidate) -> float:
        """Characters that candidate and truth share, over the characters of both."""
        if candidate.kind == "0" or self.truth is None:
            return float(candidate.kind == "0" and self.truth is None)
        start, end = (self.question.starts[place] for place in candidate[1:3])
        if self.text[start:end] == self.text[slice(*self.truth)]:
            return 1.0
        shared = min(end, self.truth[1]) - max(start, self.truth[0])
        return max(0, shared) / (max(end, self.truth[1]) - min(start, self.truth[0]))


class Label(NamedTuple):
    """A quantity with the phrase that its label gives it."""

    metric: str | None
    quantity: Quantity


class Reader:
    """Makes examples of labelled paragraphs."""

    def __init__(self) -> None:
        self._analyser, self._quantities = Analyser.load(), Quantities(load_lexicon())
        self._paragraphs = -1

    def labelled(self, path: Path, trust: float = 1.0) -> list[Example]:
        """The labelled numbers of a file, with the labelled phrases of the numbers before them."""
        found: list[Example] = []
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            targets = (target for plan in record["plans"] for target in plan["targets"])
            labels = [*record["statistics"], *targets]
            asking, quantities = self._read(record["text"], record["section"], record["report"].get("genre"))
            found.extend(self._examples(record["text"], asking, [_label(q, labels) for q in quantities], trust))
        return found

    def made_up(self) -> list[Example]:
        """The numbers of all that was written for this."""
        return [*self.sentences(), *self.labelled(train_kinds.PARAGRAPHS, OURS)]

    def sentences(self) -> list[Example]:
        """The numbers of the sentences made up for this; ValueError where a line has other than one phrase for each."""
        found: list[Example] = []
        for line in SENTENCES.read_text(encoding="utf-8").splitlines():
            text, *phrases = line.split("\t")
            asking, quantities = self._read(text, None, "新闻")
            if len(quantities) != len(phrases):
                raise ValueError(f"{len(phrases)} phrases for {len(quantities)} numbers: {line}")
            pairs = zip(phrases, quantities, strict=True)
            labels = [None if p == "?" else Label(None if p == "-" else p, quantity) for p, quantity in pairs]
            found.extend(self._examples(text, asking, labels, 1.0))
        return found

    def _read(self, text: str, section: str | None, genre: str | None) -> tuple[Asking, list[Quantity]]:
        report, when = Report.named("Labelled", genre=genre), datetime.fromtimestamp(0, UTC)
        paragraph = Paragraph.numbered(report, 0, text, section, pushed_at=when)
        read = self._analyser.find(paragraph).reading
        quantities = self._quantities.find(text, read.digits, read.words, read.times.things, read.quotes)
        return Asking(text, read.words, read.sentences, quantities, read.times.things), quantities

    def _examples(self, text: str, asking: Asking, labels: Sequence[Label | None], trust: float) -> Iterator[Example]:
        answers: list[Candidate] = []
        self._paragraphs += 1
        for index, label in enumerate(labels):
            question = asking.question(index, answers)
            truth = None if label is None or label.metric is None else _nearest(text, label.metric, label.quantity)
            answers.append(_as_tokens(question, truth))
            clear = label is not None and (label.metric is None or truth is not None)
            # The parts of a list before 分别 follow from where it is cut.
            if clear and asking.runs[index][1] == 1:
                yield Example(self._paragraphs, text, question, truth, trust)


def _label(quantity: Quantity, labels: list[dict[str, Any]]) -> Label | None:
    """The first label left with the quantity's value and unit; it is taken out."""
    for place, label in enumerate(labels):
        same_unit = (label["unit"] or "").removeprefix("个") == (quantity.unit or "").removeprefix("个")
        if same_unit and Decimal(label["value"]) == quantity.number.value:
            return Label(labels.pop(place)["metric"], quantity)
    return None


def _nearest(text: str, phrase: str, quantity: Quantity) -> tuple[int, int] | None:
    """Where the phrase stands nearest to the quantity, rather before it than after."""
    places, place = [], text.find(phrase)
    while place >= 0:
        before, after = quantity.number_start - place, place - quantity.end
        if before > 0 or after >= 0:
            places.append((before if before > 0 else after * 2, place))
        place = text.find(phrase, place + 1)
    return (min(places)[1], min(places)[1] + len(phrase)) if places else None


def _as_tokens(question: Question, truth: tuple[int, int] | None) -> Candidate:
    if truth is None:
        return Candidate("0", 0, 0)
    inside = [i for i, start in enumerate(question.starts[:-1]) if truth[0] <= start < truth[1]]
    return Candidate("B", inside[0], inside[-1] + 1) if inside else Candidate("0", 0, 0)


class Learner:
    """Weights by stochastic gradient descent with AdaGrad, the same on every run."""

    def __init__(self, traits: Traits) -> None:
        self._traits = traits
        self._numbers: dict[str, int] = {}
        self._paragraphs: list[set[int]] = []
        self._weights: list[float] = []
        self._squares: list[float] = []
        self._totals: list[float] = []

    def learn(self, found: Sequence[Example]) -> dict[str, float]:
        """The weights, as the mean over the later half of the epochs."""
        order = list(found)
        shuffled = random.Random(20)  # noqa: S311 -- an order of visits, no secret
        for epoch in range(EPOCHS):
            if epoch < MEETINGS:
                self._gather(found)
            shuffled.shuffle(order)
            for example in order:
                self._step(example)
            if epoch >= EPOCHS // 2:
                self._totals = [total + weight for total, weight in zip(self._totals, self._weights, strict=True)]
        return self._named([total / (EPOCHS - EPOCHS // 2) for total in self._totals])

    def _named(self, weights: list[float]) -> dict[str, float]:
        return {name: weights[number] for name, number in self._numbers.items() if weights[number]}

    def _gather(self, found: Sequence[Example]) -> None:
        """Let each example meet its best candidates under the weights of the moment, and at first the right ones."""
        model = PhraseModel(self._named(self._weights), self._traits)
        for example in found:
            scored = list(model.scored(example.question, 5 if example.known else 60))
            best = [candidate for _, candidate in nlargest(RIVALS, scored, key=lambda pair: pair[0])]
            if not example.known:
                right = [(example.rightness(c), c) for _, c in scored]
                best += [candidate for share, candidate in nlargest(6, right, key=lambda p: p[0]) if share >= RIGHT]
            for candidate in best:
                if candidate not in example.known:
                    numbers = [
                        self._number(f, example.paragraph) for f in features(example.question, candidate, self._traits)
                    ]
                    example.known[candidate] = (numbers, example.rightness(candidate))

    def _number(self, feature: str, paragraph: int) -> int:
        number = self._numbers.setdefault(feature, len(self._numbers))
        if number == len(self._weights):
            self._weights.append(0.0)
            self._squares.append(0.0)
            self._totals.append(0.0)
            self._paragraphs.append(set())
        held = self._paragraphs[number]
        if len(held) < MIN_PARAGRAPHS:
            held.add(paragraph)
        return number

    def _step(self, example: Example) -> None:
        rows = list(example.known.values())
        aims = [math.exp(6 * share) if share >= RIGHT else 0.0 for _, share in rows]
        if not any(aims):
            return
        weights, squares = self._weights, self._squares
        sums = [sum(map(weights.__getitem__, numbers)) for numbers, _ in rows]
        highest = max(sums)
        powers = [math.exp(total - highest) for total in sums]
        all_powers, all_aims = sum(powers), sum(aims)
        gradients: dict[int, float] = {}
        for (numbers, _), power, aim in zip(rows, powers, aims, strict=True):
            error = example.trust * (power / all_powers - aim / all_aims)
            if abs(error) > NEGLIGIBLE:
                for number in numbers:
                    gradients[number] = gradients.get(number, 0.0) + error
        for number, error in gradients.items():
            if len(self._paragraphs[number]) >= MIN_PARAGRAPHS:
                gradient = error + L2 * weights[number]
                squares[number] += gradient * gradient
                weights[number] -= RATE * gradient / math.sqrt(squares[number] + 1e-2)


def validate(found: list[Example], others: list[Example], fold_of: Sequence[int], traits: Traits) -> None:
    """Print the share of numbers whose phrase is right among reports that the weights have not seen.

    ``fold_of`` has the fold of each paragraph that ``found`` is of.
    """
    hits: Counter[tuple[str, bool]] = Counter()
    folds = max(fold_of) + 1
    for fold in range(folds):
        seen = [replace(each, known={}) for each in found if fold_of[each.paragraph] != fold]
        seen.extend(replace(each, known={}) for each in others)
        learnt = PhraseModel(product_weights(Learner(traits).learn(seen)), traits)
        for example in found:
            if fold_of[example.paragraph] == fold:
                hits[example.question.kind, example.rightness(learnt.best(example.question)) >= RIGHT] += 1
    for kind in sorted({kind for kind, _ in hits}):
        right, wrong = hits[kind, True], hits[kind, False]
        sys.stdout.write(f"{kind}: {right / (right + wrong):.3f} of {right + wrong}\n")
    right = sum(count for (_, good), count in hits.items() if good)
    sys.stdout.write(f"all: {right / sum(hits.values()):.3f} of {sum(hits.values())}, {folds} folds\n")


def main() -> None:
    """Cross-validate, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--weak", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--mean-with", type=Path, action="append", default=[], metavar="WEIGHTS.tsv")
    args = parser.parse_args()
    reader, traits = Reader(), load_traits(load_lexicon())
    found = [example for path in args.gold for example in reader.labelled(path)]
    others = [*reader.made_up(), *(reader.labelled(args.weak, TRUST) if args.weak else ())]
    if args.folds:
        validate(found, others, [each.fold for each in train_kinds.labelled(args.gold, args.folds)], traits)
    if args.write:
        learnt = Learner(traits).learn([*found, *others])
        write(mean(learnt, *map(read, args.mean_with)))


def kept(weights: dict[str, float]) -> dict[str, float]:
    """The weights that count, rounded as the product has them."""
    return {feature: round(weight, 2) for feature, weight in weights.items() if abs(weight) >= SMALLEST}


def product_weights(weights: dict[str, float]) -> dict[str, int]:
    """Weights as the product loads them once they are written."""
    return {feature: round(100 * weight) for feature, weight in kept(weights).items()}


def read(path: Path) -> dict[str, float]:
    """The weights of a file that was written by this."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# "))
    return {feature: float(weight) for feature, weight in (line.split("\t") for line in lines)}


def mean(*learnt: dict[str, float]) -> dict[str, float]:
    """The mean of what several runs learnt: their errors differ, what they agree on stays."""
    features = sorted(set().union(*learnt))
    return {feature: sum(weights.get(feature, 0.0) for weights in learnt) / len(learnt) for feature in features}


def write(weights: dict[str, float]) -> None:
    """Keep the weights that count, in the order of their features."""
    lines = ["# Written by benchmarks/train_metrics.py; feature, weight. See streams/analysis/phrases.py."]
    lines.extend(f"{feature}\t{weight}" for feature, weight in sorted(kept(weights).items()))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
