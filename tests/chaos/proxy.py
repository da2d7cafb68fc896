"""A TCP proxy on loopback that cuts, delays, half-closes and swallows; it knows nothing of Kafka."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

HOST = "127.0.0.1"
_PIECE = 64 * 1024
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing then sends a reset."""

Side = Literal["worker", "broker"]


class Proxy:
    """Forwards connections from ``port`` to ``upstream`` on a thread of its own, until ``close``."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._delay = 0.0
        self._swallowing = False
        self._links: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Reset every connection."""
        self._do(self._cut)

    def half_close(self, side: Side) -> None:
        """Tell one side of every connection that nothing more will come; the other direction goes on."""
        self._do(lambda: self._half_close(side))

    def swallow(self, on: bool) -> None:
        """Let requests through and no replies, from now on or no longer."""
        self._do(lambda: setattr(self, "_swallowing", on))

    def delay(self, seconds: float) -> None:
        """Hold each piece of a stream back for so long; 0 ends it."""
        self._do(lambda: setattr(self, "_delay", seconds))

    def close(self) -> None:
        """Cut everything and stop listening."""
        self._do(self._cut)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._listener.close()

    def _do(self, change: Callable[[], object]) -> None:
        """Make the change on the proxy's thread, and return when it is made."""
        done = threading.Event()

        def make() -> None:
            try:
                change()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(make)
        done.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, sock=self._listener))
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, worker: asyncio.StreamWriter) -> None:
        try:
            replies, broker = await asyncio.open_connection(HOST, self._upstream)
        except OSError:
            worker.transport.abort()
            return
        link = (worker, broker)
        self._links.add(link)
        # Cancelled when the proxy closes.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, broker), self._pump(replies, worker, are_replies=True))
        self._links.discard(link)
        for writer in link:
            writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, are_replies: bool = False
    ) -> None:
        # A reset, or a write after the plan half-closed the stream: this direction is over, as it would be on a wire.
        with suppress(OSError, RuntimeError):
            while piece := await reader.read(_PIECE):
                if self._delay:
                    await asyncio.sleep(self._delay)
                if not (are_replies and self._swallowing):
                    writer.write(piece)
                    await writer.drain()
            writer.write_eof()

    def _cut(self) -> None:
        for link in list(self._links):
            for writer in link:
                sock = writer.get_extra_info("socket")
                with suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()

    def _half_close(self, side: Side) -> None:
        for worker, broker in list(self._links):
            with suppress(OSError, RuntimeError):
                (worker if side == "worker" else broker).write_eof()
