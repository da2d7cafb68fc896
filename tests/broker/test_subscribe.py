"""Subscribing on a real Kafka: committed records only, an end that is found, conditions, time-outs."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from confluent_kafka import Producer

from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS, PLAN, SPEECH
from streams.clients.producer import ParagraphProducer
from streams.clients.subscriber import Received, Subscriber, Undecodable
from streams.errors import UsageError
from streams.settings import Settings
from tests.broker.conftest import paragraphs, raw
from tests.command_line import COMMAND, environment, eventually, run

pytestmark = pytest.mark.broker


@pytest.fixture
def transactional(settings: Settings, kafka: str) -> Producer:
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": settings.topic_prefix + "writer"})
    producer.init_transactions(30)
    return producer


def transact(producer: Producer, settings: Settings, sent: Sequence[Paragraph], *, commit: bool) -> None:
    """One transaction that is written to Kafka in any case, and then committed or aborted."""
    producer.begin_transaction()
    for paragraph in sent:
        key, value = raw(paragraph)
        producer.produce(settings.topic_prefix + PARAGRAPHS.name, value, key)
    assert producer.flush(30) == 0
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


def read_to_end(settings: Settings, kafka: str) -> list[str]:
    with Subscriber(settings, kafka, [PARAGRAPHS], from_beginning=True) as subscriber:
        return [r.record.text for r in subscriber.read() if isinstance(r, Received) and isinstance(r.record, Paragraph)]


def test_aborted_records_are_never_seen_and_the_end_is_found(
    settings: Settings, kafka: str, transactional: Producer
) -> None:
    sent = paragraphs(40)
    transact(transactional, settings, sent[:10], commit=True)
    transact(transactional, settings, sent[10:20], commit=False)
    transact(transactional, settings, sent[20:30], commit=True)
    wanted = sorted(p.text for p in (*sent[:10], *sent[20:30]))
    assert sorted(read_to_end(settings, kafka)) == wanted
    # Now every partition's last entries are those of an aborted transaction and its marker.
    transact(transactional, settings, sent[30:40], commit=False)
    assert sorted(read_to_end(settings, kafka)) == wanted


def test_an_open_transaction_holds_its_records_back(settings: Settings, kafka: str, transactional: Producer) -> None:
    sent = paragraphs(4)
    transact(transactional, settings, sent[:2], commit=True)
    transactional.begin_transaction()
    for paragraph in sent[2:]:
        key, value = raw(paragraph)
        transactional.produce(settings.topic_prefix + PARAGRAPHS.name, value, key)
    assert transactional.flush(30) == 0
    assert len(read_to_end(settings, kafka)) == 2
    transactional.commit_transaction(30)
    assert len(read_to_end(settings, kafka)) == 4


def test_an_empty_topic_has_an_end(settings: Settings, kafka: str) -> None:
    assert read_to_end(settings, kafka) == []


def test_a_topic_that_does_not_exist_is_named(settings: Settings, kafka: str) -> None:
    gone = settings.model_copy(update={"topic_prefix": "gone."})
    with pytest.raises(UsageError, match=r"no topic gone\.reports\.plan\.v1"):
        Subscriber(gone, kafka, [PLAN])


def test_an_undecodable_record_is_told_of_and_passed_over(settings: Settings, kafka: str) -> None:
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    for value in (raw(paragraphs(1)[0])[1], b"\xff", b"{}", None, raw(paragraphs(1)[0])[1]):
        producer.produce(settings.topic_prefix + PARAGRAPHS.name, value, b"k", partition=0)
    assert producer.flush(30) == 0
    with Subscriber(settings, kafka, [PARAGRAPHS], from_beginning=True) as subscriber:
        found = list(subscriber.read())
    assert [type(each) for each in found] == [Received, Undecodable, Undecodable, Undecodable, Received]
    assert [each.reason.split(":")[0] for each in found if isinstance(each, Undecodable)] == [
        "not UTF-8",
        "id",
        "the value is empty",
    ]
    assert [each.offset for each in found] == [0, 1, 2, 3, 4]


def lines(*arguments: str, variables: dict[str, str]) -> list[str]:
    done = run("subscribe", *arguments, settings=variables)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_jsonl_is_the_value_as_it_is_and_where_selects(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    sent = paragraphs(21)
    with ParagraphProducer(settings, kafka) as producer:
        producer.push(sent)
    arguments = ("paragraphs", "speech", "--from-beginning", "--jsonl")
    assert sorted(lines(*arguments, variables=variables)) == sorted(p.model_dump_json() for p in sent)
    chosen = lines(*arguments, "--where", "report=report-3", "ordinal=1", variables=variables)
    assert [json.loads(line)["id"] for line in chosen] == [sent[10].id]
    both = ("--where", "report=report-3", "--where", "ordinal=1")
    assert lines(*arguments, *both, variables=variables) == chosen
    assert lines(*arguments, "--where", "report=年度报告", "--max", "4", variables=variables) == lines(
        *arguments, "--max", "4", variables=variables
    )
    assert lines(*arguments, "--where", "section=x", variables=variables) == []


def test_a_table_has_headings_and_a_row_for_each(settings: Settings, kafka: str, variables: dict[str, str]) -> None:
    with ParagraphProducer(settings, kafka) as producer:
        producer.push(paragraphs(3))
    shown = lines("paragraphs", "--from-beginning", variables=variables)
    assert shown[0].startswith("kind ")
    assert len(shown) == 4
    assert all("年度报告" in row and "新增就业" in row for row in shown[1:])


def test_a_timeout_ends_a_subscription_to_what_comes(variables: dict[str, str], settings: Settings) -> None:
    assert lines("speech", "--timeout", "1", variables=variables) == []
    assert lines("speech", "--from-beginning", "--follow", "--timeout", "0.5", variables=variables) == []


@contextmanager
def following(*arguments: str, variables: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [*COMMAND, "subscribe", *arguments],
        env=environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_follows_from_now_on_and_ctrl_c_ends_it_cleanly(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    old, new = paragraphs(2)[:1], paragraphs(2)[1:]
    with ParagraphProducer(settings, kafka) as producer:
        producer.push(old)
        with following("paragraphs", "--from-beginning", "--follow", "--jsonl", variables=variables) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == old[0].model_dump_json()
            producer.push(new)
            assert process.stdout.readline().strip() == new[0].model_dump_json()
            os.kill(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=20)
            assert (process.returncode, err) == (0, "")


def test_without_from_beginning_only_what_comes_is_read(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    old, *new = paragraphs(200)
    with ParagraphProducer(settings, kafka) as producer:
        producer.push([old])
        with following("paragraphs", "--jsonl", "--max", "3", variables=variables) as process:
            # It does not say when it has begun, so paragraphs keep coming until it has enough.
            def ended() -> bool:
                if new:
                    producer.push([new.pop(0)])
                return process.poll() is not None

            assert eventually(ended)
            out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    read = [json.loads(line)["id"] for line in out.splitlines()]
    assert len(read) == 3
    assert old.id not in read


def test_a_reader_that_leaves_is_no_fault(settings: Settings, kafka: str, variables: dict[str, str]) -> None:
    with ParagraphProducer(settings, kafka) as producer:
        producer.push(paragraphs(2000))
    with following("paragraphs", "--from-beginning", "--jsonl", variables=variables) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_several_topics_keep_each_their_order(settings: Settings, kafka: str) -> None:
    with ParagraphProducer(settings, kafka) as producer:
        producer.push(paragraphs(500, reports=5))
    with Subscriber(settings, kafka, [PARAGRAPHS, SPEECH], from_beginning=True) as subscriber:
        places = [(each.partition, each.offset) for each in subscriber.read() if isinstance(each, Received)]
    assert len(places) == 500
    for partition in range(PARAGRAPHS.partitions):
        offsets = [offset for found, offset in places if found == partition]
        assert offsets == sorted(offsets)
