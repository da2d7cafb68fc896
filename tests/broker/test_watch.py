"""``push --watch`` on a real Kafka: whole files, each content once, through restarts, crashes and a Kafka that goes."""

import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS, Topic
from streams.broker import embedded
from streams.clients.connection import answers
from streams.clients.subscriber import Received
from tests.broker import own_broker
from tests.command_line import Running, eventually, run

pytestmark = pytest.mark.broker
Committed = Callable[[Topic], list[Received]]

FIRST, SECOND, THIRD = "上午9时，大会开始。", "何以宁说，要稳中求进。", "全县渔业产值达到3.6亿元，增长8.2%。"


class Inbox:
    """A watched directory, its memory, and the commands on them."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder / "inbox"
        self.folder.mkdir()
        self.state = folder / "pushed.sqlite3"
        self._variables = variables

    def put(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def watch(self, *options: str, settle: str = "0.3") -> Running:
        fixed = ("push", "--watch", str(self.folder), "--state", str(self.state), "--settle", settle)
        return Running(*fixed, *options, settings=self._variables)

    @contextmanager
    def memory_in_use(self) -> Iterator[None]:
        """While it lasts nothing can be written to the memory: a watch stands between acknowledged and remembered."""
        with closing(sqlite3.connect(self.state, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


@pytest.fixture
def inbox(tmp_path: Path, variables: dict[str, str]) -> Inbox:
    return Inbox(tmp_path, variables)


def ended_well(watch: Running, number: int = signal.SIGTERM) -> None:
    os.kill(watch.process.pid, number)
    assert watch.ended() == 0, watch.lines
    assert not any("Traceback" in line for line in watch.lines), watch.lines


def texts(received: list[Received]) -> list[str]:
    return sorted(each.record.text for each in received if isinstance(each.record, Paragraph))


def ids(received: list[Received]) -> list[str]:
    return [each.record.id for each in received if isinstance(each.record, Paragraph)]


def test_files_there_and_files_to_come_are_pushed_once_through_a_restart(inbox: Inbox, committed: Committed) -> None:
    first = inbox.put("a.txt", FIRST, SECOND)
    with inbox.watch() as watch:
        watch.said(r"a\.txt: 2 paragraphs pushed$")
        inbox.put("b.txt", THIRD)
        watch.said(r"b\.txt: 1 paragraph pushed$")
        first.write_bytes(first.read_bytes())
        watch.said(r"a\.txt: passed over, its content has been pushed")
        inbox.put("copy.txt", THIRD)
        watch.said(r"copy\.txt: passed over, its content has been pushed \(.*b\.txt, ")
        ended_well(watch)
    with inbox.watch() as watch:
        watch.said(r"a\.txt: passed over")
        inbox.put("c.txt", FIRST)
        watch.said(r"c\.txt: 1 paragraph pushed$")
        ended_well(watch, signal.SIGINT)
    assert texts(committed(PARAGRAPHS)) == sorted([FIRST, SECOND, THIRD, FIRST])


def test_a_changed_file_is_pushed_as_it_is_now(inbox: Inbox, committed: Committed) -> None:
    inbox.put("a.txt", FIRST, SECOND)
    with inbox.watch() as watch:
        watch.said(r"a\.txt: 2 paragraphs pushed$")
        before = ids(committed(PARAGRAPHS))
        inbox.put("a.txt", FIRST, SECOND, THIRD)
        watch.said(r"a\.txt: 3 paragraphs pushed as it is now; it has changed")
        inbox.put("a.txt", FIRST, SECOND)
        watch.said(r"a\.txt: passed over")
    received = committed(PARAGRAPHS)
    assert texts(received) == sorted([FIRST, SECOND, FIRST, SECOND, THIRD])
    assert len(set(ids(received))) == 3
    assert set(before) < set(ids(received))


def test_a_file_that_is_being_written_is_pushed_once_whole(inbox: Inbox, committed: Committed) -> None:
    lines = [f"第{n}项工程完成投资{n}亿元。" for n in range(1, 31)]
    with inbox.watch(settle="3") as watch:
        watch.said("^watching ")
        with (inbox.folder / "a.jsonl").open("w", encoding="utf-8") as growing:
            for place, line in enumerate(lines):
                growing.write(json.dumps({"text": line}) + "\n")
                growing.flush()
                # Longer than from one look to the next, shorter than what makes a file a settled one.
                time.sleep(1.4 if place % 10 == 9 else 0.02)
        watch.said(r"a\.jsonl: 30 paragraphs pushed$")
    assert texts(committed(PARAGRAPHS)) == sorted(lines)


def test_a_refused_file_is_named_once_and_tried_again_when_it_changes(inbox: Inbox, committed: Committed) -> None:
    bad = inbox.put("a.txt", FIRST + "\0")
    (inbox.folder / "b.txt").symlink_to("b.txt")
    inbox.put("c.xyz", FIRST)
    with inbox.watch("--json") as watch:
        watch.said(r"refused: .*a\.txt: ")
        watch.said(r"refused: .*b\.txt: a link to b\.txt, which leads back to itself")
        watch.said(r"passed over c\.xyz")
        bad.write_bytes(bad.read_bytes())
        inbox.put("z.txt", SECOND)
        watch.said(r"z\.txt: 1 paragraph pushed$")
        assert sum("a.txt" in line for line in watch.lines) == 1, watch.lines
        assert sum("b.txt" in line for line in watch.lines) == 1, watch.lines
        assert sum("c.xyz" in line for line in watch.lines) == 1, watch.lines
        inbox.put("a.txt", FIRST)
        watch.said(r"a\.txt: 1 paragraph pushed$")
        ended_well(watch)
    assert texts(committed(PARAGRAPHS)) == sorted([FIRST, SECOND])


def test_a_crash_before_it_is_remembered_repeats_the_ids(inbox: Inbox, committed: Committed) -> None:
    with inbox.watch() as watch:
        watch.said("^watching ")
        with inbox.memory_in_use():
            inbox.put("a.txt", FIRST, SECOND)
            assert eventually(lambda: len(committed(PARAGRAPHS)) == 2), watch.lines
            watch.process.kill()
            watch.ended()
        assert not any("pushed" in line and "a.txt" in line for line in watch.lines)
    with inbox.watch() as watch:
        watch.said(r"a\.txt: 2 paragraphs pushed$")
        ended_well(watch)
    received = ids(committed(PARAGRAPHS))
    assert len(received) == 4
    assert received[:2] == received[2:]


def test_a_crash_in_the_middle_of_a_file_leaves_no_gap(inbox: Inbox, committed: Committed) -> None:
    count = 20_000
    lines = (json.dumps({"text": f"第{n}项工程完成投资{n}亿元。"}, ensure_ascii=False) for n in range(count))
    inbox.put("a.jsonl", *lines)
    with inbox.watch() as watch:
        assert eventually(lambda: committed(PARAGRAPHS)), watch.lines
        watch.process.kill()
        watch.ended()
    with inbox.watch() as watch:
        watch.said(r"a\.jsonl: (20,000 paragraphs pushed|passed over)", timeout_s=60)
        ended_well(watch)
    assert len(set(ids(committed(PARAGRAPHS)))) == count


def test_a_signal_lets_the_file_at_hand_finish(inbox: Inbox, committed: Committed) -> None:
    with inbox.watch() as watch:
        watch.said("^watching ")
        with inbox.memory_in_use():
            inbox.put("a.txt", FIRST, SECOND)
            assert eventually(lambda: len(committed(PARAGRAPHS)) == 2), watch.lines
            os.kill(watch.process.pid, signal.SIGTERM)
            watch.said(r"SIGTERM: finishing .*a\.txt")
            assert watch.process.poll() is None
        assert watch.ended() == 0, watch.lines
        watch.said(r"a\.txt: 2 paragraphs pushed$")
    with inbox.watch() as watch:
        watch.said(r"a\.txt: passed over")
    assert len(committed(PARAGRAPHS)) == 2


def test_two_watches_on_one_directory_push_a_file_once(inbox: Inbox, committed: Committed) -> None:
    with inbox.watch() as first, inbox.watch() as second:
        for watch in (first, second):
            watch.said("^watching ")
        with inbox.memory_in_use():
            inbox.put("a.txt", FIRST, SECOND)
            # One of them has pushed and cannot remember it yet; the other one waits for its turn.
            waits = r"a\.txt: waiting for another push --watch"
            assert eventually(lambda: any(re.search(waits, line) for line in [*first.lines, *second.lines]))
            assert eventually(lambda: len(committed(PARAGRAPHS)) == 2)
        for watch in (first, second):
            watch.said(r"a\.txt: (2 paragraphs pushed|passed over, its content has been pushed)")
            ended_well(watch)
    assert texts(committed(PARAGRAPHS)) == sorted([FIRST, SECOND])


def test_another_topic_gets_what_this_one_had(inbox: Inbox, variables: dict[str, str]) -> None:
    inbox.put("a.txt", FIRST)
    with inbox.watch() as watch:
        watch.said(r"a\.txt: 1 paragraph pushed$")
    other = variables | {"topic_prefix": variables["topic_prefix"] + "other."}
    assert run("topics", "create", settings=other).returncode == 0
    fixed = ("push", "--watch", str(inbox.folder), "--state", str(inbox.state), "--settle", "0.3")
    with Running(*fixed, settings=other) as watch:
        watch.said(r"a\.txt: 1 paragraph pushed$")


def test_without_the_topic_it_says_how_to_make_it(inbox: Inbox, variables: dict[str, str]) -> None:
    done = run("push", "--watch", str(inbox.folder), settings=variables | {"topic_prefix": "none."})
    assert done.returncode == 2
    assert "report-streams topics create" in done.stderr


def test_kafka_may_go_and_come_back(tmp_path: Path, broker_cache: Path) -> None:
    with own_broker.own_settings(tmp_path / "kafka", broker_cache) as settings:
        variables = own_broker.variables(settings) | {"connect_timeout_s": "2"}
        inbox = Inbox(tmp_path, variables)
        inbox.put("a.txt", FIRST)
        with inbox.watch() as watch:
            watch.said(r"waiting, and trying again \(0 files to push\): no Kafka: ")
            embedded.start(settings, ready=answers)
            assert run("topics", "create", settings=variables).returncode == 0
            watch.said(r"a\.txt: 1 paragraph pushed$", timeout_s=60)
            embedded.stop(settings.broker_data_dir)
            inbox.put("b.txt", SECOND)
            watch.said(r"waiting, and trying again \(1 file to push\): ", timeout_s=60)
            embedded.start(settings, ready=answers)
            watch.said(r"b\.txt: 1 paragraph pushed$", timeout_s=60)
            ended_well(watch)
