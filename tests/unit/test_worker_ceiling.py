"""Past a run of dead letters, or a share of the last records, the worker takes the fault to be ours."""

import pytest

from schemas.dead_letter import Stage
from streams.errors import InternalFaultError
from streams.worker.ceiling import Ceiling, Limits
from streams.worker.handle import Consumed, Handled


def batch(pattern: str) -> list[Handled]:
    """One record for each letter: ``x`` is a dead letter."""
    stages: list[Stage | None] = ["decode" if letter == "x" else None for letter in pattern]
    return [Handled(Consumed("t", 0, n, None, None, None), (), stage) for n, stage in enumerate(stages)]


def test_a_run_is_counted_over_batches_and_ends_with_a_good_record() -> None:
    ceiling = Ceiling(Limits(500, 4))
    for pattern in ("xxx", ".xx"):
        ceiling.check(batch(pattern))
        ceiling.passed(batch(pattern))
    ceiling.check(batch("x.xxx."))
    with pytest.raises(InternalFaultError, match=r"4 records in a row .*t\[0\]@1.*worker_dead_letter_limit"):
        ceiling.check(batch("xx"))


def test_a_batch_that_was_not_committed_does_not_count() -> None:
    ceiling = Ceiling(Limits(500, 4))
    for _ in range(3):
        ceiling.check(batch("xxx"))


def test_a_share_is_of_the_last_records_and_of_enough_of_them() -> None:
    ceiling = Ceiling(Limits(500, 100, dead_letter_share=0.5, window=10))
    for pattern in ("xxxxx", "....", "."):
        ceiling.check(batch(pattern))
        ceiling.passed(batch(pattern))
    # Five of ten: the share itself is allowed. The next two dead ones push out two dead ones.
    ceiling.check(batch("xx"))
    ceiling.passed(batch("xx"))
    ceiling.check(batch("...xxx"))
    ceiling.passed(batch("xxx"))
    with pytest.raises(InternalFaultError, match=r"6 of the last 10 records .*worker_dead_letter_share"):
        ceiling.check(batch("x"))


def test_a_batch_longer_than_the_window_is_judged_by_its_end() -> None:
    ceiling = Ceiling(Limits(500, 100, dead_letter_share=0.5, window=4))
    ceiling.check(batch("xxxxxx.x.x"))
    with pytest.raises(InternalFaultError, match="3 of the last 4"):
        ceiling.check(batch("......x.xx"))


def test_a_share_of_one_never_stops_it() -> None:
    ceiling = Ceiling(Limits(500, 100, dead_letter_share=1.0, window=4))
    ceiling.check(batch("xxxxxxxx"))
