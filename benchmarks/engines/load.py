"""What all sides are given: the paragraphs of the seeds, over and over, each time as new reports."""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Producer

from schemas.codec import encode
from schemas.paragraph import Paragraph, Report
from schemas.topics import PARAGRAPHS
from streams.reports.reader import read_report
from streams.reports.reading import ReportOptions
from streams.reports.sources import Source

SEEDS = Path(__file__).parents[2] / "seeds"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def seed_paragraphs() -> list[Paragraph]:
    """The paragraphs of the seed pages, in their order."""
    read = (read_report(Source(path, None), ReportOptions(), MOMENT) for path in sorted(SEEDS.glob("*.txt")))
    return [reading for report in read for reading in report if isinstance(reading, Paragraph)]


def paragraphs(count: int, first: int = 0) -> Iterator[Paragraph]:
    """Paragraphs with ids of their own, from number ``first`` to below ``count``."""
    seeds = seed_paragraphs()
    copies = (
        Paragraph.numbered(
            Report.named(f"{paragraph.report.title or paragraph.report.id} {turn}", genre=paragraph.report.genre),
            paragraph.ordinal,
            paragraph.text,
            paragraph.section,
            pushed_at=MOMENT,
        )
        for turn in itertools.count()
        for paragraph in seeds
    )
    return itertools.islice(copies, first, count)


def push(bootstrap: str, prefix: str, count: int, first: int = 0) -> None:
    """Put them on the topic, acknowledged."""
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 20})
    for paragraph in paragraphs(count, first):
        message = encode(paragraph, source="/benchmarks", time=MOMENT)
        producer.produce(prefix + PARAGRAPHS.name, message.value, message.key, headers=message.headers)
        producer.poll(0)
    if producer.flush(120):
        raise RuntimeError("Kafka did not take the load")


def trickle(bootstrap: str, prefix: str, count: int, pause_s: float) -> dict[str, float]:
    """Put them on the topic one by one; by paragraph id the moment at which Kafka acknowledged each."""
    acknowledged: dict[str, float] = {}
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 0})
    for paragraph in paragraphs(count):
        message = encode(paragraph, source="/benchmarks", time=MOMENT)
        producer.produce(prefix + PARAGRAPHS.name, message.value, message.key, headers=message.headers)
        producer.flush(30)
        acknowledged[paragraph.id] = time.monotonic()
        time.sleep(pause_s)
    return acknowledged


def paragraph_id(value: bytes) -> str:
    """The id in a classified record."""
    return str(json.loads(value)["id"])
