"""What the analysis says of paragraphs whose report its weights have not seen: cross-validation, folds by report."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import train_kinds, train_metrics
from benchmarks.labelled.gold import Example, Labelled, labelled
from benchmarks.phrase_learner import Learner
from streams.analysis.analyse import Analyser
from streams.analysis.lexicon import load_lexicon
from streams.analysis.model import LinearModel
from streams.analysis.statistics import load_traits
from streams.analysis.words import Segmenter

FOLDS = 6


def unseen(examples: Sequence[Example], files: Sequence[Path], analyser: Analyser) -> list[Labelled]:
    """A record for each example, by weights learnt on the other folds of the files.

    All weights are learnt anew: those of sentences, and those of the phrases that say what is measured. Paragraphs and
    sentences that were made up for them are learnt from in every fold. Rules and word lists stay as they are.
    """
    paragraphs = train_kinds.labelled(files, FOLDS)
    found: dict[int, Labelled] = {}
    for fold, other in enumerate(_analysers(paragraphs, files, analyser)):
        held_out = (number for number, each in enumerate(paragraphs) if each.fold == fold)
        found |= {number: labelled(other.analyse(examples[number].paragraph)) for number in held_out}
    return [found[number] for number in range(len(examples))]


def _analysers(
    paragraphs: Sequence[train_kinds.Labelled], files: Sequence[Path], analyser: Analyser
) -> Iterator[Analyser]:
    """For each fold one that has not seen its reports."""
    segmenter, lexicon = Segmenter.load(), load_lexicon()
    sentences = train_kinds.examples(list(paragraphs), analyser)
    reader, learner = train_metrics.Reader(), Learner(load_traits(lexicon))
    numbers = [number for path in files for number in reader.labelled(path)]
    made_up = reader.made_up()
    for fold in range(FOLDS):
        held_out = {number for number, each in enumerate(paragraphs) if each.fold == fold}
        learnt = train_kinds.models([each for each in sentences if each.paragraph not in held_out])
        models = {label: LinearModel(label, weights) for label, weights in learnt.items()}
        seen = [each for each in (*numbers, *made_up) if each.paragraph not in held_out]
        yield Analyser(segmenter, lexicon, models, train_metrics.learnt(learner, seen))
