"""A board's totals: made once for everybody, anew in the background, since they take as long as the board is large."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from streams.boards.board import Board

LOG = logging.getLogger(__name__)

FRESH_S = 2.0
"""Totals of this age are made anew while they are told."""
OLDEST_S = 30.0
"""Whoever asks for older ones, the first after a while, waits for new ones."""


class Totals:
    """Keeps the totals of boards. ``make`` computes a board's, ``clock`` gives seconds."""

    def __init__(self, make: Callable[[Board], Awaitable[Any]], clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._clock = make, clock
        self._kept: dict[str, tuple[float, Any]] = {}
        # One at a time: each is the work of a whole board.
        self._making = asyncio.Lock()
        self._renewing: dict[str, asyncio.Task[None]] = {}

    async def of(self, board: Board) -> Any:
        """The board's totals, at most ``OLDEST_S`` seconds old; the same object for all who ask meanwhile."""
        age = self._age(board)
        if age > OLDEST_S:
            await self._renew(board, OLDEST_S)
        elif age > FRESH_S and board.name not in self._renewing:
            task = asyncio.ensure_future(self._renew(board, FRESH_S))
            self._renewing[board.name] = task
            task.add_done_callback(lambda done: self._renewed(board.name, done))
        return self._kept[board.name][1]

    def _age(self, board: Board) -> float:
        return self._clock() - self._kept.get(board.name, (float("-inf"), None))[0]

    async def _renew(self, board: Board, oldest: float) -> None:
        async with self._making:
            # Whoever waited for the lock may find that it was done meanwhile.
            if self._age(board) > oldest:
                asked = self._clock()
                self._kept[board.name] = asked, await self._make(board)

    def _renewed(self, name: str, done: asyncio.Task[None]) -> None:
        del self._renewing[name]
        if not done.cancelled() and (error := done.exception()) is not None:
            LOG.warning("the totals of board %s were not made anew: %r", name, error)
