"""The worker on a real Kafka: every paragraph comes out once, whatever happens to the worker or the record."""

import json
import os
import signal
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, OffsetSpec, ResourceType

from schemas.classified import ClassifiedParagraph
from schemas.dead_letter import DeadLetter
from schemas.events import EventContext, events_of
from schemas.topics import CLASSIFIED, DEAD_LETTER, EVENT_TOPICS, PARAGRAPHS, TOPICS, Topic
from streams.clients.subscriber import Received
from streams.settings import Settings
from tests.broker.conftest import RawRecord, paragraphs, raw
from tests.command_line import Running, eventually, run

pytestmark = pytest.mark.broker

Produce = Callable[[Iterable[RawRecord]], None]
Committed = Callable[[Topic], list[Received]]


def classified_in(committed: Committed) -> list[ClassifiedParagraph]:
    return [received.record for received in committed(CLASSIFIED) if isinstance(received.record, ClassifiedParagraph)]


def dead_in(committed: Committed) -> list[DeadLetter]:
    return [received.record for received in committed(DEAD_LETTER) if isinstance(received.record, DeadLetter)]


def assert_each_came_out_once(committed: Committed, ids: Iterable[str]) -> None:
    """One classified record for each id, its events once and complete, and every report's order kept."""
    classified = classified_in(committed)
    assert Counter(one.id for one in classified) == Counter(dict.fromkeys(ids, 1))
    wanted = Counter(event.id for one in classified for event in events_of(one))
    found = Counter(
        received.record.id
        for topic in EVENT_TOPICS
        for received in committed(topic)
        if isinstance(received.record, EventContext)
    )
    assert found == wanted
    assert set(found.values()) == {1}
    ordinals = defaultdict(list)
    for one in classified:
        ordinals[one.report.id].append(one.ordinal)
    assert all(order == sorted(order) for order in ordinals.values())


def offsets_by_partition(settings: Settings, kafka: str) -> dict[int, int]:
    """What the group has committed, of each partition of the input of which it has something."""
    # A consumer that joins nothing: an admin client ends the process when it asks a group's offsets of a broker
    # that has just come back (https://github.com/confluentinc/librdkafka/issues/5040).
    consumer = Consumer(
        {
            "bootstrap.servers": kafka,
            "group.id": settings.topic_prefix + settings.worker_group,
            # Otherwise a transaction that is open would have to end before the answer.
            "isolation.level": "read_uncommitted",
        }
    )
    name = settings.topic_prefix + PARAGRAPHS.name
    try:
        told = consumer.committed([TopicPartition(name, number) for number in range(PARAGRAPHS.partitions)], timeout=30)
    finally:
        consumer.close()
    return {partition.partition: partition.offset for partition in told if partition.offset > 0}


def committed_offsets(settings: Settings, kafka: str) -> int:
    """Records of the input that the group has committed, over all partitions."""
    return sum(offsets_by_partition(settings, kafka).values())


def test_good_records_come_out_classified_and_bad_ones_as_dead_letters(
    variables: dict[str, str], produce: Produce, committed: Committed
) -> None:
    good = paragraphs(50)
    bad: list[RawRecord] = [(b"report-1", b"\xff\xfe"), (None, b"{"), (b"report-2", None), (b"k", b'{"id": 1}')]
    produce([*map(raw, good[:25]), *bad, *map(raw, good[25:])])
    done = run("worker", "--until-caught-up", settings=variables)
    assert done.returncode == 0, done.stderr
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])
    letters = dead_in(committed)
    assert Counter((letter.key, letter.value) for letter in letters) == Counter(bad)
    assert {letter.topic for letter in letters} == {variables["topic_prefix"] + PARAGRAPHS.name}
    assert all(letter.stage == "decode" and letter.reason for letter in letters)


def test_a_second_run_has_nothing_to_do(variables: dict[str, str], produce: Produce, committed: Committed) -> None:
    good = paragraphs(20)
    produce(map(raw, good))
    for _ in range(2):
        assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


def open_transaction(settings: Settings, kafka: str) -> bool:
    """Whether an output partition ends in records that are neither committed nor aborted."""
    consumers = [
        Consumer({"bootstrap.servers": kafka, "group.id": "look", "isolation.level": level})
        for level in ("read_committed", "read_uncommitted")
    ]
    try:
        for topic in TOPICS:
            for number in range(topic.partitions):
                partition = TopicPartition(settings.topic_prefix + topic.name, number)
                stable, high = (consumer.get_watermark_offsets(partition, timeout=10)[1] for consumer in consumers)
                if stable != high:
                    return True
        return False
    finally:
        for consumer in consumers:
            consumer.close()


def freeze_in_transaction(victim: Running, settings: Settings, kafka: str) -> bool:
    """Stop the process at a moment at which its transaction stays open; False when it has none left to open."""
    for _ in range(200):
        os.kill(victim.process.pid, signal.SIGSTOP)
        # Another member's transaction ends within moments; one that stays open is the frozen one's.
        if open_transaction(settings, kafka) and not eventually(lambda: not open_transaction(settings, kafka), 1.0):
            return True
        os.kill(victim.process.pid, signal.SIGCONT)
    return False


def test_one_of_two_workers_killed_in_a_transaction_loses_and_doubles_nothing(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    # Small batches: many transactions, so that one can be caught open. Short time-outs: the test need not wait long.
    quick = {
        **variables,
        "worker_batch_records": "20",
        "worker_transaction_timeout_ms": "5000",
        "worker_session_timeout_ms": "6000",
    }
    good = paragraphs(2000, reports=40)
    with Running("worker", settings=quick) as victim, Running("worker", settings=quick) as survivor:
        victim.said("assigned")
        survivor.said("assigned")
        produce(map(raw, good))
        assert freeze_in_transaction(victim, settings, kafka), "the victim was never caught in a transaction"
        victim.process.kill()
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 90), survivor.lines
        survivor.process.terminate()
        assert survivor.ended() == 0
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])
    assert not dead_in(committed)


def test_a_frozen_worker_that_wakes_up_doubles_nothing(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    quick = {
        **variables,
        "worker_batch_records": "20",
        "worker_transaction_timeout_ms": "3000",
        "worker_session_timeout_ms": "6000",
    }
    good = paragraphs(2000, reports=40)
    with Running("worker", settings=quick) as zombie:
        zombie.said("assigned")
        produce(map(raw, good))
        assert freeze_in_transaction(zombie, settings, kafka)
        with Running("worker", settings=quick) as heir:
            assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 90), heir.lines
            os.kill(zombie.process.pid, signal.SIGCONT)
            zombie.said("a transaction of .* failed")
            produce(map(raw, more := paragraphs(300, reports=40, text="后来{n}件。")))
            assert eventually(lambda: committed_offsets(settings, kafka) == len(good) + len(more), 60), zombie.lines
            for worker in (zombie, heir):
                worker.process.terminate()
            assert (zombie.ended(), heir.ended()) == (0, 0), (zombie.lines, heir.lines)
    by_id = Counter(one.id for one in classified_in(committed))
    assert by_id == Counter(dict.fromkeys([paragraph.id for paragraph in (*good, *more)], 1))


def test_sigterm_drains_and_the_next_worker_goes_on_from_there(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    good = paragraphs(1500)
    small = {**variables, "worker_batch_records": "50"}
    with Running("worker", settings=small) as worker:
        worker.said("assigned")
        produce(map(raw, good))
        assert eventually(lambda: committed_offsets(settings, kafka) > 0)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ended() == 0
        worker.said("SIGTERM: finishing the batch")
    before = committed_offsets(settings, kafka)
    assert len(classified_in(committed)) == before
    assert run("worker", "--until-caught-up", settings=small).returncode == 0
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])


def test_a_record_that_kafka_refuses_is_found_in_its_batch_and_set_aside(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    name = settings.topic_prefix + CLASSIFIED.name
    entry = ConfigEntry("max.message.bytes", "3000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()
    good = paragraphs(40)
    # Random Chinese characters, so that compression does not bring the record below the limit.
    noise = "".join(chr(0x4E00 + int.from_bytes(os.urandom(2), "big") % 20_000) for _ in range(3000))
    poison = paragraphs(1, text=noise + "{n}")
    produce(map(raw, [*good[:20], *poison, *good[20:]]))
    # One batch in flight holds few records, so that the good ones stay below the topic's limit together.
    done = run("worker", "--until-caught-up", settings={**variables, "worker_batch_records": "41"})
    assert done.returncode == 0, done.stderr
    assert_each_came_out_once(committed, [paragraph.id for paragraph in good])
    (letter,) = dead_in(committed)
    assert letter.stage == "produce"
    assert (letter.key, letter.value) == raw(poison[0])


def test_a_run_of_dead_letters_stops_the_worker_before_it_commits_them(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    produce([(b"report-1", b"not a paragraph")] * 30)
    stopped = run("worker", "--worker-dead-letter-limit", "30", settings=variables)
    assert stopped.returncode == 4
    assert "30 records in a row" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert committed_offsets(settings, kafka) == 0
    assert not dead_in(committed)
    assert run("worker", "--until-caught-up", "--worker-dead-letter-limit", "31", settings=variables).returncode == 0
    assert len(dead_in(committed)) == 30


def test_the_page_of_metrics_tells_what_was_done(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce
) -> None:
    produce([*map(raw, paragraphs(30)), (None, b"bad")])
    with Running("worker", settings=variables) as worker:
        address = worker.said(r"metrics at (http://\S+)/metrics")[1]
        assert eventually(lambda: committed_offsets(settings, kafka) == 31), worker.lines

        def page(path: str) -> str:
            with urllib.request.urlopen(address + path, timeout=5) as answer:
                return str(answer.read().decode())

        assert eventually(lambda: "report_streams_records_in_total 31.0" in page("/metrics"))
        assert 'report_streams_records_out_total{topic="classified"} 30.0' in page("/metrics")
        assert 'report_streams_dead_letters_total{stage="decode"} 1.0' in page("/metrics")
        assert eventually(
            lambda: page("/metrics").count('report_streams_lag_records{partition="') == PARAGRAPHS.partitions
        )
        assert 'report_streams_lag_records{partition="0"} 0.0' in page("/metrics")
        assert json.loads(page("/readyz"))["ok"]
        assert json.loads(page("/healthz"))["ok"]


def test_offsets_of_the_group_move_with_the_outputs_only(
    variables: dict[str, str], settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    """The group's offsets are those of the input's end, as an outside tool sees them."""
    produce(map(raw, paragraphs(60)))
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    admin = AdminClient({"bootstrap.servers": kafka})
    name = settings.topic_prefix + PARAGRAPHS.name
    latest = {TopicPartition(name, number): OffsetSpec.latest() for number in range(PARAGRAPHS.partitions)}
    ends = {tp.partition: future.result().offset for tp, future in admin.list_offsets(latest).items()}
    assert offsets_by_partition(settings, kafka) == {number: end for number, end in ends.items() if end}


def test_a_worker_whose_topic_is_deleted_stops_and_says_so(
    variables: dict[str, str], settings: Settings, kafka: str
) -> None:
    with Running("worker", settings=variables) as worker:
        worker.said("assigned")
        admin = AdminClient({"bootstrap.servers": kafka})
        for future in admin.delete_topics([settings.topic_prefix + PARAGRAPHS.name]).values():
            future.result()
        assert worker.ended(60) == 4, worker.lines
        worker.said(r"error: Kafka refuses to give records of .*reports\.paragraphs\.v1")
