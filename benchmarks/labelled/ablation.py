"""What each part is worth: the analysis without its weights, and without one family of words after another.

Nothing of the product is switched: an analyser is made of a segmenter, word lists and weights, and here it is made of
poorer ones. A list is emptied by putting one private-use character in its place, which no report holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.labelled.figures import figures, markdown
from benchmarks.labelled.gold import Example, Scorer, labelled
from benchmarks.labelled.quality import predictions, tallies
from streams.analysis.analyse import Analyser
from streams.analysis.lexicon import Lexicon, WordSet, load_lexicon
from streams.analysis.model import BIAS, FIRST, LAST, WORD, LinearModel, load_models
from streams.analysis.words import Segmenter

NOWHERE = WordSet("\ue000")
NEVER = -30.0
"""A sum of weights that leaves a leaning at nearly 0."""
COLUMNS = {
    "macro-F1 of kinds": "kinds",
    "primary": "primary",
    "item speech": "speech",
    "item proposal": "proposal",
    "item statistic": "statistic",
    "item statistic+metric": "+metric",
    "item statistic+marks": "+marks",
    "item target": "target",
    "plan characters": "plan characters",
}


def ablation_table(scorer: Scorer, examples: Sequence[Example]) -> str:
    """F1 without each part, and the difference that its lack makes."""
    whole: list[float] = []
    rows = []
    for name, analyser in variants():
        predicted = predictions(examples, lambda paragraph, of=analyser: labelled(of.analyse(paragraph)))  # type: ignore[misc]
        found = figures(tallies(scorer, examples, predicted), ())
        values = [found[measure].f1.value for measure in COLUMNS]
        if not whole:
            whole = values
            rows.append([name, *(f"{value:.3f}" for value in values)])
            continue
        rows.append([name, *(f"{value:.3f} ({value - all_:+.3f})" for value, all_ in zip(values, whole, strict=True))])
    return markdown(["F1 (difference)", *COLUMNS.values()], rows)


def variants() -> Iterator[tuple[str, Analyser]]:
    """Each analyser with its name; the whole one first."""
    segmenter, lexicon, models = Segmenter.load(), load_lexicon(), load_models()
    yield "all", Analyser(segmenter, lexicon, models)
    yield "without the model: leanings 0", Analyser(segmenter, lexicon, _silent(models))
    yield (
        "model without words, first and last words",
        Analyser(segmenter, lexicon, _without(models, (WORD, FIRST, LAST))),
    )
    yield "model without the heading's words", Analyser(segmenter, lexicon, _without(models, ("s:",)))
    for name, prefixes in _families(lexicon).items():
        yield f"without {name}", Analyser(segmenter, _emptied(lexicon, prefixes), models)


def _families(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """Families of rules by the lists that they live on: each file of lists, and the marks of numbers apart."""
    files = sorted({file for file, _, _ in lexicon.lists})
    families = {f"the words of {file}": (file,) for file in files if file != "quantities"}
    tables = sorted({table for file, table, _ in lexicon.lists if file == "quantities" and table})
    families |= {f"quantities' {table}": (f"quantities.{table}",) for table in tables}
    return families | {"look-alikes of numbers": ("quantities..look_alikes", "quantities..not_after")}


def _emptied(lexicon: Lexicon, prefixes: tuple[str, ...]) -> Lexicon:
    def lost(name: tuple[str, str, str]) -> bool:
        return any((".".join(name) + ".").startswith(prefix + ".") for prefix in prefixes)

    return replace(lexicon, lists={name: NOWHERE if lost(name) else words for name, words in lexicon.lists.items()})


def _silent(models: dict[str, LinearModel]) -> dict[str, LinearModel]:
    return {label: LinearModel(label, {BIAS: NEVER}) for label in models}


def _without(models: dict[str, LinearModel], prefixes: tuple[str, ...]) -> dict[str, LinearModel]:
    return {
        label: LinearModel(label, {name: w for name, w in model.weights.items() if not name.startswith(prefixes)})
        for label, model in models.items()
    }
