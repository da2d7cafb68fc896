"""``report-streams subscribe``: read records of one or more topics, committed ones only."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from streams.commands.options import KAFKA, settings_options
from streams.errors import UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from schemas.topics import Topic
    from streams.clients.subscriber import Received, Subscriber, Undecodable
    from streams.commands.where import Condition

KINDS = (
    "speech",
    "proposal",
    "statistic",
    "plan",
    "classified",
    "outcome",
    "deadletter",
    "paragraphs",
    "parked",
    "redriven",
    "replays",
)
"""What can be subscribed to; a test holds this to ``schemas.topics``, which loads too slowly for ``--help``."""


@click.command()
@click.argument("wanted", nargs=-1, required=True, metavar="[" + "|".join(KINDS) + "]...")
@click.option("--from-beginning", is_flag=True, help="Read all there is, then end; otherwise what comes from now on.")
@click.option("--follow", is_flag=True, help="With --from-beginning: go on with what comes.")
@click.option("--jsonl", is_flag=True, help="Print the records' JSON values as they are, a line each.")
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(min=0, min_open=True), help="End after S seconds without a record."
)
@click.option("--where", multiple=True, metavar="FIELD=VALUE...", help="Only records whose fields have these values.")
@click.option("--max", "most", type=click.IntRange(min=1), help="End after so many records.")
@click.option("--distinct", is_flag=True, help="Pass over a record whose id came before.")
@click.option(
    "--as-of", metavar="TIME", help="What stood at this time (with zone, or now), retractions applied; then end."
)
@settings_options(*KAFKA)
def subscribe(
    settings: Settings,
    wanted: tuple[str, ...],
    from_beginning: bool,
    follow: bool,
    jsonl: bool,
    timeout_s: float | None,
    where: tuple[str, ...],
    most: int | None,
    distinct: bool,
    as_of: str | None,
) -> None:
    """Read events, classified paragraphs, dead letters, paragraphs, parked dead letters or what was redriven.

    Without --from-beginning it reads what comes from now on until Ctrl-C; with it, all there is, and ends unless
    --follow or --timeout is given. --where report=… means the report's id or title, other fields go by their
    dotted names (speaker=…, report.genre=…, targets.unit=…); all conditions must hold. A retraction says that an event
    no longer stands; --as-of leaves out both.
    """
    kinds, conditions = _split(wanted, where)
    from schemas.topics import BY_ALIAS
    from streams.clients.subscriber import Subscriber
    from streams.commands.cluster import reachable_bootstrap
    from streams.commands.where import parsed_conditions

    topics = [BY_ALIAS[kind] for kind in kinds]
    parsed = parsed_conditions(conditions, [topic.record for topic in topics])
    show = _jsonl_line if jsonl else _table_row()
    if as_of is not None:
        if from_beginning or follow or timeout_s is not None or distinct:
            raise UsageError("--as-of reads all there is, each record once: it goes without the options that say so")
        for received in _stood(settings, topics, as_of, parsed, most):
            show(received)
        return
    endless = follow or not from_beginning or timeout_s is not None
    # Ctrl-C is how one ends a subscription.
    with (
        suppress(KeyboardInterrupt),
        Subscriber(
            settings, reachable_bootstrap(settings), topics, from_beginning=from_beginning, distinct=distinct
        ) as subscriber,
    ):
        for received in _matching(subscriber, parsed, endless, timeout_s, most):
            show(received)


def _stood(
    settings: Settings, topics: Sequence["Topic"], text: str, conditions: Sequence["Condition"], most: int | None
) -> Iterator["Received"]:
    """The records that stood at a time and meet all conditions."""
    from itertools import islice

    from schemas.topics import CLASSIFIED, EVENT_TOPICS, OUTCOME, PARAGRAPHS
    from streams.clients.as_of import as_of
    from streams.commands.cluster import reachable_bootstrap
    from streams.commands.moments import exact_moment

    moment = None if text == "now" else exact_moment("--as-of", text)
    for topic in topics:
        if topic not in (*EVENT_TOPICS, CLASSIFIED, OUTCOME, PARAGRAPHS):
            raise UsageError(
                f"--as-of: {topic.alias} holds nothing that stands; ask for events, classified, outcome, paragraphs"
            )
    stood = as_of(settings, reachable_bootstrap(settings), topics, moment, _tell_passed_over)
    matching = (one for one in stood if all(condition.holds(one.record) for condition in conditions))
    yield from islice(matching, most)


def _tell_passed_over(received: "Undecodable") -> None:
    click.echo(f"passed over: {received}", err=True)


def _split(wanted: Sequence[str], where: Sequence[str]) -> tuple[list[str], list[str]]:
    """Kinds and conditions: ``--where a=1 b=2`` leaves b=2 among the arguments."""
    kinds = [word for word in wanted if "=" not in word]
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        seen = f"nothing called {', '.join(unknown)} to subscribe to" if unknown else "nothing to subscribe to"
        raise UsageError(f"{seen}; there are: {', '.join(KINDS)}")
    return list(dict.fromkeys(kinds)), [*where, *(word for word in wanted if "=" in word)]


def _matching(
    subscriber: "Subscriber",
    conditions: Sequence["Condition"],
    endless: bool,
    timeout_s: float | None,
    most: int | None,
) -> Iterator["Received"]:
    from streams.clients.subscriber import Undecodable

    shown = 0
    for received in subscriber.read(follow=endless, idle_timeout_s=timeout_s):
        if isinstance(received, Undecodable):
            _tell_passed_over(received)
        elif all(condition.holds(received.record) for condition in conditions):
            yield received
            shown += 1
            if shown == most:
                return


def _jsonl_line(received: "Received") -> None:
    """The value as it stands in the topic; only a value that is laid out over several lines is written anew."""
    value = received.value
    line = received.record.model_dump_json().encode() if b"\n" in value else value
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _table_row() -> Callable[["Received"], None]:
    from streams.commands.rows import RowPrinter, row

    printer = RowPrinter(sys.stdout)
    return lambda received: printer.print(row(received.record))
