"""``report-streams boards``: the boards at work, and what makes them anew."""

import logging
import sys

import click
from click.core import ParameterSource

from streams.commands.options import KAFKA, settings_options
from streams.errors import DifferenceFoundError, InputRefusedError, UsageError
from streams.settings import Settings

BOARDS = ("topic_replication", "boards_group", "boards_dir", "boards_stall_s")
MOST_TOLD = 20
SWITCH_S = 0.0005
"""How long a thread computes before another has its turn. While rows are made, the loop that writes to each of 200
readers waits for its turn after each of them: with Python's 5 ms that is a second."""
NOISY = frozenset({"aiokafka", "asyncio", "faust", "kafka", "mode"})
FAUST_OWN = frozenset({"streams.boards.app", "streams.boards.tables", "streams.boards.transport"})
"""Loggers that Faust gives to our classes that follow its own; we say nothing there."""


@click.group(invoke_without_command=True)
@settings_options(*KAFKA, *BOARDS, "web_host", "web_port")
@click.pass_context
def boards(context: click.Context, settings: Settings) -> None:
    """Show what the reports say, live: a web page, a JSON API and a feed, until SIGTERM or Ctrl-C.

    The page is at /, the API's description at /openapi.json, the feed at /events; probes and metrics are at /healthz,
    /readyz and /metrics. Of several processes of a group, each with a --boards-dir of its own, one reads the topics;
    the others follow it, answer as well, and take over when it goes. What is kept on disk can be deleted: it comes
    back from Kafka.
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before(context, context.invoked_subcommand)
        return
    _quiet()
    import asyncio

    from streams.boards.grounds import claim, prepare
    from streams.boards.projection import load_rules
    from streams.boards.service import run_boards
    from streams.boards.store import Store
    from streams.commands.cluster import reachable_bootstrap
    from streams.metrics import BoardsMetrics

    sys.setswitchinterval(SWITCH_S)
    with Store(settings.boards_dir) as store:
        servers = reachable_bootstrap(settings)
        prepare(settings, servers)
        claim(settings, servers, store)
        _say(f"store: SQLite in {store.file}{' (new)' if store.fresh else ''}, filled from Kafka's changelogs")
        asyncio.run(
            run_boards(settings, servers, store, load_rules(), BoardsMetrics(), _say, web_port=settings.web_port)
        )


@boards.command()
@click.option(
    "--forget-expired",
    is_flag=True,
    help="Make the boards anew even though `classified` no longer holds its oldest records: their paragraphs go.",
)
@settings_options(*KAFKA, *BOARDS)
def rebuild(settings: Settings, forget_expired: bool) -> None:
    """Make the boards anew from the topics, and compare them with a recount; exit code 5 when they differ.

    Boards of the same group must not be at work. The store and the changelogs are emptied first; what the topics no
    longer hold cannot come back, and is given up with --forget-expired only.
    """
    _quiet()
    import asyncio

    from streams.boards.grounds import claim, empty, expired
    from streams.boards.projection import load_rules
    from streams.boards.recount import differences, kept, recount
    from streams.boards.service import run_boards
    from streams.boards.store import Store, remove
    from streams.commands.cluster import reachable_bootstrap
    from streams.metrics import BoardsMetrics

    servers = reachable_bootstrap(settings)
    gone = expired(settings, servers)
    if gone and not forget_expired:
        raise InputRefusedError(
            f"classified no longer holds its first {gone:,} records, and the boards still may. A rebuild forgets their"
            " paragraphs; --forget-expired agrees to that"
        )
    remove(settings.boards_dir)
    rules = load_rules()
    with Store(settings.boards_dir) as store:
        empty(settings, servers)
        claim(settings, servers, store)
        asyncio.run(run_boards(settings, servers, store, rules, BoardsMetrics(), _say, until_live=True))
        rows = kept(store)
        _judge(list(differences(rows, recount(settings, servers, rules))), len(rows))


def _judge(found: list[str], rows: int) -> None:
    for line in found[:MOST_TOLD]:
        click.echo(line)
    if found:
        raise DifferenceFoundError(f"{len(found):,} rows differ from a recount; {rows:,} are there")
    click.echo(f"{rows:,} rows, equal to a recount")


def _refuse_options_before(context: click.Context, word: str) -> None:
    """An option that would be read and not heeded is a mistake to tell of."""
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        raise UsageError(f"options of `boards {word}` stand after the word {word}")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _quiet() -> None:
    """Faust and its client say much; what matters reaches the user as our messages."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # Not by their loggers' levels: Faust gives each module's logger one of its own.
    for handler in logging.getLogger().handlers:
        handler.addFilter(lambda record: record.name not in FAUST_OWN and record.name.partition(".")[0] not in NOISY)
