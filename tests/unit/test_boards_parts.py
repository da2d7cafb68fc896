"""The boards' parts without Kafka: the store, envelopes, cursors, the projection over examples, the API's texts."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.classified import ClassifiedParagraph
from schemas.codec import decode
from schemas.events import events_of
from streams.boards.asked import cursor_after, only, page
from streams.boards.envelope import STANDS, Envelope, Place, paragraph_key
from streams.boards.openapi import document
from streams.boards.problems import Problem
from streams.boards.projection import Projection, Rules, load_rules
from streams.boards.shelves import Shelves
from streams.boards.status import Status
from streams.boards.store import FILE, Store, remove
from streams.errors import UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


@pytest.fixture
def record() -> bytes:
    example = json.loads(
        (ROOT / "schemas" / "examples" / "classified" / "good" / "full.json").read_text(encoding="utf-8")
    )
    return json.dumps(example["value"], ensure_ascii=False).encode()


def sealed(record: bytes, offset: int = 3) -> bytes:
    return Envelope(Place("t", 1, offset, 5), "p/1/2", record).sealed()


def test_an_envelope_is_json_and_gives_back_the_very_bytes(record: bytes) -> None:
    told = json.loads(sealed(record))
    assert (told["topic"], told["offset"], told["record"]["id"]) == ("t", 3, "p-0001")
    assert Envelope.opened(sealed(record)) == Envelope(Place("t", 1, 3, 5), "p/1/2", record)


def test_a_record_twice_changes_nothing_and_a_newer_one_replaces_it(
    tmp_path: Path, rules: Rules, record: bytes
) -> None:
    classified = decode(ClassifiedParagraph, record)
    with Store(tmp_path) as store:
        projection, shelves = Projection(store, rules), Shelves(store, rules)
        assert projection.put_paragraph(paragraph_key(classified), sealed(record))
        projection.fold_all()
        rows = store.rows("SELECT board, id, body FROM row ORDER BY 1, 2")
        assert {"platform", "figures", "members"} <= {row[0] for row in rows}
        assert not projection.put_paragraph(paragraph_key(classified), sealed(record))
        assert not projection.put_paragraph(paragraph_key(classified), sealed(record, offset=9))
        assert projection.stale_count() == 0
        event = next(one for one in events_of(classified) if one.kind == "statistic").id.encode()
        projection.put_retraction(event, b'{"retracted": 1}')
        projection.fold_all()
        assert shelves.row_count("figures") == 0
        projection.put_retraction(event, STANDS)
        projection.fold_all()
        assert store.rows("SELECT board, id, body FROM row ORDER BY 1, 2") == rows
        projection.drop_paragraph(paragraph_key(classified))
        projection.fold_all()
        left = store.rows(
            "SELECT (SELECT count(*) FROM row), (SELECT count(*) FROM entry), (SELECT count(*) FROM words)"
        )
        assert left == [(0, 0, 0)]
        assert store.rows("SELECT count(*) FROM filed UNION SELECT count(*) FROM report") == [(0,)]


def test_search_finds_words_whatever_marks_are_asked_with_them(tmp_path: Path, rules: Rules, record: bytes) -> None:
    with Store(tmp_path) as store:
        projection, shelves = Projection(store, rules), Shelves(store, rules)
        projection.put_paragraph(b"key", sealed(record))
        store.settle()
        asked = page({}, (int,))
        [found] = shelves.search("口袋公园", asked)["items"]
        assert all(found["text"][start:end] in "口袋公园" for start, end in found["found"])
        for text in ('"', "口袋 OR 公园*", "NEAR(", "') --", "\x00"):
            assert "items" in shelves.search(text, asked)
        assert shelves.search("没有的词语", asked)["items"] == []


def test_a_store_is_one_processes_and_keeps_what_is_settled(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(UsageError, match="another process keeps the boards"):
            Store(tmp_path)
        with pytest.raises(UsageError, match="another process"):
            remove(tmp_path)
        store.move_to("log", 2, 7)
        store.move_to("log", 2, 5)
        assert store.position("log", 2) == 7
    with Store(tmp_path) as store:
        assert (store.position("log", 2), store.position("log", 3), store.fresh) == (7, None, False)
    remove(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to look at" * 50)
    with pytest.raises(UsageError, match="cannot be used"):
        Store(tmp_path)
    assert (tmp_path / FILE).read_bytes().startswith(b"no database")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": "٣"},
        {"limit": "9" * 400},
        {"cursor": "!"},
        {"cursor": "x" * 5000},
        {"cursor": cursor_after("a")},
        {"cursor": cursor_after(1, 2)},
        {"cursor": cursor_after(2**70)},
    ],
)
def test_wrong_pages_are_named(query: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        page(query, (int,))
    assert caught.value.status == 400


def test_pages_and_parameters() -> None:
    assert page({"limit": "7", "cursor": cursor_after("云", 3)}, (str, int)).after == ("云", 3)
    only({"q": "x" * 200}, {"q"})
    for query in ({"q": "x" * 201}, {"other": "1"}):
        with pytest.raises(Problem, match="q"):
            only(query, {"q"})


def test_the_document_has_every_path_and_each_boards_filters(rules: Rules) -> None:
    told: dict[str, Any] = document(rules.boards)
    names = {one["name"] for one in told["paths"]["/api/boards/proposals"]["get"]["parameters"]}
    assert {"limit", "cursor", "format", "status"} <= names
    assert {f"/api/boards/{name}" for name in rules.boards} | {"/events", "/api/search"} <= told["paths"].keys()


def test_the_status_counts_up_to_live_and_remembers_since_when_kafka_is_away() -> None:
    moments = iter([100.0, 200.0])
    status = Status(clock=lambda: next(moments))
    assert status.ready() == (False, "starting")
    for remaining, percent in ((400, 0), (100, 75), (0, 99)):
        status.rebuild(remaining)
        assert status.percent == percent
    status.become("live")
    assert (status.percent, status.ready()[0]) == (100, True)
    status.away("gone")
    status.away("still gone")
    assert status.told()["kafka_away"]["since"] == "1970-01-01T00:01:40+00:00"
    assert not status.ready()[0]
    status.back()
    assert status.ready()[0]
