"""The newest paragraphs as the feed's events, read and made once for all who listen."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import islice, takewhile
from typing import NamedTuple

from streams.boards.store import Rows

AT_ONCE = 100
"""A reader that is further behind is told how many it missed, and gets the newest."""
REMEMBERED = 500
"""Who is further behind, or comes back after longer, has them read out of the store."""


class After(NamedTuple):
    """What a reader has not had: events by number, oldest first, and how many before them are passed over."""

    events: list[tuple[int, bytes]]
    missed: int


class Recent:
    """Keeps the newest. ``read`` gives rows after a number, of many only the newest; ``make`` makes an event of one."""

    def __init__(self, read: Callable[[int, int], Rows], make: Callable[[int, bytes], bytes]) -> None:
        self._read, self._make = read, make
        self._made: OrderedDict[int, bytes] = OrderedDict()
        # All that are settled after number _complete up to number _newest are in _made.
        self._complete = self._newest = 0

    def after(self, number: int, newest: int) -> After:
        """Those after a number; ``newest`` is the last that is settled."""
        if self._newest < newest:
            self._take_in()
        if number < self._complete:
            rows = self._read(number, AT_ONCE)
            events = [(one, self._made.get(one) or self._make(one, value)) for one, value in rows]
        else:
            later = takewhile(lambda one: one > number, reversed(self._made))
            events = [(one, self._made[one]) for one in reversed(list(islice(later, AT_ONCE)))]
        return After(events, events[0][0] - number - 1 if len(events) == AT_ONCE else 0)

    def _take_in(self) -> None:
        rows = self._read(self._newest, REMEMBERED)
        if len(rows) == REMEMBERED:
            # There may be others before these.
            self._made.clear()
            self._complete = int(rows[0][0]) - 1
        for number, value in rows:
            self._made[number] = self._make(number, value)
            self._newest = number
        while len(self._made) > REMEMBERED:
            self._complete, _ = self._made.popitem(last=False)
