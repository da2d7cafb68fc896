"""The rows of groups that changed, made on a thread of their own and put in while records go on passing."""

import asyncio
import time
from collections.abc import Callable, Sequence

from streams.boards.projection import Projection, Stale
from streams.boards.store import Store


class Folding:
    """Makes rows anew; ``made`` is told the groups whose rows stand in the store."""

    def __init__(self, store: Store, projection: Projection, made: Callable[[Sequence[Stale]], None]) -> None:
        self._store, self._projection, self._made = store, projection, made

    async def all(self) -> None:
        """Make all rows that wait, as fast as it goes."""
        while await self._some(rest=0):
            pass

    async def some(self) -> None:
        """Make those that wait longest: whoever keeps on changing may keep groups waiting for ever.

        A group's rows take some milliseconds, and a hundred groups wait. A record on its way to the readers needs
        dozens of the loop's turns: with a group in each of them it would take seconds. So a rest follows each group.
        """
        await self._some(rest=1)

    async def _some(self, *, rest: float) -> bool:
        """Make the rows of some groups, resting ``rest`` times as long as each took to put; whether there were any."""
        self._store.settle()
        stale = self._projection.stale()
        if not stale:
            return False
        folded = await asyncio.get_running_loop().run_in_executor(None, self._projection.folded, stale)
        for one in folded:
            begun = time.monotonic()
            self._projection.put_rows(one)
            await asyncio.sleep(rest * (time.monotonic() - begun))
        self._store.settle()
        self._made(stale)
        return True
