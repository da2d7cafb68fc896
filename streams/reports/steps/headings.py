"""Headings that run over several lines, as one block."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.reports.blocks import Block, Step

MAX_STACKED = 120
"""Characters of a heading over several lines."""


def stack_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """A name before a dash with what follows it, a line below a dash with what it belongs to, doubled lines, as one.

    政协委员田继忠—— / 治理“路怒” -> 政协委员田继忠——治理“路怒”.
    """
    held: Block | None = None
    for block in blocks:
        if held is not None and _go_together(held, block):
            held = _stacked(held, block)
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


def _go_together(first: Block, second: Block) -> bool:
    if first.role != "heading" or second.role != "heading" or first.page != second.page:
        return False
    if len(first.text) + len(second.text) > MAX_STACKED:
        return False
    if first.text.endswith("——"):
        return not second.text.endswith("——")
    return (second.text.startswith("——") and not second.text.endswith("——")) or (
        _is_doubled(first) and _is_doubled(second)
    )


def _is_doubled(block: Block) -> bool:
    return any(step.name == "undouble" for step in block.steps)


def _stacked(first: Block, second: Block) -> Block:
    dashed = first.text.endswith("——") or second.text.startswith("——")
    text = first.text + ("" if dashed else " ") + second.text
    step = Step("stack_headings", "lines of one heading")
    return replace(first, text=text, steps=(*first.steps, *second.steps, step))
