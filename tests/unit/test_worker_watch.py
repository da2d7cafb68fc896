"""Stand-still: said once for each partition, with the step, while records wait and the offset does not move."""

import logging

import pytest
from prometheus_client import generate_latest

from streams.metrics import PageOfMetrics, WorkerMetrics
from streams.worker.health import Health
from streams.worker.watch import Watch
from tests.unit.test_worker_health import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics() -> WorkerMetrics:
    return WorkerMetrics()


@pytest.fixture
def watch(metrics: WorkerMetrics, clock: Clock) -> Watch:
    return Watch(metrics, 20.0, clock)


def shown(metrics: WorkerMetrics) -> PageOfMetrics:
    return PageOfMetrics(generate_latest(metrics.registry).decode())


def test_a_partition_with_waiting_records_that_does_not_move_stands_still(
    watch: Watch, metrics: WorkerMetrics, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    watch.waits({0: 5, 1: 0})
    clock.now += 19
    with watch.step("commit"):
        watch.look()
        assert (watch.stalled(), watch.reason(), caplog.text) == ({}, None, "")
        clock.now += 2
        watch.look()
        watch.look()
        assert watch.stalled() == {0: 21.0}
        assert "step commit (Kafka does not end the transaction): partition 0 for 21 s" in str(watch.reason())
    assert caplog.text.count("partition 0 stands still for 21 s with 5 records waiting, in step commit") == 1
    assert shown(metrics).total("report_streams_stalled_seconds", partition="0", step="commit") == 21
    with caplog.at_level(logging.WARNING):
        watch.moved({0})
    watch.look()
    assert "partition 0 moves again, after 21 s" in caplog.text
    assert b'report_streams_stalled_seconds{partition="0"' not in generate_latest(metrics.registry)


def test_movement_begins_the_time_anew_and_so_does_waiting_after_none(watch: Watch, clock: Clock) -> None:
    watch.waits({0: 5})
    clock.now += 19
    watch.moved({0})
    watch.waits({0: 4})
    clock.now += 19
    assert watch.stalled() == {}
    watch.waits({0: 0})
    clock.now += 100
    watch.waits({0: 1})
    clock.now += 19
    assert watch.stalled() == {}
    clock.now += 1
    assert watch.stalled() == {0: 20.0}


def test_what_is_told_anew_does_not_hide_a_stand_still(watch: Watch, clock: Clock) -> None:
    for _ in range(30):
        watch.waits({0: 5})
        clock.now += 1
    assert watch.stalled() == {0: 30.0}


def test_a_partition_that_is_no_longer_ours_is_another_members(watch: Watch, clock: Clock) -> None:
    watch.waits({0: 5, 1: 5})
    clock.now += 30
    watch.waits({1: 5})
    assert watch.stalled() == {1: 30.0}


def test_a_worker_that_stands_still_is_not_ready(watch: Watch, clock: Clock) -> None:
    health = Health(clock)
    health.watched(watch.reason)
    health.tick(joined=True, brokers_down=False)
    watch.waits({3: 1})
    assert health.ready() == (True, "in the group")
    clock.now += 25
    ready, why = health.ready()
    assert not ready
    assert why == "stands still in step consume (no records come from Kafka): partition 3 for 25 s"
