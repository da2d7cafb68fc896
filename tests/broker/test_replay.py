"""``replay`` on a real Kafka: the same bytes in the same order, each once, whatever becomes of the command."""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from schemas.replay import REPLAY_ID_HEADER, REPLAY_ORIGIN_HEADER
from schemas.topics import PARAGRAPHS, PARKED, PLAN, SPEECH, STATISTIC
from streams.archive.layout import Archive
from streams.archive.reader import read_records
from streams.archive.records import ArchivedRecord
from streams.archive.topics_there import TopicsThere
from streams.librdkafka import client_configuration
from streams.replay.topic_source import settled_bounds
from streams.settings import Settings
from tests.broker.conftest import paragraphs, raw
from tests.broker.odd_records import BEGIN_MS, held, odd_records, put
from tests.command_line import COMMAND, environment, eventually, run, run_here

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

RECORDS = int(os.environ.get("REPLAY_RECORDS", "3000"))
KILLS = int(os.environ.get("REPLAY_KILLS", "6"))
"""``make kills`` takes 30, and 200,000 records."""
SEEDS = Path(__file__).parents[2] / "seeds"


def replayed(variables: dict[str, str], *arguments: str, code: int = 0) -> dict[str, object]:
    done = run_here("replay", "--json", *arguments, settings=variables)
    assert done.returncode == code, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def refused(variables: dict[str, str], *arguments: str) -> tuple[int, str]:
    done = run_here("replay", *arguments, settings=variables)
    assert done.returncode != 0
    assert not done.stdout
    return done.returncode, done.stderr


def content(records: Iterable[ArchivedRecord], *, replayed: bool = False) -> dict[int, list[ArchivedRecord]]:
    """By partition, in their order: all but topic and offset, without what a replay adds."""
    found: dict[int, list[ArchivedRecord]] = defaultdict(list)
    for record in records:
        headers = record.headers
        if replayed:
            assert [name for name, _ in headers[-2:]] == [REPLAY_ID_HEADER, REPLAY_ORIGIN_HEADER]
            headers = headers[:-2]
        found[record.partition].append(record._replace(topic="", offset=0, headers=headers))
    return found


def origins(records: Iterable[ArchivedRecord]) -> Counter[str]:
    return Counter((record.headers[-1][1] or b"").decode() for record in records)


def places(records: Iterable[ArchivedRecord]) -> Counter[str]:
    return Counter(f"{record.topic}/{record.partition}/{record.offset}" for record in records)


def archived(variables: dict[str, str], directory: Path, *topics: str) -> Path:
    done = run_here("archive", "write", *topics, "--to", str(directory), settings=variables)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def odd(settings: Settings, kafka: str) -> list[ArchivedRecord]:
    """Odd records on the topic of plans, which keeps them however old they are."""
    put(kafka, odd_records(settings.topic_prefix + PLAN.name, RECORDS, PLAN.partitions))
    return held(settings, kafka, settings.topic_prefix + PLAN.name)


def test_a_topic_through_an_archive_into_a_replay_and_an_archive_again_is_the_same(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord], tmp_path: Path
) -> None:
    first = archived(variables, tmp_path / "first", "plan")
    told = replayed(variables, str(first))
    name = f"{settings.topic_prefix}replay.{PLAN.name}"
    assert (told["sent"], told["topics"]) == (RECORDS, {name: RECORDS})
    again = archived(variables | {"topic_prefix": settings.topic_prefix + "replay."}, tmp_path / "again", "plan")
    there = read_archive(again)
    assert content(there, replayed=True) == content(odd)
    assert origins(there) == places(odd)
    assert {record.headers[-2][1] for record in there} == {str(told["replay_id"]).encode()}


def read_archive(directory: Path) -> list[ArchivedRecord]:
    return list(read_records(Archive.open(directory)))


def test_the_seeds_and_what_workers_made_of_them_come_back_the_same(
    settings: Settings, kafka: str, variables: dict[str, str], tmp_path: Path
) -> None:
    assert run("push", str(SEEDS), settings=variables).returncode == 0
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    kinds = ("paragraphs", "classified", "speech", "proposal", "statistic", "plan")
    archive = archived(variables, tmp_path / "archive", *kinds)
    told = replayed(variables, str(archive))
    topics = told["topics"]
    assert isinstance(topics, dict)
    assert len(topics) == len(kinds)
    for name in topics:
        source = held(settings, kafka, name.replace("replay.", "", 1))
        assert source
        assert content(held(settings, kafka, name), replayed=True) == content(source)


def test_a_topics_own_history_is_replayed_and_then_only_what_came_since(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord]
) -> None:
    name = f"{settings.topic_prefix}replay.{PLAN.name}"
    first = replayed(variables, "plan")
    assert (first["sent"], first["created"]) == (RECORDS, [name])
    assert content(held(settings, kafka, name), replayed=True) == content(odd)
    assert replayed(variables, "plan")["sent"] == 0
    put(kafka, [odd[0]])
    second = replayed(variables, "plan")
    assert (second["sent"], second["sent_before"], second["replay_id"]) == (1, RECORDS, first["replay_id"])
    anew = replayed(variables, "plan", "--restart")
    assert anew["sent"] == RECORDS + 1
    assert anew["replay_id"] != first["replay_id"]
    assert len(held(settings, kafka, name)) == 2 * (RECORDS + 1)
    assert replayed(variables, "plan")["replay_id"] == anew["replay_id"]


def test_a_dry_run_counts_and_makes_nothing(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord]
) -> None:
    told = replayed(variables, "plan", "--dry-run")
    assert (told["sent"], told["created"]) == (len(odd), [])
    listed = run_here("replay", "plan", "--into", f"replay.{PLAN.name}", settings=variables)
    assert (listed.returncode, "missing topics" in listed.stderr) == (2, True)


def test_only_what_is_wanted_is_sent(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord], tmp_path: Path
) -> None:
    made = paragraphs(40)
    name = settings.topic_prefix + PLAN.name
    put(kafka, [ArchivedRecord(name, 0, 0, BEGIN_MS, *raw(one), ()) for one in made])
    archive = str(archived(variables, tmp_path / "archive", "plan", "speech"))
    for number, source in enumerate((archive, "plan")):
        prefix = f"only{number}."
        one = replayed(variables, source, "--only", f"paragraph={made[3].id}", "--prefix", prefix)
        assert one["sent"] == 1
        two = replayed(variables, source, "--only", "report=report-1", "--only", "report=report-2", "--prefix", prefix)
        assert two["sent"] == sum(paragraph.report.id in ("report-1", "report-2") for paragraph in made)
        begin, end = "2023-01-01T00:00:10Z", "2023-01-01T08:01:00+08:00"
        some = replayed(variables, source, "--from", begin, "--to", end, "--prefix", prefix)
        timed = [record for record in odd if BEGIN_MS + 10_000 <= (record.timestamp or 0) < BEGIN_MS + 60_000]
        assert some["sent"] == len(timed) > 0
    none = run_here("replay", archive, "--only", f"report={made[0].report.title}", "--dry-run", settings=variables)
    assert (none.returncode, "reports and paragraphs by their ids" in none.stdout) == (0, True), none
    code, told = refused(variables, archive, "--only", "kind=speech")
    assert (code, "none of what is wanted" in told) == (2, True), told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["paragraphs", "--into", "paragraphs"], "into itself"),
        (["paragraphs", "--from", "2023-01-01T00:00:00"], "no zone"),
        (["paragraphs", "--from", "2023-01-01"], "no zone"),
        (["paragraphs", "--to", "yesterday"], "is no time"),
        (["paragraphs", "--from", "2023-01-02T00:00:00Z", "--to", "2023-01-01T00:00:00Z"], "is not before"),
        (["paragraphs", "--only", "speaker=x"], "--only"),
        (["paragraphs", "--only", "kind=poem"], "kind=poem"),
        (["paragraphs", "--only", "kind=speech"], "nothing of the kinds speech"),
        (["paragraphs", "--into", "nowhere"], "missing topics: nowhere"),
        (["paragraphs", "--prefix", ""], "--prefix"),
        (["paragraphs", "--prefix", "a/b"], "--prefix"),
        (["paragraphs", "--rate", "often"], "--rate"),
        (["paragraphs", "--speed", "2"], "--rate original"),
        (["poems"], "neither a directory"),
    ],
)
def test_what_makes_no_sense_is_told(variables: dict[str, str], arguments: Sequence[str], said: str) -> None:
    code, told = refused(variables, *arguments)
    assert (code, said in told) == (2, True), told


def test_a_damaged_archive_is_refused_before_anything_is_sent(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord], tmp_path: Path
) -> None:
    archive = archived(variables, tmp_path / "archive", "plan")
    code, told = refused(variables, str(tmp_path))
    assert (code, "is no archive" in told) == (1, True), told
    [file, *_] = sorted(archive.rglob("*.parquet"))
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    code, told = refused(variables, str(archive))
    assert (code, str(file) in told, "SHA-256" in told) == (1, True, True), told
    file.unlink()
    code, told = refused(variables, str(archive))
    assert (code, str(file) in told) == (1, True), told
    assert not held(settings, kafka, f"{settings.topic_prefix}replay.{PLAN.name}")
    file.write_bytes(whole)
    assert replayed(variables, str(archive))["sent"] == RECORDS


def test_into_a_live_topic_records_go_by_their_key_and_old_ones_are_not_lost_unsaid(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord], tmp_path: Path
) -> None:
    archive = str(archived(variables, tmp_path / "archive", "plan"))
    code, told = refused(variables, archive, "--into", "deadletter")
    assert (code, "older than" in told, "--timestamps now" in told) == (1, True, True), told
    assert replayed(variables, archive, "--into", "deadletter", "--timestamps", "now")["sent"] == RECORDS
    assert replayed(variables, archive, "--into", "parked")["sent"] == RECORDS
    there = held(settings, kafka, settings.topic_prefix + PARKED.name)
    assert origins(there) == places(odd)
    by_key = {record.key for record in odd}
    for key in by_key:
        mine = [origin_of(record) for record in there if record.key == key]
        for partition in range(PLAN.partitions):
            offsets = [offset for number, offset in mine if number == partition]
            assert offsets == sorted(offsets)


def origin_of(record: ArchivedRecord) -> tuple[int, int]:
    _, partition, offset = (record.headers[-1][1] or b"").decode().rsplit("/", 2)
    return int(partition), int(offset)


def test_several_topics_into_one_is_refused(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    for topic in (SPEECH, STATISTIC):
        put(kafka, odd_records(settings.topic_prefix + topic.name, 20, 6))
    archive = str(archived(variables, tmp_path / "archive", "speech", "statistic"))
    code, told = refused(variables, archive, "--into", "parked")
    assert (code, "--only kind=" in told) == (2, True), told
    assert replayed(variables, archive, "--into", "parked", "--only", "kind=speech")["sent"] == 20


def test_a_record_that_the_target_does_not_take_stops_the_replay_at_its_place(
    settings: Settings, kafka: str, variables: dict[str, str], tmp_path: Path
) -> None:
    name = settings.topic_prefix + SPEECH.name
    before = list(odd_records(name, 50, 1))
    large = ArchivedRecord(name, 0, 50, int(time.time() * 1000), b"k", os.urandom(2_000_000), ())
    producer_put_large(kafka, [*before, large, large._replace(value=b"after")])
    code, told = refused(variables, "speech", "--into", "paragraphs", "--timestamps", "now")
    assert (code, f"{name}[0]@50" in told) == (1, True), told
    assert len(held(settings, kafka, settings.topic_prefix + PARAGRAPHS.name)) == 50


def producer_put_large(kafka: str, records: Sequence[ArchivedRecord]) -> None:
    from confluent_kafka import Producer

    # In order also where the topic, just made, refuses the first batch: else that comes again behind the large one.
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "message.max.bytes": 4_000_000})
    for record in records:
        producer.produce(record.topic, record.value, record.key, record.partition, headers=list(record.headers))
    assert producer.flush(30) == 0


def test_killed_anywhere_and_run_again_nothing_is_missing_and_nothing_twice(
    settings: Settings, kafka: str, variables: dict[str, str], tmp_path: Path
) -> None:
    count = max(RECORDS, 5_000 * KILLS)
    source, name = settings.topic_prefix + PLAN.name, f"{settings.topic_prefix}replay.{PLAN.name}"
    put(kafka, odd_records(source, count, PLAN.partitions))
    archive = str(archived(variables, tmp_path / "archive", "plan"))
    chance = random.Random(8)  # noqa: S311 -- for variety, not for secrets
    for _ in range(KILLS):
        before = offsets_of(settings, kafka, name)
        # A rate makes many small transactions, so that a kill meets one.
        command = [*COMMAND, "replay", archive, "--rate", "4000/s"]
        with subprocess.Popen(command, env=environment(variables), stderr=subprocess.DEVNULL) as process:
            assert eventually(lambda seen=before: offsets_of(settings, kafka, name) > seen, 60)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
    done = run("replay", archive, "--json", settings=variables)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sent"] + told["sent_before"] == count
    there = held(settings, kafka, f"{settings.topic_prefix}replay.{PLAN.name}")
    assert origins(there) == places(odd_records(source, count, PLAN.partitions))
    assert content(there, replayed=True) == content(held(settings, kafka, source))


def test_of_two_at_once_the_later_takes_over(
    settings: Settings, kafka: str, variables: dict[str, str], odd: list[ArchivedRecord], tmp_path: Path
) -> None:
    archive = str(archived(variables, tmp_path / "archive", "plan"))
    name = f"{settings.topic_prefix}replay.{PLAN.name}"
    command = [*COMMAND, "replay", archive, "--rate", f"{RECORDS / 8:.0f}"]
    with subprocess.Popen(command, env=environment(variables), stderr=subprocess.PIPE, text=True) as slow:
        assert eventually(lambda: offsets_of(settings, kafka, name) or slow.poll() is not None, 60)
        told = replayed(variables, archive)
        assert told["sent_before"], "the first had sent some"
        _, said = slow.communicate(timeout=60)
    assert (slow.returncode, "has taken over" in said) == (1, True), said
    assert origins(held(settings, kafka, name)) == places(odd)


def offsets_of(settings: Settings, kafka: str, name: str) -> int:
    """How far a topic has been committed, its partitions together; 0 while it does not exist."""
    there = TopicsThere(client_configuration(settings, kafka, "tests"), 20)
    if name not in there.described([name]):
        return 0
    places = [(name, number) for number in range(6)]
    return sum(one.committed for one in settled_bounds(there, places).values())
