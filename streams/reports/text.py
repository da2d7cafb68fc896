"""Text to paragraphs, in named steps: lines, repairs, blocks, roles, paragraphs.

Nothing of the body is lost. A heading is the ``section`` of the paragraphs below it, the first one above all
paragraphs is also the report's title; bylines and pictures' credits are set aside; all else, captions
too, becomes paragraphs. Headings with nothing below them, and texts of nothing but headings, are taken as paragraphs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from schemas.paragraph import Paragraph, Report
from streams.reports.dates import FIRST_LINES, published_on
from streams.reports.layout import Block, blocks_of
from streams.reports.lines import lines_of, repaired
from streams.reports.reading import Reading, Refusal, ReportOptions, SetAside, text_fault


def read_text(text: str, file: str, name: str, options: ReportOptions, now: datetime) -> Iterator[Reading]:
    """Paragraphs, lines set aside and refusals of a text, in its order; ordinals count the paragraphs from 0.

    Args:
        text: the whole text.
        file: the file as the user named it, for refusals.
        name: its bare name: the report's ``source``, and its title when there is no heading.
        options: win over what the text says.
        now: ``pushed_at`` of the paragraphs.
    """
    blocks = text_blocks(text)
    report = _report(blocks, name, options)
    section: str | None = None
    ordinal = 0
    for block in blocks:
        if block.role != "body":
            section = block.text if block.role == "heading" else section
            yield SetAside(file, block.line, block.role, block.text)
        elif fault := text_fault(block.text):
            yield Refusal(file, fault, block.line)
        else:
            yield Paragraph.numbered(report, ordinal, block.text, section, block.page, now)
            ordinal += 1


def text_blocks(text: str) -> list[Block]:
    """The blocks of a text with their roles."""
    return _with_body(list(blocks_of([repaired(line) for line in lines_of(text)])))


def _with_body(blocks: list[Block]) -> list[Block]:
    """Headings below which no paragraph stands are paragraphs themselves: otherwise they would be lost."""
    last_body = max((place for place, block in enumerate(blocks) if block.role == "body"), default=-1)
    return [
        replace(block, role="body") if block.role == "heading" and place > last_body else block
        for place, block in enumerate(blocks)
    ]


def _report(blocks: Sequence[Block], name: str, options: ReportOptions) -> Report:
    first = blocks[0] if blocks else None
    heading = first.text if first and first.role == "heading" else None
    title = options.title or heading or name.rpartition(".")[0] or name
    first_lines = [block.text for block in blocks[:FIRST_LINES]]
    published = options.published or published_on(name, first_lines)
    return Report.named(title, published, options.genre, options.source or name)
