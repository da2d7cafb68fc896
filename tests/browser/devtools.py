"""A headless Chromium and one page in it, spoken to over a pipe in the DevTools protocol. No port, no driver."""

import base64
import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks.pages.printing import CHROMIUM_OPTIONS
from tests.optional import need

LEAST = 5
"""Chromium reads from descriptor 3 and writes to 4: what is put there must stand elsewhere before."""

NARROW = 600


class Page:
    """A page; ``requests`` are the addresses that it asked for so far."""

    def __init__(self, to: BinaryIO, back: BinaryIO) -> None:
        self._to, self._back, self._last, self._session = to, back, 0, ""
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A method's result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        answer = next(one for one in self._messages() if one.get("id") == self._last)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, path: Path | str) -> None:
        """Go to a file, or an address, and wait until it is loaded."""
        self.call("Page.navigate", url=path if isinstance(path, str) else path.as_uri())
        next(one for one in self._messages() if one.get("method") == "Page.loadEventFired")

    def value(self, script: str) -> Any:
        """What a script gives, or what its promise comes to."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key as a user does."""
        for event in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=event, key=key, code=key, windowsVirtualKeyCode=9 * (key == "Tab"))

    def prefers(self, scheme: str) -> None:
        """Let the user prefer light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screen(self, width: int, height: int) -> None:
        """Look through a screen of that many pixels; a narrow one is a phone."""
        phone = width < NARROW
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def picture(self) -> bytes:
        """What is on the screen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            found = bytearray()
            while not found.endswith(b"\0"):
                byte = self._back.read(1)
                assert byte, "Chromium ended"
                found += byte
            message: dict[str, Any] = json.loads(found[:-1])
            if message.get("method") == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            yield message


@contextmanager
def page() -> Iterator[Page]:
    """An empty page in a Chromium of its own, which ends with the block."""
    chromium = need("chromium", "Debian: chromium")
    with ExitStack() as closing:
        profile = closing.enter_context(tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True))
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        # Numbers that the system says are free: one of our own choice may be somebody's open socket.
        high_in, high_out = (fcntl.fcntl(end, fcntl.F_DUPFD, LEAST) for end in (theirs_in, theirs_out))
        profile_option = f"--user-data-dir={profile}"
        ends = f'exec "$0" "$@" 3<&{high_in} 4>&{high_out}'
        # An option of printing makes it print and end.
        options = (*(one for one in CHROMIUM_OPTIONS if "pdf" not in one), "--remote-debugging-pipe", profile_option)
        process = subprocess.Popen(
            ["/bin/bash", "-c", ends, chromium, *options], pass_fds=(high_in, high_out), stderr=subprocess.DEVNULL
        )
        closing.callback(process.wait)
        closing.callback(process.kill)
        for end in (theirs_in, theirs_out, high_in, high_out):
            os.close(end)
        to, back = closing.enter_context(os.fdopen(ours_out, "wb")), closing.enter_context(os.fdopen(ours_in, "rb"))
        yield Page(to, back)
