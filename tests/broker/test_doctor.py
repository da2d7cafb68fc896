"""``doctor`` on real Kafkas: well, without topics, away, and with rights that are lacking."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.topics import CLASSIFIED
from streams.clients.access import ROLES, grant, rights
from streams.settings import load_settings
from tests.broker.own_broker import CLOSED_PORT
from tests.broker.secured_broker import SecuredBroker, password_of, secured_broker
from tests.command_line import Running, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


def examined(settings: dict[str, str], *options: str, code: int) -> dict[str, list[dict[str, str]]]:
    """The findings of each check, of a run that must end with this exit code."""
    done = run("doctor", "--json", *options, settings=settings)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    found: dict[str, list[dict[str, str]]] = {}
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found.setdefault(one["check"], []).append(one)
    return found


def verdicts(found: dict[str, list[dict[str, str]]]) -> dict[str, set[str]]:
    return {check: {one["verdict"] for one in findings} for check, findings in found.items()}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, broker_cache: Path) -> Iterator[SecuredBroker]:
    with secured_broker(tmp_path_factory.mktemp("doctor"), broker_cache) as broker:
        made = run("topics", "create", settings={"bootstrap_servers": broker.plain})
        assert made.returncode == 0, made.stderr
        yield broker


def test_a_kafka_that_is_well_is_told_so(variables: dict[str, str]) -> None:
    found = examined(variables, "--worker-stall-s", "21", code=0)
    for check in ("python", "kafka", "version", "transaction.version", "transaction.max.timeout.ms", "topics"):
        assert verdicts(found)[check] == {"ok"}, found[check]
    assert verdicts(found)["group"] == verdicts(found)["security"] == {"warn"}
    assert found["setting worker_stall_s"][0]["seen"] == "21.0 (option)"
    assert found["setting topic_prefix"][0]["seen"].endswith("(REPORT_STREAMS_TOPIC_PREFIX)")
    assert found["setting worker_batch_ms"][0]["seen"].endswith("(default)")
    with Running("worker", settings=variables) as worker:
        worker.said("assigned")
        assert verdicts(examined(variables, code=0))["group"] == {"ok"}
    assert "topics" in run("doctor", settings=variables).stdout


def test_missing_topics_and_a_setting_that_kafka_does_not_allow_are_failures(variables: dict[str, str]) -> None:
    other = {**variables, "topic_prefix": "nothing-here."}
    found = examined(other, code=1)
    assert any(f"nothing-here.{CLASSIFIED.name}" in one["seen"] and one["do"] for one in found["topics"])


def test_a_kafka_that_is_away_is_told_with_what_to_check() -> None:
    away = {"bootstrap_servers": f"127.0.0.1:{CLOSED_PORT}", "connect_timeout_s": "2"}
    found = examined(away, code=3)
    assert verdicts(found)["kafka"] == {"fail"}
    assert found["kafka"][0]["do"]
    assert "topics" not in found


def test_rights_that_a_role_lacks_are_named_and_no_secret_is_shown(secured: SecuredBroker) -> None:
    all_rights = rights(ROLES["worker"], load_settings({}))
    lacking = next(right for right in all_rights if right.name == CLASSIFIED.name)
    for name, granted in (("well", all_rights), ("lacking", [right for right in all_rights if right != lacking])):
        secured.add_users([name])
        grant(load_settings({}), secured.plain, f"User:{name}", granted)
    well, poor = (run("doctor", "--json", settings=secured.settings_of(name)) for name in ("well", "lacking"))
    assert well.returncode in (0, 1), well.stdout + well.stderr
    told = {one["check"]: one for one in map(json.loads, well.stdout.splitlines())}
    assert told["rights"]["verdict"] == told["security"]["verdict"] == "ok", told
    assert "SCRAM-SHA-512 as well" in told["security"]["seen"]
    assert poor.returncode == 1, poor.stdout + poor.stderr
    told = {one["check"]: one for one in map(json.loads, poor.stdout.splitlines())}
    assert str(lacking) in told["rights"]["seen"]
    assert "access worker" in told["rights"]["do"]
    assert password_of("well") not in well.stdout + well.stderr


def test_a_wrong_password_is_the_one_failure(secured: SecuredBroker) -> None:
    secured.add_users(["forgetful"])
    wrong = secured.settings_of("forgetful", sasl_password="not-it", connect_timeout_s=4)  # noqa: S106 -- wrong
    found = examined(wrong, code=3)
    assert "not-it" not in json.dumps(found)
    assert "sasl_password" in found["kafka"][0]["seen"]
