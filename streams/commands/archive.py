"""``report-streams archive``: topics into Parquet files, and what one does with such an archive."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from streams.commands.formats import format_option
from streams.commands.many_records import prepare_for_many_records
from streams.commands.options import KAFKA, settings_options
from streams.commands.subscribe import KINDS
from streams.errors import UsageError
from streams.settings import Settings

EVERYTHING = "all"
WRITE = "write"
FORMS = ("parquet", "jsonl")
MB = 1_000_000

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_directory = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
_form = click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="parquet",
    show_default=True,
    help="How the files are written; an archive keeps to the one that it began with.",
)
_to = click.option(
    "--to",
    "directory",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The archive's directory; made when it is not there.",
)


class ArchiveGroup(click.Group):
    """A group whose first word may be left out: topics in its place mean ``write``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named, otherwise ``write`` with all the words."""
        return super().resolve_command(ctx, args if args[0] in self.commands else [WRITE, *args])


@click.group(cls=ArchiveGroup, context_settings={"ignore_unknown_options": True})
def archive() -> None:
    """Keep topics in Parquet files, exactly; `archive TOPIC... --to DIR` is short for `archive write`."""


@archive.command()
@click.argument("wanted", nargs=-1, required=True, metavar="[" + "|".join((*KINDS, EVERYTHING)) + "]...")
@_to
@_form
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C or SIGTERM.")
@click.option(
    "--flush-mb",
    type=click.FloatRange(min=0.01, max=1024),
    default=12,
    show_default=True,
    help="Write what has been read once it is so many megabytes, uncompressed; memory grows with it.",
)
@click.option(
    "--flush-seconds",
    type=click.FloatRange(min=0.1, max=86_400),
    default=60,
    show_default=True,
    help="And at the latest after so many seconds.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")
@settings_options(*KAFKA)
def write(
    settings: Settings,
    wanted: tuple[str, ...],
    directory: Path,
    form: Any,
    follow: bool,
    flush_mb: float,
    flush_seconds: float,
    as_json: bool,
) -> int:
    """Read what is committed on topics into an archive, from where the archive ends to what is there now.

    Each record is kept with key, value, headers, timestamp, partition and offset, in files by topic and day (UTC).
    Ended at any moment, kill -9 too, the next run goes on at the exact offset: no record is missing or twice. What
    Kafka had deleted before it could be read is told with its offsets and noted in the archive; the exit code is
    then 1.
    """
    topics = _chosen(wanted)
    prepare_for_many_records()
    from streams.archive.run import Limits
    from streams.commands.archiving import archive_topics, summary_fields, summary_line

    limits = Limits(int(flush_mb * MB), flush_seconds)
    archived = archive_topics(settings, topics, directory, form, limits, follow=follow)
    click.echo(json.dumps(summary_fields(archived)) if as_json else summary_line(archived))
    return 1 if archived.lost else 0


@archive.command()
@_directory
@_as_json
def show(directory: Path, as_json: bool) -> None:
    """Show what an archive holds: topics, days, records, bytes, offsets, and what Kafka had lost."""
    from streams.archive.contents import contents
    from streams.archive.layout import Archive
    from streams.commands.archive_tables import show_contents

    opened = Archive.open(directory)
    found = contents(opened.state())
    if as_json:
        mark = opened.mark
        told = {"form": mark.form, "cluster": mark.cluster, "topics": [_plain(asdict(one)) for one in found]}
        click.echo(json.dumps(told))
    else:
        show_contents(found)


@archive.command()
@_directory
@_as_json
def verify(directory: Path, as_json: bool) -> int:
    """Read all of an archive and tell every difference from what was written; exit code 1 when there is one.

    A flipped byte is told with its file and row, as near as what can still be read allows; files that are missing or
    foreign and offsets that nobody accounts for are told as well. Offsets without a record inside of what was
    read are transaction markers, aborted or compacted records: counted, no loss.
    """
    from streams.archive.verify import verify as verified
    from streams.commands.archive_tables import show_verdict

    verdict = verified(directory)
    if as_json:
        click.echo(json.dumps(_plain(asdict(verdict) | {"sound": not verdict.faults})))
    else:
        show_verdict(verdict)
    return 1 if verdict.faults else 0


@archive.command()
@_directory
@click.option(
    "--max-mb",
    type=click.FloatRange(min=0.001),
    default=256,
    show_default=True,
    help="Let no merged file become larger than so many megabytes.",
)
@_as_json
def compact(directory: Path, max_mb: float, as_json: bool) -> None:
    """Merge small files of the same topic and day, and sum up the manifests; records and their order stay.

    A crash at any moment leaves the archive as before or as after. Readers under way keep their files.
    """
    from streams.archive.compaction import compact as compacted
    from streams.archive.layout import Archive

    done = compacted(Archive.open(directory), int(max_mb * MB))
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(f"{done.files_before:,} files ({done.bytes_before:,} bytes) are now {done.files_after:,}", nl=False)
    click.echo(f" ({done.bytes_after:,} bytes)")
    if done.waiting:
        click.echo(f"{done.waiting:,} replaced files stay while somebody reads; the next writer removes them", err=True)


@archive.command(name="import")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|DIR|-...")
@_to
@click.option(
    "--archive-format",
    type=click.Choice(FORMS),
    default="parquet",
    show_default=True,
    help="How the archive's files are written.",
)
@click.option("--title", help="The report's title; otherwise its first heading or the file's name.")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="When the report was published.")
@click.option("--genre", help="What kind of report it is.")
@click.option("--source", help="Where the report comes from; otherwise the file's name.")
@format_option
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")
@settings_options("topic_prefix")
def import_reports(
    settings: Settings,
    inputs: tuple[str, ...],
    directory: Path,
    archive_format: Any,
    title: str | None,
    published: datetime | None,
    genre: str | None,
    source: str | None,
    form: str,
    as_json: bool,
) -> int:
    """Read report files into an archive of paragraphs, as `push` would have sent them; needs no Kafka.

    All that can be read comes into the archive in one step, or none of it. A file that cannot be taken is named, and
    the exit code is 1. Such an archive takes no records of a Kafka, nor the other way round: offsets would collide.
    """
    from streams.commands.archive_import import import_into, show_import
    from streams.commands.pushing import report_options

    options = report_options(title, published.date() if published else None, genre, source)
    outcome = import_into(directory, archive_format, settings.topic_prefix, inputs, options, form)
    show_import(outcome, as_json=as_json)
    return outcome.exit_code


def _chosen(wanted: tuple[str, ...]) -> list[str]:
    unknown = [word for word in wanted if word not in (*KINDS, EVERYTHING)]
    if unknown:
        raise UsageError(
            f"nothing called {', '.join(unknown)} to archive; there are: {', '.join((*KINDS, EVERYTHING))}"
        )
    return list(KINDS) if EVERYTHING in wanted else list(dict.fromkeys(wanted))


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """The same with models of the archive as what JSON knows."""
    return json.loads(json.dumps(told, default=lambda one: one.model_dump()))  # type: ignore[no-any-return]
