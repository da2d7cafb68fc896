"""``dead-letters list|show|export`` on a real Kafka: what is meant is what is shown, byte for byte."""

import base64
import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest

from schemas.ids import content_id
from schemas.topics import DEAD_LETTER, PARAGRAPHS
from streams.clients.topic_admin import TopicAdmin
from streams.commands.letter_options import SHORTEST_ID
from streams.settings import Settings
from tests.broker.letters import consumed, put_letters
from tests.broker.own_broker import CLOSED_PORT
from tests.command_line import run, run_binary, run_here

pytestmark = pytest.mark.broker

ODD = b'{"report": {"title": "\xe5\xb9\xb4\xe6\x8a\xa5", "id": "r9"}, "text": "\x1b[31m'
BROKEN = b"\xff\xfe\x00raw\n"


@pytest.fixture
def letters(settings: Settings, kafka: str) -> Settings:
    """Five dead letters, at offsets 0 to 4, written a day after one another from 2023-01-08 on."""
    headers = (("trace", None), ("note", b"\xff"))
    put_letters(
        settings, kafka, [consumed(settings, 10, BROKEN, headers=headers)], "decode", "not UTF-8: byte 0xff at 0"
    )
    put_letters(settings, kafka, [consumed(settings, 11, b"{}", key=b"r2")], "decode", "id: Field required (and so on)")
    put_letters(settings, kafka, [consumed(settings, 12, ODD, key=None)], "analyse", "ValueError: no 12 here")
    put_letters(settings, kafka, [consumed(settings, 13, ODD, key=b"r9")], "analyse", "ValueError: no 7 here")
    put_letters(settings, kafka, [consumed(settings, 14, None, key=None)], "decode", "the value is empty")
    return settings


def run_list(variables: dict[str, str], *options: str) -> list[str]:
    done = run_here("dead-letters", "list", "--jsonl", *options, settings=variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def listed(variables: dict[str, str], *options: str) -> list[int]:
    return [json.loads(line)["offset"] for line in run_list(variables, *options)]


FILTERS: tuple[tuple[tuple[str, ...], list[int]], ...] = (
    ((), [0, 1, 2, 3, 4]),
    (("--stage", "analyse"), [2, 3]),
    (("--stage", "analyse", "--stage", "decode"), [0, 1, 2, 3, 4]),
    (("--reason", "VALUE"), [2, 3, 4]),
    (("--reason", "(and"), [1]),
    (("--reason-matches", r"no \d\d here|empty$"), [2, 4]),
    (("--topic", PARAGRAPHS.name), [0, 1, 2, 3, 4]),
    (("--topic", "elsewhere"), []),
    (("--partition", "0"), [0, 1, 2, 3, 4]),
    (("--partition", "1"), []),
    (("--from", "3"), [3, 4]),
    (("--to", "2"), [0, 1]),
    (("--from", "2023-01-09T00:00:00Z", "--to", "2023-01-11T00:00:00Z"), [1, 2]),
    (("--from", "2023-01-09T08:00:00+08:00", "--limit", "1"), [1]),
    (("--from", "1h"), []),
    (("--report", "r2"), [1]),
    (("--report", "年报"), []),
    (("--limit", "2"), [0, 1]),
    (("--state", "open", "--reason", "empty"), [4]),
    (("--state", "resolved"), []),
)


@pytest.mark.usefixtures("letters")
def test_each_filter_means_what_it_says(variables: dict[str, str]) -> None:
    found = {options: listed(variables, *options) for options, _ in FILTERS}
    assert found == dict(FILTERS)


@pytest.mark.usefixtures("letters")
def test_a_table_for_people(variables: dict[str, str]) -> None:
    lines = run("dead-letters", "list", settings=variables).stdout.splitlines()
    assert lines[0].split() == ["id", "at", "original", "written", "stage", "state", "sent", "bytes", "reason"]
    assert len(lines) == 6
    assert "0:10" in lines[1]
    assert "decode  open" in lines[1]
    assert lines[5].endswith("the value is empty")


@pytest.mark.usefixtures("letters")
def test_a_summary_counts_reasons_that_differ_in_numbers_as_one(variables: dict[str, str]) -> None:
    done = run("dead-letters", "list", "--summary", "--jsonl", settings=variables)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[0] == {"count": 2, "stage": "analyse", "state": "open", "reason": "ValueError: no # here"}
    assert [one["count"] for one in told] == [2, 1, 1, 1]
    table = run_here("dead-letters", "list", "--summary", settings=variables).stdout.splitlines()
    assert table[1].split(maxsplit=3) == ["2", "analyse", "open", "ValueError: no # here"]


@pytest.mark.usefixtures("letters")
def test_show_tells_all_and_sends_nothing_to_the_terminal_that_could_move_it(variables: dict[str, str]) -> None:
    shown = run("dead-letters", "show", "0:0", settings=variables).stdout
    for part in (
        "partition 0 offset 10",
        "not UTF-8: byte 0xff at 0",
        "trace = none",
        r"note = \xff",
        "state        open",
    ):
        assert part in shown
    assert shown.endswith("\n\n\\xff\\xfe\\x00raw\\n\n")
    assert "\x1b" not in run_here("dead-letters", "show", "0:2", settings=variables).stdout
    assert (
        "key          none\nvalue        none\n" in run_here("dead-letters", "show", "0:4", settings=variables).stdout
    )


@pytest.mark.usefixtures("letters")
def test_show_raw_is_the_original_byte_for_byte(variables: dict[str, str]) -> None:
    assert run_binary("dead-letters", "show", "0:0", "--raw", settings=variables) == BROKEN
    told = json.loads(run_here("dead-letters", "show", "0:3", "--json", settings=variables).stdout)
    assert base64.b64decode(told["original"]["value_base64"]) == ODD
    assert told["original"]["key_text"] == "r9"
    by_id = json.loads(run_here("dead-letters", "show", told["id"][:8].upper(), "--json", settings=variables).stdout)
    assert by_id == told


@pytest.mark.usefixtures("letters")
def test_an_export_is_whole_and_takes_the_place_of_what_was_there(variables: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "letters.jsonl"
    target.write_text("before")
    done = run("dead-letters", "export", "--output", str(target), "--stage", "decode", settings=variables)
    assert (done.returncode, done.stderr) == (0, f"3 dead letters in {target}\n")
    told = [json.loads(line)["original"] for line in target.read_text("utf-8").splitlines()]
    assert [base64.b64decode(one["value_base64"]) if one["value_base64"] else None for one in told] == [
        BROKEN,
        b"{}",
        None,
    ]
    assert told[0]["headers"] == [
        {"key": "trace", "value_base64": None},
        {"key": "note", "value_base64": "/w=="},
    ]
    assert "value_text" not in told[0]
    assert told[1]["value_text"] == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["letters.jsonl"]
    printed = run("dead-letters", "export", "--output", "-", "--stage", "decode", settings=variables)
    assert printed.stdout == target.read_text("utf-8")


def test_what_is_no_dead_letter_is_told_and_passed_over(
    letters: Settings, kafka: str, variables: dict[str, str]
) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True})
    producer.produce(letters.topic_prefix + DEAD_LETTER.name, b"what is this?")
    assert producer.flush(30) == 0
    done = run_here("dead-letters", "list", "--jsonl", settings=variables)
    assert len(done.stdout.splitlines()) == 5
    assert f"passed over: {letters.topic_prefix}{DEAD_LETTER.name} partition 0 offset 5: " in done.stderr


MISTAKES: Sequence[tuple[tuple[str, ...], int, str]] = (
    (("show", "0:99"), 1, "no dead letter 0:99; `report-streams dead-letters list` shows"),
    (("show", "0123456789abcdef"), 1, "no dead letter 0123456789abcdef"),
    (("show", "0:4", "--raw"), 1, "the original has no value"),
    (("export", "--output", "no-such-folder/x"), 2, "no-such-folder/x cannot be written: No such file or directory"),
    (("export", "--output", "."), 2, ". is a directory; name a file in it"),
    (("redrive", "0123456789abcdef"), 1, "no dead letter 0123456789abcdef"),
)


@pytest.mark.usefixtures("letters")
def test_a_mistake_is_one_line_that_says_what_to_do(variables: dict[str, str]) -> None:
    for arguments, code, said in MISTAKES:
        done = run_here("dead-letters", *arguments, settings=variables)
        assert (done.returncode, said in done.stderr) == (code, True), (arguments, done.returncode, done.stderr)
        assert not done.stdout


def test_the_beginning_of_several_ids_names_none_of_them(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    first, second = two_offsets_whose_ids_begin_alike(settings)
    put_letters(settings, kafka, [consumed(settings, first, b"1"), consumed(settings, second, b"2")])
    put_letters(settings, kafka, [consumed(settings, first, b"1")], reason="once more")
    ids = [json.loads(line)["id"] for line in run_list(variables)]
    done = run_here("dead-letters", "show", ids[0][:SHORTEST_ID], settings=variables)
    assert done.returncode == 2
    assert f"{ids[0][:SHORTEST_ID]} is the beginning of 2 ids: " in done.stderr
    told = json.loads(run_here("dead-letters", "show", ids[0], "--json", settings=variables).stdout)
    assert told["offset"] == 2, "of equal ids the latest"


def two_offsets_whose_ids_begin_alike(settings: Settings) -> tuple[int, int]:
    met: dict[str, int] = {}
    for offset in count():
        beginning = content_id("deadletter", settings.topic_prefix + PARAGRAPHS.name, 0, offset)[:SHORTEST_ID]
        if beginning in met:
            return met[beginning], offset
        met[beginning] = offset
    raise AssertionError


def test_without_topics_or_broker_it_says_so(kafka: str, topic_prefix: str) -> None:
    bare = {"bootstrap_servers": kafka, "topic_prefix": topic_prefix}
    for arguments in (("list",), ("redrive", "--all"), ("show", "0:1"), ("export", "--output", "-")):
        done = run_here("dead-letters", *arguments, settings=bare)
        assert done.returncode == 2
        assert f"no topic {topic_prefix}{DEAD_LETTER.name}" in done.stderr
        assert "topics create" in done.stderr
    gone = {"bootstrap_servers": f"127.0.0.1:{CLOSED_PORT}", "connect_timeout_s": "1"}
    for arguments in (("list",), ("redrive", "--all")):
        done = run_here("dead-letters", *arguments, settings=gone)
        assert done.returncode == 3
        assert f"Kafka at 127.0.0.1:{CLOSED_PORT} does not answer" in done.stderr
    with TopicAdmin(Settings(topic_prefix=topic_prefix), kafka) as admin:
        assert admin.missing([DEAD_LETTER]), "asking made no topic"
