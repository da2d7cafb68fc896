"""``push`` on a real Kafka: acknowledged, keyed, in order, the same ids again, interruptible."""

import json
import os
import signal
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS, Topic
from streams.clients.producer import ParagraphProducer
from streams.clients.subscriber import Received, Subscriber
from streams.errors import BrokerUnavailableError, InputRefusedError
from streams.settings import Settings
from tests.broker.conftest import paragraphs
from tests.command_line import COMMAND, environment, eventually, run

pytestmark = pytest.mark.broker
Committed = Callable[[Topic], list[Received]]

TEXT = "会议开幕\n2024年1月9日 日报记者 许知微\n上午9时，大会开始。\n市长讲话\n何以宁说，要稳中求进。\n"


def as_paragraph(received: Received) -> Paragraph:
    assert isinstance(received.record, Paragraph)
    return received.record


def summary(*arguments: str, variables: dict[str, str], stdin: bytes = b"", code: int = 0) -> dict[str, Any]:
    done = run("push", "--json", *arguments, settings=variables, stdin=stdin)
    assert done.returncode == code, done.stderr
    [line] = done.stdout.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def test_a_directory_is_pushed_and_told_of(tmp_path: Path, variables: dict[str, str], committed: Committed) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "own", "text": "一。"}\n{"text": "二。"}\n', encoding="utf-8")
    (tmp_path / "c.doc").write_bytes(b"%PDF")
    told = summary(str(tmp_path), "--genre", "新闻", variables=variables)
    assert (told["files"], told["paragraphs"], told["refused"], told["unacknowledged"]) == (2, 4, 0, 0)
    assert told["set_aside"] == {"heading": 2, "byline": 1}
    found = [as_paragraph(received) for received in committed(PARAGRAPHS)]
    assert sorted(p.text for p in found) == sorted(["上午9时，大会开始。", "何以宁说，要稳中求进。", "一。", "二。"])
    assert {p.report.genre for p in found} == {"新闻"}
    assert "own" in {p.id for p in found}


def test_the_summary_for_people_names_each_file(tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = run("push", str(tmp_path), settings=variables)
    assert "a.txt: 2 paragraphs" in done.stderr
    assert "2 paragraphs of 1 file acknowledged by Kafka" in done.stdout


def test_pushing_again_repeats_ids_that_a_reader_can_drop(
    tmp_path: Path, variables: dict[str, str], settings: Settings, kafka: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    for _ in range(2):
        summary(str(tmp_path / "a.txt"), variables=variables)
    with Subscriber(settings, kafka, [PARAGRAPHS], from_beginning=True) as subscriber:
        assert len(list(subscriber.read())) == 4
    with Subscriber(settings, kafka, [PARAGRAPHS], from_beginning=True, distinct=True) as subscriber:
        assert len(list(subscriber.read())) == 2


def test_records_are_keyed_and_a_report_keeps_its_order(settings: Settings, kafka: str, committed: Committed) -> None:
    sent = paragraphs(3000, reports=11)
    with ParagraphProducer(settings, kafka) as producer:
        told = producer.push(sent)
    assert (told.paragraphs, told.failed) == (3000, 0)
    received = committed(PARAGRAPHS)
    assert sum(len(r.value) for r in received) < told.bytes
    places = defaultdict(set)
    ordinals = defaultdict(list)
    for each in received:
        found = as_paragraph(each)
        places[found.report.id].add(each.partition)
        ordinals[found.report.id].append(found.ordinal)
    assert all(len(partitions) == 1 for partitions in places.values())
    assert all(found == sorted(found) for found in ordinals.values())
    assert {as_paragraph(each).id for each in received} == {p.id for p in sent}


def test_a_record_too_large_for_its_topic_is_refused(settings: Settings, kafka: str) -> None:
    [paragraph] = paragraphs(1)
    huge = paragraph.model_copy(update={"text": "长" * 400_000})
    with ParagraphProducer(settings, kafka) as producer, pytest.raises(InputRefusedError, match="at most 1,048,576"):
        producer.send(huge)


def test_a_topic_that_vanishes_stops_the_push(settings: Settings, kafka: str) -> None:
    gone = settings.model_copy(update={"topic_prefix": settings.topic_prefix + "gone.", "connect_timeout_s": 1.0})
    with ParagraphProducer(gone, kafka) as producer, pytest.raises(BrokerUnavailableError):
        producer.push(paragraphs(3))


def test_ctrl_c_flushes_and_says_what_was_sent(variables: dict[str, str], committed: Committed) -> None:
    process = subprocess.Popen(
        [*COMMAND, "push", "-", "--json"],
        env=environment(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        for n in range(50):
            process.stdin.write(json.dumps({"text": f"第{n}段。"}) + "\n")
        process.stdin.flush()
        assert eventually(lambda: len(committed(PARAGRAPHS)) == 50)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, err
    told = json.loads(out)
    assert (told["paragraphs"], told["unacknowledged"], told["interrupted"]) == (50, 0, True)
    assert "interrupted" in err
    assert "Traceback" not in err
