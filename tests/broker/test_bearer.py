"""Both clients enter a Kafka with tokens that an endpoint gives out (OAUTHBEARER), and tell why when they cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.clients.access import ROLES, grant, rights
from streams.settings import load_settings
from tests.broker.secured_broker import SecuredBroker, secured_broker
from tests.broker.token_endpoint import CLIENT_SECRET, token_endpoint
from tests.command_line import run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

REPORT = "会议纪要\n\n全年新增就业12万人，增长5%。\n".encode()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, broker_cache: Path) -> Iterator[SecuredBroker]:
    with secured_broker(tmp_path_factory.mktemp("bearer"), broker_cache) as broker:
        made = run("topics", "create", settings={"bootstrap_servers": broker.plain})
        assert made.returncode == 0, made.stderr
        for role in ("pusher", "worker"):
            grant(load_settings({}), broker.plain, f"User:{role}", rights(ROLES[role], load_settings({})))
        yield broker


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with token_endpoint() as url:
        yield url


def with_token(secured: SecuredBroker, client: str, url: str, secret: str = CLIENT_SECRET) -> dict[str, str]:
    return secured.settings_of(
        client, sasl_mechanism="OAUTHBEARER", sasl_password=secret, sasl_token_url=url, metrics_port=0
    )


def test_push_and_worker_enter_with_tokens(secured: SecuredBroker, endpoint: str) -> None:
    pushed = run("push", "-", "--title", "会议纪要", settings=with_token(secured, "pusher", endpoint), stdin=REPORT)
    assert pushed.returncode == 0, pushed.stderr
    worked = run("worker", "--until-caught-up", settings=with_token(secured, "worker", endpoint))
    assert worked.returncode == 0, worked.stderr
    assert "classified 1" in worked.stderr


def test_the_token_says_who_it_is(secured: SecuredBroker, endpoint: str) -> None:
    """Somebody with a good token and no rights may do nothing."""
    refused = run("push", "-", "--title", "会议纪要", settings=with_token(secured, "nobody", endpoint), stdin=REPORT)
    assert refused.returncode in (2, 3), refused.stderr
    assert "reports.paragraphs.v1" in refused.stderr


@pytest.mark.parametrize("command", [("push", "-", "--title", "会议纪要"), ("worker", "--until-caught-up")])
def test_an_endpoint_that_refuses_or_is_away_is_told_without_the_secret(
    secured: SecuredBroker, endpoint: str, command: tuple[str, ...]
) -> None:
    for url, secret in ((endpoint, "not-the-secret"), ("http://127.0.0.1:9/token", CLIENT_SECRET)):
        settings = with_token(secured, "pusher", url, secret) | {"connect_timeout_s": "6"}
        done = run(*command, settings=settings, stdin=REPORT)
        assert done.returncode == 3, done.stderr
        assert "sasl_" in done.stderr or "token" in done.stderr.lower()
        assert secret not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
