"""The consumer's side of the worker on a real Kafka."""

import time
from collections.abc import Callable, Iterable

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.topics import PARAGRAPHS
from streams.errors import BrokerUnavailableError
from streams.settings import Settings
from streams.worker.connection import consumer_configuration
from streams.worker.inlet import Bounds, Inlet
from streams.worker.stop import Stop
from tests.broker.conftest import RawRecord
from tests.command_line import eventually

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


def test_partitions_that_come_while_a_member_leaves_do_not_hold_it_up(settings: Settings, kafka: str) -> None:
    """Two members that stop at once: the later one is given the partitions of the other on its way out."""
    topic, stop = settings.topic_prefix + PARAGRAPHS.name, Stop()
    configuration = consumer_configuration(settings.model_copy(update={"worker_session_timeout_ms": 6000}), kafka)
    stays, leaves = (Inlet(configuration, topic, BOUNDS, time.time, each) for each in (stop, Stop()))
    assert eventually(lambda: all([_partitions(stays), _partitions(leaves)]), PATIENCE_S)
    leaves.close()
    admin = AdminClient({"bootstrap.servers": kafka})
    # Its client hears of its new partitions by itself; it learns of them when it looks, which is when it closes.
    assert eventually(lambda: _held(admin, configuration["group.id"]) == [PARAGRAPHS.partitions], PATIENCE_S)
    time.sleep(1.0)
    stop.ask()
    stays.close()


def _partitions(inlet: Inlet) -> int:
    inlet.batch(1)
    return len(inlet._consumer.assignment())


def _held(admin: AdminClient, group: str) -> list[int]:
    """How many partitions each member of a group has, as Kafka sees it."""
    (described,) = admin.describe_consumer_groups([group]).values()
    members = described.result().members
    return [len(member.assignment.topic_partitions) for member in members if member.assignment]
