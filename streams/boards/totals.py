"""Boards' totals: each is the work of its whole board, so all are made in the background, and nobody waits for them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from streams.boards.board import Board

LOG = logging.getLogger(__name__)

PAUSE_S = 2.0
"""How often those are looked for whose boards have changed."""
REST = 9.0
"""After totals are made, so many times as long nothing is: they take a tenth of one processor at most."""


class Totals:
    """Keeps the totals of boards. ``make`` computes a board's, ``made`` is told a board's name once it has new ones."""

    def __init__(
        self,
        boards: Iterable[Board],
        make: Callable[[Board], Awaitable[Any]],
        made: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._boards, self._make, self._made, self._clock = list(boards), make, made, clock
        self._kept: dict[str, Any] = {}
        self._changed: set[str] = set()
        # One at a time, and nothing twice.
        self._making = asyncio.Lock()

    def note(self, names: Iterable[str]) -> None:
        """Rows of these boards have changed, and are settled."""
        self._changed.update(names)

    async def of(self, board: Board) -> Any:
        """The board's totals as they were made last; the first ones are waited for."""
        if board.name not in self._kept:
            await self._renew(board)
        return self._kept[board.name]

    async def renew(self) -> None:
        """Make all that were never made, or whose board has changed; one that cannot be made is told of."""
        for board in self._boards:
            await self._renewed(board)

    async def keep(self) -> None:
        """Make those anew whose boards change, for as long as nobody cancels it."""
        while True:
            await asyncio.sleep(PAUSE_S)
            for board in self._boards:
                if board.name in self._changed:
                    await asyncio.sleep(REST * await self._renewed(board))

    async def _renewed(self, board: Board) -> float:
        """Make one anew; how long it took in seconds."""
        begun = self._clock()
        try:
            await self._renew(board)
        except Exception as error:  # noqa: BLE001 -- whatever rules raise on one board, the others' totals are kept
            LOG.warning("the totals of board %s could not be made: %r", board.name, error)
        return self._clock() - begun

    async def _renew(self, board: Board) -> None:
        async with self._making:
            # Whoever waited for the lock may find that it was done meanwhile.
            if board.name in self._kept and board.name not in self._changed:
                return
            # What changes from here on may be missing in what is made.
            self._changed.discard(board.name)
            try:
                self._kept[board.name] = await self._make(board)
            except BaseException:
                self._changed.add(board.name)
                raise
        self._made(board.name)
