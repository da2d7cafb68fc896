"""Two seeds of faults on real processes: nothing lost, nothing twice, order kept. ``make chaos`` runs more."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.chaos.plan import FAULTS
from tests.chaos.run import Outcome, Scenario, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]

RECORDS = 3000
SEEDS = (31, 59)
"""Their sixteen faults are of every kind, and those that cost most time come once each."""


def outcome_of(scenario: Scenario, cache: Path) -> Outcome:
    """The run's outcome; its logs stay where the assertion says when it failed."""
    folder = Path(tempfile.mkdtemp(prefix="report-streams-chaos-"))
    outcome = run(scenario, folder, cache)
    told = [*outcome.failures, *outcome.verdict.examples, *outcome.ends, f"logs in {folder}", scenario.replay]
    assert not outcome.failures, "\n".join(told)
    shutil.rmtree(folder)
    return outcome


def test_the_seeds_use_every_kind_of_fault() -> None:
    used = {step.action for seed in SEEDS for step in Scenario(seed, faults=8, records=RECORDS).steps if step.begins}
    assert used == set(FAULTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_doubled_under_eight_faults(seed: int, broker_cache: Path) -> None:
    outcome = outcome_of(Scenario(seed, faults=8, records=RECORDS), broker_cache)
    assert outcome.verdict.records == RECORDS
    assert outcome.verdict.classified + outcome.verdict.dead_letters == RECORDS
    # A small disk to fill is made where the system permits it.
    assert outcome.faults + len(outcome.skipped) == 8
