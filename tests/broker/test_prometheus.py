"""A real Prometheus scrapes a running worker with the configuration that is shipped."""

import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.broker.conftest import paragraphs, raw
from tests.broker.test_worker import Produce
from tests.command_line import Running, eventually
from tests.optional import need

pytestmark = pytest.mark.broker

SHIPPED = Path(__file__).parents[2] / "ops" / "prometheus"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Prometheus:
    """A running server; ``value`` asks it a question."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def value(self, query: str) -> float | None:
        """The value of a query that gives one number; None while it gives none."""
        asked = urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(f"{self.address}/api/v1/query?{asked}", timeout=5) as answer:
                result = json.load(answer)["data"]["result"]
        except (urllib.error.URLError, ConnectionError):
            return None
        return float(result[0]["value"][1]) if result else None


@pytest.fixture
def worker(variables: dict[str, str]) -> Iterator[str]:
    """A running worker; host:port of its metrics."""
    with Running("worker", settings=variables) as running:
        yield running.said(r"metrics at http://(\S+)/metrics")[1]


@pytest.fixture
def prometheus(worker: str, tmp_path: Path) -> Iterator[Prometheus]:
    """A Prometheus with the shipped configuration, but for the worker's address and a quicker pace."""
    program = need("prometheus", "the Debian package prometheus has it")
    configuration = yaml.safe_load((SHIPPED / "prometheus.yaml").read_text(encoding="utf-8"))
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["scrape_configs"][0]["static_configs"] = [{"targets": [worker]}]
    (tmp_path / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    shutil.copy(SHIPPED / "rules.yaml", tmp_path)
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={tmp_path / 'prometheus.yaml'}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            yield Prometheus(port)
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_prometheus_sees_what_the_worker_did(prometheus: Prometheus, produce: Produce) -> None:
    produce([*map(raw, paragraphs(40)), (None, b"bad")])
    assert eventually(lambda: prometheus.value('up{job="report-streams-worker"}') == 1)
    assert eventually(lambda: prometheus.value("report_streams_records_in_total") == 41)
    assert prometheus.value('report_streams_records_out_total{topic="classified"}') == 40
    assert prometheus.value("sum(report_streams_dead_letters_total)") == 1
    assert prometheus.value("max(report_streams_lag_records)") == 0
    assert eventually(lambda: prometheus.value("report_streams_ready") == 1)


def test_prometheus_loads_the_shipped_rules(prometheus: Prometheus) -> None:
    def loaded() -> set[str]:
        try:
            with urllib.request.urlopen(f"{prometheus.address}/api/v1/rules", timeout=5) as answer:
                groups = json.load(answer)["data"]["groups"]
        except (urllib.error.URLError, ConnectionError):
            return set()
        return {rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "ok"}

    groups = yaml.safe_load((SHIPPED / "rules.yaml").read_text(encoding="utf-8"))["groups"]
    shipped = {rule.get("alert") or rule["record"] for group in groups for rule in group["rules"]}
    assert shipped
    assert eventually(lambda: loaded() == shipped)
