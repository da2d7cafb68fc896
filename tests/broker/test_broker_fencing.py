"""Whatever ends or freezes the broker, the transactions that were open get their end: no marker is dropped."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.broker import embedded
from streams.broker.directory import data_directory
from streams.broker.fencing import is_fenced
from streams.clients.connection import answers
from streams.settings import Settings
from tests.broker.own_broker import log_of, own_settings

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

PARTITION = TopicPartition("ends", 0)
LOST_THE_LEAD = "partition(s) to local followers"
TOOK_THE_LEAD = "Elected as the txn coordinator for partition 0 "
"""A marker is dropped only when it is due in the moment in which a partition has no leader: rarely. So the tests look
for that moment in the log."""
AFTER_ITS_MARKER = 2
PATIENCE_S = 30.0
FROZEN_S = 12.0
"""Longer than the session that Kafka gives a broker by default."""


@pytest.fixture
def own(tmp_path: Path, broker_cache: Path) -> Iterator[Settings]:
    with own_settings(tmp_path / "kafka", broker_cache) as settings:
        yield settings


def kill(settings: Settings, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    embedded.stop(settings.broker_data_dir)


def stop(settings: Settings, _: int) -> None:
    stopped = embedded.stop(settings.broker_data_dir)
    assert stopped is not None
    assert stopped.clean


@pytest.mark.parametrize("end", [kill, stop])
def test_a_transaction_that_was_open_when_the_broker_ended_is_aborted(
    own: Settings, end: Callable[[Settings, int], None]
) -> None:
    broker = embedded.start(own, ready=answers)
    leave_open(broker.bootstrap_servers)
    end(own, broker.pid)
    assert not is_fenced(data_directory(own.broker_data_dir).records), "partitions lost their leader while it lived"
    before = len(log_of(own.broker_data_dir))
    again = embedded.start(own, ready=answers)
    assert readable_end(again.bootstrap_servers) == AFTER_ITS_MARKER
    taken = log_of(own.broker_data_dir).count(TOOK_THE_LEAD, before)
    assert taken == 1, "it led already before it was let in"


def test_a_transaction_that_is_open_while_the_broker_is_frozen_is_aborted(own: Settings) -> None:
    broker = embedded.start(own, ready=answers)
    leave_open(broker.bootstrap_servers)
    before = len(log_of(own.broker_data_dir))
    os.kill(broker.pid, signal.SIGSTOP)
    time.sleep(FROZEN_S)
    os.kill(broker.pid, signal.SIGCONT)
    assert readable_end(broker.bootstrap_servers) == AFTER_ITS_MARKER
    assert LOST_THE_LEAD not in log_of(own.broker_data_dir)[before:]


def test_a_broker_is_fenced_before_its_first_life_and_never_while_it_runs_or_after_it_died(own: Settings) -> None:
    records = data_directory(own.broker_data_dir).records
    assert is_fenced(records)
    broker = embedded.start(own, ready=answers)
    assert not is_fenced(records)
    kill(own, broker.pid)
    assert not is_fenced(records), "the next start has to sign it off"


def leave_open(address: str) -> None:
    """Produce one record in a transaction that may last for a second, and leave it."""
    admin = AdminClient({"bootstrap.servers": address})
    admin.create_topics([NewTopic(PARTITION.topic, 1, 1)])[PARTITION.topic].result(60)
    producer = Producer(
        {"bootstrap.servers": address, "transactional.id": "left", "transaction.timeout.ms": 1000, "log_level": 0}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(PARTITION.topic, b"never to be seen", partition=PARTITION.partition)
    assert producer.flush(30) == 0


def readable_end(address: str) -> int:
    """How far a reader of what is committed gets, as soon as that is all there is or else after some patience."""
    consumer = Consumer(
        {"bootstrap.servers": address, "group.id": "ends", "isolation.level": "read_committed", "log_level": 0}
    )
    deadline = time.monotonic() + PATIENCE_S
    end = 0
    while end < AFTER_ITS_MARKER and time.monotonic() < deadline:
        with suppress(KafkaException):
            end = consumer.get_watermark_offsets(PARTITION, timeout=5)[1]
        time.sleep(0.1)
    consumer.close()
    return end
