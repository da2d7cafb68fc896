"""``report-streams paragraphs``: show the blocks that files are read as, without Kafka."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from streams.commands.formats import format_option, named_form
from streams.errors import InputRefusedError

if TYPE_CHECKING:
    from streams.commands.block_rows import BlockPrinter
    from streams.reports.blocks import Role
    from streams.reports.reading import Refusal
    from streams.reports.sources import Source


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Every block with its role as a line of JSON, for programs.")
@click.option("--roles", is_flag=True, help="Show headings, bylines and credits too, not only what push would send.")
@click.option("--explain", is_flag=True, help="Show what each step did to each block, and the leftovers of the page.")
@format_option
def paragraphs(files: tuple[str, ...], as_jsonl: bool, roles: bool, explain: bool, form: str) -> None:
    """Show the blocks that FILE is read as, with their roles; push sends what stands here, by the very same code.

    Without an option these are the paragraphs that push would send: body and captions. --jsonl gives every block, the
    leftovers of the page (running heads, page numbers, marks) too, each with file, report, ordinal, role, text,
    section, page and line; --explain adds what joined, cut, repaired or set aside. A file that cannot be read is
    named, the others are shown, and the exit code is 1.
    """
    from streams.commands.block_rows import BlockLines, BlockRows

    shown = BlockLines(sys.stdout, steps=explain) if as_jsonl else BlockRows(sys.stdout, roles=roles, steps=explain)
    counts: Counter[str] = Counter()
    refused = 0
    for found in _found(files, form, shown):
        if isinstance(found, str):
            counts[found] += 1
        else:
            refused += 1
            click.echo(f"refused: {found}", err=True)
    if not as_jsonl:
        click.echo(_summary(counts), err=True)
    if refused:
        raise InputRefusedError(f"{refused} part(s) of the input named above were not taken; the rest is shown")


def _found(files: tuple[str, ...], form: str, shown: "BlockPrinter") -> "Iterator[Role | Refusal]":
    """Show each block and give its role; what push would refuse is a refusal here too."""
    from streams.reports.reading import Refusal
    from streams.reports.sources import Source, find_sources

    for source in find_sources(files, named_form(form)):
        if isinstance(source, Refusal):
            yield source
        elif isinstance(source, Source):
            yield from _of_source(source, shown)
        else:
            click.echo(str(source), err=True)


def _of_source(source: "Source", shown: "BlockPrinter") -> "Iterator[Role | Refusal]":
    from schemas.paragraph import Report
    from streams.commands.block_rows import SENT
    from streams.reports.reader import read_page
    from streams.reports.reading import Refusal, ReportOptions, text_fault

    ordinal = 0
    for found in read_page(source, ReportOptions()):
        if isinstance(found, Report):
            shown.begin(source.shown, found)
        elif isinstance(found, Refusal):
            yield found
        else:
            shown.show(ordinal, found)
            yield found.role
            ordinal += 1
            fault = text_fault(found.text) if found.role in SENT else None
            if fault:
                yield Refusal(source.shown, f"push would not take it: {fault}", found.line)


def _summary(counts: Counter[str]) -> str:
    told = ", ".join(f"{count:,} {role}" for role, count in counts.most_common())
    return f"{sum(counts.values()):,} blocks: {told}" if told else "no blocks"
