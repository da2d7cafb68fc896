"""Topics on a real Kafka: created once, listed, and their drift told by exact names."""

import json

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    ResourceType,
)

from schemas.topics import PARAGRAPHS, PLAN, TOPICS
from streams.clients.topic_admin import Drift, TopicAdmin
from streams.settings import Settings, load_settings
from tests.command_line import eventually, run

pytestmark = pytest.mark.broker


def test_create_is_idempotent(kafka: str, topic_prefix: str) -> None:
    settings = load_settings({"bootstrap_servers": kafka, "topic_prefix": topic_prefix})
    with TopicAdmin(settings, kafka) as admin:
        assert admin.missing(TOPICS) == [topic_prefix + topic.name for topic in TOPICS]
        assert [c.created for c in admin.create()] == [True] * len(TOPICS)
        assert [c.created for c in admin.create()] == [False] * len(TOPICS)
        assert admin.missing(TOPICS) == []
        assert admin.drift() == []


def test_check_names_every_difference(kafka: str, settings: Settings, variables: dict[str, str]) -> None:
    plan, paragraphs = settings.topic_prefix + PLAN.name, settings.topic_prefix + PARAGRAPHS.name
    native = AdminClient({"bootstrap.servers": kafka})
    retention = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, plan, incremental_configs=[retention])
    for future in native.incremental_alter_configs([resource]).values():
        future.result(30)
    native.create_partitions([NewPartitions(paragraphs, 8)])[paragraphs].result(30)
    deleted = settings.topic_prefix + TOPICS[-1].name
    native.delete_topics([deleted])[deleted].result(30)
    wanted = {
        Drift(paragraphs, "partitions", "6", "8"),
        Drift(plan, "retention.ms", "-1", "1000"),
        Drift(deleted, "topic", "there", "missing"),
    }
    with TopicAdmin(settings, kafka) as admin:
        assert eventually(lambda: set(admin.drift()) == wanted), admin.drift()
    done = run("topics", "check", settings=variables)
    assert done.returncode == 1
    assert f"{plan}: retention.ms is 1000, should be -1" in done.stdout
    assert f"{paragraphs}: partitions is 8, should be 6" in done.stdout
    assert len(done.stdout.splitlines()) == len(wanted)


def test_the_commands_tell_what_they_did(kafka: str, topic_prefix: str) -> None:
    variables = {"bootstrap_servers": kafka, "topic_prefix": topic_prefix}
    assert run("topics", "check", settings=variables).returncode == 1
    for state in ("created", "exists "):
        done = run("topics", "create", settings=variables)
        assert done.returncode == 0
        assert done.stdout.splitlines() == [f"{state} {topic_prefix}{topic.name}" for topic in TOPICS]
    listed = run("topics", "list", "--json", settings=variables)
    told = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [(t["topic"], t["partitions"], t["records"]) for t in told] == [
        (topic_prefix + topic.name, topic.partitions, 0) for topic in TOPICS
    ]
    checked = run("topics", "check", settings=variables)
    assert (checked.returncode, checked.stdout.strip()) == (0, "all topics are as they should be")
