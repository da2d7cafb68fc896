"""Totals of boards: nobody waits for what somebody has, nobody is told what is too old, and nothing is made twice."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from streams.boards.totals import FRESH_S, OLDEST_S, Totals
from tests.unit.boards_samples import boards

BOARD = boards()["figures"]


class Made:
    """Counts what is made, and holds it back while told to."""

    def __init__(self) -> None:
        self.count, self.now = 0, 100.0
        self.may = asyncio.Event()
        self.may.set()
        self.fault: Exception | None = None

    async def __call__(self, _: object) -> int:
        self.count += 1
        number = self.count
        await self.may.wait()
        if self.fault:
            raise self.fault
        return number


def after(work: Callable[[Made, Totals], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        made = Made()
        await work(made, Totals(made, lambda: made.now))

    asyncio.run(run())


def test_all_who_ask_first_wait_for_one_that_is_made_once() -> None:
    async def work(made: Made, totals: Totals) -> None:
        made.may.clear()
        asking = asyncio.gather(*[totals.of(BOARD) for _ in range(5)])
        await asyncio.sleep(0.01)
        made.may.set()
        assert await asking == [1] * 5
        made.now += FRESH_S
        assert await totals.of(BOARD) == 1
        assert made.count == 1

    after(work)


def test_older_ones_are_told_at_once_and_made_anew_meanwhile() -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.of(BOARD)
        made.now += FRESH_S + 0.1
        made.may.clear()
        assert [await totals.of(BOARD) for _ in range(3)] == [1, 1, 1]
        assert len(asyncio.all_tasks()) == 2  # this one, and one that makes them anew
        made.may.set()
        await asyncio.sleep(0.01)
        assert await totals.of(BOARD) == made.count == 2

    after(work)


def test_too_old_ones_are_waited_for() -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.of(BOARD)
        made.now += OLDEST_S + 0.1
        assert await totals.of(BOARD) == 2

    after(work)


def test_a_failure_meanwhile_is_told_and_the_next_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.of(BOARD)
        made.now += FRESH_S + 0.1
        made.fault = RuntimeError("no store")
        assert await totals.of(BOARD) == 1
        await asyncio.sleep(0.01)
        made.fault = None
        assert await totals.of(BOARD) == 1
        await asyncio.sleep(0.01)
        assert await totals.of(BOARD) == 3

    after(work)
    assert "totals of board figures" in caplog.text
