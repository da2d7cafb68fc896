"""A call that may never return is left behind in time; one that returns is as if it had been made here."""

import threading

import pytest

from streams.worker.bounded import returns_within


def test_a_call_that_returns_is_done() -> None:
    done: list[int] = []
    assert returns_within(10.0, lambda: done.append(1))
    assert done == [1]


def test_what_the_call_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        returns_within(10.0, lambda: 1 // 0)


def test_a_call_that_never_returns_is_left_behind() -> None:
    never = threading.Event()
    try:
        assert not returns_within(0.05, never.wait)
    finally:
        never.set()
