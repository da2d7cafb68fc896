"""Boards that read much, from topics or changelogs, tell how far they are, and show nothing before all is read."""

import shutil
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.broker.boards_at_work import AtWork, at_work, loaded
from tests.command_line import eventually

pytestmark = pytest.mark.broker
COUNT = 3000


def told_until_live(boards: AtWork) -> list[int]:
    """The percents that were told before "live", with which nothing else was shown."""
    percents: list[int] = []

    def live() -> bool:
        if boards.ask("/readyz")[0] == 200:
            return True
        status, shown = boards.ask("/api/boards/figures")
        if status == 503 and shown["state"] == "rebuilding":
            assert shown["detail"] == f"rebuilding {shown['percent']} %"
            percents.append(shown["percent"])
        # Live since it was asked for.
        assert status == 503 or boards.paragraphs() == COUNT
        return False

    assert eventually(live, 120), boards.running.lines
    return percents


def test_rebuilding_tells_how_much_is_read_and_nothing_is_shown_before(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    loaded(settings, kafka, COUNT)
    folder = tmp_path / "boards"
    for source in ("classified", "changelog"):
        with at_work(variables, folder) as boards:
            percents = told_until_live(boards)
            assert percents == sorted(percents)
            assert len({one for one in percents if 0 < one < 100}) > 1, percents
            assert boards.ask("/api/status")[1]["handled"] == {source: COUNT}
            boards.end()
        shutil.rmtree(folder)
