"""The boards' API as its OpenAPI document has it: each path answers as documented, and refuses as documented."""

import csv
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from schemas.topics import TOPICS
from streams.clients.topic_admin import TopicAdmin
from streams.settings import load_settings
from tests.broker.boards_at_work import AtWork, at_work, pushed

pytestmark = pytest.mark.broker
PROBLEM = "application/problem+json"


class Answer(NamedTuple):
    status: int
    kind: str
    body: bytes


@pytest.fixture(scope="module")
def boards(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    variables = {"bootstrap_servers": kafka, "topic_prefix": "api.", "metrics_port": "0"}
    with TopicAdmin(load_settings({"bootstrap_servers": kafka, "topic_prefix": "api."}), kafka) as admin:
        admin.create(TOPICS)
    pushed(variables)
    with at_work(variables, tmp_path_factory.mktemp("boards-api") / "boards") as found:
        yield found.live()


def answer(boards: AtWork, path: str) -> Answer:
    try:
        with urllib.request.urlopen(boards.address + path, timeout=30) as told:
            # The feed never ends.
            body = told.read1(4096) if path.startswith("/events") else told.read()
            return Answer(told.status, told.headers.get_content_type(), body)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get_content_type(), error.read())


def operations(boards: AtWork) -> list[tuple[str, dict[str, Any]]]:
    paths: dict[str, dict[str, Any]] = boards.ask("/openapi.json")[1]["paths"]
    assert len(paths) == 19
    return [(path, one["get"]) for path, one in paths.items()]


def with_ids(boards: AtWork, path: str) -> str:
    report = boards.ask("/api/reports?limit=1")[1]["items"][0]["id"]
    ids = {
        "board": "plans",
        "row": boards.ask("/api/boards/plans?limit=1")[1]["items"][0]["id"],
        "report": report,
        "paragraph": boards.ask(f"/api/reports/{report}?limit=1")[1]["items"][0]["id"],
    }
    return re.sub("{([a-z]+)}", lambda found: ids[found[1]], path)


def test_each_path_answers_and_refuses_as_documented(boards: AtWork) -> None:
    for path, operation in operations(boards):
        asked = with_ids(boards, path)
        given = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
        told = answer(boards, asked + ("?q=" + quote("养老") if path == "/api/search" else ""))
        assert told.status == 200, path
        assert told.kind in operation["responses"]["200"]["content"], path
        if "{" in path:
            gone = answer(boards, re.sub("{[a-z]+}", "nobody", path))
            assert (gone.status, gone.kind, "404" in operation["responses"]) == (404, PROBLEM, True), path
        wrong = ["nonsense=1", *(["limit=0", "limit=1000000"] if "limit" in given else [])]
        wrong += ["cursor=%00", "cursor=W10"] if "cursor" in given else []
        for query in wrong:
            refused = answer(boards, f"{asked}?{query}")
            assert (refused.status, refused.kind) == (400, PROBLEM), (path, query, refused)
            assert json.loads(refused.body).keys() >= {"type", "title", "status", "detail"}


def test_pages_follow_each_other_without_a_gap_or_a_double(boards: AtWork) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        told = boards.ask(f"/api/boards/figures?limit=17{cursor and f'&cursor={cursor}'}")[1]
        seen += [one["id"] for one in told["items"]]
        cursor = told["next"]
    assert len(seen) == len(set(seen)) == boards.ask("/api/boards/figures?limit=1")[1]["total"] > 100


def test_csv_has_what_json_has(boards: AtWork) -> None:
    rows = list(csv.DictReader(io.StringIO(boards.ask("/api/boards/plans?format=csv")[1])))
    items = boards.ask("/api/boards/plans?limit=200")[1]["items"]
    assert [one["id"] for one in rows] == [one["id"] for one in items]
    assert [one["target"].lstrip("'") for one in rows] == [one["fields"]["target"] or "" for one in items]
