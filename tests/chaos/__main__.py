"""``python -m tests.chaos``, which ``make chaos`` runs: seed after seed, each with a Kafka and workers of its own."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click

from streams.settings import PREFIX, Settings
from tests.chaos.plan import FAULTS, Action
from tests.chaos.run import Outcome, Scenario, run


@click.command()
@click.option("--seed", type=int, help="Run this seed only.")
@click.option("--seeds", default=10, show_default=True, help="Run so many seeds, from 1.")
@click.option("--faults", default=20, show_default=True, help="Faults in each run.")
@click.option("--records", default=50_000, show_default=True, help="Records pushed in each run.")
@click.option("--kinds", default=",".join(FAULTS), help="Faults to choose from, with commas between.")
@click.option("--logs", type=click.Path(path_type=Path), help="Where failed runs leave their logs; else a new folder.")
@click.option("--keep", is_flag=True, help="Keep the logs of runs that went well too.")
@click.option("--show", is_flag=True, help="Print the plan of each seed, and run nothing.")
def main(
    seed: int | None, seeds: int, faults: int, records: int, kinds: str, logs: Path | None, keep: bool, show: bool
) -> None:
    """Run seeds of faults, and exit with 1 when any promise was broken."""
    signal.signal(signal.SIGTERM, _end)
    chosen = [seed] if seed is not None else range(1, seeds + 1)
    scenarios = [Scenario(number, faults, records, kinds=_kinds(kinds)) for number in chosen]
    if show:
        for scenario in scenarios:
            for step in scenario.steps:
                click.echo(f"{scenario.seed} {step.as_json()}")
        return
    cache = _cache()
    logs = logs or Path(tempfile.mkdtemp(prefix="report-streams-chaos-"))
    outcomes = [_run(scenario, logs, cache, keep=keep) for scenario in scenarios]
    failed = [outcome for outcome in outcomes if outcome.failures]
    click.echo(f"{len(outcomes)} seeds, {len(failed)} failed; {_sum(outcomes)}")
    sys.exit(1 if failed else 0)


def _kinds(names: str) -> list[Action]:
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        raise click.BadParameter(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return [fault for fault in FAULTS if fault in wanted]


def _run(scenario: Scenario, logs: Path, cache: Path, *, keep: bool) -> Outcome:
    folder = logs / f"seed-{scenario.seed}"
    folder.mkdir(parents=True)
    outcome = run(scenario, folder, cache)
    click.echo(outcome.line())
    for skipped in outcome.skipped:
        click.echo(f"  skipped {skipped}")
    for end in outcome.ends:
        click.echo(f"  {end}")
    shutil.rmtree(folder / "disk", ignore_errors=True)
    if outcome.failures:
        for failure in [*outcome.failures, *outcome.verdict.examples]:
            click.echo(f"  FAILED {failure}")
        click.echo(f"  logs in {folder}\n  again with: {scenario.replay}")
    elif not keep:
        shutil.rmtree(folder)
    return outcome


def _sum(outcomes: list[Outcome]) -> str:
    records = sum(outcome.verdict.records for outcome in outcomes)
    faults = sum(outcome.faults for outcome in outcomes)
    lost = sum(outcome.verdict.lost + outcome.verdict.events_lost for outcome in outcomes)
    twice = sum(outcome.verdict.twice + outcome.verdict.events_twice for outcome in outcomes)
    disordered = sum(outcome.verdict.out_of_order for outcome in outcomes)
    stall = max(outcome.longest_stall_s for outcome in outcomes)
    return (
        f"{records} records, {faults} faults, lost {lost}, twice {twice}, out of order {disordered}, "
        f"longest stall {stall:.1f} s"
    )


def _cache() -> Path:
    """Where Kafka's jars are; no other setting of the user's reaches the workers."""
    cache = Settings().broker_cache_dir
    for name in list(os.environ):
        if name.startswith(PREFIX) or name == "KAFKA_HOME":
            del os.environ[name]
    return cache


def _end(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)


if __name__ == "__main__":
    main()
