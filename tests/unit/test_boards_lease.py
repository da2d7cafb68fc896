"""The lease of boards that lead, by a clock of the test's own."""

import pytest

from streams.boards.lease import Lease, LeaseLostError
from streams.boards.status import Status
from tests.unit.test_worker_health import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(clock: Clock) -> Lease:
    return Lease(10.0, clock)


def test_a_heartbeat_counts_from_when_it_was_sent(lease: Lease, clock: Clock) -> None:
    sent = clock.now
    clock.now += 4
    lease.renew(sent)
    clock.now += 5
    lease.check()
    clock.now += 1
    with pytest.raises(LeaseLostError, match="other boards may lead"):
        lease.check()


def test_it_counts_from_the_beginning_where_no_heartbeat_follows(lease: Lease, clock: Clock) -> None:
    clock.now += 60
    assert lease.holds()
    lease.begin(clock.now)
    clock.now += 9
    lease.begin(clock.now)
    assert lease.holds()
    clock.now += 1
    assert not lease.holds()


def test_what_is_lost_stays_lost(lease: Lease, clock: Clock) -> None:
    lease.renew(clock.now)
    clock.now += 60
    lease.renew(clock.now)
    assert not lease.holds()


def test_nobody_is_told_to_lead_once_others_may(lease: Lease, clock: Clock) -> None:
    status = Status()
    status.take("leading", lease.holds)
    lease.renew(clock.now)
    assert status.told()["role"] == "leading"
    clock.now += 10
    assert status.told()["role"] is None
    status.take("standing by")
    assert status.told()["role"] == "standing by"
