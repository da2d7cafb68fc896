"""``/events``: what is new, as server-sent events, resumed by ``Last-Event-ID``.

    id: EPOCH-NUMBER, event: paragraph    a paragraph that is new or says something new
    event: status                         how the boards stand, when that changes
    event: boards                         names of boards whose rows have changed, at most once a second
    id: EPOCH-NUMBER, event: skipped      so many paragraphs were passed over; the lists have them
    id: EPOCH-NUMBER, event: reset        the id is of another store: read the lists anew

The numbers are kept with the paragraphs, so that a reader can go on after a restart of the boards. A reader holds
nothing here but its number. One that does not take what is sent within ``PATIENCE_S`` is let go, and comes back with
the id of the last event that it has.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from streams.boards.problems import Problem
from streams.boards.recent import Recent
from streams.boards.shelves import Shelves, brief
from streams.boards.status import Status

MOST_READERS = 1000
PATIENCE_S = 10.0
SILENCE_S = 10.0
"""After so long without news a comment tells both sides that the other is there."""


@dataclass
class Position:
    """How far one reader is."""

    arrival: int
    status: int = -1
    boards: int = 0


class Feed:
    """Sends what is new to all who listen."""

    def __init__(self, epoch: str, shelves: Shelves, status: Status, newest: Callable[[], int]) -> None:
        self._epoch, self._shelves, self._status, self._newest = epoch, shelves, status, newest
        self._recent = Recent(shelves.newest, lambda number, value: self._event("paragraph", brief(value), number))
        self._news = asyncio.Event()
        self._board_changes: list[tuple[int, str]] = []
        self._board_number = 0
        self._closing = False
        self.readers = 0
        self.dropped = 0

    def newest(self, most: int) -> dict[str, Any]:
        """The newest paragraphs, newest first, and the id to go on from in the feed."""
        rows = self._shelves.newest(0, most)
        last = f"{self._epoch}-{rows[-1][0] if rows else 0}"
        return {"items": [brief(value) for _, value in reversed(rows)], "last": last}

    def publish(self, boards: Iterable[str] = ()) -> None:
        """There may be something new: paragraphs that are settled, the status, rows of these boards."""
        for board in boards:
            self._board_number += 1
            self._board_changes = [one for one in self._board_changes if one[1] != board]
            self._board_changes.append((self._board_number, board))
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        """Let all readers go."""
        self._closing = True
        self.publish()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One reader, for as long as it listens.

        Raises:
            Problem: there are too many.
        """
        if self.readers >= MOST_READERS:
            raise Problem(503, "Too many readers", f"{MOST_READERS} read the feed already", retry_s=10)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        self.readers += 1
        try:
            await self._send_all(request, response)
        except (ConnectionError, asyncio.CancelledError):
            # The reader has gone.
            if self._closing:
                raise
        except TimeoutError:
            self.dropped += 1
            if request.transport is not None:
                request.transport.abort()
        finally:
            self.readers -= 1
        return response

    async def _send_all(self, request: web.Request, response: web.StreamResponse) -> None:
        position, first = self._begin(request.headers.get("Last-Event-ID") or request.query.get("last", ""))
        await _write(response, b"retry: 1000\n\n" + first)
        while not self._closing:
            news = self._news
            sent = self._since(position)
            if sent:
                await _write(response, sent)
            elif not await _within(news, SILENCE_S):
                await _write(response, b": still here\n\n")

    def _begin(self, last: str) -> tuple[Position, bytes]:
        epoch, _, number = last.partition("-")
        newest = self._newest()
        if epoch == self._epoch and number.isascii() and number.isdigit() and int(number[:18]) <= newest:
            return Position(int(number[:18]), boards=self._board_number), b""
        kind = "reset" if last else "begin"
        return Position(newest, boards=self._board_number), self._event(kind, {}, newest)

    def _since(self, position: Position) -> bytes:
        """What a reader has not had yet; moves its position."""
        parts = []
        if position.status != self._status.changes:
            position.status = self._status.changes
            parts.append(self._event("status", self._status.told()))
        boards = [name for number, name in self._board_changes if number > position.boards]
        position.boards = self._board_number
        if boards:
            parts.append(self._event("boards", {"boards": boards}))
        newest = self._newest()
        if position.arrival < newest:
            parts += self._paragraphs(position, newest)
        return b"".join(parts)

    def _paragraphs(self, position: Position, newest: int) -> list[bytes]:
        events, missed = self._recent.after(position.arrival, newest)
        if not events:
            # Not settled yet.
            return []
        parts = [self._event("skipped", {"paragraphs": missed}, events[0][0] - 1)] if missed else []
        position.arrival = events[-1][0]
        return parts + [event for _, event in events]

    def _event(self, kind: str, told: dict[str, Any], number: int | None = None) -> bytes:
        name = "" if number is None else f"id: {self._epoch}-{number}\n"
        # JSON has no line breaks of its own, so that it is one line of the event.
        return f"{name}event: {kind}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n".encode()


async def _write(response: web.StreamResponse, part: bytes) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await response.write(part)


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True
