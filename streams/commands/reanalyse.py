"""``report-streams reanalyse``: old paragraphs through the current analysis, and what differs onto the topics."""

import json
import sys
from typing import TYPE_CHECKING

import click

from streams.commands.options import KAFKA, settings_options
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.replay.comparison import Difference, Tally
    from streams.replay.reanalysis import Reanalysed

_PASSED_OVER_SHOWN = 10


@click.command()
@click.argument("source", metavar="DIR|TOPIC")
@click.option("--dry-run", is_flag=True, help="Compare, and send nothing.")
@click.option("--diff", is_flag=True, help="Show some of the differences of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: one line, with --diff one more for each difference.")
@settings_options(*KAFKA, "worker_group")
def reanalyse(settings: Settings, source: str, dry_run: bool, diff: bool, as_json: bool) -> None:
    """Run the current analysis over the paragraphs of an archive (DIR) or of the topic `paragraphs`.

    What it finds is compared with what stands on the topics. An event that vanished or changed is retracted, what is
    new is emitted; events that stay are not sent again. Paragraphs that the workers have not come to are left to
    them. Killed and run again, it sends nothing twice. Look first: --dry-run --diff.
    """
    from streams.analysis.analyse import ANALYSIS_VERSION, Analyser
    from streams.commands.cluster import reachable_bootstrap
    from streams.commands.replay_options import source_named
    from streams.commands.replay_progress import ReplayProgress
    from streams.replay.reanalysis import Reanalysis
    from streams.replay.selection import Selection
    from streams.worker.resend import TakenOverError

    servers = reachable_bootstrap(settings)
    with ReplayProgress("reanalyse", "paragraph") as progress:
        selection = Selection(kinds=frozenset(["paragraphs"]))
        named = source_named(settings, servers, source, selection, progress.tell)
        reanalysis = Reanalysis(
            settings,
            servers,
            named,
            Analyser.load().analyse,
            ANALYSIS_VERSION,
            tell=progress.tell,
            begun=progress.begin,
            advance=progress.advance,
        )
        try:
            found = reanalysis.preview() if dry_run else reanalysis.run()
        except TakenOverError as taken:
            raise TakenOverError("another re-analysis was started and has taken over; this one ends") from taken
    for line in found.passed_over[:_PASSED_OVER_SHOWN]:
        click.echo(f"passed over: {line}", err=True)
    if as_json:
        _show_as_json(found, ANALYSIS_VERSION, dry_run=dry_run, diff=diff)
    else:
        _show(found, ANALYSIS_VERSION, dry_run=dry_run, diff=diff)


def _show_as_json(found: "Reanalysed", version: str, *, dry_run: bool, diff: bool) -> None:
    from dataclasses import asdict

    if diff:
        for one in found.tally.samples:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
    told = {
        "analysis_version": version,
        "dry_run": dry_run,
        "paragraphs": found.paragraphs,
        "changed_paragraphs": found.changed_paragraphs,
        "waiting": found.waiting,
        "passed_over": len(found.passed_over),
        "sent": 0 if dry_run else found.sent,
        "would_send": found.sent if dry_run else 0,
        "events": _counts(found.tally),
    }
    click.echo(json.dumps(told, ensure_ascii=False))


def _counts(tally: "Tally") -> dict[str, dict[str, int]]:
    from schemas.items import KINDS

    return {
        kind: {
            "same": tally.same[kind],
            "vanished": tally.vanished[kind],
            "changed": tally.changed[kind],
            "new": tally.added[kind],
        }
        for kind in KINDS
    }


def _show(found: "Reanalysed", version: str, *, dry_run: bool, diff: bool) -> None:
    from streams.commands.letter_rows import TablePrinter
    from streams.commands.progress import counted

    columns = (("events", 12), ("same", 10), ("vanished", 10), ("changed", 10), ("new", 0))
    printer = TablePrinter(columns, sys.stdout)
    for kind, counts in _counts(found.tally).items():
        printer.print(kind, *(f"{count:,}" for count in counts.values()))
    if diff:
        for one in found.tally.samples:
            _show_difference(one)
    verb = "would be sent" if dry_run else "sent"
    click.echo(
        f"analysis {version}: {counted(found.paragraphs, 'paragraph')}, {found.changed_paragraphs:,} differ, "
        f"{counted(found.sent, 'record')} {verb}"
        + (f", {found.waiting:,} left to the workers" if found.waiting else "")
        + (f", {len(found.passed_over):,} records passed over" if found.passed_over else "")
    )


def _show_difference(one: "Difference") -> None:
    from streams.commands.rows import one_line

    click.echo(f"\n{one.kind} in {one_line(one.report)}, paragraph {one.ordinal}")
    for sign, text in (("-", one.before), ("+", one.after)):
        if text:
            click.echo(f"  {sign} {one_line(text)}")
