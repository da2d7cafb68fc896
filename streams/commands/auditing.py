"""Runs an audit and shows what it found: faults as they are met, then the reports, then the total."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from streams.settings import Settings

if TYPE_CHECKING:
    from streams.clients.audit import AuditBound, AuditFault, Tally, Verdict

MOST_FAULT_ROWS = 50
"""So many faults are told to people; programs get all."""
FAULT_COLUMNS = (("fault", 13), ("at", 12), ("report", 20), ("paragraph", 32), ("what", 0))
REPORT_COLUMNS = (
    ("inputs", 10),
    ("classified", 10),
    ("dead", 8),
    ("expired", 8),
    ("difference", 10),
    ("waiting", 8),
    ("report", 0),
)


def run_audit(
    settings: Settings, begin: "AuditBound", end: "AuditBound", *, events: bool, all_reports: bool, jsonl: bool
) -> "Verdict":
    """Audit the Kafka that the settings mean, print the result, and return it."""
    from streams.clients.audit import Audit
    from streams.commands.cluster import reachable_bootstrap

    servers = reachable_bootstrap(settings)
    tell = _fault_lines() if jsonl else _fault_rows()
    with _progress() as advance:
        verdict = Audit(settings, servers, tell, advance, now=datetime.now(UTC), events=events).run(begin, end)
    if jsonl:
        _print_lines(verdict)
    else:
        _print_table(verdict, all_reports=all_reports)
    _explain(settings, verdict)
    return verdict


def _fault_lines() -> "Callable[[AuditFault], None]":
    return lambda fault: click.echo(json.dumps({"fault": fault.kind, **_without_kind(fault)}, ensure_ascii=False))


def _fault_rows() -> "Callable[[AuditFault], None]":
    from streams.commands.letter_rows import TablePrinter

    printer = TablePrinter(FAULT_COLUMNS, sys.stdout)
    shown = 0

    def show(fault: "AuditFault") -> None:
        nonlocal shown
        shown += 1
        if shown <= MOST_FAULT_ROWS:
            at = f"{fault.partition}:{fault.offset}"
            printer.print(fault.kind, at, fault.report or "-", fault.paragraph_id or "-", fault.detail)
        elif shown == MOST_FAULT_ROWS + 1:
            click.echo("... more of them; --jsonl prints all")

    return show


def _print_lines(verdict: "Verdict") -> None:
    for report, tally in sorted(verdict.reports.items()):
        click.echo(json.dumps({"report": report, **_counts(tally)}, ensure_ascii=False))
    others = {"faults": verdict.faults, "untraced": verdict.untraced, "replayed": verdict.replayed}
    click.echo(json.dumps({"total": True, **_counts(verdict.total), **others}))


def _print_table(verdict: "Verdict", *, all_reports: bool) -> None:
    from streams.commands.letter_rows import TablePrinter

    printer = TablePrinter(REPORT_COLUMNS, sys.stdout)
    even = 0
    for report, tally in sorted(verdict.reports.items()):
        if all_reports or tally.missing or tally.surplus:
            printer.print(*_cells(tally), report)
        else:
            even += 1
    if even:
        click.echo(f"{even:,} reports without a difference")
    printer.print(*_cells(verdict.total), "all")


def _explain(settings: Settings, verdict: "Verdict") -> None:
    """What the numbers do not say by themselves."""
    total = verdict.total
    notes = []
    if verdict.handled_nothing:
        notes.append(f"group {settings.worker_group} has committed nothing here: is it the workers' group?")
    if total.redriven:
        notes.append(f"{total.redriven:,} inputs were sent back by a redrive; each is an input of its own")
    if total.expired:
        notes.append(f"{total.expired:,} inputs are older than what retention has left of the outputs")
    if verdict.untraced:
        notes.append(f"{verdict.untraced:,} outputs do not say what they were made from (no header ce_input)")
    if verdict.replayed:
        notes.append(f"{verdict.replayed:,} outputs were sent once more by a replay (header replay-id); passed over")
    for note in notes:
        click.echo(note, err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("audit", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _cells(tally: "Tally") -> tuple[str, ...]:
    numbers = (
        tally.inputs,
        tally.classified,
        tally.dead_letters,
        tally.expired,
        tally.difference,
        tally.waiting,
    )
    return tuple(f"{number:>{width},}" for number, (_, width) in zip(numbers, REPORT_COLUMNS, strict=False))


def _counts(tally: "Tally") -> dict[str, int]:
    return {**asdict(tally), "difference": tally.difference}


def _without_kind(fault: "AuditFault") -> dict[str, object]:
    return {name: value for name, value in asdict(fault).items() if name != "kind"}
