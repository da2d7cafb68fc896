"""The OpenAPI 3.1 document of the boards' API, made of one table of paths."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

from streams.boards.asked import LIMIT, LONGEST, MOST, MOST_CSV
from streams.boards.board import Board
from streams.boards.problems import CONTENT_TYPE

Json = dict[str, Any]
_CURSOR = ("cursor", {"type": "string"}, "Where to go on: `next` of the answer before.")
_LIMIT = ("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "Most items of the answer.")
_WORDS = ("q", {"type": "string", "maxLength": LONGEST}, "What a title holds.")
_PAGED = (_LIMIT, _CURSOR)


class _Path(NamedTuple):
    path: str
    summary: str
    query: tuple[tuple[str, Json, str], ...] = ()
    kinds: tuple[str, ...] = ("application/json",)
    board: bool = False


_PATHS = (
    _Path("/api/status", "Starting, rebuilding or live; whether Kafka is away; how many records were refused."),
    _Path("/api/boards", "The boards with their columns and number of rows.", board=True),
    _Path("/api/boards/{board}/summary", "A board's totals, for its plot.", board=True),
    _Path("/api/boards/{board}/{row}", "One row with its history and evidence.", board=True),
    _Path("/api/reports", "Reports, those with the newest paragraph first.", (*_PAGED, _WORDS)),
    _Path("/api/reports/{report}", "A report and its paragraphs in order, with what was found in each.", _PAGED),
    _Path("/api/paragraphs", "The newest paragraphs, and the id to resume the feed from.", (_LIMIT,)),
    _Path("/api/paragraphs/{paragraph}", "A paragraph, its journey through the topics, and the rows it stands behind."),
    _Path("/api/search", "Paragraphs that hold all the words of a text, the newest first.", (*_PAGED, _WORDS)),
    _Path("/api/refused", "Records of the topics that could not be decoded.", _PAGED),
    _Path(
        "/events",
        "What is new, as server-sent events: begin, paragraph, status, boards, skipped, reset. `Last-Event-ID`"
        " resumes.",
        (("last", {"type": "string"}, "As the header Last-Event-ID, for a first connection."),),
        ("text/event-stream",),
    ),
)


def document(boards: Mapping[str, Board]) -> Json:
    """The document; each board's rows are a path of their own, with their filters."""
    paths = {one.path: {"get": _operation(one)} for one in _PATHS}
    paths |= {f"/api/boards/{board.name}": {"get": _operation(_rows(board))} for board in boards.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "report-streams boards", "version": version("report-streams")},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "percent": {"type": "integer", "description": "While rebuilding: how much is read."},
    },
}


def _rows(board: Board) -> _Path:
    filters = tuple(
        (column.name, {"type": "string", "maxLength": LONGEST}, f"{column.title.en} ({column.title.zh})")
        for column in board.columns
        if column.filtered and column.name not in ("title", "status")
    )
    status: Json = {"type": "string"} | ({"enum": list(board.statuses)} if board.statuses else {})
    form = ("format", {"enum": ["json", "csv"], "default": "json"}, f"csv has up to {MOST_CSV} rows at once.")
    fixed = (*_PAGED, _WORDS, form, ("title", {"type": "string"}, "The whole title."), ("status", status, "A status."))
    return _Path(
        f"/api/boards/{board.name}",
        f"Rows of the board {board.title.zh}, {board.title.en}: the latest first.",
        (*fixed, *filters),
        ("application/json", "text/csv"),
        board=True,
    )


def _operation(one: _Path) -> Json:
    named = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": LONGEST}}
        for name in named
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema, "description": told} for name, schema, told in one.query
    ]
    refusals = [400, *([404] if named else []), *([503] if one.board or one.path == "/events" else [])]
    content = {kind: {"schema": {"type": "object"} if "json" in kind else {"type": "string"}} for kind in one.kinds}
    return {
        "summary": one.summary,
        "parameters": parameters,
        "responses": {"200": {"description": "As asked.", "content": content}, **_problems(refusals)},
    }


def _problems(statuses: Iterable[int]) -> Json:
    why = {400: "The request makes no sense.", 404: "There is no such thing.", 503: "Not now; `Retry-After` says when."}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {"description": why[status], "content": {CONTENT_TYPE: {"schema": schema}}} for status in statuses
    }
