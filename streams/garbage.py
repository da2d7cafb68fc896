"""How often Python looks for cycles among the objects of a process through which many records pass."""

import gc

_UNCOLLECTED = 20_000
"""Allocations between two looks, against 700 by default. A worker's batch makes tens of thousands of objects that live
until it is committed, in no cycles: to look through them again and again took 5 % of the analysis and a quarter of the
rest. Of the records that are archived, each is a dozen such objects with its headers."""


def collect_rarely() -> None:
    """Look for cycles rarely, and no more among what is there now; to be called once all is loaded."""
    gc.freeze()
    gc.set_threshold(_UNCOLLECTED)
