"""The boards on a real Kafka: equal to a recount, after kills as well; retractions, bad records, refusals."""

import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Producer

from schemas.classified import ClassifiedParagraph
from schemas.codec import encode
from schemas.events import events_of
from schemas.retraction import Retraction
from schemas.topics import CLASSIFIED, SPEECH, STATISTIC, Topic
from streams.boards.projection import Rules, load_rules
from streams.boards.recount import recount
from streams.boards.store import FILE, Store
from streams.clients.subscriber import Received
from streams.settings import Settings
from tests.broker.boards_at_work import at_work, differing, pushed
from tests.broker.conftest import MOMENT
from tests.command_line import eventually, run

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def send(kafka: str, topic: str, *records: tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]) -> None:
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "partitioner": "murmur2_random"})
    for key, value, headers in records:
        producer.produce(topic, value, key, headers=headers)
    assert producer.flush(30) == 0


def wire(record: ClassifiedParagraph | Retraction) -> tuple[bytes | None, bytes, list[tuple[str, bytes]]]:
    message = encode(record, source="/tests", time=MOMENT)
    return message.key, message.value, message.headers


def test_boards_equal_a_recount_after_a_kill_that_took_the_store(
    variables: dict[str, str], settings: Settings, kafka: str, rules: Rules, tmp_path: Path
) -> None:
    pushed(variables)
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert boards.ask("/api/boards/platform")[1]["total"] == 4
        boards.running.process.kill()
    shutil.rmtree(tmp_path / "boards")
    # What is read anew now comes from the changelog; the group's offsets are at the end, or near it.
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        boards.end()
    rows, found = differing(settings, kafka, rules, tmp_path / "boards")
    assert rows > 100
    assert found == []
    # Left in peace, the store is enough: it has all that the changelogs have.
    with at_work(variables, tmp_path / "boards") as boards:
        assert boards.live().ask("/api/status")[1]["handled"] == {}
        boards.end()
    assert differing(settings, kafka, rules, tmp_path / "boards") == (rows, [])


def test_boards_read_the_kafka_of_their_settings_whatever_faust_finds_in_the_environment(
    variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER_URL", "kafka://127.0.0.1:1")
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        boards.end()


def test_what_comes_shows_what_is_retracted_goes_and_comes_back(
    variables: dict[str, str],
    settings: Settings,
    kafka: str,
    rules: Rules,
    committed: Callable[[Topic], list[Received]],
    tmp_path: Path,
) -> None:
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert boards.ask("/api/boards/figures")[1]["total"] == 0
        pushed(variables)
        figures = sum(board == "figures" for board, _ in recount(settings, kafka, rules))
        assert figures > 20
        assert eventually(lambda: boards.has("/api/boards/figures", figures))
        classified = [one.record for one in committed(CLASSIFIED) if isinstance(one.record, ClassifiedParagraph)]
        paragraph = max(classified, key=lambda one: len(one.statistics))
        events = [one for one in events_of(paragraph) if one.kind == "statistic"]
        retractions = [Retraction.of(one.id, "statistic", paragraph, "test") for one in events]
        send(kafka, settings.topic_prefix + STATISTIC.name, *map(wire, retractions))
        fewer = sum(board == "figures" for board, _ in recount(settings, kafka, rules))
        assert fewer < figures
        assert eventually(lambda: boards.has("/api/boards/figures", fewer))
        shown = boards.ask(f"/api/paragraphs/{paragraph.id}")[1]
        assert {item["retracted"] for item in shown["statistics"]} == {True}
        messages = [encode(one, source="/tests", time=MOMENT) for one in events]
        again = [(one.key, one.value, one.headers) for one in messages]
        send(kafka, settings.topic_prefix + STATISTIC.name, *again)
        assert eventually(lambda: boards.has("/api/boards/figures", figures))
        send(kafka, settings.topic_prefix + STATISTIC.name, *map(wire, retractions))
        assert eventually(lambda: boards.has("/api/boards/figures", fewer))
        boards.end()
    assert differing(settings, kafka, rules, tmp_path / "boards")[1] == []


def test_a_bad_record_is_told_and_ends_nothing(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    bad: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]] = [
        (b"r", b"\xff", []),
        (None, None, []),
        (b"r", b"{}", []),
        (b"r", b"[" * 100_000, [("ce_dataschema", b"urn:report-streams:other:9.9")]),
    ]
    for topic in (CLASSIFIED, SPEECH):
        send(kafka, settings.topic_prefix + topic.name, *bad)
    pushed(variables)
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert boards.has("/api/boards/platform", 4)
        assert boards.ask("/api/status")[1]["refused"] == 8
        told = boards.ask("/api/refused?limit=8")[1]
        assert {one["topic"] for one in told["items"]} == {
            settings.topic_prefix + CLASSIFIED.name,
            settings.topic_prefix + SPEECH.name,
        }
        assert any("not UTF-8" in one["reason"] for one in told["items"])
        boards.end()


def test_aborted_records_are_not_read_and_the_commit_passes_them(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    """Faust's own consumer reads them, and its commits stand still at the first long gap: see boards/transport.py."""
    pushed(variables)
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": settings.topic_prefix + "aborts"})
    producer.init_transactions(30)
    for _ in range(3):
        producer.begin_transaction()
        for number in range(200):
            producer.produce(settings.topic_prefix + CLASSIFIED.name, b"aborted", f"report-{number}")
        producer.flush(30)
        producer.abort_transaction(30)
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        told = boards.ask("/api/status")[1]
        assert (told["refused"], told["handled"]["classified"]) == (0, 74)
        boards.end()
    with at_work(variables, tmp_path / "boards") as boards:
        # All that was handled is committed, across the markers of many transactions.
        assert boards.live().ask("/api/status")[1]["handled"] == {}
        boards.end()


def test_rebuild_makes_all_anew_and_compares(variables: dict[str, str], tmp_path: Path) -> None:
    pushed(variables)
    folder = tmp_path / "boards"
    with at_work(variables, folder) as boards:
        boards.live()
        refused = run("boards", "rebuild", "--boards-dir", str(folder), settings=variables)
        assert refused.returncode == 2
        assert "another process keeps the boards" in refused.stderr
        boards.end()
    with Store(folder) as store:
        store.run("DELETE FROM row WHERE board = 'figures'")
    done = run("boards", "rebuild", "--boards-dir", str(folder), settings=variables)
    assert done.returncode == 0, done.stderr
    assert "equal to a recount" in done.stdout


def test_refusals_tell_what_to_do(variables: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "boards"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("boards", "--boards-dir", str(folder), "--web-port", port, settings=variables)
    assert (done.returncode, f"cannot serve the boards on 127.0.0.1:{port}" in done.stderr) == (2, True), done.stderr
    db = sqlite3.connect(folder / FILE)
    db.execute("PRAGMA user_version = 0")
    db.close()
    done = run("boards", "--boards-dir", str(folder), settings=variables)
    assert (done.returncode, "an older version" in done.stderr) == (2, True), done.stderr
    with Store(tmp_path / "held"):
        done = run("boards", "--boards-dir", str(tmp_path / "held"), settings=variables)
    assert (done.returncode, "another process keeps the boards" in done.stderr) == (2, True), done.stderr
    done = run("boards", "--boards-dir", str(folder), "rebuild", settings=variables)
    assert (done.returncode, "after the word rebuild" in done.stderr) == (2, True), done.stderr
