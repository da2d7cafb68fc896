"""Faults round the worker on a real Kafka: texts that its analysis does not survive, partitions that stand still."""

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client import generate_latest

from streams.metrics import PageOfMetrics, WorkerMetrics
from streams.settings import Settings
from streams.worker.health import Health
from streams.worker.loop import Worker
from streams.worker.start import make_worker
from tests.broker.conftest import paragraphs, raw
from tests.broker.test_worker import Committed, Produce, classified_in, committed_offsets, dead_in
from tests.command_line import ROOT, eventually
from tests.worker_analyses import EXITS, HANGS, RAISES, SEGFAULTS

pytestmark = pytest.mark.broker

FAULTY = "tests.worker_analyses:Faulty"


@pytest.fixture(autouse=True)
def _findable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The analysis process looks for modules where this one does, and pytest finds tests without a path."""
    monkeypatch.syspath_prepend(ROOT)


class Member:
    """A worker in a thread of this process, with an analysis of the tests' own."""

    def __init__(self, settings: Settings, kafka: str) -> None:
        self.metrics, self.health = WorkerMetrics(), Health()
        self.worker: Worker = make_worker(settings, kafka, FAULTY, self.metrics, self.health)
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run)

    def page(self) -> PageOfMetrics:
        return PageOfMetrics(generate_latest(self.metrics.registry).decode())

    def ended(self, timeout_s: float = 60) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            self.worker.run()
        except Exception as error:  # noqa: BLE001 -- told to the test's own thread
            self.error = error


@contextmanager
def member(settings: Settings, kafka: str, **changes: object) -> Iterator[Member]:
    """A running worker; drained at the end."""
    one = Member(settings.model_copy(update=changes), kafka)
    one.start()
    try:
        yield one
    finally:
        one.worker.stop()
        assert one.ended()


def test_texts_that_hang_or_kill_the_analysis_become_dead_letters_and_no_other_text_does(
    settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    good = paragraphs(60)
    bad = [paragraphs(1, text=text + "{n}")[0] for text in (HANGS, SEGFAULTS, EXITS, RAISES)]
    produce([*map(raw, good[:30]), *map(raw, bad), *map(raw, good[30:])])
    with member(settings, kafka, worker_paragraph_deadline_s=3.0) as one:
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good) + len(bad), 120), one.error
        losses = {cause: one.page().total("report_streams_analysis_losses_total", cause=cause) for cause in CAUSES}
    assert losses == {"deadline": 2, "died": 4, "memory": 0, "outside": 0}
    assert Counter(record.id for record in classified_in(committed)) == Counter(paragraph.id for paragraph in good)
    letters = dead_in(committed)
    assert Counter(letter.value for letter in letters) == Counter(raw(paragraph)[1] for paragraph in bad)
    assert {letter.stage for letter in letters} == {"analyse"}


CAUSES = ("deadline", "died", "memory", "outside")


def test_a_worker_keeps_its_place_in_the_group_while_a_text_hangs(
    settings: Settings, kafka: str, produce: Produce, committed: Committed, caplog: pytest.LogCaptureFixture
) -> None:
    """Paused and polled meanwhile: nothing that comes in the pause is lost or passed over."""
    hanging, more = paragraphs(1, text="wait 6 {n}"), paragraphs(200, reports=30)
    produce(map(raw, hanging))
    with caplog.at_level("INFO"), member(settings, kafka) as one:
        assert eventually(lambda: one.worker._in_hand)
        produce(map(raw, more))
        assert eventually(lambda: committed_offsets(settings, kafka) == 1 + len(more), 60), one.error
        assert "gave up" not in caplog.text
    assert Counter(record.id for record in classified_in(committed)) == Counter(p.id for p in (*hanging, *more))


def test_a_partition_that_stands_still_in_the_analysis_is_said_shown_and_not_ready(
    settings: Settings, kafka: str, produce: Produce, caplog: pytest.LogCaptureFixture
) -> None:
    produce(map(raw, paragraphs(1, text="wait 20 {n}")))
    with member(settings, kafka, worker_paragraph_deadline_s=60.0, worker_stall_s=4.0) as one:
        assert eventually(lambda: not one.health.ready()[0] and "stands still" in one.health.ready()[1], 30)
        told = one.health.ready()[1]
        found = re.search(r"stands still in step analyse .*: partition (\d) for \d+ s", told)
        assert found, told
        assert eventually(lambda: f"partition {found[1]} stands still" in caplog.text)
        page = one.page()
        assert page.total("report_streams_stalled_seconds", partition=found[1], step="analyse") >= 4
        assert page.total("report_streams_ready") == 0
        assert eventually(lambda: committed_offsets(settings, kafka) == 1, 60)
        assert eventually(lambda: one.health.ready()[0])
        assert eventually(lambda: one.page().total("report_streams_stalled_seconds") == 0)
        assert caplog.text.count("stands still for") == 1
        assert f"partition {found[1]} moves again" in caplog.text


def test_an_analysis_process_that_is_frozen_stands_still_for_its_deadline_only(
    settings: Settings, kafka: str, produce: Produce, committed: Committed
) -> None:
    with member(settings, kafka, worker_paragraph_deadline_s=2.0) as one:
        assert eventually(lambda: one.health.ready()[0])
        os.kill(one.worker._analyst.pid, signal.SIGSTOP)
        produce(map(raw, good := paragraphs(10)))
        assert eventually(lambda: committed_offsets(settings, kafka) == len(good), 60)
    assert len(classified_in(committed)) == len(good)
    assert not dead_in(committed)
