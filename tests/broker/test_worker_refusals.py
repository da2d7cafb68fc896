"""What a worker says when it cannot begin: a clear message and an exit code, never a traceback."""

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from schemas.topics import PARAGRAPHS
from streams.settings import Settings
from tests.broker.conftest import paragraphs, raw
from tests.broker.test_worker import Produce, committed_offsets
from tests.command_line import run

pytestmark = pytest.mark.broker


def test_a_kafka_that_does_not_answer_is_named() -> None:
    done = run("worker", settings={"bootstrap_servers": "127.0.0.1:1", "connect_timeout_s": "2", "metrics_port": "0"})
    assert done.returncode == 3
    assert "Kafka at 127.0.0.1:1 does not answer within 2 s" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_topics_are_named_with_the_command_that_makes_them(kafka: str, topic_prefix: str) -> None:
    done = run("worker", settings={"bootstrap_servers": kafka, "topic_prefix": topic_prefix, "metrics_port": "0"})
    assert done.returncode == 2
    assert topic_prefix + "reports.paragraphs.v1" in done.stderr
    assert "report-streams topics create" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_kafka_at_all_says_how_to_get_one(tmp_path: object) -> None:
    done = run("worker", settings={"broker_data_dir": f"{tmp_path}/none", "metrics_port": "0"})
    assert done.returncode == 3
    assert "report-streams broker start" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--worker-batch-records", "none"), "worker_batch_records"),
        (("--metrics-port", "70000"), "metrics_port"),
        (("--no-such-option",), "No such option"),
        (("--worker-transaction-timeout-ms", "999999999"), "worker_transaction_timeout_ms"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    done = run("worker", *arguments, settings={})
    assert done.returncode == 2
    assert said in done.stderr


def test_an_offset_that_left_retention_stops_the_worker_and_names_the_archive(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce
) -> None:
    produce(map(raw, paragraphs(10, reports=1)))
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    produce(map(raw, paragraphs(10, reports=1, text="后来{n}件。")))
    name = settings.topic_prefix + PARAGRAPHS.name
    held = partition_ends(kafka, name)
    (number,) = held
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.delete_records([TopicPartition(name, number, 15)]).values():
        future.result()
    stopped = run("worker", "--until-caught-up", settings=variables)
    assert stopped.returncode == 4
    assert f"offset 10 of {name}[{number}]" in stopped.stderr
    assert "it holds 15 to 20" in stopped.stderr
    assert "report-streams archive" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert committed_offsets(settings, kafka) == 10


def partition_ends(kafka: str, topic: str) -> dict[int, int]:
    """The end of each partition of a topic that holds records."""
    partitions = [TopicPartition(topic, number) for number in range(PARAGRAPHS.partitions)]
    admin = AdminClient({"bootstrap.servers": kafka})
    told = admin.list_offsets({partition: OffsetSpec.latest() for partition in partitions})
    ends = {partition.partition: future.result().offset for partition, future in told.items()}
    return {number: end for number, end in ends.items() if end}


def test_records_that_left_retention_before_the_group_began_are_none_of_its_own(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce
) -> None:
    produce(map(raw, paragraphs(10, reports=1)))
    name = settings.topic_prefix + PARAGRAPHS.name
    (number,) = partition_ends(kafka, name)
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.delete_records([TopicPartition(name, number, 4)]).values():
        future.result()
    done = run("worker", "--until-caught-up", settings=variables)
    assert done.returncode == 0, done.stderr
    assert "handled classified 6" in done.stderr
