"""Answers that are no success, as RFC 9457 (application/problem+json) has them."""

import json
from typing import Any

from aiohttp import web

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 -- the standard's word, and not always an error
    """Ends a request. ``more`` are members beside the standard's; ``retry_s`` tells when to ask again."""

    def __init__(self, status: int, title: str, detail: str, *, retry_s: int | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.retry_s, self.more = status, title, detail, retry_s, more

    def response(self) -> web.Response:
        """The answer."""
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail, **self.more}
        headers = {} if self.retry_s is None else {"Retry-After": str(self.retry_s)}
        text = json.dumps(body, ensure_ascii=False)
        return web.Response(status=self.status, text=text, content_type=CONTENT_TYPE, headers=headers)


def unknown(what: str, name: str) -> Problem:
    """Nothing goes by this name."""
    return Problem(404, "Not found", f"there is no {what} {name[:100]!r}")


def wrong(detail: str) -> Problem:
    """The request makes no sense; the detail says what was seen and what may be asked."""
    return Problem(400, "Wrong request", detail)
