"""What the analysis says of paragraphs whose report its weights have not seen: cross-validation, folds by report."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import train_kinds
from benchmarks.labelled.gold import Example, Labelled, labelled
from streams.analysis.analyse import Analyser
from streams.analysis.lexicon import load_lexicon
from streams.analysis.model import LinearModel
from streams.analysis.words import Segmenter

FOLDS = 6


def unseen(examples: Sequence[Example], files: Sequence[Path], analyser: Analyser) -> list[Labelled]:
    """A record for each example, by weights learnt as those of the product are, on the other folds of the files.

    Rules and word lists stay as they are: only what is learnt is learnt anew.
    """
    paragraphs = train_kinds.labelled(files, FOLDS)
    sentences = train_kinds.examples(paragraphs, analyser)
    segmenter, lexicon = Segmenter.load(), load_lexicon()
    found: dict[int, Labelled] = {}
    for fold in range(FOLDS):
        held_out = {number for number, each in enumerate(paragraphs) if each.fold == fold}
        learnt = train_kinds.models([sentence for sentence in sentences if sentence.paragraph not in held_out])
        models = {label: LinearModel(label, weights) for label, weights in learnt.items()}
        other = Analyser(segmenter, lexicon, models)
        found |= {number: labelled(other.analyse(examples[number].paragraph)) for number in held_out}
    return [found[number] for number in range(len(examples))]
