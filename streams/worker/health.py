"""``/metrics``, ``/healthz`` and ``/readyz`` over HTTP, in a thread of their own."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from streams.errors import UsageError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LONGEST_ROUND_S = 60.0
"""A loop that has not come round for this long is stuck: a batch takes under a second, a full commit time-out 30."""


class Health:
    """Whether the worker is alive (its loop comes round) and ready (in the group, Kafka there, not stopping)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ticked = clock()
        self._not_ready: str | None = "not yet in the group"
        self._stands_still: Callable[[], str | None] = lambda: None

    def watched(self, stands_still: Callable[[], str | None]) -> None:
        """Ask ``stands_still`` too: why the worker is not ready though its loop says so, or None."""
        self._stands_still = stands_still

    def beat(self) -> None:
        """The loop is at work in a step that may take its time."""
        self._ticked = self._clock()

    def tick(self, *, joined: bool, brokers_down: bool) -> None:
        """The loop came round, and saw this."""
        self._ticked = self._clock()
        if brokers_down:
            self._not_ready = "Kafka does not answer"
        else:
            self._not_ready = None if joined else "not yet in the group"

    def stopping(self, why: str) -> None:
        """The worker takes no more records."""
        self._not_ready = why

    def alive(self) -> tuple[bool, str]:
        """Whether to leave the process alone, and why."""
        age = self._clock() - self._ticked
        return age < LONGEST_ROUND_S, f"last round {age:.1f} s ago"

    def ready(self) -> tuple[bool, str]:
        """Whether the worker takes records, and why not."""
        reason = self._not_ready or self._stands_still()
        return reason is None, reason or "in the group"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # A second worker on a port in use is a mistake to report, not to share.
    allow_reuse_port = False


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the parent's signature
        """Scrapes every few seconds are no news."""


class HealthServer:
    """Serves from its making until ``close``."""

    def __init__(self, host: str, port: int, health: Health, registry: CollectorRegistry) -> None:
        self._health = health
        self._metrics = make_wsgi_app(registry)
        try:
            self._server = make_server(host, port, self._answer, server_class=_Server, handler_class=_QuietHandler)
        except OSError as error:
            raise UsageError(
                f"cannot serve metrics on {host}:{port}: {error.strerror}; --metrics-port chooses another, 0 a free one"
            ) from error
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/metrics":
            page: Iterable[bytes] = self._metrics(environ, start_response)
            return page
        if path == "/healthz":
            return _verdict(self._health.alive(), start_response)
        if path == "/readyz":
            return _verdict(self._health.ready(), start_response)
        return _json("404 Not Found", {"paths": ["/metrics", "/healthz", "/readyz"]}, start_response)


def _verdict(verdict: tuple[bool, str], start_response: "StartResponse") -> Iterable[bytes]:
    good, reason = verdict
    return _json("200 OK" if good else "503 Service Unavailable", {"ok": good, "reason": reason}, start_response)


def _json(status: str, body: dict[str, object], start_response: "StartResponse") -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode() + b"\n"]
