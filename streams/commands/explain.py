"""``report-streams explain``: show why a text gets its labels."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from streams.commands.analyse import EPOCH, opened, readings
from streams.errors import InputRefusedError, UsageError

if TYPE_CHECKING:
    from schemas.paragraph import Paragraph
    from streams.analysis.explanation import Explanation


class Surroundings(NamedTuple):
    """What is known of the texts on the command line."""

    section: str | None
    title: str | None
    genre: str | None


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--file", "files", multiple=True, metavar="FILE|DIR|-", help="Explain the paragraphs of this as well.")
@click.option("--section", help="The heading above each TEXT.")
@click.option("--title", help="The title of the report that each TEXT is of.")
@click.option("--genre", help="What kind of report that is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each paragraph, a line each, for programs.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page there instead, with what was found coloured where it stands.",
)
def explain(
    texts: tuple[str, ...],
    files: tuple[str, ...],
    section: str | None,
    title: str | None,
    genre: str | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Show why the paragraph TEXT gets its labels: items with their reasons, what was looked at and not taken, words
    and weights, kinds with scores. Several TEXTs are paragraphs of one report; --file takes what analyse takes.
    """
    if not texts and not files:
        raise UsageError("there is nothing to explain: give a TEXT, or --file FILE")
    if as_json and html is not None:
        raise UsageError("--json and --html exclude each other: one is printed, the other written to a file")
    found = [*_named(texts, Surroundings(section, title, genre)), *(readings(files) if files else ())]
    refused = [message for message in found if isinstance(message, str)]
    for message in refused:
        click.echo(message, err=True)
    paragraphs = [paragraph for paragraph in found if not isinstance(paragraph, str)]
    if as_json:
        _print_json(_explained(paragraphs))
    elif html is not None:
        _write_page(html, paragraphs)
    else:
        _print_tables(_explained(paragraphs))
    if refused:
        raise InputRefusedError(
            f"{len(refused)} part(s) of the input named above were not taken; the rest was explained"
        )


def _named(texts: tuple[str, ...], known: Surroundings) -> "Iterator[Paragraph]":
    """The texts of the command line as paragraphs of one report."""
    from pydantic import ValidationError

    from schemas.paragraph import Paragraph, Report

    try:
        report = Report.named(known.title, genre=known.genre)
        for ordinal, text in enumerate(texts):
            yield Paragraph.numbered(report, ordinal, text, section=known.section, pushed_at=EPOCH)
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        raise UsageError(f"this cannot be a paragraph: {faults}") from None


def _explained(paragraphs: "Iterable[Paragraph]") -> "Iterator[tuple[Paragraph, Explanation]]":
    from streams.analysis.analyse import Analyser

    analyser = Analyser.load()
    for paragraph in paragraphs:
        yield paragraph, analyser.explain(paragraph)


def _print_json(explained: "Iterable[tuple[Paragraph, Explanation]]") -> None:
    for _, explanation in explained:
        click.echo(explanation.model_dump_json())


def _print_tables(explained: "Iterable[tuple[Paragraph, Explanation]]") -> None:
    from rich.console import Console

    from streams.commands.analysis_tables import explanation_tables

    console = Console()
    for _, explanation in explained:
        for table in explanation_tables(explanation):
            console.print(table)


def _write_page(html: Path, paragraphs: "Iterable[Paragraph]") -> None:
    from streams.commands.explanation_page import page

    with ExitStack() as closing:
        target = closing.enter_context(opened(html, "--html"))
        target.writelines(page(_explained(paragraphs)))
