"""Learn ``streams/analysis/metric_weights.tsv`` from labelled paragraphs.

usage: python -m benchmarks.train_metrics GOLD.jsonl... [--folds N] [--write]

A number's candidates are right as far as they share characters with the labelled phrase; ``phrase_learner`` says how
weights are learnt. The product has the mean of RUNS of them, which differ by chance. With ``--folds`` the figures come
from paragraphs that the weights have not seen.

``metric_sentences.tsv`` is learnt from as well: sentences made up for this, each with the phrases of its numbers in
their order (- for none, ? for a number that is left out), and ``newspaper_paragraphs.jsonl``: paragraphs written and
labelled for this, which count OURS as much as others.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import train_kinds
from benchmarks.phrase_learner import RIGHT, Example, Learner
from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser
from streams.analysis.lexicon import load_lexicon
from streams.analysis.phrase_model import PhraseModel
from streams.analysis.phrases import Candidate, Question
from streams.analysis.quantities import Quantities
from streams.analysis.shares import Quantity
from streams.analysis.statistics import Asking, load_traits

SMALLEST = 0.1
RUNS = 3
OURS = 0.5
"""What a number of our own paragraphs counts beside one that was found elsewhere: chosen by cross-validation."""
SENTENCES = Path(__file__).parent / "metric_sentences.tsv"
WEIGHTS = Path(__file__).parent.parent / "streams" / "analysis" / "metric_weights.tsv"


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


def learnt(learner: Learner, found: Sequence[Example]) -> dict[str, int]:
    """The weights of the product: the mean of what several runs learn, whose errors differ."""
    return product_weights(mean(*(learner.learn(found, chance) for chance in range(RUNS))))


def validate(learner: Learner, found: list[Example], others: list[Example], fold_of: Sequence[int]) -> None:
    """Print the share of numbers whose phrase is right among reports that the weights have not seen.

    ``fold_of`` has the fold of each paragraph that ``found`` is of.
    """
    hits: Counter[tuple[str, bool]] = Counter()
    folds = max(fold_of) + 1
    for fold in range(folds):
        seen = [each for each in found if fold_of[each.paragraph] != fold]
        model = PhraseModel(learnt(learner, [*seen, *others]), learner.traits)
        for example in found:
            if fold_of[example.paragraph] == fold:
                hits[example.question.kind, example.rightness(model.best(example.question)) >= RIGHT] += 1
    for kind in sorted({kind for kind, _ in hits}):
        right, wrong = hits[kind, True], hits[kind, False]
        sys.stdout.write(f"{kind}: {right / (right + wrong):.3f} of {right + wrong}\n")
    right = sum(count for (_, good), count in hits.items() if good)
    sys.stdout.write(f"all: {right / sum(hits.values()):.3f} of {sum(hits.values())}, {folds} folds\n")


def main() -> None:
    """Cross-validate, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    reader, learner = Reader(), Learner(load_traits(load_lexicon()))
    found = [example for path in args.gold for example in reader.labelled(path)]
    others = reader.made_up()
    if args.folds:
        validate(learner, found, others, [each.fold for each in train_kinds.labelled(args.gold, args.folds)])
    if args.write:
        write(learnt(learner, [*found, *others]))


def product_weights(weights: dict[str, float]) -> dict[str, int]:
    """The weights that count, in hundredths, as the product loads them once they are written."""
    return {feature: round(100 * weight) for feature, weight in weights.items() if abs(weight) >= SMALLEST}


def mean(*learnt: dict[str, float]) -> dict[str, float]:
    """The mean of weights; what one of them does not have counts as 0."""
    features = sorted(set().union(*learnt))
    return {feature: sum(weights.get(feature, 0.0) for weights in learnt) / len(learnt) for feature in features}


def write(weights: dict[str, int]) -> None:
    """Keep the weights, in the order of their features."""
    lines = ["# Written by benchmarks/train_metrics.py; feature, weight. See streams/analysis/phrases.py."]
    lines.extend(f"{feature}\t{weight / 100}" for feature, weight in sorted(weights.items()))
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
