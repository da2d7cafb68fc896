"""``report-streams push``: reports' paragraphs into Kafka, acknowledged before it says so."""

from datetime import datetime

import click

from streams.commands.options import KAFKA, settings_options
from streams.settings import Settings

FORMATS = ("auto", "text", "jsonl")


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|DIR|-...")
@click.option("--title", help="The report's title; otherwise its first heading or the file's name.")
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    help="When the report was published; otherwise a date in its name or first lines.",
)
@click.option("--genre", help="What kind of report it is.")
@click.option("--source", help="Where the report comes from; otherwise the file's name.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="auto", help="How to read; auto goes by suffix and content."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")
@settings_options(*KAFKA)
def push(
    settings: Settings,
    inputs: tuple[str, ...],
    title: str | None,
    published: datetime | None,
    genre: str | None,
    source: str | None,
    form: str,
    as_json: bool,
) -> int:
    """Push the paragraphs of report files (.jsonl, .txt, .md), of directories of them, or of standard input (-).

    What a text says of itself gives way to the options; in JSON lines the options fill what a line leaves out. A
    file or a line that cannot be taken is named, all others are sent, and the exit code is 1. The same input
    gives the same ids, so pushing it again repeats ids and adds nothing new for readers that drop repeats.
    """
    from streams.commands.pushing import push_reports, report_options, show_summary

    options = report_options(title, published.date() if published else None, genre, source)
    outcome = push_reports(settings, inputs, options, form)
    show_summary(outcome, as_json=as_json)
    return outcome.exit_code
