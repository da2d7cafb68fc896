"""What a worker says when it cannot begin: a clear message and an exit code, never a traceback."""

import pytest

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
