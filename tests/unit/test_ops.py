"""What is shipped for operation holds together: metrics exist, files parse, commands are ours."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.cli import COMMANDS
from streams.metrics import BoardsMetrics, WorkerMetrics
from streams.settings import PREFIX, Settings
from tests.optional import need

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "ops" / "prometheus"
COMPOSE = ROOT / "docker" / "compose.yaml"
DOCKERFILE = ROOT / "docker" / "Dockerfile"


def sample_names() -> set[str]:
    """Every name that can stand on the metrics page, whether or not it has a value yet."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    families = (*WorkerMetrics().registry.collect(), *BoardsMetrics().registry.collect())
    return {family.name + suffix for family in families for suffix in suffixes[family.type]}


def expressions() -> Iterator[str]:
    rules = yaml.safe_load((PROMETHEUS / "rules.yaml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["expr"] + rule["annotations"]["description"]


def test_every_metric_in_the_rules_exists() -> None:
    named = {name for text in expressions() for name in re.findall(r"report_streams_\w+", text)}
    assert len(named) >= 3
    # A histogram is named whole where a sentence speaks of it.
    whole = {name.removesuffix("_bucket") for name in sample_names()}
    assert named <= sample_names() | whole


def test_there_are_alerts_that_say_what_to_do() -> None:
    rules = yaml.safe_load((PROMETHEUS / "rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert len(rules) >= 5
    assert all(len(rule["annotations"]["description"]) > 80 for rule in rules)


def test_promtool_accepts_the_configuration_and_the_alerts_fire_as_their_cases_say() -> None:
    promtool = need("promtool", "the Debian package prometheus has it")
    for arguments in (("check", "config", "prometheus.yaml"), ("test", "rules", "rules.test.yaml")):
        done = subprocess.run([promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def compose() -> dict[str, Any]:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_compose_runs_commands_and_settings_that_exist() -> None:
    services = compose()["services"]
    ours = [service for service in services.values() if service.get("image") == "report-streams"]
    assert {service["command"][0] for service in ours} == {"topics", "worker", "boards"}
    assert all(service["command"][0] in COMMANDS for service in ours)
    variables = {name for service in ours for name in service["environment"]}
    assert variables <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_compose_scrapes_the_port_that_the_image_exposes() -> None:
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yaml").read_text(encoding="utf-8"))
    (target,) = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    port = str(Settings.model_fields["metrics_port"].default)
    assert target == f"worker:{port}"
    assert f"EXPOSE {port}" in DOCKERFILE.read_text(encoding="utf-8")


def test_compose_publishes_and_scrapes_the_boards() -> None:
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yaml").read_text(encoding="utf-8"))
    (target,) = scraped["scrape_configs"][1]["static_configs"][0]["targets"]
    port = Settings.model_fields["web_port"].default
    boards = compose()["services"]["boards"]
    assert target == f"boards:{port}"
    assert boards["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}/healthz" in boards["healthcheck"]["test"][-1]


def test_compose_file_is_valid() -> None:
    plugin = shutil.which("docker")
    answers = (
        plugin and subprocess.run([plugin, "compose", "version"], capture_output=True, check=False).returncode == 0
    )
    command = [plugin, "compose"] if plugin and answers else [need("docker-compose", "or docker with Compose")]
    done = subprocess.run(
        [*command, "-f", str(COMPOSE), "config", "--quiet"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_dockerfile_passes_its_linter() -> None:
    hadolint = need("hadolint", "it comes with the locked environment on Linux x86_64")
    done = subprocess.run([hadolint, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_dockerfile_copies_what_exists_and_is_not_ignored() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    sources = {name for line in copied for name in line.split()}
    assert len(sources) >= 5
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sources == kept
    assert all((ROOT / name).exists() for name in sources)


@pytest.mark.parametrize("script", [".ci/run"])
def test_scripts_parse(script: str) -> None:
    bash = need("bash", "scripts are written for it")
    assert subprocess.run([bash, "-n", str(ROOT / script)], check=False).returncode == 0
