"""Two seeds of faults on real processes: nothing lost, nothing twice, order kept. ``make chaos`` runs more."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.chaos.plan import FAULTS, Action
from tests.chaos.run import Outcome, Scenario, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

RECORDS = 4000
CRASHES: tuple[Action, ...] = ("kill_broker", "fill_disk")
FREEZE: tuple[Action, ...] = ("freeze_broker",)
"""Not in one run: a broker that may be frozen for long is let in late after a crash."""


def without(kinds: tuple[Action, ...]) -> list[Action]:
    return [fault for fault in FAULTS if fault not in kinds]


def outcome_of(scenario: Scenario, cache: Path) -> Outcome:
    """The run's outcome; its logs stay where the assertion says when it failed."""
    folder = Path(tempfile.mkdtemp(prefix="report-streams-chaos-"))
    outcome = run(scenario, folder, cache)
    told = [*outcome.failures, *outcome.verdict.examples, *outcome.ends, f"logs in {folder}", scenario.replay]
    assert not outcome.failures, "\n".join(told)
    shutil.rmtree(folder)
    return outcome


@pytest.mark.parametrize(("seed", "kinds"), [(28, without(FREEZE)), (15, without(CRASHES))])
def test_nothing_is_lost_or_doubled_under_eight_faults(seed: int, kinds: list[Action], broker_cache: Path) -> None:
    outcome = outcome_of(Scenario(seed, faults=8, records=RECORDS, kinds=kinds), broker_cache)
    assert outcome.verdict.records == RECORDS
    assert outcome.verdict.classified + outcome.verdict.dead_letters == RECORDS
    if outcome.skipped and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"skipped: {outcome.skipped}")
    assert outcome.faults + len(outcome.skipped) == 8
