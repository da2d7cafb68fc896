"""How often Python looks for cycles among the objects that a worker's processes make."""

import gc

_UNCOLLECTED = 20_000
"""Allocations between two looks, against 700 by default. A batch makes tens of thousands of objects that live until it
is committed, in no cycles: to look through them again and again took 5 % of the analysis and a quarter of the rest."""


def collect_rarely() -> None:
    """Look for cycles rarely, and no more among what is there now; to be called once all is loaded."""
    gc.freeze()
    gc.set_threshold(_UNCOLLECTED)
