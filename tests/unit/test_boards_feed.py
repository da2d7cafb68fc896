"""The feed in a server of its own: a reader that takes nothing is let go, and comes back where it was."""

import asyncio
import json
import socket
from typing import Any, cast

import pytest
from aiohttp import ClientSession, web

from streams.boards import feed as feeds
from streams.boards.feed import Feed
from streams.boards.recent import AT_ONCE, REMEMBERED, After, Recent
from streams.boards.shelves import Shelves
from streams.boards.status import Status


class Paragraphs:
    """So many, as shelves give them: number and envelope. The feed asks for nothing else."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.asked: list[tuple[int, int]] = []

    def newest(self, after: int, most: int) -> list[tuple[int, bytes]]:
        self.asked.append((after, most))
        return [(number, b"%d" % number) for number in range(max(after, self.count - most) + 1, self.count + 1)]


def of_20_kb(_: bytes) -> dict[str, Any]:
    return {"id": "p", "text": "x" * 20_000}


async def served(feed: Feed) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.add_routes([web.get("/events", feed.serve)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, runner.addresses[0][1]


async def reads_nothing(feed: Feed, port: int, there: Paragraphs) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /events?last=e-0 HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in range(600):
            there.count += 100
            feed.publish()
            await asyncio.sleep(0.02)
            if feed.dropped:
                return


def test_a_reader_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "brief", of_20_kb)
    monkeypatch.setattr(feeds, "PATIENCE_S", 0.3)

    async def tried() -> tuple[int, int]:
        there = Paragraphs(100)
        feed = Feed("e", cast(Shelves, there), Status(), lambda: there.count)
        runner, port = await served(feed)
        await reads_nothing(feed, port, there)
        await asyncio.sleep(0.1)
        left = feed.readers
        feed.close()
        await runner.cleanup()
        return feed.dropped, left

    assert asyncio.run(tried()) == (1, 0)


def test_who_comes_back_goes_on_behind_the_last_event_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "brief", lambda _: {"id": "p"})

    async def tried() -> list[str]:
        feed = Feed("e", cast(Shelves, Paragraphs(10)), Status(), lambda: 10)
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


def numbers(after: After) -> list[int]:
    assert [event for _, event in after.events] == [b"%d" % number for number, _ in after.events]
    return [number for number, _ in after.events]


def test_what_is_new_is_read_once_for_all_who_listen() -> None:
    there = Paragraphs(3)
    recent = Recent(there.newest, lambda _, value: value)
    assert numbers(recent.after(1, 3)) == [2, 3]
    assert numbers(recent.after(0, 3)) == [1, 2, 3]
    assert numbers(recent.after(3, 3)) == []
    there.count = 5
    for _ in range(3):
        assert numbers(recent.after(2, 5)) == [3, 4, 5]
    assert there.asked == [(0, REMEMBERED), (3, REMEMBERED)]


@pytest.mark.parametrize("step", [7, REMEMBERED, 3 * REMEMBERED])
def test_who_is_far_behind_is_told_how_many_it_missed(step: int) -> None:
    there = Paragraphs()
    recent = Recent(there.newest, lambda _, value: value)
    for there.count in range(step, 4 * REMEMBERED, step):
        for behind in (
            1,
            AT_ONCE - 1,
            AT_ONCE,
            AT_ONCE + 1,
            REMEMBERED - 1,
            REMEMBERED,
            REMEMBERED + 1,
            2 * REMEMBERED,
        ):
            number = max(0, there.count - behind)
            wanted = list(range(number + 1, there.count + 1))
            found = recent.after(number, there.count)
            assert numbers(found) == wanted[-AT_ONCE:]
            assert found.missed == max(0, len(wanted) - AT_ONCE)
    # Of old ones nothing is kept.
    assert len(recent._made) <= REMEMBERED
