"""Look-up of things by their place: which of many lie in a stretch of text, without looking at all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Placed(Generic[T]):
    """Things in the order of their places, none overlapping another."""

    __slots__ = ("_ends", "_starts", "things")

    def __init__(self, things: Sequence[T], place: Callable[[T], tuple[int, int]]) -> None:
        self.things = things
        self._starts: Sequence[int] = ()
        self._ends: Sequence[int] = ()
        if things:
            self._starts, self._ends = zip(*map(place, things), strict=True)

    def within(self, start: int, end: int) -> Sequence[T]:
        """The things that share a character with ``text[start:end]``."""
        return self.things[bisect_right(self._ends, start) : bisect_left(self._starts, end)] if self._ends else ()

    def starting(self, start: int, end: int) -> Sequence[T]:
        """The things that begin in ``text[start:end]``."""
        return self.things[bisect_left(self._starts, start) : bisect_left(self._starts, end)] if self._starts else ()

    def before(self, place: int) -> T | None:
        """The last thing that begins before ``place``."""
        index = bisect_left(self._starts, place)
        return self.things[index - 1] if index else None
