"""The JSON API, the feed, the page and the probes, over HTTP. Every query has a limit; errors are problem+json."""

import asyncio
import csv
import functools
import io
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import Any, TypeVar

from aiohttp import web

from streams.boards.asked import LONGEST, MOST, MOST_CSV, MOST_FILTERS, only, page
from streams.boards.board import Board
from streams.boards.feed import Feed
from streams.boards.openapi import document
from streams.boards.problems import Problem, unknown, wrong
from streams.boards.shelves import Shelves
from streams.boards.status import Status
from streams.boards.totals import Totals
from streams.metrics import BoardsMetrics

THREADS = 4
ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "plots.js": "text/javascript",
          "words.js": "text/javascript", "dom.js": "text/javascript", "views.js": "text/javascript",
          "rows.js": "text/javascript", "values.js": "text/javascript", "ask.js": "text/javascript",
          "icon.svg": "image/svg+xml"}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class Api:
    """Answers requests."""

    def __init__(
        self,
        boards: Mapping[str, Board],
        shelves: Shelves,
        feed: Feed,
        status: Status,
        metrics: BoardsMetrics,
        has_totals: Callable[[str], None],
    ) -> None:
        self._boards, self._shelves, self._feed, self._status, self._metrics = boards, shelves, feed, status, metrics
        self._threads = ThreadPoolExecutor(THREADS, "boards-reader")
        self.totals = Totals(boards.values(), functools.partial(self._read, shelves.summary), has_totals)

    def application(self) -> web.Application:
        """The web application."""
        made = web.Application(middlewares=[self._guarded], client_max_size=1024)
        made.add_routes(
            [
                web.get("/", self._page),
                web.get("/assets/{name}", self._asset),
                web.get("/api/status", self._told_status),
                web.get("/api/boards", self._list),
                web.get("/api/boards/{board}", self._rows),
                web.get("/api/boards/{board}/summary", self._summary),
                web.get("/api/boards/{board}/{row}", self._row),
                web.get("/api/reports", self._reports),
                web.get("/api/reports/{report}", self._report),
                web.get("/api/paragraphs", self._newest),
                web.get("/api/paragraphs/{paragraph}", self._paragraph),
                web.get("/api/search", self._search),
                web.get("/api/refused", self._refused),
                web.get("/events", self._events),
                web.get("/openapi.json", self._openapi),
                web.get("/metrics", self._told_metrics),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
            ]
        )
        return made

    def close(self) -> None:
        """Let the reading threads end."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        begun = time.perf_counter()
        try:
            response = await handler(request)
        except Problem as problem:
            response = problem.response()
        except web.HTTPException as error:
            response = Problem(error.status, error.reason, f"{request.method} {request.path[:200]}").response()
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        if not response.prepared:
            response.headers.update(_SAFE)
            resource = request.match_info.route.resource
            route = resource.canonical if resource is not None else "none"
            self._metrics.answered(route, response.status, time.perf_counter() - begun)
        return response

    async def _read(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _right(self) -> None:
        """Refuse to show numbers that are wrong because not all has been read."""
        if self._status.state != "live":
            _, reason = self._status.ready()
            raise Problem(503, "Not ready", reason, retry_s=1, percent=self._status.percent, state=self._status.state)

    def _board(self, request: web.Request) -> Board:
        name = request.match_info["board"]
        if name not in self._boards:
            raise unknown("board", name)
        return self._boards[name]

    async def _page(self, _: web.Request) -> web.Response:
        return _shipped("index.html", "text/html")

    async def _asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in ASSETS:
            raise unknown("asset", name)
        return _shipped(name, ASSETS[name])

    async def _told_status(self, request: web.Request) -> web.Response:
        only(request.query, ())
        return _json(self._status.told() | {"handled": dict(self._status.handled), "readers": self._feed.readers})

    async def _list(self, request: web.Request) -> web.Response:
        only(request.query, ())
        self._right()
        counts = [await self._read(self._shelves.row_count, name) for name in self._boards]
        told = [_described(board) | {"rows": rows} for board, rows in zip(self._boards.values(), counts, strict=True)]
        return _json({"items": told})

    async def _rows(self, request: web.Request) -> web.Response:
        board = self._board(request)
        names = {"title", "status", *(column.name for column in board.columns if column.filtered)}
        only(request.query, {"limit", "cursor", "format", "q", *names})
        self._right()
        form = request.query.get("format", "json")
        if form not in ("json", "csv"):
            raise wrong(f"format is {form[:20]!r}; there are json and csv")
        filters = {name: value for name, value in request.query.items() if name in names}
        if len(filters) > MOST_FILTERS:
            raise wrong(f"{len(filters)} filters; {MOST_FILTERS} are the most")
        wanted = page(request.query, (str, str), MOST_CSV if form == "csv" else MOST)
        told = await self._read(self._shelves.rows, board, filters, request.query.get("q", ""), wanted)
        return _csv(board, told) if form == "csv" else _json(told)

    async def _summary(self, request: web.Request) -> web.Response:
        board = self._board(request)
        only(request.query, ())
        self._right()
        return _json({"board": board.name, "summary": await self.totals.of(board)})

    async def _row(self, request: web.Request) -> web.Response:
        board, name = self._board(request), request.match_info["row"]
        only(request.query, ())
        self._right()
        found = await self._read(self._shelves.row, board.name, _name(name))
        if found is None:
            raise unknown(f"row of board {board.name}", name)
        return _json(found)

    async def _reports(self, request: web.Request) -> web.Response:
        only(request.query, {"limit", "cursor", "q"})
        wanted = page(request.query, (int,))
        return _json(await self._read(self._shelves.reports, request.query.get("q", ""), wanted))

    async def _report(self, request: web.Request) -> web.Response:
        only(request.query, {"limit", "cursor"})
        name, wanted = request.match_info["report"], page(request.query, (int, int))
        found = await self._read(self._shelves.report, _name(name), wanted)
        if found is None:
            raise unknown("report", name)
        return _json(found)

    async def _newest(self, request: web.Request) -> web.Response:
        only(request.query, {"limit"})
        return _json(await self._read(self._feed.newest, page(request.query, ()).limit))

    async def _paragraph(self, request: web.Request) -> web.Response:
        only(request.query, ())
        name = request.match_info["paragraph"]
        found = await self._read(self._shelves.paragraph, _name(name))
        if found is None:
            raise unknown("paragraph", name)
        return _json(found)

    async def _search(self, request: web.Request) -> web.Response:
        only(request.query, {"limit", "cursor", "q"})
        text = request.query.get("q", "").strip()
        if not text:
            raise wrong("q is missing: the words to search for")
        return _json(await self._read(self._shelves.search, text, page(request.query, (int,))))

    async def _refused(self, request: web.Request) -> web.Response:
        only(request.query, {"limit", "cursor"})
        return _json(await self._read(self._shelves.refused, page(request.query, (str, int, int))))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        only(request.query, {"last"})
        return await self._feed.serve(request)

    async def _openapi(self, _: web.Request) -> web.Response:
        return _json(document(self._boards))

    async def _told_metrics(self, _: web.Request) -> web.Response:
        body, content_type = self._metrics.page()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _healthz(self, _: web.Request) -> web.Response:
        return _json({"ok": True, "reason": self._status.state})

    async def _readyz(self, _: web.Request) -> web.Response:
        ready, reason = self._status.ready()
        return _json({"ok": ready, "reason": reason}, status=200 if ready else 503)


def _described(board: Board) -> dict[str, Any]:
    columns = [one._asdict() | {"title": one.title._asdict()} for one in board.columns]
    return {
        "name": board.name,
        "title": board.title._asdict(),
        "columns": columns,
        "statuses": list(board.statuses),
    }


def _name(asked: str) -> str:
    if len(asked) > LONGEST:
        raise wrong(f"the name has {len(asked)} characters; {LONGEST} are the most")
    return asked


@functools.cache
def _asset_text(name: str) -> str:
    return resources.files("streams.boards").joinpath("page", name).read_text(encoding="utf-8")


def _shipped(name: str, content_type: str) -> web.Response:
    return web.Response(text=_asset_text(name), content_type=content_type, headers={"Cache-Control": "no-cache"})


def _json(told: Any, status: int = 200) -> web.Response:
    text, headers = json.dumps(told, ensure_ascii=False), {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def _csv(board: Board, told: dict[str, Any]) -> web.Response:
    """Rows as CSV; the cursor of what follows is in the header ``Next-Cursor``."""
    columns = [column.name for column in board.columns]
    own = ["id", *(name for name in ("title", "status", "first", "latest", "count") if name not in columns)]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*own, *columns])
    for row in told["items"]:
        fields = {**row, **row["fields"]}
        writer.writerow([_cell(fields.get(name)) for name in (*own, *columns)])
    headers = {"Content-Disposition": f'attachment; filename="{board.name}.csv"', "Cache-Control": "no-store"}
    if told["next"]:
        headers["Next-Cursor"] = told["next"]
    # The mark lets spreadsheets know that it is UTF-8.
    return web.Response(body=b"\xef\xbb\xbf" + written.getvalue().encode(), content_type="text/csv", charset="utf-8",
                        headers=headers)  # fmt: skip


def _cell(value: object) -> str:
    """A value as text; one that a spreadsheet would run as a formula gets a mark before it."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    is_number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return "'" + text if text.startswith(_FORMULA) and not is_number else text
