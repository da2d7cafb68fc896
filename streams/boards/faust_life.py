"""One life of Faust: it starts, runs beside what looks after it, and ends with a reason."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from streams.boards.app import BoardsApp

LOG = logging.getLogger(__name__)
STOP_S = 20.0


async def live(app: BoardsApp, stop: asyncio.Event, *beside: Coroutine[Any, Any, None]) -> BaseException | None:
    """Run Faust until ``stop`` is set, or it or one of the tasks beside it ends; why, None when told to stop."""
    starting = asyncio.ensure_future(app.start())
    stopping = asyncio.ensure_future(stop.wait())
    crashing = asyncio.ensure_future(_crashed(app))
    others = [asyncio.ensure_future(one) for one in beside]
    try:
        waiting = {stopping, crashing, starting, *others}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and starting.exception() is None:
            await asyncio.wait(waiting - {starting}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return None
        ended = (one.exception() for one in (starting, *others) if one.done())
        return next(filter(None, ended), None) or app.crash_reason or RuntimeError("it stopped")
    finally:
        for task in (crashing, stopping, starting, *others):
            task.cancel()
        await asyncio.gather(crashing, stopping, starting, *others, return_exceptions=True)
        await _stop(app)


async def _crashed(app: BoardsApp) -> None:
    """Faust says it with an event that is made when it starts."""
    while not app.crashed and not app.should_stop:
        await asyncio.sleep(0.1)


async def _stop(app: BoardsApp) -> None:
    """Stop Faust, which may wait for a Kafka that has gone."""
    try:
        async with asyncio.timeout(STOP_S):
            await app.stop()
    except Exception as error:  # noqa: BLE001 -- whatever Faust raises on the way out, it is on the way out
        LOG.info("while Faust stopped: %r", error)
