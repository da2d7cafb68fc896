"""An item in a few words, for tables: who or what it is about, and its details."""

from schemas.items import Item, PlanItem, ProposalItem, SpeechItem, StatisticItem, Target
from streams.commands.amounts import amount


def subject(item: Item) -> str:
    """Who speaks, who proposes, what is measured, who plans; empty when nobody is named."""
    if isinstance(item, SpeechItem):
        return item.speaker or ""
    if isinstance(item, ProposalItem):
        return item.proposer or ""
    if isinstance(item, StatisticItem):
        return item.metric or ""
    return item.issuer or "" if isinstance(item, PlanItem) else ""


def details(item: Item) -> str:
    """Role and verb, title, number and period, or horizon and targets."""
    if isinstance(item, SpeechItem):
        return " ".join(filter(None, (item.role, item.verb, "direct" if item.direct else None)))
    if isinstance(item, ProposalItem):
        return item.title or ""
    if isinstance(item, StatisticItem):
        return " ".join(filter(None, (_quantity(item), item.change, item.period)))
    if isinstance(item, PlanItem):
        targets = (f"{target.metric or ''} {_quantity(target)}".strip() for target in item.targets)
        return "; ".join(filter(None, (item.horizon, *targets)))
    return ""


def _quantity(item: StatisticItem | Target) -> str:
    return " ".join(filter(None, (item.qualifier, amount(item), item.unit)))
