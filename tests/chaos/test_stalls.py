"""How long a partition stood still, and how long a recovery took."""

import pytest

from tests.chaos.stalls import Stalls


def test_a_partition_that_waits_is_a_stall_and_one_that_has_nothing_to_do_is_none() -> None:
    stalls = Stalls()
    stalls.step("kill")
    for now in range(10):
        # Partition 0 moves, 1 waits from the second 3 on, 2 has nothing to do.
        stalls.observe(float(now), {0: now, 1: min(now, 3), 2: 5}, {0: 20, 1: 20, 2: 5})
    assert stalls.longest == pytest.approx(6.0)
    assert stalls.during == "kill"


def test_what_comes_to_an_idle_partition_waits_from_then_on() -> None:
    stalls = Stalls()
    stalls.observe(0.0, {0: 5}, {0: 5})
    stalls.observe(100.0, {0: 5}, {0: 5})
    stalls.observe(101.0, {0: 5}, {0: 6})
    assert stalls.longest == pytest.approx(1.0)


def test_a_recovery_lasts_until_the_last_waiting_partition_has_moved() -> None:
    stalls = Stalls()
    pushed = {0: 10, 1: 10, 2: 4}
    stalls.over("cut", 0.0, {0: 1, 1: 1, 2: 4}, pushed)
    stalls.observe(1.0, {0: 2, 1: 1, 2: 4}, pushed)
    assert stalls.recoveries == {}
    stalls.observe(3.0, {0: 2, 1: 2, 2: 4}, pushed)
    assert stalls.recoveries == {"cut": 3.0}
