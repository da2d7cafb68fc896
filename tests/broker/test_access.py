"""Each role's rights are enough for its job and each is needed, on a Kafka with TLS, SCRAM and access lists."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from confluent_kafka import Producer

from schemas.topics import CLASSIFIED, DEAD_LETTER, EVENT_TOPICS, PARAGRAPHS, PARKED, TOPICS
from streams.clients.access import ROLES, Right, grant, rights
from streams.errors import BrokerUnavailableError
from streams.settings import Settings, load_settings
from tests.broker.secured_broker import SecuredBroker, secured_broker
from tests.command_line import run

pytestmark = pytest.mark.timeout(180)

REPORT = (
    "会议纪要\n\n李明委员建议，加快老旧小区改造。\n\n全年新增就业12万人，增长5%。\n\n市长王强说，明年要再建10所学校。\n"
)


def plain_settings(**more: object) -> Settings:
    return load_settings(more)


WORKER, ADMIN = (rights(ROLES[role], plain_settings()) for role in ("worker", "admin"))
SUBSCRIBER, PUSHER = (rights(ROLES[role], plain_settings()) for role in ("subscriber", "pusher"))
REPLAYER, REANALYSER = (rights(ROLES[role], plain_settings()) for role in ("replayer", "reanalyser"))
ARCHIVER, RESTORER = (rights(ROLES[role], plain_settings()) for role in ("archiver", "restorer"))
REDRIVER, AUDITOR = (rights(ROLES[role], plain_settings()) for role in ("redriver", "auditor"))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, broker_cache: Path) -> Iterator[SecuredBroker]:
    with secured_broker(tmp_path_factory.mktemp("secured"), broker_cache) as broker:
        made = run("topics", "create", settings={"bootstrap_servers": broker.plain})
        assert made.returncode == 0, made.stderr
        yield broker


class User:
    """A user with some rights, and the commands that it runs."""

    def __init__(self, broker: SecuredBroker, name: str, granted: Sequence[Right], **more: object) -> None:
        broker.add_users([name])
        if granted:
            grant(plain_settings(), broker.plain, f"User:{name}", granted)
        self.settings = broker.settings_of(name, metrics_port=0, **more)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return run(*arguments, settings=self.settings, stdin=stdin.encode())


def push(user: User) -> subprocess.CompletedProcess[str]:
    return user.run("push", "-", "--title", "会议纪要", stdin=REPORT)


def work(user: User) -> subprocess.CompletedProcess[str]:
    return user.run("worker", "--until-caught-up")


def without(all_rights: list[Right], index: int) -> list[Right]:
    return all_rights[:index] + all_rights[index + 1 :]


def names(all_rights: list[Right]) -> list[str]:
    return [re.sub(r"[ *]+", "-", str(right)) for right in all_rights]


def test_the_rights_of_pusher_worker_and_subscriber_are_enough_for_the_whole_way(secured: SecuredBroker) -> None:
    pushed = push(User(secured, "pusher", PUSHER))
    assert pushed.returncode == 0, pushed.stderr
    worked = work(User(secured, "worker", WORKER))
    assert worked.returncode == 0, worked.stderr
    read = User(secured, "subscriber", SUBSCRIBER).run(
        "subscribe", "classified", "proposal", "statistic", "deadletter", "--from-beginning", "--jsonl"
    )
    assert read.returncode == 0, read.stderr
    records = [json.loads(line) for line in read.stdout.splitlines()]
    assert {record.get("kind") for record in records} >= {None, "proposal", "statistic"}


def test_the_rights_of_an_admin_are_enough_to_create_and_check_topics(secured: SecuredBroker) -> None:
    own = plain_settings(topic_prefix="enough.")
    admin = User(secured, "admin", rights(ROLES["admin"], own), topic_prefix="enough.")
    for command in ("create", "check", "list"):
        done = admin.run("topics", command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert f"created enough.{TOPICS[0].name}" in admin.run("topics", "create").stdout.replace("exists ", "created")


@pytest.mark.parametrize("index", range(len(PUSHER)), ids=names(PUSHER))
def test_a_pusher_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    done = push(User(secured, f"pusher-{index}", without(PUSHER, index)))
    assert done.returncode in (2, 3)
    assert PARAGRAPHS.name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("index", range(len(WORKER)), ids=names(WORKER))
def test_a_worker_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    assert push(User(secured, "pusher", PUSHER)).returncode == 0
    done = work(User(secured, f"worker-{index}", without(WORKER, index)))
    assert done.returncode in (2, 3, 4), done.stderr
    assert re.search(r"missing topics|authori[sz]ation", done.stderr, re.IGNORECASE), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("index", range(len(SUBSCRIBER)), ids=names(SUBSCRIBER))
def test_a_subscriber_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    user = User(secured, f"subscriber-{index}", without(SUBSCRIBER, index))
    topic = next(topic for topic in TOPICS if topic.name == SUBSCRIBER[index].name)
    done = user.run("subscribe", topic.alias, "--from-beginning")
    assert done.returncode in (2, 3)
    assert topic.name in done.stderr
    assert "Traceback" not in done.stderr


def bad_record(broker: SecuredBroker, user: User) -> None:
    """A dead letter for the redriver: the worker's verdict on a value that is no JSON."""
    producer = Producer({"bootstrap.servers": broker.plain, "enable.idempotence": True})
    producer.produce(PARAGRAPHS.name, b"no paragraph", b"k")
    assert producer.flush(30) == 0
    assert work(user).returncode == 0


def test_the_rights_of_a_redriver_and_an_auditor_are_enough(secured: SecuredBroker) -> None:
    worker = User(secured, "worker", WORKER)
    bad_record(secured, worker)
    redriver = User(secured, "redriver", REDRIVER)
    for command in (["list"], ["redrive", "--all"]):
        done = redriver.run("dead-letters", *command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert work(worker).returncode == 0
    audited = User(secured, "auditor", AUDITOR).run("audit", "--events")
    assert audited.returncode == 0, audited.stdout + audited.stderr


@pytest.mark.parametrize("index", range(len(REDRIVER)), ids=names(REDRIVER))
def test_a_redriver_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    bad_record(secured, User(secured, "worker", WORKER))
    done = User(secured, f"redriver-{index}", without(REDRIVER, index)).run("dead-letters", "redrive", "--all")
    if REDRIVER[index].name == PARKED.name:
        # Only a letter that has used up its attempts is parked; whoever may not park still redrives.
        assert done.returncode in (0, 2, 3), done.stderr
        return
    assert done.returncode in (1, 2, 3, 4), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("index", range(len(AUDITOR)), ids=names(AUDITOR))
def test_an_auditor_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    done = User(secured, f"auditor-{index}", without(AUDITOR, index)).run("audit", "--events")
    assert done.returncode in (2, 3), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def replayed(user: User) -> subprocess.CompletedProcess[str]:
    return user.run("replay", "paragraphs", "--restart")


def reanalysed(user: User) -> subprocess.CompletedProcess[str]:
    return user.run("reanalyse", "paragraphs")


def test_the_rights_of_a_replayer_and_a_reanalyser_are_enough(secured: SecuredBroker) -> None:
    assert push(User(secured, "pusher", PUSHER)).returncode == 0
    assert work(User(secured, "worker", WORKER)).returncode == 0
    replay = replayed(User(secured, "replayer", REPLAYER))
    assert (replay.returncode, f"to replay.{PARAGRAPHS.name}" in replay.stdout) == (0, True), replay.stderr
    again = reanalysed(User(secured, "reanalyser", REANALYSER))
    assert (again.returncode, "0 differ" in again.stdout) == (0, True), again.stdout + again.stderr


def needed_by_a_replay_of_paragraphs() -> list[int]:
    """Rights on what else workers emit are needed for those topics only."""
    others = {topic.name for topic in (CLASSIFIED, *EVENT_TOPICS, DEAD_LETTER)}
    return [index for index, right in enumerate(REPLAYER) if right.name not in others]


@pytest.mark.parametrize("index", needed_by_a_replay_of_paragraphs(), ids=lambda index: names(REPLAYER)[index])
def test_a_replayer_needs_each_of_its_rights(secured: SecuredBroker, index: int) -> None:
    assert push(User(secured, "pusher", PUSHER)).returncode == 0
    lacking = REPLAYER[index]
    if lacking.operation == "Create":
        # The topic of its own is there from the test before; under another name it has to be made.
        user = User(secured, f"replayer-{index}", without(REPLAYER, index))
        done = user.run("replay", "paragraphs", "--prefix", "replay.anew.")
    else:
        done = replayed(User(secured, f"replayer-{index}", without(REPLAYER, index)))
    assert done.returncode in (2, 3, 4), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def archived(user: User, folder: Path, alias: str = "all") -> subprocess.CompletedProcess[str]:
    return user.run("archive", alias, "--to", str(folder))


@pytest.fixture(scope="module")
def archive(secured: SecuredBroker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some paragraphs, kept by whoever has the rights of an archiver."""
    assert push(User(secured, "pusher", PUSHER)).returncode == 0
    folder = tmp_path_factory.mktemp("archive") / "paragraphs"
    done = archived(User(secured, "archiver", ARCHIVER), folder, "paragraphs")
    assert done.returncode == 0, done.stderr
    # What a restore finds of earlier ones has to be there: nobody is refused the records of an empty topic.
    once = restored(User(secured, "restorer", RESTORER), folder)
    assert (once.returncode, f"to {PARAGRAPHS.name}" in once.stdout) == (0, True), once.stdout + once.stderr
    return folder


def restored(user: User, archive: Path) -> subprocess.CompletedProcess[str]:
    return user.run("replay", str(archive), "--into", "paragraphs", "--restart")


def test_the_rights_of_an_archiver_and_a_restorer_are_enough(
    secured: SecuredBroker, archive: Path, tmp_path: Path
) -> None:
    everything = archived(User(secured, "archiver", ARCHIVER), tmp_path / "everything")
    assert everything.returncode == 0, everything.stderr
    done = restored(User(secured, "restorer", RESTORER), archive)
    assert (done.returncode, f"to {PARAGRAPHS.name}" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("index", range(len(ARCHIVER)), ids=names(ARCHIVER))
def test_an_archiver_needs_each_of_its_rights(secured: SecuredBroker, index: int, tmp_path: Path) -> None:
    alias = next(topic.alias for topic in TOPICS if topic.name == ARCHIVER[index].name)
    done = archived(User(secured, f"archiver-{index}", without(ARCHIVER, index)), tmp_path / "kept", alias)
    assert done.returncode in (2, 3), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def needed_to_restore_paragraphs() -> list[int]:
    """Rights on what workers emit are needed for those topics only."""
    others = {topic.name for topic in (CLASSIFIED, *EVENT_TOPICS, DEAD_LETTER)}
    return [index for index, right in enumerate(RESTORER) if right.name not in others]


@pytest.mark.parametrize("index", needed_to_restore_paragraphs(), ids=lambda index: names(RESTORER)[index])
def test_a_restorer_needs_each_of_its_rights(secured: SecuredBroker, archive: Path, index: int) -> None:
    done = restored(User(secured, f"restorer-{index}", without(RESTORER, index)), archive)
    assert done.returncode in (2, 3, 4), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("operation", ["Create", "Describe", "DescribeConfigs"])
def test_an_admin_needs_each_sort_of_its_rights(secured: SecuredBroker, operation: str) -> None:
    prefix = f"no-{operation.lower()}."
    all_rights = rights(ROLES["admin"], plain_settings(topic_prefix=prefix))
    lacking = Right(operation, "topic", prefix + CLASSIFIED.name)  # type: ignore[arg-type]
    assert lacking in all_rights
    admin = User(
        secured, f"admin-{operation}", [right for right in all_rights if right != lacking], topic_prefix=prefix
    )
    codes = [admin.run("topics", command).returncode for command in ("create", "check")]
    assert any(codes), codes


def test_a_wrong_password_is_told_at_once_and_is_not_shown(secured: SecuredBroker) -> None:
    user = User(secured, "forgetful", PUSHER)
    user.settings |= {"sasl_password": "not-the-password", "connect_timeout_s": "4"}
    for done in (push(user), work(user)):
        assert done.returncode in (3, 4), done.stderr
        assert "not-the-password" not in done.stderr + done.stdout
        assert re.search(r"authentication|sasl_password", done.stderr, re.IGNORECASE), done.stderr


def test_a_certificate_of_an_unknown_authority_is_refused(secured: SecuredBroker, tmp_path: Path) -> None:
    import trustme

    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    user = User(secured, "careful", PUSHER)
    user.settings |= {"ssl_cafile": str(stranger), "connect_timeout_s": "4"}
    for done in (push(user), work(user)):
        assert done.returncode == 3, done.stderr
        assert "Traceback" not in done.stderr


def test_rights_that_may_not_be_granted_are_an_error(secured: SecuredBroker) -> None:
    nobody = User(secured, "nobody", [])
    done = nobody.run("access", "worker", "--principal", "User:friend", "--grant")
    assert done.returncode == 3
    assert "ClusterAuthorizationFailed" in done.stderr


def test_a_kafka_without_access_lists_says_so(kafka: str) -> None:
    with pytest.raises(BrokerUnavailableError, match="SecurityDisabled"):
        grant(plain_settings(), kafka, "User:friend", PUSHER)


def test_the_rights_are_shown_as_commands_of_kafkas_own_tool() -> None:
    shown = run("access", "worker", "--principal", "User:w", settings={"topic_prefix": "a."})
    lines = shown.stdout.splitlines()
    assert len(lines) == len(WORKER)
    assert all(
        line.startswith("kafka-acls --bootstrap-server HOST:PORT --add --allow-principal 'User:w'") for line in lines
    )
    assert any(
        line.endswith("--operation Write --transactional-id 'a.report-streams-' --resource-pattern-type prefixed")
        for line in lines
    )
    assert sum(f"'a.{topic.name}'" in line for line in lines for topic in EVENT_TOPICS) == len(EVENT_TOPICS)


def test_granting_to_nobody_is_a_mistake() -> None:
    done = run("access", "worker", "--grant", settings={"bootstrap_servers": "127.0.0.1:9"})
    assert done.returncode == 2
    assert "--principal" in done.stderr
