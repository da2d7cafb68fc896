"""``dead-letters redrive`` on a real Kafka: original bytes, once each, whatever becomes of the command."""

import json
import os
import random
import secrets
import subprocess
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from confluent_kafka import Message as KafkaMessage

from schemas.codec import decode
from schemas.redrive import ATTEMPT_HEADER, HEADERS, ID_HEADER, ORIGIN_HEADER, Redrive
from schemas.topics import DEAD_LETTER, MAX_INPUT_BYTES, PARAGRAPHS, PARKED, REDRIVEN
from streams.settings import Settings
from tests.broker.conftest import paragraphs, raw
from tests.broker.letters import Headers, all_records, consumed, put_letters
from tests.command_line import COMMAND, environment, eventually, run, run_here

pytestmark = pytest.mark.broker

ODD: Headers = (("trace", None), ("note", b"\xff"), ("note", b"again"))


def redriven(settings: Settings, kafka: str) -> list[KafkaMessage]:
    return all_records(settings, kafka, PARAGRAPHS)


def without_ours(message: KafkaMessage) -> Headers:
    return tuple((name, value) for name, value in message.headers() or () if name not in HEADERS)


def ours(message: KafkaMessage) -> dict[str, bytes]:
    return {name: value for name, value in message.headers() or () if name in HEADERS}


def results(variables: dict[str, str], *arguments: str, code: int = 0) -> list[dict[str, object]]:
    done = run_here("dead-letters", "redrive", "--jsonl", *arguments, settings=variables)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(found: Sequence[dict[str, object]]) -> list[object]:
    return [one["result"] for one in found]


def test_the_original_comes_back_byte_for_byte_and_once(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    originals = [
        consumed(settings, 1, b"\xff\x00\n", key=b"r1", headers=ODD),
        consumed(settings, 2, None, key=None),
        consumed(settings, 3, b"", key=b"", headers=(("", b""),)),
        consumed(settings, 4, None, key=b"r1"),
    ]
    put_letters(settings, kafka, originals)
    first = results(variables, "--all")
    assert told(first) == ["sent"] * 4
    sent = redriven(settings, kafka)
    wanted = Counter((one.key, one.value, one.headers) for one in originals)
    assert Counter((one.key(), one.value(), without_ours(one)) for one in sent) == wanted
    assert {ours(one)[ATTEMPT_HEADER] for one in sent} == {b"1"}
    name = settings.topic_prefix + PARAGRAPHS.name
    assert {ours(one)[ORIGIN_HEADER] for one in sent} == {f"{name}/0/{offset}".encode() for offset in (1, 2, 3, 4)}
    [keyless] = [one for one in sent if one.key() is None]
    assert keyless.partition() == 0, "a record without a key goes back to its partition"
    where = {(one["now_at"]["partition"], one["now_at"]["offset"]) for one in first}  # type: ignore[index]
    assert where == {(one.partition(), one.offset()) for one in sent}
    assert told(results(variables, "--stage", "decode")) == ["already sent"] * 4
    assert results(variables, "--all") == []
    assert told(results(variables, "0:0")) == ["already sent"]
    assert len(redriven(settings, kafka)) == 4


def test_the_marks_are_kept_by_redrive_id(settings: Settings, kafka: str, variables: dict[str, str]) -> None:
    put_letters(settings, kafka, [consumed(settings, 1, b"x")])
    results(variables, "--all")
    [sent], [mark] = redriven(settings, kafka), all_records(settings, kafka, REDRIVEN)
    record = decode(Redrive, mark.value(), mark.headers())
    assert mark.key() == ours(sent)[ID_HEADER] == record.id.encode()
    assert (record.partition, record.offset, record.attempt) == (sent.partition(), sent.offset(), 1)


def test_the_same_dead_letter_written_twice_is_sent_once(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    put_letters(settings, kafka, [consumed(settings, 1, b"x"), consumed(settings, 1, b"x")])
    assert told(results(variables, "--all")) == ["sent", "already sent"]
    # The same coordinates with other bytes: the topic was made anew meanwhile.
    put_letters(settings, kafka, [consumed(settings, 1, b"y")])
    assert told(results(variables, "--all")) == ["sent"]
    assert Counter(one.value() for one in redriven(settings, kafka)) == Counter({b"x": 1, b"y": 1})


def test_a_dry_run_sends_nothing(settings: Settings, kafka: str, variables: dict[str, str]) -> None:
    put_letters(settings, kafka, [consumed(settings, 1, b"x"), consumed(settings, 2, b"y", headers=attempt(3))])
    assert told(results(variables, "--all", "--dry-run")) == ["would send", "would park"]
    for topic in (PARAGRAPHS, REDRIVEN, PARKED):
        assert all_records(settings, kafka, topic) == []


def attempt(number: int) -> Headers:
    return ((ID_HEADER, b"before"), (ATTEMPT_HEADER, str(number).encode()), (ORIGIN_HEADER, b"t/0/0"))


def test_past_the_cap_the_parking_topic_takes_the_record_from_where_it_can_be_sent_still(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    put_letters(settings, kafka, [consumed(settings, 1, b"x", headers=(*ODD, *attempt(1)))])
    put_letters(settings, kafka, [consumed(settings, 2, b"y", headers=(*ODD, *attempt(2)))])
    assert told(results(variables, "--all", "--redrive-attempts", "2")) == ["sent", "parked"]
    [sent] = redriven(settings, kafka)
    assert (sent.value(), without_ours(sent)) == (b"x", ODD)
    assert [value for name, value in sent.headers() or () if name == ATTEMPT_HEADER] == [b"2"]
    assert ours(sent)[ORIGIN_HEADER] == b"t/0/0", "where it was pushed first is kept"
    [parked] = all_records(settings, kafka, PARKED)
    assert parked.value() == all_records(settings, kafka, DEAD_LETTER)[1].value()
    assert told(results(variables, "--stage", "decode")) == ["already sent", "already parked"]
    listed = run_here("dead-letters", "list", "--jsonl", "--state", "parked", settings=variables)
    assert json.loads(listed.stdout)["offset"] == 1
    assert told(results(variables, "--parked", "--all")) == ["sent"]
    assert told(results(variables, "--parked", "--stage", "decode")) == ["already sent"]
    assert Counter(one.value() for one in redriven(settings, kafka)) == Counter({b"x": 1, b"y": 1})


def test_a_record_that_kafka_refuses_fails_alone(settings: Settings, kafka: str, variables: dict[str, str]) -> None:
    large = os.urandom(MAX_INPUT_BYTES)
    values = [b"before", large, b"after"]
    put_letters(settings, kafka, [consumed(settings, number, value) for number, value in enumerate(values)])
    found = results(variables, "--all", code=1)
    assert told(found) == ["sent", "failed", "sent"]
    assert "too large" in str(found[1]["why"])
    assert [one.value() for one in redriven(settings, kafka)] == [b"before", b"after"]
    assert told(results(variables, "--all", code=1)) == ["failed"]


def test_a_topic_that_is_gone_is_told_and_not_made_anew(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    gone = consumed(settings, 1, b"x")
    put_letters(settings, kafka, [type(gone)(settings.topic_prefix + "gone", 0, 1, None, None, b"x", ())])
    found = results(variables, "--all", code=1)
    assert told(found) == ["failed"]
    assert found[0]["why"] == f"its topic {settings.topic_prefix}gone does not exist"
    assert told(results(variables, "--all", code=1)) == ["failed"], "it was not made by trying"


def test_a_worker_counts_the_attempts_on_and_the_states_tell_what_came_of_each(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    good = raw(paragraphs(1)[0])[1]
    put_letters(settings, kafka, [consumed(settings, 1, b"never right"), consumed(settings, 2, good)], reason="a bug")
    results(variables, "--all")
    assert states(variables) == ["redriven", "redriven"]
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    assert states(variables) == ["failed-again", "resolved", "open"]
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    assert told(results(variables, "--all", "--redrive-attempts", "1")) == ["parked"]
    assert states(variables) == ["failed-again", "resolved", "parked"]
    shown = run_here("dead-letters", "show", "0:3", settings=variables)
    last = shown.stdout if shown.returncode == 0 else run_here("dead-letters", "list", settings=variables).stdout
    assert "sent back 1 time" in last or "parked       1 " in last


def states(variables: dict[str, str]) -> list[str]:
    done = run_here("dead-letters", "list", "--jsonl", settings=variables)
    return [json.loads(line)["state"] for line in done.stdout.splitlines()]


LETTERS = 360


def many(settings: Settings, kafka: str) -> list[bytes]:
    values = [b"value %d" % number for number in range(LETTERS)]
    keys = [b"r%d" % (number % 9) for number in range(LETTERS)]
    put_letters(settings, kafka, [consumed(settings, n, values[n], key=keys[n]) for n in range(LETTERS)])
    return values


def started(variables: dict[str, str], rate: int) -> "subprocess.Popen[str]":
    command = [*COMMAND, "dead-letters", "redrive", "--all", "--rate", str(rate), "--jsonl"]
    return subprocess.Popen(
        command, env=environment(variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_killed_at_any_moment_and_run_again_it_sends_nothing_twice(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    values = many(settings, kafka)
    seed = int(os.environ.get("REDRIVE_SEED", str(secrets.randbelow(10**6))))
    chance = random.Random(seed)  # noqa: S311 -- a plan of faults that a seed replays
    kills = 0
    for _ in range(20):
        # So slow that letters are left for every kill even where this test waits a second for its turn on the machine.
        with started(variables, rate=60) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(0, 30)):
                process.stdout.readline()
            # Somewhere within or between the transactions that follow; the seed replays the choice.
            time.sleep(chance.random() * 0.4)
            kills += process.poll() is None
            process.kill()
            process.communicate()
        if kills >= 5:
            break
    assert kills >= 5, f"seed {seed}: only {kills} were killed at work"
    last = results(variables, "--all")
    assert set(told(last)) <= {"sent"}
    assert Counter(one.value() for one in redriven(settings, kafka)) == Counter(values), f"seed {seed}"
    assert [int(one.value()[6:]) for one in redriven(settings, kafka) if one.key() == b"r1"] == list(
        range(1, LETTERS, 9)
    )


def test_of_two_at_once_the_later_goes_on_and_nothing_is_sent_twice(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    values = many(settings, kafka)
    with started(variables, rate=20) as first:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline())["result"] == "sent"
        second = results(variables, "--all")
        _, said = first.communicate(timeout=60)
    assert first.returncode == 1, said
    assert said.splitlines()[-1] == "error: another redrive has started and taken over"
    assert second
    assert Counter(one.value() for one in redriven(settings, kafka)) == Counter(values)
    assert len(all_records(settings, kafka, REDRIVEN)) == LETTERS


def test_what_a_killed_redrive_left_open_does_not_hide_records_for_long(
    settings: Settings, kafka: str, variables: dict[str, str]
) -> None:
    many(settings, kafka)
    with started(variables, rate=200) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    before = len(redriven(settings, kafka))
    results(variables, "0:359")
    assert eventually(lambda: len(redriven(settings, kafka)) == before + 1, 30)
