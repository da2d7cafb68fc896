"""Tables of what an analysis found, for people. Needs rich."""

from collections.abc import Iterator
from typing import Protocol

from rich.table import Column, Table
from rich.text import Text

from schemas.classified import ClassifiedParagraph
from schemas.items import Item
from streams.analysis.explanation import Explanation
from streams.commands.item_words import details, subject

LONGEST = 60
"""Characters of a text that a cell shows."""


def paragraph_table(record: ClassifiedParagraph) -> Table:
    """The items of one paragraph, a row each; a paragraph without items has one row."""
    heading = f"{record.ordinal}  {record.primary}  [{', '.join(record.kinds) or 'other'}]"
    table = Table("kind", "who or what", "details", "text", title=Text(heading), title_justify="left", expand=True)
    for kind, item in _items(record):
        table.add_row(kind, Text(subject(item)), Text(details(item)), Text(_short(item.text)))
    if table.row_count == 0:
        table.add_row("other", "", "", Text(_short(record.text)))
    return table


def explanation_tables(explanation: Explanation) -> Iterator[Table]:
    """Kinds with scores, items, what their rules mean, what was rejected, sentences, weights, words; no empty table."""
    tables = (_kinds, _found, _rules, _rejected, _sentences, _fired, _words)
    yield from (table for table in (make(explanation) for make in tables) if table.row_count)


def _found(explanation: Explanation) -> Table:
    columns = ("kind", Column("rule", no_wrap=True), "span", "who or what", "details", "text")
    table = Table(*columns, title="items", title_justify="left")
    for found in explanation.items:
        item = found.item
        cells = (subject(item), details(item), _short(item.text))
        table.add_row(found.kind, found.rule, _span(item), *map(Text, cells))
    return table


def _rules(explanation: Explanation) -> Table:
    """Each rule once: items share few, and a sentence in a column of its own would leave no room for them."""
    table = Table(Column("rule", no_wrap=True), "reason", title="why these are items", title_justify="left")
    for rule, reason in {found.rule: found.reason for found in explanation.items}.items():
        table.add_row(rule, Text(reason))
    return table


def _rejected(explanation: Explanation) -> Table:
    table = Table("span", "text", "reason", title="looked at and not taken", title_justify="left")
    for candidate in explanation.rejected:
        table.add_row(_span(candidate), Text(_short(candidate.text)), Text(candidate.reason))
    return table


def _sentences(explanation: Explanation) -> Table:
    table = Table("span", "plan", "proposal", "sentence", title="leanings of sentences", title_justify="left")
    for sentence in explanation.sentences:
        text = explanation.text[sentence.start : sentence.end]
        table.add_row(_span(sentence), f"{sentence.plan:.3f}", f"{sentence.proposal:.3f}", Text(_short(text)))
    return table


def _fired(explanation: Explanation) -> Table:
    table = Table("label", "rule or feature", "weight", "span", "text", title="what fired", title_justify="left")
    for reason in explanation.reasons:
        cells = (f"{reason.weight:+.3f}", _span(reason), Text(_short(reason.text)))
        table.add_row(reason.label, Text(reason.rule), *cells)
    return table


def _words(explanation: Explanation) -> Table:
    table = Table("words", title_justify="left")
    table.add_row(Text(" ".join(explanation.words)))
    return table


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


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _span(placed: _Placed) -> str:
    return f"{placed.start}-{placed.end}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}…{text[-LONGEST // 2 :]}"
