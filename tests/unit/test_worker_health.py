"""The probes over HTTP: alive while the loop comes round, ready while the worker takes records."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from streams.errors import UsageError
from streams.metrics import WorkerMetrics
from streams.worker.health import LONGEST_ROUND_S, Health, HealthServer


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(clock)


@pytest.fixture
def server(health: Health) -> Iterator[HealthServer]:
    served = HealthServer("127.0.0.1", 0, health, WorkerMetrics().registry)
    yield served
    served.close()


def get(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_worker_is_ready_once_it_is_in_the_group_and_until_it_stops(server: HealthServer, health: Health) -> None:
    assert get(server, "/readyz") == (503, '{"ok": false, "reason": "not yet in the group"}\n')
    health.tick(joined=True, brokers_down=False)
    assert get(server, "/readyz")[0] == 200
    health.tick(joined=True, brokers_down=True)
    assert "Kafka does not answer" in get(server, "/readyz")[1]
    health.tick(joined=True, brokers_down=False)
    health.stopping("draining")
    assert json.loads(get(server, "/readyz")[1]) == {"ok": False, "reason": "draining"}


def test_a_loop_that_does_not_come_round_is_not_alive(server: HealthServer, health: Health, clock: Clock) -> None:
    clock.now += LONGEST_ROUND_S - 1
    assert get(server, "/healthz")[0] == 200
    clock.now += 2
    assert get(server, "/healthz")[0] == 503
    health.tick(joined=False, brokers_down=False)
    assert get(server, "/healthz")[0] == 200


def test_metrics_are_served_in_prometheus_own_form(server: HealthServer) -> None:
    status, page = get(server, "/metrics")
    assert status == 200
    assert "# TYPE report_streams_records_in_total counter" in page
    assert 'report_streams_step_seconds_bucket{le="0.0001",step="commit"} 0.0' in page


def test_an_unknown_path_names_the_known_ones(server: HealthServer) -> None:
    status, page = get(server, "/")
    assert status == 404
    assert "/readyz" in page


def test_a_port_in_use_is_a_clear_message(server: HealthServer, health: Health) -> None:
    with pytest.raises(UsageError, match=rf"127.0.0.1:{server.port}.*--metrics-port"):
        HealthServer("127.0.0.1", server.port, health, WorkerMetrics().registry)
