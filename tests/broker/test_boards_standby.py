"""Several boards of one group: one leads, the others follow, answer, and take over when it is killed or frozen."""

import asyncio
import signal
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from schemas.topics import CLASSIFIED
from streams.boards.app import application_id, changelogs
from streams.boards.group import members
from streams.boards.projection import load_rules
from streams.settings import Settings
from tests.broker.boards_at_work import SEEDS, AtWork, agree, at_work, differing, loaded, pushed
from tests.command_line import eventually

pytestmark = pytest.mark.broker
TAKEN_OVER_S = 60
COUNT = 1500


def leads(boards: AtWork) -> bool:
    status, told = boards.ask("/api/status")
    return status == 200 and told["role"] == "leading" and told["state"] == "live"


def handled(boards: AtWork) -> int:
    return int(boards.ask("/api/status")[1]["handled"].get("classified", 0))


def changelog_ends(settings: Settings, kafka: str) -> list[int]:
    """The offset after the last record of each partition of each changelog."""
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": "ends"})
    try:
        places = [
            TopicPartition(settings.topic_prefix + topic.name, number)
            for topic in changelogs(settings, CLASSIFIED.partitions)
            for number in range(topic.partitions)
        ]
        return [consumer.get_watermark_offsets(one, timeout=30)[1] for one in places]
    finally:
        consumer.close()


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
        rules = load_rules()
        for name in ("second", "third"):
            assert agree(settings, kafka, rules, tmp_path / name)
        assert [leads(one) for one in others].count(True) == 1
        for one in others:
            one.end()
    for name in ("second", "third"):
        rows, found = differing(settings, kafka, rules, tmp_path / name)
        assert rows > 100
        assert found == []


def test_a_leader_that_thaws_after_another_took_over_neither_writes_nor_says_that_it_leads(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(at_work(variables, tmp_path / "first")).live()
        second = stack.enter_context(at_work(variables, tmp_path / "second"))
        second.running.said("^standing by: ", 60)
        second.live()
        loaded(settings, kafka, COUNT)
        # Frozen in the middle of its work: there are records that it has fetched, and some that it has yet to send.
        assert eventually(lambda: handled(first) > COUNT // 10)
        first.running.process.send_signal(signal.SIGSTOP)
        try:
            assert eventually(lambda: leads(second) and second.paragraphs() == COUNT, TAKEN_OVER_S)
            ends = changelog_ends(settings, kafka)
        finally:
            first.running.process.send_signal(signal.SIGCONT)
        roles: list[str | None] = []

        def stands_by() -> bool:
            roles.append(first.ask("/api/status")[1]["role"])
            return roles[-1] == "standing by"

        assert eventually(stands_by, TAKEN_OVER_S), first.running.lines
        assert set(roles) <= {None, "standing by"}
        assert eventually(lambda: first.ask("/readyz")[0] == 200 and first.paragraphs() == COUNT)
        assert changelog_ends(settings, kafka) == ends
        assert leads(second)
        assert 0 < handled(first) < COUNT
        for one in (first, second):
            one.end()
    rules = load_rules()
    for name in ("first", "second"):
        assert differing(settings, kafka, rules, tmp_path / name)[1] == []


def test_of_two_that_begin_to_lead_at_once_one_goes_on(
    variables: dict[str, str], settings: Settings, kafka: str, tmp_path: Path
) -> None:
    pushed(variables, *SEEDS[:2])
    yielded = "other boards of the group have begun to lead as well; these stand by"
    with ExitStack() as stack:
        first = stack.enter_context(at_work(variables, tmp_path / "first")).live()
        others = [stack.enter_context(at_work(variables, tmp_path / name)).live() for name in ("second", "third")]
        for one in others:
            one.running.process.send_signal(signal.SIGSTOP)
        first.running.process.kill()
        group = application_id(settings)
        assert eventually(lambda: not asyncio.run(members(kafka, {}, group)), TAKEN_OVER_S)
        # Both find nobody in the group, and join it.
        for one in others:
            one.running.process.send_signal(signal.SIGCONT)
        assert eventually(lambda: any(yielded in one.running.lines for one in others), TAKEN_OVER_S)
        assert eventually(lambda: any(map(leads, others)), TAKEN_OVER_S), [one.running.lines for one in others]
        [loser] = [one for one in others if yielded in one.running.lines]
        assert eventually(lambda: loser.ask("/api/status")[1]["role"] == "standing by")
        assert not leads(loser)
        pushed(variables, SEEDS[2])
        rules = load_rules()
        for name in ("second", "third"):
            assert agree(settings, kafka, rules, tmp_path / name)
        for one in others:
            one.end()
    for name in ("second", "third"):
        assert differing(settings, kafka, rules, tmp_path / name)[1] == []
