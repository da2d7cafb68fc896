"""Boards that would stand still: a batch that takes too long for aiokafka, a hanging consumer; told, mended, ended."""

import sys
from pathlib import Path

import pytest

from streams.boards.projection import load_rules
from streams.boards.transport import MOST_AT_ONCE
from streams.metrics import PageOfMetrics
from streams.settings import Settings
from tests.broker.boards_at_work import HANGING, at_work, differing, loaded
from tests.command_line import eventually

pytestmark = pytest.mark.broker
COUNT = 6000
"""Classified paragraphs: all are fetched at once, and take five seconds on a fast machine, twenty on a slow one."""


def short(most: int) -> tuple[str, ...]:
    """``report-streams`` whose aiokafka leaves after 3 s without a fetch, and Faust takes so many records at once."""
    changed = f"from streams.boards import app; app.NEVER_S, app.MOST_AT_ONCE = 3.0, {most}"
    return sys.executable, "-c", f"{changed}; from streams.cli import main; main()"


def test_what_is_fetched_may_take_longer_than_aiokafka_waits_for_the_next_fetch(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    loaded(settings, kafka, COUNT)
    with at_work(variables, tmp_path / "boards", short(MOST_AT_ONCE)) as boards:
        assert boards.live().read == COUNT
        assert not [line for line in boards.running.lines if "anew" in line]
        boards.end()


def test_boards_that_stand_still_say_so_and_begin_to_read_anew(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    loaded(settings, kafka, COUNT)
    with at_work({**variables, "boards_stall_s": "3"}, tmp_path / "boards", short(COUNT)) as boards:
        assert eventually(lambda: "nothing is handled for" in boards.ask("/readyz")[1]["reason"], 60)
        told = boards.ask("/api/status")[1]["standstill"]
        assert f"{settings.topic_prefix}reports.classified.v1 partition" in told
        page = PageOfMetrics(boards.ask("/metrics")[1])
        assert page.total("report_streams_boards_stalled_seconds") >= 3
        boards.running.said(
            r"ERROR .*reports\.classified\.v1 partition \d stands still for \d+ s with \d+ records waiting"
        )
        boards.running.said("nothing was handled for .*; the boards begin to read anew")
        assert boards.live().read == COUNT
        assert boards.ask("/api/status")[1]["standstill"] is None
        boards.end()
    assert differing(settings, kafka, load_rules(), tmp_path / "boards")[1] == []


def test_boards_end_in_time_where_beginning_anew_does_not_help(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    loaded(settings, kafka, 10)
    quick = {**variables, "boards_stall_s": "3"}
    with at_work(quick, tmp_path / "boards", HANGING) as boards:
        boards.running.said("the boards begin to read anew", 60)
        # Twice Faust is given 20 s to stop.
        assert boards.running.ended(120) == 4
        boards.running.said("the boards stand still, though they began to read anew: nothing is handled for")
