"""Items: what was found, as the records of the contract. Nothing is decided here except which quantities count.

The parts are made from spans of the text and checked values, so the models are built without validating them
again; a test validates every record of a large sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.items import Item, PlanItem, ProposalItem, SpeechItem, StatisticItem, Target
from streams.analysis.context import Context
from streams.analysis.plans import Intention
from streams.analysis.proposals import Motion
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.statistics import Metric, Periods, evidence


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity with what it measures."""

    quantity: Quantity
    metric: Metric | None


def speech_item(text: str, utterance: Utterance) -> SpeechItem:
    """The item of an utterance."""
    quote, who = utterance.quote.slice(text), utterance.who
    return SpeechItem.model_construct(
        start=utterance.quote.start,
        end=utterance.quote.end,
        text=quote,
        speaker=who.name if who else None,
        role=who.role if who else None,
        verb=utterance.verb,
        quote=quote,
        direct=utterance.direct,
    )


def proposal_item(text: str, motion: Motion) -> ProposalItem:
    """The item of a proposal."""
    return ProposalItem.model_construct(
        start=motion.span.start,
        end=motion.span.end,
        text=motion.span.slice(text),
        proposer=motion.who.name if motion.who else None,
        title=motion.title,
    )


def plan_item(text: str, intention: Intention, measured: Sequence[Measured]) -> PlanItem:
    """The item of a plan, with the quantities in it as targets."""
    return PlanItem.model_construct(
        start=intention.span.start,
        end=intention.span.end,
        text=intention.span.slice(text),
        issuer=intention.issuer,
        horizon=intention.horizon,
        targets=tuple(_target(text, each) for each in measured),
    )


def statistic_item(text: str, measured: Measured, periods: Periods, context: Context) -> StatisticItem:
    """The item of a quantity; its period is the nearest time before it, else the one of a heading on the past."""
    quantity, span = measured.quantity, evidence(measured.quantity, measured.metric)
    past = context.time if context.tense == "past" else None
    return StatisticItem.model_construct(
        start=span.start,
        end=span.end,
        text=span.slice(text),
        metric=_phrase(text, measured.metric),
        value=quantity.number.value,
        value_to=quantity.number.value_to,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        change=quantity.change,
        period=periods.before(quantity.number_start) or past,
    )


def statistics(
    text: str, measured: Sequence[Measured], motions: list[Motion], taken: set[int], periods: Periods, context: Context
) -> list[tuple[StatisticItem, str]]:
    """The quantities that are neither a plan's target (``taken``) nor asked for by a proposal, with their rules."""
    asked = Placed(motions, lambda motion: (motion.span.start, motion.span.end))
    found: list[tuple[StatisticItem, str]] = []
    for each in measured:
        place = each.quantity.number_start
        if place in taken or asked.within(place, place + 1):
            continue
        found.append((statistic_item(text, each, periods, context), each.quantity.rule))
    return found


def _target(text: str, measured: Measured) -> Target:
    quantity = measured.quantity
    return Target.model_construct(
        metric=_phrase(text, measured.metric),
        value=quantity.number.value,
        value_to=quantity.number.value_to,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        change=quantity.change,
    )


def _phrase(text: str, metric: Metric | None) -> str | None:
    return None if metric is None else text[metric.start : metric.end]


def spans_of(items: Sequence[tuple[Item, str]]) -> list[Span]:
    """Where items stand."""
    return [Span(item.start, item.end) for item, _ in items]
