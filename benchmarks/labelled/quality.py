"""Our figures, over all paragraphs of a file and by source."""

from collections.abc import Iterator, Sequence

from benchmarks.labelled.figures import Figure, Tally, draws, figures, markdown
from benchmarks.labelled.gold import SOURCES, Example, Labelled, Predict, Scorer

ACCURACIES = ("macro-F1 of kinds", "primary", "exact set of kinds")
"""Measures with one figure: precision, recall and F1 are the same."""


def predictions(examples: Sequence[Example], predict: Predict) -> list[Labelled]:
    """What a side says of each paragraph."""
    return [predict(example.paragraph) for example in examples]


def tallies(scorer: Scorer, examples: Sequence[Example], predicted: Sequence[Labelled]) -> list[Tally]:
    """The counts of each paragraph.

    Raises:
        AssertionError: put together they are not what the scorer says of all paragraphs at once.
    """
    found = [scorer.tally(example.labels, record) for example, record in zip(examples, predicted, strict=True)]
    whole, ours = scorer.score([example.labels for example in examples], predicted), figures(found, ())
    # Not the mean over kinds: the scorer's counts kinds that are nowhere as 0.
    pairs = [(ours["primary"], whole["primary"])]
    pairs += [(ours[f"item {name}"], row["f1"]) for name, row in whole["items"].items()]
    pairs += [(ours[f"kind {name}"], row["f1"]) for name, row in whole["kinds"].items()]
    pairs += [(ours["plan characters"], whole["plan_chars"]["f1"])]
    if any(abs(figure.f1.value - theirs) > 1e-9 for figure, theirs in pairs):
        raise AssertionError("counts by paragraph do not add up to the scorer's figures")
    return found


def by_source(
    examples: Sequence[Example], found: Sequence[Tally], resamples: int
) -> Iterator[tuple[str, int, dict[str, Figure]]]:
    """Source, number of paragraphs and figures: all first, then each source that there is."""
    for source in ("all", *SOURCES):
        chosen = [tally for example, tally in zip(examples, found, strict=True) if source in ("all", example.source)]
        if chosen:
            yield source, len(chosen), figures(chosen, draws(len(chosen), resamples))


def quality_tables(examples: Sequence[Example], found: Sequence[Tally], resamples: int) -> str:
    """Precision, recall and F1 over all paragraphs, then F1 by source."""
    parts = list(by_source(examples, found, resamples))
    everything = parts[0][2]
    whole = [[name, *_shares(name, figure), str(figure.gold)] for name, figure in everything.items()]
    sources = [f"{source}, {size} paragraphs" for source, size, _ in parts[1:]]
    split = [[name, *(_with_count(part[name]) for _, _, part in parts[1:])] for name in everything]
    return "\n".join(
        (
            markdown(["all sources", "precision", "recall", "F1", "there are"], whole),
            markdown(["F1 by source (there are)", *sources], split),
        )
    )


def _shares(name: str, figure: Figure) -> list[str]:
    if name in ACCURACIES:
        return ["", "", str(figure.f1)]
    return [str(figure.precision), str(figure.recall), str(figure.f1)]


def _with_count(figure: Figure) -> str:
    return f"{figure.f1} ({figure.gold})" if figure.gold else "none"
