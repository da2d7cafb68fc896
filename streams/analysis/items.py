"""Items: what was found, as the records of the contract. Nothing is decided here except which quantities count.

The parts are made from spans of the text and checked values, so the models are built without validating them
again; a test validates every record of a large sample.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from schemas.items import PlanItem, ProposalItem, SpeechItem, StatisticItem, Target
from streams.analysis.periods import Periods
from streams.analysis.plans import Intention
from streams.analysis.proposals import Motion
from streams.analysis.quotes import Utterance
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.statistics import Metric, evidence

_NEAR = 120
"""Characters around a quantity in which its sentence is looked for."""
_BASE = 14
"""Characters before a quantity in which 由 or 从 makes it what a change begins with."""
_FROM = re.compile("[由从](?!此|中|而|于)[^，。；]{0,14}$")
_TO = re.compile(
    "[^，。；0-9]{0,8}(?:提高|提|下降|降|上升|升|增加|增|减少|减|调整|调|压缩|压|缩短|缩|扩大|扩|跌|变|改|延长|拉长|涨|添)"
    "[^，。；]{0,3}[到至为成]"
)
_IS = re.compile("只有|不足|不到|仅|已|达|占|共有|现有|亏|近|了|没有|就有|超过|还不")
_URGES = re.compile(
    "应|宜|可以?(?=[由从把在先并])|不妨|何不|能否|能不能|与其|最好|建议|让|给予|"
    "由[^，。；]{1,10}(?:出|负责|牵头|承担)|可|要|得(?!到)|别"
)


class Measured(NamedTuple):
    """A quantity with what it measures."""

    quantity: Quantity
    metric: Metric | None


def speech_item(text: str, utterance: Utterance) -> SpeechItem:
    """The item of an utterance."""
    quote, who = utterance.quote.slice(text), utterance.who
    return SpeechItem.of_valid(
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
    return ProposalItem.of_valid(
        start=motion.span.start,
        end=motion.span.end,
        text=motion.span.slice(text),
        proposer=motion.who.name if motion.who else None,
        title=motion.title,
    )


def plan_item(text: str, intention: Intention, measured: Sequence[Measured]) -> PlanItem:
    """The item of a plan, with the quantities in it as targets."""
    return PlanItem.of_valid(
        start=intention.span.start,
        end=intention.span.end,
        text=intention.span.slice(text),
        issuer=intention.issuer,
        horizon=intention.horizon,
        targets=tuple(_target(text, each) for each in measured),
    )


def statistic_item(text: str, measured: Measured, periods: Periods) -> StatisticItem:
    """The item of a quantity."""
    quantity, span = measured.quantity, evidence(measured.quantity, measured.metric)
    return StatisticItem.of_valid(
        start=span.start,
        end=span.end,
        text=span.slice(text),
        metric=_phrase(text, measured.metric),
        value=quantity.number.value,
        value_to=quantity.number.value_to,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        change=quantity.change,
        period=periods.of(quantity.number_start),
    )


def statistics(
    text: str,
    measured: Sequence[Measured],
    asked: Placed[Motion],
    taken: set[int],
    periods: Periods,
) -> list[tuple[StatisticItem, str]]:
    """The quantities that are neither a plan's target (``taken``) nor asked for by a proposal, with their rules."""
    found: list[tuple[StatisticItem, str]] = []
    for each in measured:
        place = each.quantity.number_start
        if place in taken:
            continue
        within = asked.within(place, place + 1)
        if within and not is_base(text, each.quantity) and not _is_cited(text, each.quantity, within[0]):
            continue
        found.append((statistic_item(text, each, periods), each.quantity.rule))
    return found


def is_base(text: str, quantity: Quantity) -> bool:
    """Whether the quantity is what something is to be changed from (由5元提高至10元): a fact, not a target."""
    start, end = quantity.start, quantity.end
    begins = _FROM.search(text, max(0, start - _BASE), start)
    return begins is not None and _TO.match(text, end) is not None


def targets(text: str, measured: Sequence[Measured]) -> list[Measured]:
    """The quantities of a plan that it aims at: all but those that it starts from."""
    return [each for each in measured if not is_base(text, each.quantity)]


def _is_cited(text: str, quantity: Quantity, motion: Motion) -> bool:
    """Whether a proposal only cites the quantity: it stands in a clause before the one that begins to urge."""
    floor = max(motion.span.start, quantity.start - _NEAR)
    limit = max(quantity.end, min(motion.span.end, quantity.end + _NEAR))
    begin = max(floor, *(text.rfind(mark, floor, quantity.start) + 1 for mark in "。；！？"))
    ends = (text.find(mark, quantity.end, limit) for mark in "。；！？")
    end = min((end for end in ends if end >= 0), default=limit)
    comma = text.find("，", quantity.end, end)
    if comma < 0 or _URGES.search(text, begin, comma):
        return False
    return _IS.search(text, begin, comma) is not None and _URGES.search(text, comma, end) is not None


def _target(text: str, measured: Measured) -> Target:
    quantity = measured.quantity
    return Target.of_valid(
        metric=_phrase(text, measured.metric),
        value=quantity.number.value,
        value_to=quantity.number.value_to,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        change=quantity.change,
    )


def _phrase(text: str, metric: Metric | None) -> str | None:
    return None if metric is None else text[metric.start : metric.end]
