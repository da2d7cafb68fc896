"""How soon, and how, a worker goes on: after a member's death, a restart of Kafka, a Kafka that froze."""

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from schemas.classified import ClassifiedParagraph
from schemas.topics import CLASSIFIED, PARAGRAPHS
from streams.broker import embedded, properties
from streams.clients.connection import answers
from streams.clients.subscriber import read_all
from streams.clients.topic_admin import TopicAdmin
from streams.settings import Settings
from tests.broker.conftest import RawRecord, paragraphs, raw
from tests.broker.own_broker import own_settings
from tests.broker.test_worker import (
    Committed,
    Produce,
    assert_each_came_out_once,
    classified_in,
    committed_offsets,
    freeze_in_transaction,
)
from tests.command_line import Running, eventually, run

pytestmark = pytest.mark.broker

PATIENCE_S = 90.0
"""What is asked is 15 s for partitions to move and 5 s from Kafka's return, on a machine with nothing else to do. The
time on this one is printed; a test that fails by the clock would tell of the machine's load."""


ASSIGNED = r"assigned \S+ partitions (\[\d.*\])"
PROTOCOLS = pytest.mark.parametrize("protocol", ["classic", "consumer"])


@PROTOCOLS
def test_after_a_kill_the_partitions_move_and_records_flow(
    protocol: str, variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    small = {**variables, "worker_batch_records": "50", "worker_group_protocol": protocol}
    before, after = paragraphs(600, reports=40), paragraphs(60, reports=40, text="后来{n}件。")
    with Running("worker", settings=small) as victim, Running("worker", settings=small) as heir:
        victim.said("assigned")
        heir.said("assigned")
        produce(map(raw, before))
        assert eventually(lambda: committed_offsets(settings, kafka) > 100)
        victim.process.kill()
        killed = time.monotonic()
        produce(map(raw, after))
        total = len(before) + len(after)
        assert eventually(lambda: committed_offsets(settings, kafka) == total, PATIENCE_S), "\n".join(heir.lines)
        sys.stdout.write(f"partitions moved and records flowed {time.monotonic() - killed:.1f} s after the kill\n")
    assert Counter(one.id for one in classified_in(committed)) == once(one.id for one in (*before, *after))


@PROTOCOLS
def test_a_named_member_that_comes_back_has_its_partitions_and_nobody_elses_move(
    protocol: str, variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    """Static membership (KIP-345): its partitions wait for it until the session ends."""
    both = {**variables, "worker_group_protocol": protocol, "worker_session_timeout_ms": "30000"}
    one, other = ({**both, "worker_instance_id": name} for name in ("one", "other"))
    with Running("worker", settings=one) as stays:
        stays.said("assigned")
        with Running("worker", settings=other) as leaves:
            held = leaves.said(ASSIGNED)[1]
            assert eventually(lambda: "gave up" in "".join(stays.lines))
            leaves.process.terminate()
            assert leaves.ended() == 0
        told = len(stays.lines)
        with Running("worker", settings=other) as again:
            assert again.said(ASSIGNED)[1] == held
            produce(map(raw, good := paragraphs(300, reports=40)))
            assert eventually(lambda: committed_offsets(settings, kafka) == len(good), PATIENCE_S), again.lines
        moves = [line for line in stays.lines[told:] if re.search("assigned|gave up", line)]
        assert not moves
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


def test_a_restarted_member_ends_its_predecessors_transaction_at_once(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    """By its transactional id, which comes again: the transaction's own time-out is minutes away here."""
    slow = {**variables, "worker_batch_records": "20", "worker_transaction_timeout_ms": "600000"}
    good = paragraphs(2000, reports=40)
    with Running("worker", settings=slow) as victim:
        victim.said("assigned")
        produce(map(raw, good))
        assert freeze_in_transaction(victim, settings, kafka)
        victim.process.kill()
        victim.process.wait()
    with Running("worker", settings=slow) as heir:
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 60), heir.lines
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


@dataclass
class OwnKafka:
    """A Kafka of the test's own, with topics, on one port through all its restarts."""

    settings: Settings
    asking: Consumer

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.settings.broker_port}"

    @property
    def variables(self) -> dict[str, str]:
        return {"bootstrap_servers": self.address, "metrics_port": "0"}

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(embedded.status(self.settings.broker_data_dir).pid)

    def start(self) -> None:
        embedded.start(self.settings, ready=answers, owner_pid=os.getpid())

    def produce(self, records: Iterable[RawRecord]) -> None:
        producer = Producer(
            {"bootstrap.servers": self.address, "enable.idempotence": True, "partitioner": "murmur2_random"}
        )
        for key, value in records:
            producer.produce(PARAGRAPHS.name, value, key)
            producer.poll(0)
        assert producer.flush(30) == 0

    def committed(self) -> int:
        """Records of the input that the group has committed; 0 while Kafka does not say."""
        partitions = [TopicPartition(PARAGRAPHS.name, number) for number in range(PARAGRAPHS.partitions)]
        try:
            told = self.asking.committed(partitions, timeout=5)
        except KafkaException:
            return 0
        return sum(max(0, partition.offset) for partition in told)

    def classified(self) -> Counter[str]:
        found = read_all(self.settings, self.address, [CLASSIFIED], lambda bad: pytest.fail(str(bad)))
        return Counter(one.record.id for one in found if isinstance(one.record, ClassifiedParagraph))


@contextmanager
def own_kafka(folder: Path, cache: Path) -> Iterator[OwnKafka]:
    with own_settings(folder, cache) as settings:
        first = embedded.start(settings, ready=answers, owner_pid=os.getpid())
        with TopicAdmin(settings, first.bootstrap_servers) as admin:
            admin.create()
        # One for the whole test: it asks as a member of the group would, and joins nothing.
        asking = Consumer({"bootstrap.servers": first.bootstrap_servers, "group.id": settings.worker_group})
        try:
            yield OwnKafka(settings.model_copy(update={"broker_port": first.port}), asking)
        finally:
            asking.close()


@pytest.fixture
def own(tmp_path: Path, broker_cache: Path, kafka: str) -> Iterator[OwnKafka]:
    # `kafka` is asked for so that these tests skip, with its reason, where no Kafka can be started.
    with own_kafka(tmp_path / "own", broker_cache) as made:
        yield made


def once(ids: Iterable[str]) -> Counter[str]:
    return Counter(dict.fromkeys(ids, 1))


def test_records_flow_as_soon_as_kafka_is_back(own: OwnKafka) -> None:
    before, after = paragraphs(300), paragraphs(60, text="后来{n}件。")
    # A Kafka that is away for longer than the session waits for the member that it knew before it takes us in anew.
    patient = {**own.variables, "worker_session_timeout_ms": "60000"}
    with Running("worker", settings=patient) as worker:
        own.produce(map(raw, before))
        assert eventually(lambda: own.committed() == len(before), 60), worker.lines
        own.process.kill()
        worker.said("Kafka does not answer")
        own.start()
        own.produce(map(raw, after))
        back = time.monotonic()
        assert eventually(lambda: own.committed() == len(before) + len(after), PATIENCE_S), "\n".join(worker.lines)
        sys.stdout.write(f"records flowed {time.monotonic() - back:.1f} s after Kafka was back\n")
        worker.process.terminate()
        assert worker.ended() == 0
    assert own.classified() == once(paragraph.id for paragraph in (*before, *after))


def test_a_kafka_that_freezes_is_told_as_a_stand_still_and_costs_nothing(own: OwnKafka) -> None:
    """Frozen for longer than a commit is waited for: its outcome is unknown then, and its producer is replaced."""
    quick = {**own.variables, "worker_transaction_timeout_ms": "2000", "worker_stall_s": "5"}
    good = paragraphs(6000, reports=40)
    with Running("worker", settings={**quick, "worker_batch_records": "20"}) as worker:
        worker.said("assigned")
        own.produce(map(raw, good))
        assert eventually(lambda: own.committed() > 100)
        kafka = own.process
        kafka.suspend()
        try:
            told = worker.said(r"partition \d stands still for .* records waiting, in step (\w+): ", 30)
            assert told[1] in ("produce", "offsets", "commit", "consume")
            worker.said("a new producer takes over the transactional id", 60)
        finally:
            kafka.resume()
        assert eventually(lambda: own.committed() == len(good), 120), "\n".join(worker.lines)
        worker.said("moves again")
        worker.process.terminate()
        assert worker.ended() == 0
    assert own.classified() == once(paragraph.id for paragraph in good)


def test_a_transaction_timeout_that_kafka_does_not_allow_is_named_with_its_limit(
    tmp_path: Path, broker_cache: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(properties._FIXED, "transaction.max.timeout.ms", "5000")
    with own_kafka(tmp_path / "own", broker_cache) as own:
        done = run("worker", "--worker-transaction-timeout-ms", "5001", settings=own.variables)
        assert done.returncode == 2
        assert (
            "worker_transaction_timeout_ms is 5001, and Kafka allows 5000 (transaction.max.timeout.ms)" in done.stderr
        )


def test_two_supervised_members_share_the_work_and_a_killed_one_comes_again(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    good = paragraphs(2000, reports=40)
    small = {**variables, "worker_batch_records": "20"}
    with Running("worker", "--processes", "2", settings=small) as supervisor:
        for number in (0, 1):
            supervisor.said(rf"\[{number}\] .*assigned .*partitions \[\d")
        produce(map(raw, good))
        assert eventually(lambda: committed_offsets(settings, kafka) > 100)
        victim = supervisor.said(r"\[1\] .*worker (\d+) of group")
        os.kill(int(victim[1]), signal.SIGKILL)
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 60), supervisor.lines
        supervisor.said(r"member 1 was ended by SIGKILL; started anew")
        members = psutil.Process(supervisor.process.pid).children(recursive=True)
        supervisor.process.terminate()
        assert supervisor.ended() == 0
        assert not [one for one in members if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    ids = {found[1] for line in supervisor.lines if (found := re.search(r"\[1\].*transactional id (\S+)", line))}
    assert len(ids) == 1
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


def test_no_process_outlives_a_supervisor_that_is_killed(variables: dict[str, str], settings: Settings) -> None:
    with Running("worker", "--processes", "2", settings=variables) as supervisor:
        for number in (0, 1):
            supervisor.said(rf"\[{number}\] .*assigned .*partitions \[\d")
        processes = psutil.Process(supervisor.process.pid).children(recursive=True)
        assert len(processes) == 4
        supervisor.process.kill()
        assert eventually(
            lambda: not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        )


def test_a_member_of_the_consumer_protocol_works(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    produce(map(raw, good := paragraphs(300)))
    done = run("worker", "--until-caught-up", "--worker-group-protocol", "consumer", settings=variables)
    assert done.returncode == 0, done.stderr
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])
