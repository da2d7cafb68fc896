"""The consumer's side of the worker on a real Kafka."""

import time
from collections.abc import Callable, Iterable

import pytest
from confluent_kafka import Producer, TopicPartition

from schemas.topics import PARAGRAPHS
from streams.errors import BrokerUnavailableError
from streams.settings import Settings
from streams.worker.connection import consumer_configuration
from streams.worker.inlet import Bounds, Inlet
from streams.worker.stop import Stop
from tests.broker.conftest import RawRecord

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

Produce = Callable[[Iterable[RawRecord]], None]
BOUNDS = Bounds(1 << 20, 200, 60.0)
PATIENCE_S = 60.0


def read(inlet: Inlet, count: int) -> list[bytes | None]:
    """The next values, as many as are asked for, or as came with some patience."""
    deadline = time.monotonic() + PATIENCE_S
    values: list[bytes | None] = []
    while len(values) < count and time.monotonic() < deadline:
        values += [consumed.value for consumed in inlet.batch(count - len(values))]
    return values


def test_a_partition_that_goes_while_it_is_paused_gives_records_when_it_comes_back(
    settings: Settings, kafka: str, produce: Produce
) -> None:
    produce([(b"one report", b"%d" % number) for number in range(6)])
    topic = settings.topic_prefix + PARAGRAPHS.name
    inlet = Inlet(consumer_configuration(settings, kafka), topic, BOUNDS, time.time, Stop())
    try:
        assert read(inlet, 3) == [b"0", b"1", b"2"]
        consumer, partitions = inlet._consumer, inlet._consumer.assignment()
        inlet._polled = 0.0
        inlet.stay()
        assert inlet._paused
        # As in a rebalance that comes while the analysis is at work.
        inlet._on_gone(consumer, partitions)
        consumer.incremental_unassign(partitions)
        inlet.batch(1)
        inlet._on_assign(consumer, partitions)
        assert read(inlet, 6) == [b"%d" % number for number in range(6)]
    finally:
        inlet.close()


def test_offsets_that_a_transaction_holds_for_long_are_told_apart_from_a_kafka_that_is_away(
    settings: Settings, kafka: str, produce: Produce, monkeypatch: pytest.MonkeyPatch
) -> None:
    produce([(b"one report", b"0")])
    topic = settings.topic_prefix + PARAGRAPHS.name
    inlet = Inlet(consumer_configuration(settings, kafka), topic, BOUNDS, time.time, Stop())
    producer = Producer(
        {"bootstrap.servers": kafka, "transactional.id": f"{settings.topic_prefix}holds", "log_level": 0}
    )
    try:
        assert read(inlet, 1) == [b"0"]
        (partition,) = {
            each.partition for each in inlet._consumer.position(inlet._consumer.assignment()) if each.offset > 0
        }
        producer.init_transactions(30)
        producer.begin_transaction()
        offsets = [TopicPartition(topic, partition, 1)]
        producer.send_offsets_to_transaction(offsets, inlet._consumer.consumer_group_metadata(), 30)
        monkeypatch.setattr("streams.worker.inlet._HANGING_S", 0.0)
        monkeypatch.setattr("streams.worker.inlet._OFFSETS_SLICE_S", 1.0)
        inlet._bounds = Bounds(1 << 20, 200, 3.0)
        with pytest.raises(BrokerUnavailableError, match=r"transactions\.sh find-hanging"):
            inlet.rewind()
    finally:
        producer.abort_transaction(30)
        inlet.close()
