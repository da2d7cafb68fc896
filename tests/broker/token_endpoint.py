"""An endpoint that gives out tokens as an identity provider does, for a Kafka that takes unsigned ones."""

import base64
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLIENT_SECRET = "client-secret"  # noqa: S105 -- of the test's own endpoint


@contextmanager
def token_endpoint() -> Iterator[str]:
    """Its URL; whoever has the secret gets a token with the client's id as its subject."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()


class _Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        basic = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        client, _, secret = basic.partition(":")
        if secret == CLIENT_SECRET and form["grant_type"] == ["client_credentials"]:
            self._answer(200, {"access_token": _token(client), "expires_in": 300, "token_type": "Bearer"})
        else:
            self._answer(401, {"error": "invalid_client"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the parent's signature
        """No news."""

    def _answer(self, status: int, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def _token(subject: str) -> str:
    now = int(time.time())
    parts = {"alg": "none"}, {"sub": subject, "iat": now, "exp": now + 300, "scope": "kafka"}
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."
