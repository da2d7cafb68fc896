"""Totals of boards: nobody waits for what somebody has, what changed is made anew, and nothing is made twice."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from streams.boards.board import Board
from streams.boards.totals import REST, Totals
from tests.unit.boards_samples import boards

FIGURES, PLANS = boards()["figures"], boards()["plans"]


class Made:
    """Counts what is made, each in a second of its own clock; holds it back while told to."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.told: list[str] = []
        self.now = 100.0
        self.may = asyncio.Event()
        self.may.set()
        self.fault: Exception | None = None

    async def __call__(self, board: Board) -> int:
        self.names.append(board.name)
        number = len(self.names)
        await self.may.wait()
        self.now += 1
        if self.fault:
            raise self.fault
        return number


def after(work: Callable[[Made, Totals], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        made = Made()
        await work(made, Totals([FIGURES, PLANS], made, made.told.append, lambda: made.now))

    asyncio.run(run())


@contextmanager
def keeping(totals: Totals, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Kept, with no time between; the seconds for which it would have slept."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def at_once(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "sleep", at_once)
        task = asyncio.ensure_future(totals.keep())
        try:
            yield slept
        finally:
            task.cancel()


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.get_running_loop().run_in_executor(None, int)


def test_all_who_ask_first_wait_for_one_that_is_made_once() -> None:
    async def work(made: Made, totals: Totals) -> None:
        made.may.clear()
        asking = asyncio.gather(*[totals.of(FIGURES) for _ in range(5)])
        await turns(3)
        made.may.set()
        assert await asking == [1] * 5
        assert made.names == made.told == ["figures"]

    after(work)


def test_what_has_changed_is_told_as_it_was_until_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.renew()
        assert made.names == made.told == ["figures", "plans"]
        with keeping(totals, monkeypatch) as slept:
            await turns()
            assert len(made.names) == 2
            made.may.clear()
            totals.note(["plans"])
            await turns()
            assert [await totals.of(PLANS) for _ in range(3)] == [2, 2, 2]
            # It changes again while it is made: what is made may lack that.
            totals.note(["plans"])
            made.may.set()
            await turns()
        assert made.names[2:] == made.told[2:] == ["plans", "plans"]
        assert await totals.of(PLANS) == 4
        assert await totals.of(FIGURES) == 1
        assert slept.count(REST) == 2

    after(work)


def test_renewing_makes_what_has_changed_only() -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.renew()
        totals.note(["figures"])
        await totals.renew()
        assert made.names == ["figures", "plans", "figures"]

    after(work)


def test_a_failure_is_told_and_tried_again(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(made: Made, totals: Totals) -> None:
        await totals.renew()
        made.fault = RuntimeError("no store")
        totals.note(["figures"])
        with keeping(totals, monkeypatch):
            await turns()
            assert await totals.of(FIGURES) == 1
            made.fault = None
            await turns()
        assert await totals.of(FIGURES) == len(made.names)
        assert made.told == ["figures", "plans", "figures"]

    after(work)
    assert "totals of board figures could not be made" in caplog.text


def test_who_asks_for_what_cannot_be_made_is_told() -> None:
    async def work(made: Made, totals: Totals) -> None:
        made.fault = RuntimeError("no store")
        with pytest.raises(RuntimeError, match="no store"):
            await totals.of(FIGURES)
        made.fault = None
        assert await totals.of(FIGURES) == 2

    after(work)
