"""Archiving a real Kafka's topics: exactly what is committed, whatever happens on the way."""

import json
import os
import random
import re
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.topics import PARAGRAPHS, SPEECH
from streams.archive.layout import Archive
from streams.archive.manifest import Lost
from streams.archive.reader import read_records
from streams.archive.records import ArchivedRecord
from streams.archive.verify import verify
from streams.clients.topic_admin import TopicAdmin
from streams.settings import Settings
from tests.archives import ODD_HEADERS, ODD_KEYS, ODD_VALUES, in_order
from tests.chaos.disk import small_disk
from tests.command_line import Running, eventually, run, run_here

pytestmark = pytest.mark.broker
KILLS = int(os.environ.get("ARCHIVE_KILLS", "8"))
"""``make kills`` takes 30."""


def produce(kafka: str, topic: str, count: int, seed: int = 1, partitions: int = 6) -> None:
    """Put records on a topic with what the wire allows."""
    chance = random.Random(seed)  # noqa: S311 -- test records
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    for number in range(count):
        value = chance.choice((*ODD_VALUES, b'{"number":%d}' % number))
        key, headers = chance.choice(ODD_KEYS), list(chance.choice(ODD_HEADERS))
        producer.produce(topic, value, key, partition=number % partitions, headers=headers)
        producer.poll(0)
    assert producer.flush(30) == 0


def committed(kafka: str, topics: Iterable[str]) -> list[ArchivedRecord]:
    """What a plain consumer reads of the topics, by another way than ours."""
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": "compare", "enable.partition.eof": True})
    there = consumer.list_topics(timeout=10).topics
    places = [TopicPartition(topic, number, 0) for topic in topics for number in there[topic].partitions]
    for place in places:
        place.offset = consumer.get_watermark_offsets(place, timeout=10)[0]
    consumer.assign(places)
    records, open_places = [], len(places)
    while open_places:
        message = consumer.poll(10)
        assert message is not None
        if message.error():
            open_places -= 1
            continue
        place = (message.topic(), message.partition(), message.offset())
        headers = tuple(message.headers() or ())
        records.append(ArchivedRecord(*place, message.timestamp()[1], message.key(), message.value(), headers))
    consumer.close()
    return in_order(records)


def archived(directory: Path) -> list[ArchivedRecord]:
    return in_order(list(read_records(Archive.open(directory))))


@pytest.fixture
def topic(settings: Settings) -> str:
    return settings.topic_prefix + PARAGRAPHS.name


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_odd_records_are_archived_as_they_are(
    kafka: str, settings: Settings, variables: dict[str, str], topic: str, tmp_path: Path, form: str
) -> None:
    speech = settings.topic_prefix + SPEECH.name
    produce(kafka, topic, 3_000)
    produce(kafka, speech, 500, seed=2)
    asked = ("archive", "all", "--to", str(tmp_path), "--format", form, "--flush-mb", "0.1")
    done = run(*asked, "--json", settings=variables)
    assert done.returncode == 0, done.stderr
    assert archived(tmp_path) == committed(kafka, [topic, speech])
    assert json.loads(done.stdout)["records"] == 3_500
    assert json.loads(done.stdout)["steps"] > 1
    again = run(*asked, settings=variables)
    assert (again.returncode, again.stdout) == (0, "nothing new to archive\n")
    produce(kafka, topic, 100, seed=3)
    assert "archived 100 records" in run("archive", "write", *asked[1:], settings=variables).stdout
    assert archived(tmp_path) == committed(kafka, [topic, speech])
    assert not verify(tmp_path).faults


def test_only_what_is_committed_is_archived(
    kafka: str, settings: Settings, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": settings.topic_prefix + "odd"})
    producer.init_transactions(30)
    for number in range(6):
        producer.begin_transaction()
        for one in range(50):
            producer.produce(topic, b"%d" % (number * 50 + one), b"k", partition=one % 6)
        producer.flush(30)
        if number % 2:
            producer.abort_transaction(30)
        else:
            producer.commit_transaction(30)
    producer.begin_transaction()
    producer.produce(topic, b"open", b"k", partition=0)
    producer.flush(30)
    asked = ("archive", "paragraphs", "--to", str(tmp_path))
    assert "archived 150 records" in run(*asked, settings=variables).stdout
    producer.commit_transaction(30)
    done = run(*asked, settings=variables)
    assert "archived 1 record " in done.stdout, done.stderr
    assert archived(tmp_path) == committed(kafka, [topic])
    verdict = verify(tmp_path)
    assert not verdict.faults
    assert sum(one.without_record for one in verdict.partitions) >= 150


def test_following_survives_kills_with_no_gap_and_no_double(
    kafka: str, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    chance = random.Random(KILLS)  # noqa: S311 -- moments to kill at
    asked = ("archive", "paragraphs", "--to", str(tmp_path), "--follow", "--flush-mb", "0.05", "--flush-seconds", "0.2")
    kills_at_work = 0
    for kill in range(KILLS):
        with Running(*asked, settings=variables) as following:
            produce(kafka, topic, 2_000, seed=kill)
            if kill:
                following.said(r"step \d+:")
            time.sleep(chance.random() / 4)
            following.process.send_signal(signal.SIGKILL)
            following.ended()
        kills_at_work += bool(list(tmp_path.rglob("*.parquet")))
    with Running(*asked, settings=variables) as following:
        produce(kafka, topic, 2_000, seed=KILLS)
        wanted = committed(kafka, [topic])
        assert eventually(lambda: len(archived(tmp_path)) >= len(wanted))
        following.process.send_signal(signal.SIGTERM)
        assert following.ended() == 0
    assert kills_at_work > KILLS / 2
    assert archived(tmp_path) == wanted
    assert len(wanted) == (KILLS + 1) * 2_000
    assert not verify(tmp_path).faults


def test_told_to_end_it_writes_what_it_has_read(
    kafka: str, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    produce(kafka, topic, 500)
    asked = ("archive", "paragraphs", "--to", str(tmp_path), "--follow", "--flush-seconds", "3600", "--flush-mb", "100")
    for number in (signal.SIGTERM, signal.SIGINT):
        with Running(*asked, settings=variables) as following:
            assert eventually(lambda: handles_signals(following.process.pid))
            time.sleep(0.5)  # how much it has read by then is its own affair; the run after it tells whether all fits
            following.process.send_signal(number)
            following.said("writing what has been read")
            assert following.ended() == 0
        assert run("archive", "paragraphs", "--to", str(tmp_path), settings=variables).returncode == 0
        assert archived(tmp_path) == committed(kafka, [topic])
        produce(kafka, topic, 500, seed=number)


def handles_signals(pid: int) -> bool:
    """Whether the process has handlers of its own for SIGTERM, which it gets before the one for SIGINT."""
    [caught] = re.findall(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_what_retention_took_is_told_with_its_offsets(
    kafka: str, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    produce(kafka, topic, 600)
    asked = ("archive", "paragraphs", "--to", str(tmp_path))
    delete_before(kafka, topic, 40, partition=1)
    done = run(*asked, settings=variables)
    assert done.returncode == 1
    assert f"lost: offsets 0 to 39 of {topic}[1]" in done.stderr
    produce(kafka, topic, 600, seed=2)
    delete_before(kafka, topic, 150, partition=2)
    done = run(*asked, settings=variables)
    assert done.returncode == 1
    assert f"lost: offsets 100 to 149 of {topic}[2]" in done.stderr
    told = [Lost(topic=topic, partition=1, begin=0, end=40), Lost(topic=topic, partition=2, begin=100, end=150)]
    verdict = verify(tmp_path)
    assert verdict.lost == told
    assert not verdict.faults
    assert f"{topic}[2] offsets 100 to 149" in run("archive", "show", str(tmp_path), settings=variables).stdout
    assert run(*asked, settings=variables).returncode == 0


def test_what_goes_while_it_is_followed_is_told_too(
    kafka: str, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    asked = ("archive", "paragraphs", "--to", str(tmp_path), "--follow", "--flush-seconds", "0.2")
    with Running(*asked, settings=variables) as following:
        produce(kafka, topic, 60)
        assert eventually(lambda: list(tmp_path.rglob("*.parquet")))
        following.process.send_signal(signal.SIGSTOP)
        produce(kafka, topic, 600, seed=2)
        delete_before(kafka, topic, 90, partition=3)
        following.process.send_signal(signal.SIGCONT)
        produce(kafka, topic, 60, seed=3)
        assert eventually(lambda: len(archived(tmp_path)) >= 640)
        following.process.send_signal(signal.SIGTERM)
        following.ended()
    verdict = verify(tmp_path)
    assert not verdict.faults
    assert len(archived(tmp_path)) + sum(one.end - one.begin for one in verdict.lost) == 720


def test_a_topic_that_was_made_anew_is_refused(
    kafka: str, settings: Settings, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    produce(kafka, topic, 60)
    asked = ("archive", "paragraphs", "--to", str(tmp_path))
    assert run(*asked, settings=variables).returncode == 0
    before = archived(tmp_path)
    with TopicAdmin(settings, kafka) as admin:
        admin.delete([PARAGRAPHS])
        assert eventually(lambda: admin.missing([PARAGRAPHS]))
        done = run(*asked, settings=variables)
        assert (done.returncode, f"missing topics: {topic}" in done.stderr) == (2, True)
        assert eventually(lambda: admin.create([PARAGRAPHS])[0].created)
    produce(kafka, topic, 600)
    done = run(*asked, settings=variables)
    assert done.returncode == 2
    assert "was deleted and made anew" in done.stderr
    assert archived(tmp_path) == before
    assert not verify(tmp_path).faults


def test_wrong_usage_is_told_and_leaves_nothing(variables: dict[str, str], settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    cases = {
        ("speeches", "--to", str(tmp_path / "a")): "nothing called speeches to archive",
        ("speech", "--to", str(tmp_path)): "holds files and no archive",
        ("speech", "--to", str(tmp_path / "file" / "under")): "cannot be written",
        ("speech", "--to", str(tmp_path / "file")): "is a file",
    }
    for words, said in cases.items():
        done = run_here("archive", *words, settings=variables)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_told_and_what_was_archived_stays(
    kafka: str, variables: dict[str, str], topic: str, tmp_path: Path
) -> None:
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    for _ in range(3_000):
        producer.produce(topic, os.urandom(1_000), b"k", partition=0)
    assert producer.flush(30) == 0
    with small_disk(tmp_path, 2) as refused:
        if refused:
            pytest.skip(refused)
        asked = ("archive", "paragraphs", "--to", str(tmp_path), "--flush-mb", "0.5")
        done = run(*asked, settings=variables)
        assert done.returncode == 4
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        kept = archived(tmp_path)
        assert kept
        assert kept == committed(kafka, [topic])[: len(kept)]
        assert not verify(tmp_path).faults


def delete_before(kafka: str, topic: str, offset: int, partition: int) -> None:
    """Have Kafka delete a partition's head, as retention does."""
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.delete_records([TopicPartition(topic, partition, offset)]).values():
        future.result(timeout=30)
