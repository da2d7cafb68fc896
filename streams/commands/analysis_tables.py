"""Tables of what an analysis found, for people. Needs rich."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from schemas.classified import ClassifiedParagraph
from schemas.items import Item, PlanItem, ProposalItem, SpeechItem, StatisticItem, Target
from schemas.record import plain
from streams.analysis.explanation import Explanation

LONGEST = 60
"""Characters of a text that a cell shows."""


def paragraph_table(record: ClassifiedParagraph) -> Table:
    """The items of one paragraph, a row each; a paragraph without items has one row."""
    heading = f"{record.ordinal}  {record.primary}  [{', '.join(record.kinds) or 'other'}]"
    table = Table("kind", "who or what", "details", "text", title=Text(heading), title_justify="left", expand=True)
    for kind, item in _items(record):
        table.add_row(kind, Text(_subject(item)), Text(_details(item)), Text(_short(item.text)))
    if table.row_count == 0:
        table.add_row("other", "", "", Text(_short(record.text)))
    return table


def explanation_tables(explanation: Explanation) -> Iterator[Table]:
    """Kinds with scores, items with their rules, weights by sentence, words."""
    yield _kinds(explanation)
    items = Table("kind", "rule", "span", "who or what", "details", "text", title="items", title_justify="left")
    for found in explanation.items:
        span = f"{found.item.start}-{found.item.end}"
        items.add_row(
            found.kind,
            found.rule,
            span,
            Text(_subject(found.item)),
            Text(_details(found.item)),
            Text(_short(found.item.text)),
        )
    yield items
    reasons = Table("label", "rule or feature", "weight", "span", "text", title="what fired", title_justify="left")
    for reason in explanation.reasons:
        weight = "" if reason.weight is None else f"{reason.weight:+.3f}"
        span = f"{reason.start}-{reason.end}"
        reasons.add_row(reason.label or "", Text(reason.rule), weight, span, Text(_short(reason.text)))
    yield reasons
    words = Table("words", title_justify="left")
    words.add_row(Text(" ".join(explanation.words)))
    yield words


def _kinds(explanation: Explanation) -> Table:
    table = Table("kind", "found", "score", title=f"primary: {explanation.primary}", title_justify="left")
    for kind, score in explanation.scores.items():
        table.add_row(kind, "yes" if kind in explanation.kinds else "", f"{score:.4f}")
    return table


def _items(record: ClassifiedParagraph) -> Iterator[tuple[str, Item]]:
    yield from (("speech", item) for item in record.speeches)
    yield from (("proposal", item) for item in record.proposals)
    yield from (("statistic", item) for item in record.statistics)
    yield from (("plan", item) for item in record.plans)


def _subject(item: Item) -> str:
    if isinstance(item, SpeechItem):
        return item.speaker or ""
    if isinstance(item, ProposalItem):
        return item.proposer or ""
    if isinstance(item, StatisticItem):
        return item.metric or ""
    return item.issuer or "" if isinstance(item, PlanItem) else ""


def _details(item: Item) -> str:
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
    upper = "" if item.value_to is None else f"-{plain(item.value_to)}"
    return " ".join(filter(None, (item.qualifier, f"{plain(item.value)}{upper}", item.unit)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}…{text[-LONGEST // 2 :]}"
