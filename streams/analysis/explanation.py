"""Explanation: why a paragraph got its labels, from the very findings that its record is made of."""

from collections.abc import Mapping, Sequence

from schemas.items import KINDS, Kind, PlanItem, ProposalItem, SpeechItem, StatisticItem
from schemas.record import Record
from streams.analysis.kinds import Verdict
from streams.analysis.leanings import Leaning
from streams.analysis.model import LinearModel
from streams.analysis.sentences import Span

MOST_WEIGHTS = 8
"""How many of a sentence's features are shown for each label: the weightiest."""


class Reason(Record):
    """A weight that counted for or against a label in a sentence, ``text[start:end]``."""

    rule: str
    label: Kind
    start: int
    end: int
    text: str
    weight: float


AnyItem = SpeechItem | ProposalItem | StatisticItem | PlanItem


class ExplainedItem(Record):
    """An item with the rule that found it."""

    kind: Kind
    rule: str
    item: AnyItem


class Explanation(Record):
    """Words, reasons, items and kinds of one paragraph."""

    text: str
    words: tuple[str, ...]
    reasons: tuple[Reason, ...]
    items: tuple[ExplainedItem, ...]
    scores: dict[Kind, float]
    kinds: tuple[Kind, ...]
    primary: str
    analysis_version: str


def explain_findings(
    text: str,
    words: tuple[str, ...],
    sentences: list[tuple[Span, Leaning]],
    items: Mapping[Kind, Sequence[tuple[AnyItem, str]]],
    verdict: Verdict,
    models: dict[str, LinearModel],
    version: str,
) -> Explanation:
    """Put an explanation together; ``items`` holds for each kind its items with their rules."""
    return Explanation(
        text=text,
        words=words,
        reasons=tuple(reason for span, leaning in sentences for reason in _reasons(text, span, leaning, models)),
        items=tuple(
            ExplainedItem.model_construct(kind=kind, rule=rule, item=item)
            for kind in KINDS
            for item, rule in items[kind]
        ),
        scores={kind: getattr(verdict.scores, kind) for kind in KINDS},
        kinds=verdict.kinds,
        primary=verdict.primary,
        analysis_version=version,
    )


def _reasons(text: str, span: Span, leaning: Leaning, models: dict[str, LinearModel]) -> list[Reason]:
    labels: tuple[Kind, ...] = ("plan", "proposal")
    return [
        Reason(rule=feature, label=label, start=span.start, end=span.end, text=span.slice(text), weight=weight)
        for label in labels
        for feature, weight in models[label].shares(leaning.features)[:MOST_WEIGHTS]
    ]
