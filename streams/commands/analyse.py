"""``report-streams analyse``: say what each paragraph of a file holds, without Kafka."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from streams.errors import InputRefusedError, UsageError

if TYPE_CHECKING:
    from schemas.classified import ClassifiedParagraph
    from schemas.paragraph import Paragraph
    from streams.reports.reading import Refusal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""``pushed_at`` of paragraphs that bring none: nothing was pushed, and the same file gives the same bytes."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="One record of JSON a line, for programs.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead.")
def analyse(files: tuple[str, ...], as_jsonl: bool, output: Path | None) -> None:
    """Say what each paragraph of FILE holds: speeches, proposals, statistics and plans. Needs no Kafka.

    FILE is JSON lines (.jsonl: text, and as far as known id, report, section), a report (.txt .md .html .pdf .docx), a
    directory of those, or - for standard input. A line that cannot be taken is named, the others are analysed, and the
    exit code is 1. Paragraphs without pushed_at get 1970-01-01T00:00:00Z, so that the same input gives the same bytes.
    """
    from streams.analysis.analyse import Analyser

    analyser = Analyser.load()
    refused = 0
    with ExitStack() as closing:
        target = sys.stdout if output is None else closing.enter_context(opened(output))
        show = _as_jsonl(target) if as_jsonl else _as_table(target)
        for reading in readings(files):
            if isinstance(reading, str):
                refused += 1
                click.echo(reading, err=True)
            else:
                show(analyser.analyse(reading))
    if refused:
        raise InputRefusedError(f"{refused} part(s) of the input named above were not taken; the rest was analysed")


def opened(output: Path, option: str = "--output") -> TextIO:
    """The file, open for writing.

    Raises:
        UsageError: it cannot be written; the message names the option that named it.
    """
    try:
        return output.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}; name another file after {option}") from None


def readings(files: Sequence[str]) -> "Iterator[Paragraph | str]":
    """The paragraphs of all files, directories and standard input (-); for what cannot be taken, a message."""
    from schemas.paragraph import Paragraph
    from streams.reports.reader import read_report
    from streams.reports.reading import Refusal, ReportOptions
    from streams.reports.sources import Source, find_sources

    for source in find_sources(files):
        if isinstance(source, Refusal):
            yield _message(source)
        elif isinstance(source, Source):
            for reading in read_report(source, ReportOptions(), EPOCH):
                if isinstance(reading, Paragraph):
                    yield reading
                elif isinstance(reading, Refusal):
                    yield _message(reading)


def _message(refusal: "Refusal") -> str:
    return f"refused: {refusal}"


def _as_jsonl(target: TextIO) -> "Callable[[ClassifiedParagraph], None]":
    def show(record: "ClassifiedParagraph") -> None:
        target.write(record.model_dump_json() + "\n")

    return show


def _as_table(target: TextIO) -> "Callable[[ClassifiedParagraph], None]":
    from rich.console import Console

    from streams.commands.analysis_tables import paragraph_table

    console = Console(file=target, soft_wrap=False)

    def show(record: "ClassifiedParagraph") -> None:
        console.print(paragraph_table(record))

    return show
