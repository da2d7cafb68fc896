"""``report-streams doctor``: checks the installation, the settings and the Kafka, and says what to do."""

import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from streams.commands.options import KAFKA, settings_options
from streams.commands.worker import WORKER
from streams.errors import BrokerUnavailableError
from streams.settings import PREFIX, Settings

if TYPE_CHECKING:
    from streams.clients.diagnosis import Finding

PACKAGES = ("report-streams", "confluent-kafka", "kafka-python", "pydantic")
COLUMNS = (("verdict", 7), ("check", 26), ("what", 0))


@click.command()
@click.option("--role", default="worker", show_default=True, help="Whose rights to check; `access` lists the roles.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line for each check.")
@settings_options(*KAFKA, *WORKER)
def doctor(settings: Settings, role: str, as_json: bool) -> int:
    """Check versions, settings, Kafka, security, features, topics, rights and the worker group.

    Each check is ok, warn or fail, with what to do. The exit code is 0 without a failure, 1 with one, and 3 when Kafka
    cannot be reached.
    """
    from streams.clients.access import ROLES
    from streams.clients.diagnosis import UNREACHABLE

    if role not in ROLES:
        raise click.BadParameter(f"{role!r} is none of {', '.join(ROLES)}", param_hint="--role")
    options = click.get_current_context().params
    failed = set()
    show = _print_line if as_json else _row_printer()
    for finding in _findings(settings, role, options):
        show(finding)
        if finding.verdict == "fail":
            failed.add(finding.check)
    return BrokerUnavailableError.exit_code if UNREACHABLE in failed else int(bool(failed))


def _findings(settings: Settings, role: str, options: dict[str, Any]) -> "Iterator[Finding]":
    from streams.clients.diagnosis import UNREACHABLE, Finding, findings
    from streams.commands.cluster import bootstrap_of

    yield Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")
    for name in PACKAGES:
        yield Finding(name, "ok", importlib.metadata.version(name))
    for name in Settings.model_fields:
        yield Finding(f"setting {name}", "ok", f"{getattr(settings, name)} ({_source(settings, name, options)})")
    try:
        servers = bootstrap_of(settings)
    except BrokerUnavailableError as error:
        yield Finding(UNREACHABLE, "fail", str(error), "start one, or name yours")
        return
    yield from findings(settings, servers, role)


def _source(settings: Settings, name: str, options: dict[str, Any]) -> str:
    """Where a setting's value comes from."""
    variable = PREFIX + name.upper()
    if options.get(name) is not None:
        return "option"
    if os.environ.get(variable):
        return variable
    if name == "broker_kafka_home" and os.environ.get("KAFKA_HOME"):
        return "KAFKA_HOME"
    if name == "sasl_password" and settings.sasl_password_file:
        return "sasl_password_file"
    return "settings file" if name in settings.model_fields_set else "default"


def _print_line(finding: "Finding") -> None:
    click.echo(json.dumps(asdict(finding), ensure_ascii=False))


def _row_printer() -> Any:
    from streams.commands.letter_rows import TablePrinter

    printer = TablePrinter(COLUMNS, sys.stdout)

    def show(finding: "Finding") -> None:
        # Settings that are as they come would fill the screen.
        if not finding.seen.endswith("(default)"):
            printer.print(finding.verdict, finding.check, finding.seen + (f": {finding.do}" if finding.do else ""))

    return show
