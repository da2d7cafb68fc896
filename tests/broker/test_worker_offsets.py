"""A worker whose committed offsets cannot be read, or whose Kafka is away: what it does about it, and that it stops."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.topics import PARAGRAPHS
from streams.broker import properties
from streams.settings import Settings
from tests.broker.conftest import paragraphs, raw
from tests.broker.hanging_offsets import UNCHECKED, leave_hanging_offset
from tests.broker.test_worker import Committed, Produce, assert_each_came_out_once, committed_offsets
from tests.broker.test_worker_recovery import once, own_kafka
from tests.command_line import Running, eventually

pytestmark = pytest.mark.broker

STOP_S = 50.0
"""Less than what a supervisor waits before it kills; a wait that does not heed the stop lasts for 300 s."""
PARTITIONS = range(PARAGRAPHS.partitions)


@contextmanager
def offsets_in_a_transaction(settings: Settings, kafka: str) -> Iterator[None]:
    """Somebody else's transaction holds offsets of the group in every partition, for a minute at most."""
    group = Consumer({"bootstrap.servers": kafka, "group.id": settings.topic_prefix + settings.worker_group})
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": f"{settings.topic_prefix}other"})
    producer.init_transactions(30)
    producer.begin_transaction()
    offsets = [TopicPartition(settings.topic_prefix + PARAGRAPHS.name, number, 0) for number in PARTITIONS]
    producer.send_offsets_to_transaction(offsets, group.consumer_group_metadata(), 30)
    try:
        yield
    finally:
        producer.abort_transaction(30)
        group.close()


def test_offsets_that_an_abandoned_producer_left_pending_are_ended_by_its_successor(
    tmp_path: Path, broker_cache: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without that nobody reads them ever after: Kafka knows of no transaction that it could end."""
    monkeypatch.setitem(properties._FIXED, *UNCHECKED)
    good = paragraphs(100)
    with own_kafka(tmp_path / "own", broker_cache) as own:
        own.produce(map(raw, good))
        group = own.settings.worker_group
        for number in PARTITIONS:
            leave_hanging_offset(own.address, f"{group}-one", group, PARAGRAPHS.name, number)
        with Running("worker", settings={**own.variables, "worker_instance_id": "one"}) as worker:
            worker.said("the committed offsets cannot be read")
            assert eventually(lambda: own.committed() == len(good), 90), "\n".join(worker.lines)
        assert own.classified() == once(paragraph.id for paragraph in good)


def test_a_worker_stops_while_its_offsets_cannot_be_read(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    produce(map(raw, good := paragraphs(20)))
    with offsets_in_a_transaction(settings, kafka), Running("worker", settings=variables) as worker:
        worker.said("the committed offsets cannot be read")
        worker.process.terminate()
        assert worker.ended(STOP_S) == 0
        worker.said("stopped in the middle of a wait")
    with Running("worker", settings=variables) as heir:
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 90), heir.lines
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


def test_a_worker_stops_while_kafka_is_frozen(tmp_path: Path, broker_cache: Path, kafka: str) -> None:
    good = paragraphs(1200, reports=40)
    with own_kafka(tmp_path / "own", broker_cache) as own:
        with Running("worker", settings={**own.variables, "worker_batch_records": "20"}) as worker:
            worker.said("assigned")
            own.produce(map(raw, good))
            assert eventually(lambda: own.committed() > 100)
            own.process.suspend()
            try:
                worker.process.terminate()
                assert worker.ended(STOP_S) == 0, "\n".join(worker.lines)
            finally:
                own.process.resume()
        with Running("worker", settings=own.variables) as heir:
            assert eventually(lambda: own.committed() == len(good), 90), heir.lines
        assert own.classified() == once(paragraph.id for paragraph in good)
