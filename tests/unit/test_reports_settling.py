from pathlib import Path

from streams.reports.settling import Settling

A, B = Path("a"), Path("b")


def test_a_file_settles_once_for_each_change() -> None:
    settling: Settling[int] = Settling(2.0)
    assert settling.look([(A, 1)], 0.0) == []
    assert settling.look([(A, 1)], 1.9) == []
    assert settling.look([(A, 1)], 2.0) == [A]
    assert settling.look([(A, 1)], 9.0) == []
    assert settling.look([(A, 2)], 10.0) == []
    assert settling.look([(A, 2)], 12.0) == [A]


def test_a_change_starts_the_wait_anew() -> None:
    settling: Settling[int] = Settling(2.0)
    for now in range(10):
        assert settling.look([(A, now)], float(now)) == []
    assert settling.look([(A, 9)], 10.9) == []
    assert settling.look([(A, 9)], 11.0) == [A]


def test_a_file_that_was_away_is_a_new_one() -> None:
    settling: Settling[int] = Settling(2.0)
    settling.look([(A, 1), (B, 1)], 0.0)
    assert settling.look([(B, 1)], 1.0) == []
    assert settling.look([(A, 1), (B, 1)], 2.0) == [B]
    assert settling.look([(A, 1), (B, 1)], 4.0) == [A]


def test_they_come_in_the_order_given() -> None:
    settling: Settling[int] = Settling(1.0)
    settling.look([(B, 1), (A, 1)], 0.0)
    assert settling.look([(B, 1), (A, 1)], 1.0) == [B, A]
