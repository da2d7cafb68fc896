"""Dead letters for tests, as a worker writes them, and what a redrive made of them."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka import Message as KafkaMessage
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from schemas.dead_letter import Stage
from schemas.topics import DEAD_LETTER, PARAGRAPHS, Topic
from streams.settings import Settings
from streams.worker.handle import Consumed, refuse

WRITTEN = datetime(2023, 1, 8, tzinfo=UTC)
"""When the first of them was written; each is a day later than the one before."""

Headers = tuple[tuple[str, bytes | None], ...]


def consumed(
    settings: Settings, offset: int, value: bytes | None, *, key: bytes | None = b"r1", headers: Headers = ()
) -> Consumed:
    """A record of the paragraphs topic that never was there, on partition 0."""
    return Consumed(settings.topic_prefix + PARAGRAPHS.name, 0, offset, WRITTEN, key, value, headers)


def put_letters(
    settings: Settings, kafka: str, records: Sequence[Consumed], stage: Stage = "decode", reason: str = "not JSON"
) -> None:
    """Make each record a dead letter, in order, a day apart."""
    keep_for_good(settings, kafka, DEAD_LETTER)
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "message.max.bytes": 9_000_000})
    begun = sum(1 for _ in all_records(settings, kafka, DEAD_LETTER))
    for number, record in enumerate(records, begun):
        message = refuse(record, stage, reason).outputs[0].message
        at = int((WRITTEN + timedelta(days=number)).timestamp() * 1000)
        topic = settings.topic_prefix + DEAD_LETTER.name
        producer.produce(topic, message.value, message.key, headers=message.headers, timestamp=at)
        producer.poll(0)
    assert producer.flush(30) == 0


def keep_for_good(settings: Settings, kafka: str, topic: Topic) -> None:
    """Let Kafka keep old records: it looks every five minutes for what retention lets go, so tests met it rarely."""
    kept = ConfigEntry("retention.ms", "-1", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, settings.topic_prefix + topic.name, incremental_configs=[kept])
    admin = AdminClient({"bootstrap.servers": kafka})
    [done] = admin.incremental_alter_configs([resource]).values()
    done.result(30)


def all_records(settings: Settings, kafka: str, topic: Topic) -> list[KafkaMessage]:
    """All committed records of a topic, by partition and offset."""
    name = settings.topic_prefix + topic.name
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": "tests", "enable.partition.eof": True})
    found: list[KafkaMessage] = []
    at_end: set[int | None] = set()
    deadline = time.monotonic() + 60
    try:
        consumer.assign([TopicPartition(name, number, 0) for number in range(topic.partitions)])
        while len(at_end) < topic.partitions:
            assert time.monotonic() < deadline, "the topic cannot be read to its end"
            message = consumer.poll(0.1)
            error = None if message is None else message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                at_end.add(message.partition())
            elif message is not None and error is None:
                found.append(message)
    finally:
        consumer.close()
    return sorted(found, key=lambda message: (message.partition(), message.offset()))
