"""The rights of the boards are enough, over TLS with SCRAM, and each is needed: what lacks one says so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from schemas.codec import encode
from schemas.topics import OUTCOME
from streams.boards.outcomes import standing_outcomes
from streams.clients.access import ROLES, rights
from streams.settings import load_settings
from tests.broker.boards_at_work import AtWork, at_work
from tests.broker.conftest import MOMENT
from tests.broker.secured_broker import SecuredBroker, secured_broker
from tests.broker.test_access import User, names, plain_settings, without
from tests.command_line import ROOT, Running, eventually, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
CHANGELOGS = "report-streams-boards-"
REFUSED = re.compile("missing topics|[Aa]uthori[sz]ation")
BOARDS = rights(ROLES["boards"], plain_settings())


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, broker_cache: Path) -> Iterator[SecuredBroker]:
    """All seeds, classified, on a Kafka that asks who one is."""
    with secured_broker(tmp_path_factory.mktemp("secured"), broker_cache) as broker:
        for arguments in (("topics", "create"), ("push", str(ROOT / "seeds")), ("worker", "--until-caught-up")):
            done = run(*arguments, settings={"bootstrap_servers": broker.plain, "metrics_port": "0"})
            assert done.returncode == 0, done.stderr
        yield broker


def user(broker: SecuredBroker, group: str, lacking: int | None = None) -> User:
    """One with the rights of the boards of a group, but for one of them."""
    granted = rights(ROLES["boards"], plain_settings(boards_group=group))
    if lacking is None:
        return User(broker, group, granted, boards_group=group)
    return User(broker, f"{group}-without-{lacking}", without(granted, lacking), boards_group=group)


def stray(broker: SecuredBroker) -> str:
    """An outcome on the topic that no plan has: the boards are to take it back. Its id."""
    outcome = standing_outcomes(load_settings({"bootstrap_servers": broker.plain}), broker.plain)[0]
    message = encode(outcome.model_copy(update={"id": "stray"}), source="/tests", time=MOMENT)
    producer = Producer(
        {"bootstrap.servers": broker.plain, "enable.idempotence": True, "partitioner": "murmur2_random"}
    )
    producer.produce(OUTCOME.name, message.value, message.key, headers=[*message.headers])
    assert producer.flush(30) == 0
    return "stray"


def standing(broker: SecuredBroker) -> set[str]:
    return {one.id for one in standing_outcomes(load_settings({"bootstrap_servers": broker.plain}), broker.plain)}


@pytest.fixture(scope="module")
def at_home(secured: SecuredBroker, tmp_path_factory: pytest.TempPathFactory) -> SecuredBroker:
    """Boards with all of their rights have told the outcomes."""
    folder = tmp_path_factory.mktemp("enough")
    with at_work(user(secured, "enough").settings, folder) as boards:
        boards.live()
        assert eventually(lambda: len(standing(secured)) > 10)
        boards.end()
    return secured


def waits(boards: AtWork) -> bool:
    return "report_streams_boards_outcomes_wait 1.0" in boards.ask("/metrics")[1]


def test_the_rights_of_the_boards_are_enough(at_home: SecuredBroker, tmp_path: Path) -> None:
    before = standing(at_home) - {"stray"}
    name = stray(at_home)
    assert name in standing(at_home)
    with at_work(user(at_home, "enough-too").settings, tmp_path) as boards:
        boards.live()
        assert eventually(lambda: standing(at_home) == before)
        boards.end()


@pytest.mark.parametrize("index", range(len(BOARDS)), ids=names(BOARDS))
def test_the_boards_need_each_of_their_rights(at_home: SecuredBroker, index: int, tmp_path: Path) -> None:
    stray(at_home)
    # What a changelog holds has to be read only where it holds something; the other rights are asked for at the start.
    group = "enough" if BOARDS[index].name == CHANGELOGS and BOARDS[index].operation == "Read" else f"lacking-{index}"
    given = user(at_home, group, index).settings | {"boards_dir": str(tmp_path), "web_port": "0"}
    del given["metrics_port"]
    with Running("boards", settings=given) as running:
        assert eventually(lambda: REFUSED.search(refusal(running)), 60), (refusal(running), running.lines)
        assert "Traceback" not in "".join(running.lines), running.lines


def refusal(running: Running) -> str:
    """What boards say of a right that they lack: as they end, as the reason why Kafka is away, or of outcomes."""
    said = " ".join(running.lines)
    if running.process.poll() is not None or "boards at " not in said:
        return said
    boards = AtWork(running)
    try:
        away = boards.ask("/api/status")[1]["kafka_away"]
        return f"{away} {said if waits(boards) else ''}"
    except OSError:
        # They end just now, and are asked again for what they said.
        return ""
