"""``audit`` on a real Kafka: zero when the worker did its work, and every sort of fault named by its coordinates."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka import Message as KafkaMessage
from confluent_kafka.admin import AdminClient

from schemas.paragraph import Paragraph
from schemas.topics import CLASSIFIED, DEAD_LETTER, PARAGRAPHS, STATISTIC, Topic
from streams.settings import Settings
from tests.broker.conftest import RawRecord, paragraphs, raw
from tests.broker.letters import all_records
from tests.broker.own_broker import CLOSED_PORT
from tests.command_line import run, run_here

pytestmark = pytest.mark.broker

Produce = Callable[[Iterable[RawRecord]], None]
Lines = list[dict[str, object]]


def audited(variables: dict[str, str], *options: str, code: int = 0) -> tuple[dict[str, object], Lines, Lines]:
    """The total, the faults and the reports of an audit that must end with this exit code."""
    done = run_here("audit", "--jsonl", *options, settings=variables)
    assert done.returncode == code, done.stdout + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    faults, reports = ([one for one in told if kind in one] for kind in ("fault", "report"))
    return told[-1], faults, [one for one in reports if "fault" not in one]


def counts(total: dict[str, object]) -> tuple[object, ...]:
    names = ("inputs", "classified", "dead_letters", "expired", "missing", "surplus", "waiting", "difference")
    return tuple(total[name] for name in names)


def handle_all(variables: dict[str, str]) -> None:
    done = run("worker", "--until-caught-up", settings=variables)
    assert done.returncode == 0, done.stderr


def again(settings: Settings, kafka: str, topic: Topic, message: KafkaMessage) -> None:
    """Write a copy of a record of a topic."""
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    producer.produce(settings.topic_prefix + topic.name, message.value(), message.key(), headers=message.headers())
    assert producer.flush(30) == 0


def commit(settings: Settings, kafka: str, offsets: dict[int, int]) -> None:
    """Let the worker group skip to these offsets, as a worker that commits before it produces would."""
    name = settings.topic_prefix + PARAGRAPHS.name
    parts = [TopicPartition(name, number, offset) for number, offset in offsets.items()]
    group = ConsumerGroupTopicPartitions(settings.topic_prefix + settings.worker_group, parts)
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.alter_consumer_group_offsets([group])[group.group_id].result(30)


def ends(settings: Settings, kafka: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for message in all_records(settings, kafka, PARAGRAPHS):
        found[message.partition() or 0] = (message.offset() or 0) + 1
    return found


def test_all_that_was_handled_adds_up_and_what_waits_is_counted_apart(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    good = [raw(paragraph) for paragraph in paragraphs(40)]
    # The same paragraphs twice, a record that cannot be read, and one without anything.
    produce([*good, *good, (b"report-1", b"\xff"), (None, None)])
    handle_all(variables)
    total, faults, reports = audited(variables, "--events")
    assert counts(total) == (82, 80, 2, 0, 0, 0, 0, 0)
    assert not faults
    assert sum(int(str(one["inputs"])) for one in reports) == 82
    assert {one["report"] for one in reports} == {*(f"report-{n}" for n in range(7)), "(no key)"}
    assert all(one["difference"] == 0 for one in reports)
    produce(good[:5])
    total, _, _ = audited(variables)
    assert counts(total) == (82, 80, 2, 0, 0, 0, 5, 0)


def send_once_more(variables: dict[str, str], alias: str, folder: Path) -> None:
    """From an archive into the live topic that it was made of."""
    for command in (("archive", alias, "--to", str(folder)), ("replay", str(folder), "--into", alias)):
        done = run(*command, settings=variables)
        assert done.returncode == 0, done.stderr


def test_outputs_that_a_replay_sent_once_more_are_passed_over_and_said(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce, tmp_path: Path
) -> None:
    produce(raw(paragraph) for paragraph in paragraphs(30))
    handle_all(variables)
    live = {topic.alias: len(all_records(settings, kafka, topic)) for topic in (CLASSIFIED, STATISTIC)}
    for alias in live:
        send_once_more(variables, alias, tmp_path / alias)
    total, faults, _ = audited(variables, "--events")
    assert counts(total) == (30, 30, 0, 0, 0, 0, 0, 0)
    assert (faults, total["replayed"]) == ([], sum(live.values()))
    told = run_here("audit", settings=variables)
    assert f"{live[CLASSIFIED.alias]} outputs were sent once more by a replay" in told.stderr


def test_an_input_that_a_replay_sent_once_more_is_an_input_of_its_own(
    variables: dict[str, str], produce: Produce, tmp_path: Path
) -> None:
    produce(raw(paragraph) for paragraph in paragraphs(30))
    send_once_more(variables, PARAGRAPHS.alias, tmp_path)
    handle_all(variables)
    total, _, _ = audited(variables, "--events")
    assert (counts(total), total["replayed"]) == ((60, 60, 0, 0, 0, 0, 0, 0), 0)


def test_a_redriven_record_is_an_input_of_its_own(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    produce([(b"r1", b"\xff"), (b"r1", b"{")])
    handle_all(variables)
    assert run_here("dead-letters", "redrive", "--all", settings=variables).returncode == 0
    total, _, _ = audited(variables)
    assert (total["inputs"], total["waiting"], total["redriven"]) == (2, 2, 0)
    handle_all(variables)
    total, _, _ = audited(variables, "--events")
    assert counts(total) == (4, 0, 4, 0, 0, 0, 0, 0)
    assert total["redriven"] == 2
    table = run_here("audit", settings=variables)
    assert "2 inputs were sent back by a redrive" in table.stderr
    assert table.stdout.splitlines()[-1].split() == ["4", "0", "4", "0", "0", "0", "all"]


def test_a_loss_is_named_by_coordinates_and_id(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    good = paragraphs(30)
    produce(map(raw, good))
    handle_all(variables)
    lost = Paragraph.numbered(good[0].report, 99, "没有人处理。", pushed_at=good[0].pushed_at)
    produce([raw(lost)])
    places = ends(settings, kafka)
    commit(settings, kafka, places)
    total, [fault], reports = audited(variables, code=5)
    assert counts(total) == (31, 30, 0, 0, 1, 0, 0, 1)
    assert (fault["fault"], fault["paragraph_id"], fault["report"]) == ("missing", lost.id, lost.report.id)
    partition, offset = int(str(fault["partition"])), int(str(fault["offset"]))
    assert places[partition] == offset + 1
    assert [one["report"] for one in reports if one["difference"]] == [lost.report.id]
    # A stretch that ends before it has no fault, and one that begins after all has no inputs.
    assert counts(audited(variables, "--to", f"{partition}:{offset}")[0])[-1] == 0
    total, faults, _ = audited(variables, "--from", ",".join(f"{p}:{end}" for p, end in places.items()))
    assert (total["inputs"], faults) == (0, [])
    shown = run("audit", settings=variables)
    assert shown.returncode == 5
    assert f"missing       {partition}:{offset}" in shown.stdout
    assert "6 reports without a difference" in shown.stdout
    assert shown.stderr == "error: 1 inputs without an output, 0 outputs too many, 1 faults in all\n"


def test_an_output_that_comes_twice_is_a_fault(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    produce([raw(paragraphs(1)[0]), (b"report-0", b"\xff")])
    handle_all(variables)
    [classified], [dead] = (all_records(settings, kafka, topic) for topic in (CLASSIFIED, DEAD_LETTER))
    again(settings, kafka, CLASSIFIED, classified)
    again(settings, kafka, DEAD_LETTER, dead)
    total, faults, _ = audited(variables, code=5)
    assert counts(total) == (2, 2, 2, 0, 0, 2, 0, -2)
    assert [(one["fault"], one["detail"]) for one in faults] == [
        ("twice", "2 times classified, 0 dead letters"),
        ("twice", "0 times classified, 2 dead letters"),
    ]


def test_a_loss_and_a_double_do_not_cancel_out(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    one, other = paragraphs(2, reports=1)
    produce([raw(one)])
    handle_all(variables)
    [classified] = all_records(settings, kafka, CLASSIFIED)
    again(settings, kafka, CLASSIFIED, classified)
    produce([raw(other)])
    commit(settings, kafka, ends(settings, kafka))
    total, faults, _ = audited(variables, code=5)
    assert (total["difference"], total["missing"], total["surplus"]) == (0, 1, 1)
    assert {fault["fault"] for fault in faults} == {"missing", "twice"}


def test_an_output_of_an_aborted_input_is_a_fault(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    produce([raw(paragraphs(1)[0])])
    handle_all(variables)
    [classified] = all_records(settings, kafka, CLASSIFIED)
    partition = classified.partition()
    name = settings.topic_prefix + PARAGRAPHS.name
    aborting = Producer({"bootstrap.servers": kafka, "transactional.id": settings.topic_prefix + "aborting"})
    aborting.init_transactions(30)
    aborting.begin_transaction()
    aborting.produce(name, b"never there", partition=partition)
    aborting.flush(30)
    aborting.abort_transaction(30)
    commit(settings, kafka, {partition or 0: 3})
    assert audited(variables)[0]["inputs"] == 1
    headers = [(key, value) for key, value in classified.headers() or () if key != "ce_input"]
    place = f"{name}/{partition}/1".encode()
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    producer.produce(settings.topic_prefix + CLASSIFIED.name, b"{}", b"k", headers=[*headers, ("ce_input", place)])
    assert producer.flush(30) == 0
    _, [fault], _ = audited(variables, code=5)
    assert (fault["fault"], fault["partition"], fault["offset"]) == ("without-input", partition, 1)


def test_events_are_complete_and_once(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    produce(map(raw, paragraphs(10)))
    handle_all(variables)
    assert audited(variables, "--events")[1] == []
    statistic = all_records(settings, kafka, STATISTIC)[0]
    again(settings, kafka, STATISTIC, statistic)
    assert audited(variables)[1] == [], "without --events nobody asks"
    _, [double], _ = audited(variables, "--events", code=5)
    assert (double["fault"], double["detail"]) == ("events", "1 events too many")
    # A second classified record of the same input expects its events a second time.
    classified = next(one for one in all_records(settings, kafka, CLASSIFIED) if one.key() == statistic.key())
    again(settings, kafka, CLASSIFIED, classified)
    faults = audited(variables, "--events", code=5)[1]
    assert {one["fault"] for one in faults} == {"twice", "events"}


def test_what_retention_has_deleted_is_no_fault(
    settings: Settings, kafka: str, variables: dict[str, str], produce: Produce
) -> None:
    produce(map(raw, paragraphs(20, reports=1)))
    handle_all(variables)
    kept = all_records(settings, kafka, CLASSIFIED)[-2:]
    produce(map(raw, paragraphs(3, reports=1, text="后来{n}件。")))
    handle_all(variables)
    part = TopicPartition(settings.topic_prefix + CLASSIFIED.name, kept[0].partition(), kept[0].offset())
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.delete_records([part])[part].result(30)
    total, faults, _ = audited(variables)
    assert (total["inputs"], total["classified"], total["expired"], total["difference"]) == (23, 5, 18, 0)
    assert not faults
    inputs = TopicPartition(settings.topic_prefix + PARAGRAPHS.name, kept[0].partition(), 19)
    admin.delete_records([inputs])[inputs].result(30)
    total, faults, _ = audited(variables, "--events")
    assert (total["inputs"], total["classified"], total["difference"], faults) == (4, 4, 0, [])


def test_a_stretch_of_time(settings: Settings, kafka: str, variables: dict[str, str], produce: Produce) -> None:
    produce(map(raw, paragraphs(10)))
    between = datetime.fromtimestamp(
        (all_records(settings, kafka, PARAGRAPHS)[-1].timestamp()[1] + 3600_000) / 1000, UTC
    )
    handle_all(variables)
    assert audited(variables, "--from", between.isoformat())[0]["inputs"] == 0
    assert audited(variables, "--to", between.isoformat())[0]["inputs"] == 10
    assert audited(variables, "--from", "1h", "--to", "999999999")[0]["inputs"] == 10


def test_a_group_without_offsets_a_missing_topic_and_no_broker_are_told(
    kafka: str, variables: dict[str, str], produce: Produce, topic_prefix: str
) -> None:
    produce(map(raw, paragraphs(3)))
    done = run_here("audit", "--worker-group", "nobody", settings=variables)
    assert (done.returncode, "group nobody has committed nothing here" in done.stderr) == (0, True)
    done = run_here("audit", settings={**variables, "topic_prefix": topic_prefix + "none."})
    assert (done.returncode, "topics create" in done.stderr) == (2, True)
    done = run_here("audit", settings={"bootstrap_servers": f"127.0.0.1:{CLOSED_PORT}", "connect_timeout_s": "1"})
    assert (done.returncode, "does not answer" in done.stderr) == (3, True)
    del kafka
