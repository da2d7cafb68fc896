"""What the inlet refuses to vouch for: a member that is in no group, and records of a partition that went away."""

from collections.abc import Iterator

import pytest
from confluent_kafka import TopicPartition

from streams.settings import load_settings
from streams.worker.connection import consumer_configuration
from streams.worker.faults import Fault, TransactionFailedError
from streams.worker.handle import Consumed
from streams.worker.inlet import Bounds, Inlet, _generation
from streams.worker.stop import Stop


@pytest.fixture
def inlet() -> Iterator[Inlet]:
    """An inlet whose Kafka is not there: it is in no group."""
    configuration = consumer_configuration(load_settings({}), "127.0.0.1:1")
    made = Inlet(configuration, "reports.paragraphs.v1", Bounds(1024, 0, 1.0), lambda: 0.0, Stop())
    yield made
    made.close()


def test_a_member_of_no_group_sends_no_offsets(inlet: Inlet) -> None:
    """Kafka takes the offsets of somebody who names neither member nor generation, whoever owns the partition."""
    with pytest.raises(TransactionFailedError) as failed:
        inlet.group_metadata()
    assert failed.value.fault is Fault.STALE


@pytest.mark.parametrize(("generation", "number"), [(b"\xff\xff\xff\xff", -1), (b"\x07\x00\x00\x00", 7)])
def test_the_generation_is_read_from_the_clients_own_form(generation: bytes, number: int) -> None:
    assert _generation(b"CGMDv2:" + generation + b"group\x00member\x00\x01") == number


def test_records_read_before_a_partition_went_away_are_not_ours_even_when_it_comes_back(inlet: Inlet) -> None:
    partition = [TopicPartition("reports.paragraphs.v1", 3)]
    inlet._tenures[3] = 1
    read = Consumed("reports.paragraphs.v1", 3, 7, None, None, None, tenure=1)
    inlet._ahead.append(read)
    assert inlet.holds(read)
    inlet._on_gone(inlet._consumer, partition)
    assert not inlet.holds(read)
    assert not inlet._ahead
    inlet._tenures[3] = 2
    assert not inlet.holds(read)
