"""Ctrl-C and SIGTERM: at any time, but never in the middle of what has to be finished."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Protocol, Self

import click


class Postponing(Protocol):
    """Lets a block of a few instructions end before an interruption comes."""

    def postponed(self) -> AbstractContextManager[None]:
        """The block."""


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


class Ending:
    """Ctrl-C or SIGTERM raises KeyboardInterrupt: at once, or after the file at hand; a second one always at once."""

    def __init__(self) -> None:
        self._at_hand: str | None = None
        self.asked = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def file_at_hand(self, shown: str) -> Iterator[None]:
        """Let the block end first: the one in which a file is pushed and remembered."""
        self._at_hand = shown
        try:
            yield
        finally:
            self._at_hand = None
        if self.asked:
            raise KeyboardInterrupt

    def postponed(self) -> AbstractContextManager[None]:
        """Nothing more to postpone: what is under way belongs to a file at hand."""
        return nullcontext()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if again or self._at_hand is None:
            raise KeyboardInterrupt
        click.echo(f"{signal.Signals(number).name}: finishing {self._at_hand} (once more to leave at once)", err=True)


def on_signals(doing: str, stop: Callable[[], None]) -> None:
    """Have SIGTERM and Ctrl-C call ``stop``; the second one of a kind ends the process at once."""

    def drain(number: int, _: FrameType | None) -> None:
        click.echo(f"{signal.Signals(number).name}: {doing}", err=True)
        signal.signal(number, signal.SIG_DFL)
        stop()

    signal.signal(signal.SIGTERM, drain)
    signal.signal(signal.SIGINT, drain)
