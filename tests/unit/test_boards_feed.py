"""The feed in a server of its own: a reader that takes nothing is let go, and comes back where it was."""

import asyncio
import json
import socket
from typing import Any, cast

import pytest
from aiohttp import ClientSession, web

from streams.boards import feed as feeds
from streams.boards.feed import Feed
from streams.boards.shelves import Shelves
from streams.boards.status import Status


class Endless:
    """Paragraphs without end, as shelves give them: number and envelope. The feed asks for nothing else."""

    def newest(self, after: int, most: int) -> list[tuple[int, bytes]]:
        return [(number, b"") for number in range(after + 1, after + most + 1)]


def of_20_kb(_: bytes) -> dict[str, Any]:
    return {"id": "p", "text": "x" * 20_000}


async def served(feed: Feed) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.add_routes([web.get("/events", feed.serve)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, runner.addresses[0][1]


async def reads_nothing(feed: Feed, port: int, newest: list[int]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /events?last=e-0 HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in range(600):
            newest[0] += 100
            feed.publish()
            await asyncio.sleep(0.02)
            if feed.dropped:
                return


def test_a_reader_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "brief", of_20_kb)
    monkeypatch.setattr(feeds, "PATIENCE_S", 0.3)

    async def tried() -> tuple[int, int]:
        newest = [100]
        feed = Feed("e", cast(Shelves, Endless()), Status(), lambda: newest[0])
        runner, port = await served(feed)
        await reads_nothing(feed, port, newest)
        await asyncio.sleep(0.1)
        left = feed.readers
        feed.close()
        await runner.cleanup()
        return feed.dropped, left

    assert asyncio.run(tried()) == (1, 0)


def test_who_comes_back_goes_on_behind_the_last_event_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "brief", lambda _: {"id": "p"})

    async def tried() -> list[str]:
        feed = Feed("e", cast(Shelves, Endless()), Status(), lambda: 10)
        runner, port = await served(feed)
        ids: list[str] = []
        address = f"http://127.0.0.1:{port}/events"
        async with ClientSession() as session, session.get(address, headers={"Last-Event-ID": "e-7"}) as answer:
            async for line in answer.content:
                if line.startswith(b"id: "):
                    ids.append(line[4:].decode().strip())
                elif line.startswith(b"data: ") and len(ids) == 3:
                    assert json.loads(line[6:]) == {"id": "p"}
                    break
        feed.close()
        await runner.cleanup()
        return ids

    assert asyncio.run(tried()) == ["e-8", "e-9", "e-10"]
