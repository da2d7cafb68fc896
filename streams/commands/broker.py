"""``report-streams broker start|stop|status|logs``: the embedded Kafka of a data directory."""

import json
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from streams.broker import embedded
from streams.broker.properties import HOST
from streams.clients.connection import answers
from streams.commands.options import settings_options
from streams.errors import InputRefusedError
from streams.settings import Settings

FOLLOW_PAUSE_S = 0.2


@click.group()
def broker() -> None:
    """Start, stop and look at the embedded Kafka: on 127.0.0.1 only, its records in a data directory."""


@broker.command()
@settings_options("broker_data_dir", "broker_port", "broker_heap", "broker_cache_dir", "broker_kafka_home")
def start(settings: Settings) -> None:
    """Start it, or find it running, and return when it answers; it goes on until `broker stop`.

    The first start fetches Kafka (45 MB). Starting twice is safe.
    """
    before = time.monotonic()
    running = embedded.start(settings, ready=answers, say=lambda text: click.echo(text, err=True))
    if running.was_running:
        click.echo(f"already running at {running.bootstrap_servers} (pid {running.pid})")
        if settings.broker_port not in (0, running.port):
            click.echo(f"broker_port is {settings.broker_port}: stop it and start it to move it there", err=True)
    else:
        took = time.monotonic() - before
        click.echo(f"running at {running.bootstrap_servers} (pid {running.pid}), ready after {took:.1f} s")


@broker.command()
@settings_options("broker_data_dir")
def stop(settings: Settings) -> None:
    """Stop it, and return when its process has gone."""
    stopped = embedded.stop(settings.broker_data_dir)
    if stopped is None:
        click.echo(f"no Kafka runs on {settings.broker_data_dir}")
        return
    click.echo(f"stopped (pid {stopped.pid})")
    if not stopped.clean:
        click.echo(
            f"warning: it did not stop within {embedded.STOP_WAIT_S:.0f} s and was killed; "
            "it checks its records when it starts next",
            err=True,
        )


@broker.command()
@settings_options("broker_data_dir")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.pass_context
def status(context: click.Context, settings: Settings, as_json: bool) -> None:
    """Say whether it runs, where, since when and how large it is; exit code 0 when it runs, 1 when not."""
    found = embedded.status(settings.broker_data_dir)
    click.echo(_as_json(found) if as_json else _as_text(found))
    context.exit(0 if found.running else 1)


def _as_json(found: embedded.Status) -> str:
    return json.dumps(asdict(found) | {"data_dir": str(found.data_dir)}, ensure_ascii=False)


def _as_text(found: embedded.Status) -> str:
    if not found.running:
        crashed = f"\nit ended without being stopped: {found.crashed}" if found.crashed else ""
        return f"not running{crashed}\n{_about_data(found)}"
    since = datetime.fromtimestamp(found.started or 0, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    owner = f", owned by process {found.owner_pid}" if found.owner_pid else ""
    return (
        f"running at {HOST}:{found.port} (pid {found.pid}{owner})\n"
        f"Kafka {found.kafka}, since {since}\n{_about_data(found)}"
    )


def _about_data(found: embedded.Status) -> str:
    return f"data in {found.data_dir}, {found.size_bytes / 1e6:.1f} MB"


@broker.command()
@settings_options("broker_data_dir")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(min=0), help="Show so many last lines.")
@click.option("--follow", is_flag=True, help="Go on with what is written, until Ctrl-C.")
def logs(settings: Settings, lines: int, follow: bool) -> None:
    """Show the end of its log."""
    path = embedded.log_path(settings.broker_data_dir)
    if not path.is_file():
        raise InputRefusedError(f"there is no log at {path}: no Kafka has been started there")
    with path.open(encoding="utf-8", errors="replace") as log:
        click.echo("".join(deque(log, maxlen=lines)), nl=False)
        offset = log.tell()
    if follow:
        for text in _grown(path, offset):
            click.echo(text, nl=False)


def _grown(path: Path, offset: int) -> Iterator[str]:
    """What is appended to the log from now on, also over its being rolled: it begins anew then."""
    while True:
        if path.exists():
            if path.stat().st_size < offset:
                offset = 0
            with path.open(encoding="utf-8", errors="replace") as log:
                log.seek(offset)
                yield log.read()
                offset = log.tell()
        time.sleep(FOLLOW_PAUSE_S)
