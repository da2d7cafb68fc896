"""``report-streams audit``: what went in is what came out, record by record; and if not, which."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from streams.commands.options import KAFKA, settings_options
from streams.errors import DifferenceFoundError, UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.clients.audit import AuditBound

_PLACES = re.compile(r"^\d{1,9}:\d{1,18}(,\d{1,9}:\d{1,18})*$")
_BOUND = "OFFSET|TIME|PARTITION:OFFSET,..."


@click.command()
@click.option("--from", "begin", metavar=_BOUND, help="From this offset of the inputs, or produced since.")
@click.option("--to", "end", metavar=_BOUND, help="To before this offset of the inputs, or produced before.")
@click.option("--events", is_flag=True, help="Count each classified record's events as well: complete, and once.")
@click.option("--all-reports", is_flag=True, help="Print a row for each report, not only for those that differ.")
@click.option("--jsonl", is_flag=True, help="Print JSON, a line for each fault, each report and the total.")
@settings_options(*KAFKA, "worker_group")
def audit(settings: Settings, begin: str | None, end: str | None, events: bool, all_reports: bool, jsonl: bool) -> None:
    """Count that each paragraph came out exactly once: inputs = classified + dead letters, per report and in all.

    It reads up to the worker group's committed offsets; inputs beyond are waiting and counted apart. A running worker
    may go on meanwhile. The exit code is 5 when there is a difference; which records, is printed.
    """
    bounds = parsed_bound("--from", begin), parsed_bound("--to", end)
    from streams.commands.auditing import run_audit

    verdict = run_audit(settings, *bounds, events=events, all_reports=all_reports, jsonl=jsonl)
    if verdict.faults:
        raise DifferenceFoundError(
            f"{verdict.total.missing:,} inputs without an output, {verdict.total.surplus:,} outputs too many,"
            f" {verdict.faults:,} faults in all"
        )


def parsed_bound(option: str, text: str | None) -> "AuditBound":
    """Where an audit begins or ends: an offset, a time, or offsets of some partitions.

    Raises:
        UsageError: it is none of these, or names a partition twice.
    """
    from streams.commands.moments import bound

    if text is None or not _PLACES.match(text):
        return bound(option, text, datetime.now(UTC))
    places = [place.split(":") for place in text.split(",")]
    told = {int(partition): int(offset) for partition, offset in places}
    if len(told) < len(places):
        raise UsageError(f"{option} {text!r} names a partition twice")
    return told
