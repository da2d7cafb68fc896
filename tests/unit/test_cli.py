"""The command line's ways out: help, usage errors, refusals, our own faults, and a reader that leaves."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams import cli
from streams.cli import COMMANDS
from streams.errors import BrokerUnavailableError, InputRefusedError, InternalFaultError, ReportStreamsError, UsageError
from tests.command_line import COMMAND, run


def ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def fails(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli.root, "main", fails)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputRefusedError("a.txt: is empty"), 1),
        (UsageError("setting broker_port: no"), 2),
        (BrokerUnavailableError("Kafka is away"), 3),
        (InternalFaultError("out of memory"), 4),
    ],
)
def test_an_error_is_one_line_and_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: ReportStreamsError, code: int
) -> None:
    assert ends_with(monkeypatch, error) == code
    assert capsys.readouterr().err == f"error: {error}\n"


def test_a_fault_of_ours_says_so_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends_with(monkeypatch, KeyError("text")) == 4
    said = capsys.readouterr().err
    assert "internal fault: KeyError: 'text'" in said
    assert "REPORT_STREAMS_TRACEBACK=1" in said
    assert "Traceback" not in said


def test_help_lists_every_command() -> None:
    done = run("--help", settings={})
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("arguments", [("no-such-command",), ("push",), ("push", "--no-such-option", "x"), ("topics",)])
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, settings={})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    seed = Path(__file__).parents[2] / "seeds" / "14-four-reports.jsonl"
    command = [*COMMAND, "analyse", "--jsonl", *[str(seed)] * 20]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("{")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 0


def test_the_module_is_the_command() -> None:
    asked = subprocess.run([sys.executable, "-m", "streams", "--version"], capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("report-streams, version ")
