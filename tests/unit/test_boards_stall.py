"""Stand-still of the boards by a clock of the test's own: told, begun anew, given up; and where it does not count."""

import logging

import pytest

from schemas.topics import CLASSIFIED
from streams.boards.stall import Stall, StandstillError
from streams.boards.status import Status
from streams.errors import InternalFaultError
from streams.metrics import BoardsMetrics, PageOfMetrics
from tests.unit.test_worker_health import Clock

WAITING = {(CLASSIFIED.name, 0): 7, (CLASSIFIED.name, 1): 0}


class Reading:
    """Boards whose reading is judged twice a second."""

    def __init__(self) -> None:
        self.clock, self.status, self.metrics = Clock(), Status(), BoardsMetrics()
        self.stall = Stall(20.0, self.status, self.metrics, self.clock)

    def goes_on(self, seconds: int, handled: int, waiting: dict[tuple[str, int], int] | None = None) -> None:
        for _ in range(2 * seconds):
            self.clock.now += 0.5
            self.stall.look(WAITING if waiting is None else waiting, handled)

    def stalled(self, partition: str) -> float:
        page = PageOfMetrics(self.metrics.page()[0].decode())
        return page.total("report_streams_boards_stalled_seconds", topic=CLASSIFIED.name, partition=partition)


@pytest.fixture
def reading() -> Reading:
    return Reading()


def test_what_waits_and_is_not_handled_is_told_once_and_so_is_that_it_goes_on(
    reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    reading.goes_on(20, handled=5)
    assert (reading.status.standstill, reading.stalled("0"), caplog.text) == ("", 0.0, "")
    reading.goes_on(10, handled=5)
    assert reading.status.ready() == (False, f"nothing is handled for 30 s of {CLASSIFIED.name} partition 0")
    assert reading.status.told()["standstill"] == reading.status.standstill
    assert reading.stalled("0") == pytest.approx(29.5)
    assert reading.stalled("1") == 0
    assert caplog.text.count(f"{CLASSIFIED.name} partition 0 stands still for 20 s with 7 records waiting") == 1
    with caplog.at_level(logging.WARNING):
        reading.goes_on(1, handled=6)
    assert "go on, after 30 s" in caplog.text
    assert (reading.status.standstill, reading.stalled("0")) == ("", 0.0)


def test_who_has_nothing_to_do_or_handles_something_does_not_stand_still(reading: Reading) -> None:
    reading.goes_on(100, handled=5, waiting={(CLASSIFIED.name, 0): 0})
    for handled in range(10):
        reading.goes_on(19, handled=handled)
    assert reading.status.standstill == ""


def test_time_in_which_nobody_looked_does_not_count(reading: Reading) -> None:
    reading.goes_on(1, handled=5)
    reading.clock.now += 1000
    reading.goes_on(15, handled=5)
    assert reading.status.standstill == ""


def test_reading_begins_anew_and_ends_where_that_did_not_help(reading: Reading) -> None:
    reading.goes_on(39, handled=5)
    with pytest.raises(StandstillError, match="40 s"):
        reading.goes_on(2, handled=5)
    reading.stall.begin_anew()
    assert reading.status.standstill == ""
    # It helped once: a second time is allowed.
    reading.goes_on(1, handled=6)
    with pytest.raises(StandstillError):
        reading.goes_on(41, handled=6)
    reading.stall.begin_anew()
    with pytest.raises(StandstillError):
        reading.goes_on(41, handled=6)
    with pytest.raises(InternalFaultError, match=f"stand still.* of {CLASSIFIED.name} partition 0"):
        reading.stall.begin_anew()
