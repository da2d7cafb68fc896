"""Records as odd as Kafka lets them be, and all that a topic holds."""

import random
from collections.abc import Iterator, Sequence

from confluent_kafka import Producer

from streams.archive.records import ArchivedRecord
from streams.archive.source import reading
from streams.archive.topics_there import TopicsThere
from streams.librdkafka import client_configuration
from streams.replay.topic_source import read_stretch, settled_bounds
from streams.settings import Settings

BEGIN_MS = 1_672_531_200_000
"""2023-01-01T00:00:00Z"""
_NAMES = ("ce_id", "", "报告", "note", "note", "replay-id", "x" * 200)
_VALUES = (None, b"", b"\xff\x00", "值".encode(), b"v" * 300)


def odd_records(topic: str, count: int, partitions: int, seed: int = 8) -> Iterator[ArchivedRecord]:
    """So many, a second apart; offsets count from 0 in each partition."""
    chance = random.Random(seed)  # noqa: S311 -- for variety, not for secrets
    offsets = [0] * partitions
    for number in range(count):
        partition = chance.randrange(partitions)
        key = chance.choice((None, b"", b"\xff", f"report-{partition}-{number % 5}".encode()))
        value = chance.choice((None, b"", b"\x00\xff", f"文{number}".encode() * chance.randrange(1, 40)))
        headers = tuple((chance.choice(_NAMES), chance.choice(_VALUES)) for _ in range(chance.randrange(4)))
        yield ArchivedRecord(topic, partition, offsets[partition], BEGIN_MS + number * 1000, key, value, headers)
        offsets[partition] += 1


def put(kafka: str, records: Iterator[ArchivedRecord] | Sequence[ArchivedRecord]) -> None:
    """Put records where they say that they stand."""
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "linger.ms": 20})
    for record in records:
        while True:
            try:
                producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    record.partition,
                    timestamp=record.timestamp or 0,
                    headers=list(record.headers),
                )
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(60) == 0


def held(settings: Settings, kafka: str, topic: str) -> list[ArchivedRecord]:
    """All committed records of a topic, by its full name; those of each partition in their order."""
    configuration = client_configuration(settings, kafka, "tests")
    there = TopicsThere(configuration, 20)
    places = [(topic, number) for number in range(there.described([topic])[topic].partitions)]
    found: list[ArchivedRecord] = []
    for place, bounds in settled_bounds(there, places).items():
        assert bounds.committed == bounds.end, "a transaction is open"
        if bounds.first < bounds.end:
            found.extend(read_stretch(reading(configuration, "tests"), place, bounds.first, bounds.end))
    return found
