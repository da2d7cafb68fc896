"""``report-streams push``: reports' paragraphs into Kafka, acknowledged before it says so."""

from datetime import datetime
from pathlib import Path

import click

from streams.commands.formats import format_option
from streams.commands.options import KAFKA, settings_options
from streams.errors import UsageError
from streams.settings import Settings

SETTLE_S = 2.0
"""Longer than a program that writes in pieces pauses between two of them, on a local disk at least."""


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
@format_option
@click.option("--watch", is_flag=True, help="Keep running, and push each file once it is whole and each content once.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --watch: the SQLite file that remembers what was pushed; otherwise one among your user data.",
)
@click.option(
    "--settle",
    "settle_s",
    type=click.FloatRange(min=0.1, max=3600),
    help=f"With --watch: seconds for which a file must not have changed.  [default: {SETTLE_S:g}]",
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
    watch: bool,
    state: Path | None,
    settle_s: float | None,
    as_json: bool,
) -> int:
    """Push the paragraphs of report files (.txt .md .html .pdf .docx .jsonl), of directories of them, or of stdin (-).

    What a text says of itself gives way to the options; in JSON lines the options fill what a line leaves out. A
    file or a line that cannot be taken is named, all others are sent, and the exit code is 1. The same input
    gives the same ids, so pushing it again repeats ids and adds nothing new for readers that drop repeats.

    With --watch it goes on until Ctrl-C or SIGTERM, finishes the file at hand, and its exit code is 0. A file is pushed
    once it has stopped changing, a content once for each topic, however often it is saved or started anew; a file
    that changes is pushed again as it is then. A file that is refused is named once, and tried again when it changes.
    """
    if not watch and (state or settle_s):
        raise UsageError("--state and --settle say how to watch; give --watch as well")
    from streams.commands.pushing import push_reports, report_options, show_summary

    options = report_options(title, published.date() if published else None, genre, source)
    if watch:
        from streams.commands.watching import watch_reports

        show_summary(
            watch_reports(settings, inputs, options, form, state or _usual_state(), settle_s or SETTLE_S),
            as_json=as_json,
        )
        return 0
    outcome = push_reports(settings, inputs, options, form)
    show_summary(outcome, as_json=as_json)
    return outcome.exit_code


def _usual_state() -> Path:
    import platformdirs

    return platformdirs.user_data_path("report-streams") / "pushed.sqlite3"
