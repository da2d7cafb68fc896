"""Several boards of one group: one leads, the others follow, answer, and take over when it is killed."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from streams.boards.projection import load_rules
from streams.settings import Settings
from tests.broker.boards_at_work import SEEDS, AtWork, at_work, differing, pushed
from tests.command_line import eventually

pytestmark = pytest.mark.broker
TAKEN_OVER_S = 60


def leads(boards: AtWork) -> bool:
    status, told = boards.ask("/api/status")
    return status == 200 and told["role"] == "leading" and told["state"] == "live"


def test_who_stands_by_answers_and_takes_over_when_the_leader_is_killed(
    variables: dict[str, str],
    settings: Settings,
    kafka: str,
    tmp_path: Path,
) -> None:
    pushed(variables, *SEEDS[:2])
    with ExitStack() as stack:
        first = stack.enter_context(at_work(variables, tmp_path / "first")).live()
        others = [stack.enter_context(at_work(variables, tmp_path / name)) for name in ("second", "third")]
        for one in others:
            one.running.said("^standing by: ", 60)
            assert one.live().has("/api/boards/platform", 2)
        pushed(variables, SEEDS[2])
        for one in others:
            assert eventually(partial(one.has, "/api/boards/platform", 3))
        first.running.process.kill()
        # Both see it at once, and one of them goes on.
        assert eventually(lambda: any(map(leads, others)), TAKEN_OVER_S), [one.running.lines for one in others]
        pushed(variables, SEEDS[3])
        for one in others:
            assert eventually(partial(one.has, "/api/boards/platform", 4), 60)
        assert [leads(one) for one in others].count(True) == 1
        for one in others:
            one.end()
    rules = load_rules()
    for name in ("second", "third"):
        rows, found = differing(settings, kafka, rules, tmp_path / name)
        assert rows > 100
        assert found == []
