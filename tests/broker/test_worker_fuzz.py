"""Malformed records of twenty sorts on a real Kafka: each one dead letter, the worker alive, the good ones unharmed.

``FUZZ_RECORDS`` sets how many malformed records there are: 2,000 by default; ``make fuzz`` takes 100,000.
"""

import os
import random
import urllib.request
from collections import Counter
from hashlib import blake2b

import pytest
from confluent_kafka import KafkaError, Message, Producer

from schemas.dead_letter import DeadLetter
from schemas.topics import PARAGRAPHS
from streams.metrics import PageOfMetrics
from streams.settings import Settings
from streams.worker.analysing import Analysis
from streams.worker.handle import Consumed, handle
from tests.broker.malformed import SORTS, Headers, Raw, good, malformed
from tests.broker.test_worker import Committed, classified_in, committed_offsets, dead_in
from tests.command_line import Running, eventually
from tests.worker_analyses import Faulty

RECORDS = int(os.environ.get("FUZZ_RECORDS", "2000"))
GOOD_EVERY = 10
SEED = 20_230_108

Coordinates = tuple[int, int]


def content(key: bytes | None, value: bytes | None, headers: Headers) -> bytes:
    """A digest of all that a record holds."""
    return blake2b(repr((key, value, headers)).encode()).digest()


class Pushed:
    """What was put on the topic: the malformed records by their coordinates, the good ones by their ids."""

    def __init__(self) -> None:
        self.bad: dict[Coordinates, bytes] = {}
        self.good: list[str] = []
        self.sorts: Counter[str] = Counter()
        self.failed: list[KafkaError] = []

    def note(self, raw: Raw, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed.append(error)
        elif raw.sort is not None:
            self.bad[message.partition(), message.offset()] = content(raw.key, raw.value, raw.headers)
            self.sorts[raw.sort] += 1


def push(kafka: str, topic: str) -> Pushed:
    pushed, chance = Pushed(), random.Random(SEED)  # noqa: S311 -- a seeded order of test inputs
    producer = Producer(
        {"bootstrap.servers": kafka, "enable.idempotence": True, "message.max.bytes": 2_000_000, "linger.ms": 20}
    )

    def put(raw: Raw) -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            pushed.note(raw, error, message)

        while True:
            try:
                producer.produce(topic, raw.value, raw.key, headers=raw.headers, on_delivery=delivered)
            except BufferError:
                producer.poll(0.2)
            else:
                producer.poll(0)
                return

    for number in range(RECORDS):
        put(malformed(chance))
        if number % GOOD_EVERY == 0:
            identifier, raw = good(number)
            pushed.good.append(identifier)
            put(raw)
    assert producer.flush(60) == 0
    return pushed


def test_every_sort_is_refused_in_words_and_never_raises() -> None:
    chance, analysis = random.Random(SEED), Faulty()  # noqa: S311 -- as above
    assert len(SORTS) >= 12
    refused = Counter(_refused_sort(malformed(chance), analysis) for _ in range(len(SORTS) * 30))
    assert refused.keys() == SORTS.keys()


def _refused_sort(raw: Raw, analysis: Analysis) -> str:
    consumed = Consumed("t", 0, 0, None, raw.key, raw.value, tuple(raw.headers))
    assert raw.sort is not None
    assert handle(consumed, analysis.analyse).dead == "decode", (raw.sort, (raw.value or b"")[:300], raw.headers)
    return raw.sort


@pytest.mark.broker
@pytest.mark.timeout(0 if RECORDS > 10_000 else 300)
def test_each_malformed_record_becomes_one_dead_letter_and_the_good_ones_come_out(
    variables: dict[str, str], settings: Settings, kafka: str, committed: Committed
) -> None:
    pushed = push(kafka, settings.topic_prefix + PARAGRAPHS.name)
    assert not pushed.failed
    assert pushed.sorts.keys() == SORTS.keys()
    total = len(pushed.bad) + len(pushed.good)
    assert total == RECORDS + len(pushed.good)
    # The ceilings take so many dead letters for a fault of ours, which is what they are for.
    lenient = {**variables, "worker_dead_letter_limit": "1000000", "worker_dead_letter_share": "1"}
    with Running("worker", settings=lenient) as worker:
        address = worker.said(r"metrics at (http://\S+)/metrics")[1]
        assert eventually(lambda: committed_offsets(settings, kafka) == total, 60 + RECORDS / 20), worker.lines
        # What is committed is counted a moment later.
        assert eventually(lambda: page_at(address).records_in == total)
        page = page_at(address)
        worker.process.terminate()
        assert worker.ended() == 0
    assert page.total("report_streams_analysis_losses_total") == 0
    assert page.total("report_streams_dead_letters_total", stage="decode") == len(pushed.bad)
    letters = dead_in(committed)
    assert len(letters) == len(pushed.bad)
    assert {(one.partition, one.offset): _content_of(one) for one in letters} == pushed.bad
    assert Counter(one.id for one in classified_in(committed)) == Counter(dict.fromkeys(pushed.good, 1))


def page_at(address: str) -> PageOfMetrics:
    with urllib.request.urlopen(address + "/metrics", timeout=30) as answer:
        return PageOfMetrics(answer.read().decode())


def _content_of(letter: DeadLetter) -> bytes:
    return content(letter.key, letter.value, [(header.key, header.value) for header in letter.headers])
