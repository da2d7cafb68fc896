"""The analysis process: outcomes in order, and a record that it does not survive is found and set aside, no other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from schemas.codec import decode, encode
from schemas.dead_letter import DeadLetter
from schemas.paragraph import Paragraph, Report
from streams.errors import InternalFaultError
from streams.worker.analyst import Analyst, Loss
from streams.worker.frames import Field, outcome_of, pack, record_fields
from streams.worker.handle import Consumed, Handled, handle, judge
from streams.worker.process import AnalysisProcess, ProcessLimits
from tests.command_line import ROOT, eventually
from tests.worker_analyses import EATS, EXITS, FULL_DISK, HANGS, HANGS_ONCE, KILLED, PANICS, RAISES, SEGFAULTS, Faulty

MOMENT = datetime(2023, 1, 8, 12, 30, 0, 417_000, tzinfo=UTC)
FAULTY = "tests.worker_analyses:Faulty"
LIMITS = ProcessLimits(deadline_s=2.0, memory_mb=1024)


def record(offset: int, text: str) -> Consumed:
    paragraph = Paragraph.numbered(Report(id="r1", title="年度报告"), offset, text, pushed_at=MOMENT)
    message = encode(paragraph, source="/t", time=MOMENT)
    return Consumed("reports.paragraphs.v1", 2, offset, MOMENT, message.key, message.value, tuple(message.headers))


def records(*texts: str) -> list[Consumed]:
    return [record(offset, text) for offset, text in enumerate(texts)]


@pytest.fixture(autouse=True)
def _findable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The analysis process looks for modules where this one does, and pytest finds tests without a path."""
    monkeypatch.syspath_prepend(ROOT)


class Lost(list[Loss]):
    """The losses that an analyst told of."""

    @property
    def causes(self) -> list[str]:
        return [loss.cause for loss in self]


@contextmanager
def analyst(limits: ProcessLimits = LIMITS, lost: Lost | None = None, factory: str = FAULTY) -> Iterator[Analyst]:
    made = Analyst(factory, limits, lost=(lost if lost is not None else Lost()).append)
    try:
        yield made
    finally:
        made.close()


def outcomes(batch: list[Consumed], lost: Lost | None = None, limits: ProcessLimits = LIMITS) -> list[Handled]:
    with analyst(limits, lost) as one:
        one.submit(batch)
        return one.outcomes(len(batch))


def letter_of(handled: Handled) -> DeadLetter:
    (output,) = handled.outputs
    return decode(DeadLetter, output.message.value, output.message.headers)


def test_outcomes_are_those_of_handle_in_order_whatever_the_bytes() -> None:
    odd = [
        Consumed("t", 0, 7, None, None, None),
        Consumed("t", 1, 8, MOMENT, b"", b""),
        Consumed("t", 5, 1 << 62, MOMENT, b"\xff\x00", b"\xfe" * 300_000, (("trace", None), ("trace", b"\x00"))),
        Consumed("t", 3, 9, MOMENT, b"k", b"{}", (("ce_dataschema", b"urn:report-streams:paragraph:9.0"),)),
    ]
    batch = [*records("增长5%", RAISES, "新增3万人"), *odd, *records("又增长6%")]
    assert outcomes(batch) == [handle(one, Faulty().analyse) for one in batch]


def test_batches_are_done_one_after_the_other_and_beside_the_caller() -> None:
    with analyst() as one:
        one.submit(records("甲", "乙"))
        one.submit(records("丙"))
        assert [handled.consumed.value for handled in one.outcomes(2)] == [r.value for r in records("甲", "乙")]
        assert [handled.consumed.value for handled in one.outcomes(1)] == [records("丙")[0].value]


def test_the_analysis_goes_on_while_its_worker_does_not_read() -> None:
    """As while it commits: the outcomes are several times what the line between the two takes."""
    batch = records(*["长" * 2000] * 50)
    process = AnalysisProcess(FAULTY, LIMITS)
    try:
        process.send(b"".join(pack(record_fields(one)) for one in batch))
        assert eventually(lambda: process.begun == len(batch)), process.begun
        frames: list[list[Field]] = []
        while len(frames) < len(batch):
            frames += process.exchange(5.0) or []
        assert [outcome_of(fields) for fields in frames] == [judge(one, Faulty().analyse) for one in batch]
    finally:
        process.kill()
        process.close()


def test_what_was_dropped_never_comes_out() -> None:
    with analyst() as one:
        one.submit(records("甲", "乙"))
        one.drop()
        one.submit(after := records("丙"))
        assert [handled.consumed for handled in one.outcomes(1)] == after


def test_a_dropped_record_that_hangs_does_not_cost_the_next_batch_a_record() -> None:
    with analyst() as one:
        one.submit(records("甲", HANGS))
        one.drop()
        one.submit(after := records("丙", "丁"))
        assert [(handled.consumed, handled.dead) for handled in one.outcomes(2)] == [(record, None) for record in after]


@pytest.mark.parametrize(
    ("text", "cause", "reason"),
    [
        (HANGS, "deadline", "within 2 s (worker_paragraph_deadline_s)"),
        (SEGFAULTS, "died", "SIGSEGV"),
        (EXITS, "died", "exit code 3"),
        (PANICS, "died", "RAISED"),
        (EATS, "memory", "more than 1024 MB"),
    ],
)
def test_a_record_that_the_process_does_not_survive_is_found_and_set_aside(text: str, cause: str, reason: str) -> None:
    batch, lost = records("甲", "乙", text, "丙", "丁"), Lost()
    done = outcomes(batch, lost)
    assert [handled.consumed for handled in done] == batch
    assert [handled.dead for handled in done] == [None, None, "analyse", None, None]
    letter = letter_of(done[2])
    assert reason in letter.reason
    assert "alone in a new process" in letter.reason
    assert (letter.value, letter.offset) == (batch[2].value, 2)
    assert lost.causes == [cause, cause]


def test_two_such_records_in_one_batch_are_both_found() -> None:
    done = outcomes(records(EXITS, "甲", SEGFAULTS, "乙"))
    assert [handled.dead for handled in done] == ["analyse", None, "analyse", None]


def test_a_hang_that_does_not_come_again_costs_no_record(tmp_path: Path) -> None:
    lost = Lost()
    done = outcomes(records("甲", f"{HANGS_ONCE}{tmp_path / 'mark'}", "乙"), lost)
    assert [handled.dead for handled in done] == [None, None, None]
    assert lost.causes == ["deadline"]


def test_a_process_that_a_person_froze_or_killed_costs_no_record() -> None:
    lost = Lost()
    with analyst(lost=lost) as one:
        os.kill(one.pid, signal.SIGSTOP)
        one.submit(records("甲", "乙"))
        assert [handled.dead for handled in one.outcomes(2)] == [None, None]
        os.kill(one.pid, signal.SIGKILL)
        one.submit(records("丙"))
        assert [handled.dead for handled in one.outcomes(1)] == [None]
    assert lost.causes == ["deadline", "outside"]


def test_a_process_killed_on_the_same_record_twice_stops_the_worker() -> None:
    """As the system does when memory runs out: the record may be as innocent as any other."""
    with pytest.raises(InternalFaultError, match=r"SIGKILL.*reports\.paragraphs\.v1\[2\]@1.*no verdict"):
        outcomes(records("甲", KILLED, "乙"))


def test_a_fault_of_the_machine_stops_the_worker(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InternalFaultError, match="a fault of the machine"):
        outcomes(records("甲", FULL_DISK))
    assert "No space left on device" in capfd.readouterr().err


def test_a_memory_limit_that_the_machine_cannot_give_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1})())
    with pytest.raises(InternalFaultError, match="the machine has less left"):
        outcomes(records(EATS))


def test_a_run_of_records_that_it_does_not_survive_is_our_fault() -> None:
    with pytest.raises(InternalFaultError, match=r"11 records in a row .* the fault is likely ours"):
        outcomes(records(*[EXITS] * 20))


def test_a_process_that_cannot_begin_stops_the_worker(capfd: pytest.CaptureFixture[str]) -> None:
    for factory, said in (("CannotBegin", "the dictionary is missing"), ("NoSuch", "has no attribute")):
        with pytest.raises(InternalFaultError, match=rf"{factory}\) cannot begin.*NO_ANALYSIS"):
            AnalysisProcess(f"tests.worker_analyses:{factory}", LIMITS)
        assert said in capfd.readouterr().err


def test_a_process_that_is_never_ready_stops_the_worker() -> None:
    with pytest.raises(InternalFaultError, match="was not ready within 1 s"):
        AnalysisProcess("tests.worker_analyses:NeverReady", ProcessLimits(2.0, start_s=1.0))


def test_the_process_ignores_what_the_worker_is_asked_to_drain_by() -> None:
    with analyst() as one:
        os.kill(one.pid, signal.SIGTERM)
        os.kill(one.pid, signal.SIGINT)
        one.submit(records("甲"))
        assert one.outcomes(1)[0].dead is None


def test_the_worker_is_called_while_it_waits() -> None:
    calls: list[float] = []
    with analyst() as one:
        one.while_waiting(lambda: calls.append(time.monotonic()))
        one.submit(records("wait 0.5"))
        one.outcomes(1)
    assert len(calls) > 3


A_WORKER = """
from tests.unit.test_worker_analyst import *
one = Analyst(FAULTY, ProcessLimits(60.0))
print(one.pid, flush=True)
one.submit(records(HANGS))
one.outcomes(1)
"""


def test_the_process_ends_with_its_worker_even_while_it_hangs() -> None:
    with subprocess.Popen([sys.executable, "-c", A_WORKER], stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdout is not None
        process = psutil.Process(int(worker.stdout.readline()))
        worker.kill()
    assert eventually(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
