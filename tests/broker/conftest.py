"""What the tests on a real Kafka share."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer

from schemas.codec import encode
from schemas.paragraph import Paragraph, Report
from schemas.topics import PARAGRAPHS, Topic
from streams.clients.subscriber import Received, read_all
from streams.clients.topic_admin import TopicAdmin
from streams.settings import Settings, load_settings

MOMENT = datetime(2023, 1, 8, tzinfo=UTC)
RawRecord = tuple[bytes | None, bytes | None]


@pytest.fixture
def settings(kafka: str, topic_prefix: str) -> Settings:
    """Settings of a cluster with topics of this test's own."""
    made = load_settings({"bootstrap_servers": kafka, "topic_prefix": topic_prefix})
    with TopicAdmin(made, kafka) as admin:
        admin.create()
    return made


@pytest.fixture
def variables(kafka: str, topic_prefix: str, settings: Settings) -> dict[str, str]:
    """The same for commands that run as processes; the metrics are on a free port."""
    return {"bootstrap_servers": kafka, "topic_prefix": topic_prefix, "metrics_port": "0"}


@pytest.fixture
def produce(settings: Settings, kafka: str) -> Callable[[Iterable[RawRecord]], None]:
    """Put raw (key, value) pairs on the paragraphs topic, acknowledged."""

    def put(records: Iterable[RawRecord]) -> None:
        producer = Producer({"bootstrap.servers": kafka, "partitioner": "murmur2_random", "enable.idempotence": True})
        for key, value in records:
            producer.produce(settings.topic_prefix + PARAGRAPHS.name, value, key)
            producer.poll(0)
        assert producer.flush(30) == 0

    return put


@pytest.fixture
def committed(settings: Settings, kafka: str) -> Callable[[Topic], list[Received]]:
    """All committed records of a topic; an undecodable one fails the test."""

    def read(topic: Topic) -> list[Received]:
        return list(read_all(settings, kafka, [topic], lambda bad: pytest.fail(str(bad))))

    return read


def paragraphs(count: int, reports: int = 7, text: str = "全年新增就业{n}人，增长5%。") -> list[Paragraph]:
    """So many paragraphs, in turn of so many reports, each with a text of its own."""
    made = []
    for n in range(count):
        report = Report(id=f"report-{n % reports}", title="年度报告")
        made.append(Paragraph.numbered(report, n // reports, text.format(n=n + 1), pushed_at=MOMENT))
    return made


def raw(paragraph: Paragraph) -> RawRecord:
    """A paragraph as ``push`` would put it on the topic."""
    message = encode(paragraph, source="/tests", time=MOMENT)
    return message.key, message.value
