"""The checker is known to see: each worker that is broken on purpose is found out, and a sound one is not."""

from pathlib import Path

import pytest

from tests.broker.own_broker import PYTHON
from tests.chaos.plan import Action, Step
from tests.chaos.run import Outcome, Scenario, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

RECORDS = 300
FROZEN: tuple[tuple[Action, int], ...] = (("freeze_worker", 0), ("thaw_worker", 60))
KILLS = [
    step
    for number, (at, wait_s) in enumerate(((60, 0.0), (120, 0.3), (180, 0.6), (240, 0.9)))
    for step in (
        Step(at, number, "kill_worker", member=0, seconds=wait_s, scope="main"),
        Step(at, number, "start_worker", member=0),
    )
]
"""A step is taken just after a commit: the waits see to it that the kills do not all come before the next one.
Static members come back to their partitions at once, so a kill costs little time."""
FREEZES = [Step(at + held, number, action, member=0) for number, at in enumerate((60, 160)) for action, held in FROZEN]
"""Thawed by the run's patience, since nothing is committed meanwhile. Longer than a transaction may last, shorter than
a session: the transaction is aborted, the partitions stay."""


def outcome_of(variant: str, folder: Path, cache: Path) -> Outcome:
    freezes = variant == "swallow-aborted"
    scenario = Scenario(
        seed=7,
        faults=0,
        records=RECORDS,
        plan=FREEZES if freezes else KILLS,
        command=[PYTHON, "-m", "tests.chaos.broken", variant],
        settings={"worker_batch_records": "20"}
        | ({"worker_transaction_timeout_ms": "1000", "worker_session_timeout_ms": "45000"} if freezes else {}),
        patience_s=4.0 if freezes else 25.0,
        members=1,
        static=True,
    )
    return run(scenario, folder, cache)


@pytest.mark.parametrize(
    ("variant", "faults"),
    [
        ("commit-before-produce", {"lost"}),
        ("no-transaction", {"twice", "events_twice"}),
        ("offsets-outside", {"twice", "events_twice"}),
        ("swallow-aborted", {"lost"}),
    ],
)
def test_a_broken_worker_is_found_out(variant: str, faults: set[str], tmp_path: Path, broker_cache: Path) -> None:
    found = outcome_of(variant, tmp_path, broker_cache).verdict
    assert found.records == RECORDS
    assert faults <= found.faults.keys(), found


def test_a_sound_worker_stands_the_same_faults(tmp_path: Path, broker_cache: Path) -> None:
    outcome = outcome_of("sound", tmp_path, broker_cache)
    assert not outcome.failures, outcome.verdict.examples
    assert outcome.verdict.records == RECORDS
