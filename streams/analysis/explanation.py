"""Explanation: why a paragraph got its labels, from the very findings that its record is made of."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.items import KINDS, Kind, PlanItem, ProposalItem, SpeechItem, StatisticItem
from schemas.record import Record
from streams.analysis.kinds import Verdict
from streams.analysis.leanings import Leaning
from streams.analysis.model import LinearModel
from streams.analysis.rejections import Rejection
from streams.analysis.rules import reason_of
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
    """An item with the rule that found it, and what that rule says."""

    kind: Kind
    rule: str
    reason: str
    item: AnyItem


class WeighedSentence(Record):
    """A sentence, ``text[start:end]``, and how much it leans to each label, from 0 to 1."""

    start: int
    end: int
    plan: float
    proposal: float


class RejectedCandidate(Record):
    """What looked like something to be found, ``text`` from ``start`` to ``end``, and why it was not taken."""

    start: int
    end: int
    text: str
    reason: str


class Explanation(Record):
    """Words, sentences, reasons, items, what was rejected, and kinds of one paragraph."""

    text: str
    section: str | None
    words: tuple[str, ...]
    sentences: tuple[WeighedSentence, ...]
    reasons: tuple[Reason, ...]
    items: tuple[ExplainedItem, ...]
    rejected: tuple[RejectedCandidate, ...]
    scores: dict[Kind, float]
    kinds: tuple[Kind, ...]
    primary: str
    analysis_version: str


class Found(NamedTuple):
    """What an explanation is made of; ``items`` holds for each kind its items with their rules."""

    text: str
    section: str | None
    words: tuple[str, ...]
    sentences: list[tuple[Span, Leaning]]
    items: Mapping[Kind, Sequence[tuple[AnyItem, str]]]
    rejections: Sequence[Rejection]
    verdict: Verdict


def explain_findings(found: Found, models: dict[str, LinearModel], version: str) -> Explanation:
    """Put an explanation together."""
    text, verdict = found.text, found.verdict
    return Explanation(
        text=text,
        section=found.section,
        words=found.words,
        sentences=tuple(
            WeighedSentence(start=span.start, end=span.end, plan=leaning.plan, proposal=leaning.proposal)
            for span, leaning in found.sentences
        ),
        reasons=tuple(reason for span, leaning in found.sentences for reason in _reasons(text, span, leaning, models)),
        items=tuple(
            ExplainedItem.model_construct(kind=kind, rule=rule, reason=reason_of(rule), item=item)
            for kind in KINDS
            for item, rule in found.items[kind]
        ),
        rejected=tuple(
            RejectedCandidate(start=span.start, end=span.end, text=span.slice(text), reason=reason)
            for span, reason in found.rejections
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
