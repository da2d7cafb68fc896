"""``report-streams replay``: records of an archive or of a topic's history into topics once more."""

import json
import re
from typing import TYPE_CHECKING

import click

from streams.commands.many_records import prepare_for_many_records
from streams.commands.options import KAFKA, settings_options
from streams.errors import UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.commands.replay_progress import ReplayProgress
    from streams.replay.pace import Pace
    from streams.replay.replaying import Order, Outcome

_OWN_PREFIX = re.compile(r"^[a-zA-Z0-9._-]{1,60}$")


@click.command()
@click.argument("source", metavar="DIR|TOPIC")
@click.option("--into", metavar="TOPIC", help="Write into this topic, live or not, instead of into topics of its own.")
@click.option("--prefix", default="replay.", show_default=True, help="Of the topics of its own, made when missing.")
@click.option("--from", "begin", metavar="TIME", help="Only records of this time or later, with zone.")
@click.option("--to", "end", metavar="TIME", help="Only records before this time, with zone.")
@click.option("--only", multiple=True, metavar="FIELD=VALUE", help="Only kind=KIND, report=ID or paragraph=ID.")
@click.option("--rate", metavar="N/s|original", help="So many records a second, or with the times between them.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="With --rate original: so many times as fast."
)
@click.option(
    "--timestamps",
    type=click.Choice(["original", "now"]),
    default="original",
    show_default=True,
    help="Which time Kafka is to have for the records.",
)
@click.option("--restart", is_flag=True, help="Begin anew under a new replay id, instead of going on.")
@click.option("--dry-run", is_flag=True, help="Count what would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")
@settings_options(*KAFKA, "topic_replication")
def replay(
    settings: Settings,
    source: str,
    into: str | None,
    prefix: str,
    begin: str | None,
    end: str | None,
    only: tuple[str, ...],
    rate: str | None,
    speed: float | None,
    timestamps: str,
    restart: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send the records of an archive (DIR) or of a topic's own history (TOPIC) once more, byte for byte.

    They keep key, value, headers, timestamp and the order of their partition, and get the headers replay-id and
    replay-origin. They go to topics of their own, named with --prefix, unless --into names one. The same command goes
    on where it was interrupted or killed and sends nothing twice; --restart begins anew.
    """
    prepare_for_many_records()
    from streams.commands.moments import exact_moment
    from streams.replay.selection import Selection

    pace = _pace(rate, speed)
    selection = Selection.of(
        None if begin is None else exact_moment("--from", begin),
        None if end is None else exact_moment("--to", end),
        only,
    )
    if not _OWN_PREFIX.match(prefix):
        raise UsageError(f"--prefix {prefix!r}: write up to 60 letters, digits, dots, dashes or underscores")
    from schemas.topics import BY_ALIAS
    from streams.commands.cluster import reachable_bootstrap
    from streams.commands.replay_options import source_named
    from streams.commands.replay_progress import ReplayProgress
    from streams.replay.replaying import Order

    servers = reachable_bootstrap(settings)
    with ReplayProgress("replay") as progress:
        named = None if into is None else settings.topic_prefix + BY_ALIAS[into].name if into in BY_ALIAS else into
        order = Order(
            source_named(settings, servers, source, selection, progress.tell),
            selection.told(),
            named,
            prefix,
            "now" if timestamps == "now" else "original",
            restart,
            pace,
        )
        outcome = _carried_out(settings, servers, order, progress, dry_run=dry_run)
    click.echo(json.dumps(_fields(outcome, dry_run=dry_run)) if as_json else _told(outcome, dry_run=dry_run))


def _carried_out(
    settings: Settings, servers: str, order: "Order", progress: "ReplayProgress", *, dry_run: bool
) -> "Outcome":
    from streams.replay.replaying import preview
    from streams.replay.replaying import replay as carry_out
    from streams.worker.resend import TakenOverError

    if dry_run:
        return preview(settings, servers, order, progress.advance)
    try:
        return carry_out(settings, servers, order, progress.begin, progress.advance)
    except TakenOverError as taken:
        raise TakenOverError("the same replay was started again elsewhere and has taken over; this one ends") from taken


def _pace(rate: str | None, speed: float | None) -> "Pace | None":
    """The pace that the options ask for; None for as fast as it goes.

    Raises:
        UsageError: they make no sense.
    """
    from streams.commands.redriving import per_second
    from streams.replay.pace import AsTheyCame, SoManyPerSecond

    if rate == "original":
        return AsTheyCame(speed or 1.0)
    if speed is not None:
        raise UsageError("--speed goes with --rate original")
    number = per_second(rate)
    return None if number is None else SoManyPerSecond(number)


def _fields(outcome: "Outcome", *, dry_run: bool) -> dict[str, object]:
    return {
        "replay_id": outcome.replay_id,
        "dry_run": dry_run,
        "sent": outcome.sent,
        "sent_before": outcome.sent_before,
        "topics": dict(outcome.counts),
        "created": list(outcome.created),
    }


def _told(outcome: "Outcome", *, dry_run: bool) -> str:
    from streams.commands.progress import counted

    verb = "would send" if dry_run else "sent"
    if not outcome.sent and outcome.sent_before:
        return f"nothing more to send: all {outcome.sent_before:,} were sent before; --restart begins anew"
    if not outcome.sent:
        return (
            "nothing to send: no record is what --from, --to and --only ask for (reports and paragraphs by their ids)"
        )
    lines = [f"{verb} {counted(count, 'record')} to {topic}" for topic, count in sorted(outcome.counts.items())]
    before = f" after {outcome.sent_before:,} before" if outcome.sent_before else ""
    return "\n".join([*lines, f"{verb} {counted(outcome.sent, 'record')}{before}; replay id {outcome.replay_id}"])
