"""``report-streams dead-letters``: what could not be handled: look at it, send it back, take it away."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from streams.commands.letter_options import checked_name, letter_options, opened_letters, selection
from streams.commands.options import KAFKA, settings_options
from streams.errors import InputRefusedError, UsageError
from streams.settings import Settings

_jsonl = click.option("--jsonl", is_flag=True, help="Print JSON, a line for each.")


@click.group(name="dead-letters")
def dead_letters() -> None:
    """List, show, send back and export what could not be handled."""


@dead_letters.command(name="list")
@letter_options
@click.option("--summary", is_flag=True, help="Print counts by stage, state and reason instead.")
@_jsonl
@settings_options(*KAFKA, "worker_group")
def list_letters(settings: Settings, chosen: dict[str, Any], summary: bool, jsonl: bool) -> None:
    """List the dead letters: where each stands and stood, when, the step that refused it, the reason, its state.

    States: open (nothing done yet), redriven (sent back, not handled yet), resolved (handled well since),
    failed-again (a dead letter once more), parked (put aside after too many attempts).
    """
    wanted = selection(settings, chosen)
    from streams.commands.letter_rows import COLUMNS, Summary, TablePrinter, as_json, letter_cells

    counts, printer, shown = Summary(), TablePrinter(COLUMNS, sys.stdout), 0
    with opened_letters(settings, wanted.parked) as letters:
        for found in wanted.of(letters):
            shown += 1
            if summary:
                counts.add(found)
            elif jsonl:
                click.echo(json.dumps(as_json(found), ensure_ascii=False))
            else:
                printer.print(*letter_cells(found))
    if summary:
        _print_counts(counts, jsonl=jsonl)
    if not shown:
        click.echo("no dead letters" + ("" if wanted.is_everything else " that are meant by this"), err=True)


@dead_letters.command()
@click.argument("name", metavar="ID|PARTITION:OFFSET")
@click.option("--raw", is_flag=True, help="Write the original value's bytes to standard output, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the bytes in base64.")
@click.option("--parked", is_flag=True, help="Look on the parking topic instead.")
@settings_options(*KAFKA, "worker_group")
def show(settings: Settings, name: str, raw: bool, as_json: bool, parked: bool) -> None:
    """Show all of one dead letter: its original bytes as text, what is not text written as escapes, and its headers."""
    from streams.commands.letter_rows import page, with_bytes
    from streams.commands.letter_search import one_letter

    if raw and as_json:
        raise UsageError("--raw and --json are two ways to print; choose one")
    checked_name(name)
    with opened_letters(settings, parked) as letters:
        found = one_letter(letters, name)
    if raw:
        if found.letter.value is None:
            raise InputRefusedError(f"dead letter {found.letter.id}: the original has no value")
        sys.stdout.buffer.write(found.letter.value)
    elif as_json:
        click.echo(json.dumps(with_bytes(found), ensure_ascii=False))
    else:
        click.echo("\n".join(page(found)))


@dead_letters.command()
@click.argument("names", nargs=-1, metavar="[ID|PARTITION:OFFSET]...")
@letter_options
@click.option("--all", "everything", is_flag=True, help="Send back all that are open.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--rate", metavar="N[/s]", help="At most so many records in a second.")
@_jsonl
@settings_options(*KAFKA, "worker_group", "redrive_attempts")
def redrive(
    settings: Settings,
    names: tuple[str, ...],
    chosen: dict[str, Any],
    everything: bool,
    dry_run: bool,
    rate: str | None,
    jsonl: bool,
) -> int:
    """Send originals back to their topic, byte for byte, each dead letter once.

    A record and the memory of it are committed together: a redrive that was killed is simply run again. Headers tell
    the attempt; a record that has failed too often goes to the parking topic, from which --parked sends it back still.
    The exit code is 1 when a record could not be sent.
    """
    wanted = selection(settings, chosen, names)
    if wanted.is_everything and not everything:
        raise UsageError("which dead letters? Give ids, filters such as --stage and --reason, or --all")
    if everything and not wanted.is_everything:
        raise UsageError("--all leaves none out: give it alone, without ids and filters")
    from streams.commands.redriving import per_second, redrive_letters

    if everything:
        wanted = wanted.of_state("parked" if wanted.parked else "open")
    return redrive_letters(settings, wanted, rate=per_second(rate), dry_run=dry_run, jsonl=jsonl)


@dead_letters.command()
@letter_options
@click.option(
    "--output", "target", required=True, type=click.Path(path_type=Path), help="The file to write; - for stdout."
)
@settings_options(*KAFKA, "worker_group")
def export(settings: Settings, chosen: dict[str, Any], target: Path) -> None:
    """Write dead letters as JSON lines: all about each, its bytes in base64 and, where they are UTF-8, as text.

    The file appears when it is whole; until then one of that name stays as it was.
    """
    wanted = selection(settings, chosen)
    from streams.commands.letter_export import export_letters

    with opened_letters(settings, wanted.parked) as letters:
        count = export_letters(wanted.of(letters), target)
    click.echo(f"{count:,} dead letters" + ("" if str(target) == "-" else f" in {target}"), err=True)


def _print_counts(counts: Any, *, jsonl: bool) -> None:
    from streams.commands.letter_rows import TablePrinter

    printer = TablePrinter((("count", 9), ("stage", 7), ("state", 12), ("reason", 0)), sys.stdout)
    for count, stage, state, reason in counts.rows():
        if jsonl:
            told = {"count": count, "stage": stage, "state": state, "reason": reason}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            printer.print(f"{count:>9,}", stage, state, reason)
