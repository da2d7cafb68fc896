"""The last steps: headings with nothing below them, and the section that each block stands in."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.reports.blocks import Block, Step

MAX_HELD = 10_000
"""Blocks that wait for a body below them; a page has some dozens."""


def keep_last_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """A heading below which no paragraph stands is one itself: as a heading it would say nothing of anything.

    On a page of cut lines, where headings are told by more than their shape, only one without any paragraph at all.
    """
    held: list[Block] = []
    has_body = is_cut = False
    for block in blocks:
        held.append(block)
        is_cut = is_cut or any(step.name == "join_lines" for step in block.steps)
        if block.role in ("body", "caption"):
            has_body = True
            yield from held
            held.clear()
        elif len(held) > MAX_HELD:
            yield from _settled(held, keep=has_body and is_cut)
            held.clear()
    yield from _settled(held, keep=has_body and is_cut)


def _settled(held: Iterable[Block], *, keep: bool) -> Iterator[Block]:
    """Headings with nothing below them as what they are; kept as headings where others have a body."""
    return (block if keep or block.role != "heading" else _as_body(block) for block in held)


def _as_body(block: Block) -> Block:
    step = Step("keep_last_headings", "a heading with nothing below it is a paragraph")
    return replace(block, role="body", steps=(*block.steps, step))


def assign_sections(blocks: Iterable[Block]) -> Iterator[Block]:
    """The text of the nearest heading above each block; None above the first."""
    section: str | None = None
    for block in blocks:
        # Not replace(), which takes four times as long, and is needed for every block.
        yield Block(block.role, block.text, block.line, block.page, section, block.steps)
        if block.role == "heading":
            section = block.text
