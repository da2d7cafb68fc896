"""Ctrl-C during a push: at any time, but never in the middle of counting a record."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


class Interruption:
    """Ctrl-C raises KeyboardInterrupt, but never between handing a record over and counting it."""

    def __init__(self) -> None:
        self._postponed = False
        self._asked = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Let the block end first; a second Ctrl-C does not wait."""
        self._postponed = True
        try:
            yield
        finally:
            self._postponed = False
        if self._asked:
            raise KeyboardInterrupt

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        again, self._asked = self._asked, True
        if again or not self._postponed:
            raise KeyboardInterrupt
