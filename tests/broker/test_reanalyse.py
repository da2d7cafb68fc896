"""``reanalyse`` and ``--as-of`` on a real Kafka: exactly the difference is sent, once, and the past stays readable."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.classified import ClassifiedParagraph
from schemas.events import events_of
from schemas.items import StatisticItem
from schemas.paragraph import Paragraph
from schemas.retraction import Retraction
from schemas.topics import CLASSIFIED, EVENT_TOPICS, PARAGRAPHS, REPLAYS, STATISTIC, Topic
from streams.analysis.analyse import ANALYSIS_VERSION, Analyser
from streams.archive.layout import Archive
from streams.clients.as_of import as_of
from streams.clients.subscriber import Received, Subscriber
from streams.replay import reanalysis
from streams.replay.reanalysis import Reanalysed, Reanalysis
from streams.replay.selection import Selection
from streams.replay.sources import ArchiveSource, Source
from streams.replay.topic_source import TopicSource
from streams.settings import Settings
from tests.broker.conftest import RawRecord, paragraphs, raw
from tests.command_line import ROOT, eventually, run, run_here

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

Committed = Callable[[Topic], list[Received]]
Produce = Callable[[Iterable[RawRecord]], None]
ONLY_PARAGRAPHS = Selection(kinds=frozenset(["paragraphs"]))
COUNT = 90
LATER = "9.0.0"
KILLS = int(os.environ.get("REANALYSE_KILLS", "4"))


class LaterAnalysis:
    """Today's analysis, but for paragraphs by turns: all statistics lost, one with another unit, one more, the same."""

    def __init__(self) -> None:
        self._analyser = Analyser.load()

    def analyse(self, paragraph: Paragraph) -> ClassifiedParagraph:
        """The record, with another version."""
        classified = self._analyser.analyse(paragraph)
        statistics = classified.statistics
        assert statistics, "the tests' paragraphs hold statistics"
        turn = paragraph.ordinal % 4
        if turn == 0:
            statistics = ()
        elif turn == 1:
            statistics = (statistics[0].model_copy(update={"unit": "位"}), *statistics[1:])
        elif turn == 2:
            more = StatisticItem(start=0, end=2, text=paragraph.text[:2], value="1")
            statistics = (*statistics, more)
        return classified.model_copy(update={"statistics": statistics, "analysis_version": LATER})


@pytest.fixture
def analysed(settings: Settings, variables: dict[str, str], produce: Produce) -> list[Paragraph]:
    """Paragraphs that a worker has come to."""
    made = paragraphs(COUNT)
    produce(map(raw, made))
    done = run("worker", "--until-caught-up", settings=variables)
    assert done.returncode == 0, done.stderr
    return made


def over(
    settings: Settings,
    kafka: str,
    *,
    later: bool = True,
    source: Source | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Reanalysis:
    named = source or TopicSource(
        settings, kafka, settings.topic_prefix + PARAGRAPHS.name, ONLY_PARAGRAPHS, lambda _: None
    )
    analyse = LaterAnalysis().analyse if later else Analyser.load().analyse
    version = LATER if later else ANALYSIS_VERSION
    return Reanalysis(settings, kafka, named, analyse, version, tell=print, begun=lambda *_: None, advance=advance)


def emitted(committed: Committed) -> list[Received]:
    return [received for topic in (*EVENT_TOPICS, CLASSIFIED) for received in committed(topic)]


def wanted(made: Iterable[Paragraph]) -> set[str]:
    """Ids of all events that the later analysis finds."""
    analysis = LaterAnalysis()
    return {event.id for paragraph in made for event in events_of(analysis.analyse(paragraph))}


def standing(settings: Settings, kafka: str, moment: datetime | None = None) -> set[str]:
    return {received.record.id for received in as_of(settings, kafka, EVENT_TOPICS, moment)}  # type: ignore[attr-defined]


def test_the_same_analysis_sends_nothing(
    settings: Settings, kafka: str, analysed: list[Paragraph], committed: Committed
) -> None:
    before = len(emitted(committed))
    found = over(settings, kafka, later=False).run()
    assert (found.paragraphs, found.changed_paragraphs, found.sent) == (COUNT, 0, 0)
    assert len(emitted(committed)) == before > COUNT


def test_another_analysis_retracts_and_adds_exactly_the_difference_once(
    settings: Settings, kafka: str, analysed: list[Paragraph], committed: Committed
) -> None:
    old = standing(settings, kafka)
    new = wanted(analysed)
    before = emitted(committed)
    seen = over(settings, kafka).preview()
    assert len(emitted(committed)) == len(before)
    assert not committed(REPLAYS)
    moment = datetime.now(UTC)
    time.sleep(0.01)  # a record of the same millisecond would count as there
    found = over(settings, kafka).run()
    assert (found.sent, found.tally) == (seen.sent, seen.tally)
    fresh = _fresh(before, emitted(committed))
    retracted = {record.retracts for record in fresh if isinstance(record, Retraction)}
    added = {record.id for record in fresh if not isinstance(record, Retraction | ClassifiedParagraph)}  # type: ignore[attr-defined]
    assert (retracted, added) == (old - new, new - old)
    assert {record.analysis_version for record in fresh} == {LATER}  # type: ignore[attr-defined]
    assert len(fresh) == found.sent
    assert (standing(settings, kafka), standing(settings, kafka, moment)) == (new, old)
    again = over(settings, kafka).run()
    assert (again.paragraphs, again.sent) == (COUNT, 0)
    back = over(settings, kafka, later=False).run()
    assert back.sent == found.sent
    assert standing(settings, kafka) == old


def _fresh(before: Iterable[Received], after: Iterable[Received]) -> list[object]:
    known = {(one.topic, one.partition, one.offset) for one in before}
    return [one.record for one in after if (one.topic, one.partition, one.offset) not in known]


def test_counts_and_differences_are_told_by_kind(settings: Settings, kafka: str, analysed: list[Paragraph]) -> None:
    tally = over(settings, kafka).preview().tally
    turns = [sum(paragraph.ordinal % 4 == turn for paragraph in analysed) for turn in range(4)]
    assert tally.vanished["statistic"] >= turns[0]
    assert (tally.changed["statistic"], tally.added["statistic"]) == (turns[1], turns[2])
    changed = next(one for one in tally.samples if one.before and one.after)
    assert "unit: 位" in changed.after
    assert "unit: 位" not in changed.before
    assert len(tally.samples) == 9


def test_what_workers_have_not_come_to_is_left_to_them(
    settings: Settings, kafka: str, analysed: list[Paragraph], produce: Produce
) -> None:
    produce(map(raw, paragraphs(7, text="预计明年新增岗位{n}个。")))
    found = over(settings, kafka, later=False).run()
    assert (found.paragraphs, found.waiting, found.sent) == (COUNT, 7, 0)


def test_interrupted_after_a_transaction_it_sends_the_rest_and_nothing_twice(
    settings: Settings, kafka: str, analysed: list[Paragraph], committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reanalysis, "PARAGRAPHS_AT_ONCE", 20)
    before = emitted(committed)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        over(settings, kafka, advance=interrupt).run()
    part = len(emitted(committed)) - len(before)
    found: Reanalysed = over(settings, kafka).run()
    assert part
    assert found.sent
    assert found.paragraphs == COUNT - 20
    fresh = _fresh(before, emitted(committed))
    ids = [record.id for record in fresh]  # type: ignore[attr-defined]
    assert len(ids) == len(set(ids)) == part + found.sent
    assert standing(settings, kafka) == wanted(analysed)


KILLED = """
import sys
from streams.settings import Settings
from tests.broker import test_reanalyse as tests
tests.reanalysis.PARAGRAPHS_AT_ONCE = 5
print(tests.over(Settings(topic_prefix=sys.argv[2]), sys.argv[1]).run().sent)
"""
"""A re-analysis with small transactions, in a process that can be killed."""


def test_killed_at_random_moments_and_run_again_it_ends_as_if_undisturbed(
    settings: Settings, kafka: str, analysed: list[Paragraph], committed: Committed
) -> None:
    undisturbed = over(settings, kafka).preview()
    old, before = standing(settings, kafka), emitted(committed)
    chance = random.Random(KILLS)  # noqa: S311 -- moments to kill at
    command = [sys.executable, "-c", KILLED, kafka, settings.topic_prefix]
    killed_at_work = 0
    for _ in range(KILLS):
        marks = len(committed(REPLAYS))
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert eventually(lambda seen=marks: len(committed(REPLAYS)) > seen or process.poll() is not None, 60)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
        killed_at_work += process.returncode == -signal.SIGKILL
    assert killed_at_work
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fresh = _fresh(before, emitted(committed))
    ids = [record.id for record in fresh]  # type: ignore[attr-defined]
    assert len(ids) == len(set(ids)) == undisturbed.sent
    new = wanted(analysed)
    retracted = {record.retracts for record in fresh if isinstance(record, Retraction)}
    added = {record.id for record in fresh if not isinstance(record, Retraction | ClassifiedParagraph)}  # type: ignore[attr-defined]
    assert (retracted, added) == (old - new, new - old)
    assert standing(settings, kafka) == new
    assert over(settings, kafka).run().sent == 0


def test_an_archive_of_paragraphs_is_a_source_and_a_record_that_is_none_is_passed_over(
    settings: Settings,
    kafka: str,
    variables: dict[str, str],
    analysed: list[Paragraph],
    produce: Produce,
    tmp_path: Path,
) -> None:
    produce([(b"k", b"no paragraph")])
    assert run("worker", "--until-caught-up", settings=variables).returncode == 0
    done = run_here("archive", "write", "paragraphs", "--to", str(tmp_path / "a"), settings=variables)
    assert done.returncode == 0, done.stderr
    source = ArchiveSource(Archive.open(tmp_path / "a"), ONLY_PARAGRAPHS)
    found = over(settings, kafka, source=source).run()
    assert (found.paragraphs, len(found.passed_over)) == (COUNT + 1, 1)
    assert standing(settings, kafka) == wanted(analysed)
    assert over(settings, kafka).run().sent == 0


def test_the_commands_say_what_they_did(
    settings: Settings, kafka: str, variables: dict[str, str], analysed: list[Paragraph]
) -> None:
    shown = run_here("reanalyse", "paragraphs", "--dry-run", "--diff", settings=variables)
    assert shown.returncode == 0, shown.stderr
    assert f"analysis {ANALYSIS_VERSION}: {COUNT} paragraphs, 0 differ, 0 records would be sent" in shown.stdout
    assert over(settings, kafka).run().sent
    moment = datetime.now(UTC).isoformat()
    undone = run_here("reanalyse", "paragraphs", "--diff", "--json", settings=variables)
    *differences, summary = map(json.loads, undone.stdout.splitlines())
    assert undone.returncode == 0, undone.stderr
    assert summary["sent"] > summary["changed_paragraphs"] > 0
    assert {one["kind"] for one in differences} == {"statistic"}
    then = run_here("subscribe", "statistic", "--as-of", moment, "--jsonl", settings=variables)
    now = run_here("subscribe", "statistic", "--as-of", "now", "--jsonl", settings=variables)
    ids = [{json.loads(line)["id"] for line in done.stdout.splitlines()} for done in (then, now)]
    assert ids[0] == wanted(analysed)
    assert ids[0] != ids[1] == standing(settings, kafka)
    table = run_here("subscribe", "statistic", "--from-beginning", settings=variables)
    assert "no longer stands" in table.stdout
    refused = run_here("reanalyse", "speech", settings=variables)
    assert (refused.returncode, "nothing of the kinds paragraphs" in refused.stderr) == (2, True)
    for wrong in (["--as-of", "2026-01-01T00:00:00"], ["--as-of", "now", "--follow"], ["--as-of", "soon"]):
        assert run_here("subscribe", "statistic", *wrong, settings=variables).returncode == 2
    assert run_here("subscribe", "deadletter", "--as-of", "now", settings=variables).returncode == 2


def test_distinct_readers_see_an_event_that_comes_back(
    settings: Settings, kafka: str, analysed: list[Paragraph]
) -> None:
    old = standing(settings, kafka)
    over(settings, kafka).run()
    over(settings, kafka, later=False).run()
    stood: set[str] = set()
    with Subscriber(settings, kafka, [STATISTIC], from_beginning=True, distinct=True) as subscriber:
        for received in subscriber.read():
            assert isinstance(received, Received)
            if isinstance(received.record, Retraction):
                stood.discard(received.record.retracts)
            else:
                stood.add(received.record.id)  # type: ignore[attr-defined]
    assert stood == old
