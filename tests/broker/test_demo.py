"""The demo as `make demo` runs it: events of all kinds, nothing left running, and it works twice."""

import os
import re
import signal
import stat
from pathlib import Path

import psutil
import pytest

from tests.command_line import ROOT, Running, eventually, run

pytestmark = pytest.mark.broker


@pytest.fixture
def own(broker_cache: Path, tmp_path: Path) -> dict[str, str]:
    """Settings of a demo that leaves the user's own Kafka and demo alone."""
    return {"broker_data_dir": str(tmp_path / "broker"), "broker_cache_dir": str(broker_cache)}


def processes_of(folder: Path) -> list[psutil.Process]:
    """Living processes that name the folder on their command line, but for this one."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if any(str(folder) in word for word in line) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


@pytest.fixture
def _no_system_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `java` first on the path that fails when called."""
    stub = tmp_path / "bin" / "java"
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\necho 'the system java was called' >&2\nexit 97\n")
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{stub.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)


@pytest.mark.usefixtures("_no_system_java")
def test_the_demo_shows_all_kinds_twice_and_leaves_nothing(own: dict[str, str], tmp_path: Path) -> None:
    tables = []
    for _ in range(2):
        done = run("demo", str(ROOT / "seeds"), settings=own, timeout_s=180)
        assert done.returncode == 0, done.stdout + done.stderr
        counts = re.search(
            r"^speech (\d+), proposal (\d+), statistic (\d+), plan (\d+), deadletter 0$", done.stdout, re.M
        )
        assert counts, done.stdout
        assert all(int(count) > 0 for count in counts.groups())
        pushed = re.search(r"^(\d+) paragraphs of 19 files acknowledged", done.stdout, re.M)
        assert pushed
        assert f"report_streams_records_in_total {pushed[1]}" in done.stdout
        assert processes_of(tmp_path) == []
        assert list(tmp_path.glob("broker*")) == []
        tables.append(done.stdout.partition("5/5")[2].partition("All is stopped")[0])
    assert sorted(tables[0].splitlines()) == sorted(tables[1].splitlines())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_told_to_end_stops_what_it_started(
    own: dict[str, str], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with Running("demo", str(ROOT / "seeds"), settings=own) as demo:
        assert eventually(lambda: processes_of(tmp_path), 60)
        demo.process.send_signal(number)
        assert demo.ended(60) == code, demo.lines
    assert processes_of(tmp_path) == []
    assert list(tmp_path.glob("broker*")) == []


def test_what_a_killed_demo_left_is_cleared_by_the_next(own: dict[str, str], tmp_path: Path) -> None:
    with Running("demo", str(ROOT / "seeds"), settings=own) as demo:
        assert eventually(lambda: processes_of(tmp_path), 60)
        demo.process.kill()
    assert processes_of(tmp_path)
    one = str(ROOT / "seeds" / "12-lancui-street-news.txt")
    assert run("demo", one, settings=own, timeout_s=180).returncode == 0
    assert processes_of(tmp_path) == []


def test_a_directory_that_is_not_the_demos_stays(own: dict[str, str], tmp_path: Path) -> None:
    treasure = tmp_path / "broker-demo" / "treasure.txt"
    treasure.parent.mkdir()
    treasure.write_text("mine")
    done = run("demo", str(ROOT / "seeds"), settings=own)
    assert done.returncode == 2
    assert "holds files that report-streams did not write" in done.stderr
    assert treasure.read_text() == "mine"


def test_a_demo_on_a_named_kafka_deletes_its_topics(kafka: str, own: dict[str, str], topic_prefix: str) -> None:
    named = {**own, "bootstrap_servers": kafka, "topic_prefix": topic_prefix}
    done = run("demo", str(ROOT / "seeds" / "12-lancui-street-news.txt"), settings=named, timeout_s=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{topic_prefix}demo-" in done.stdout
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        assert eventually(lambda: not [name for name in admin.list_topics() if name.startswith(topic_prefix)])
    finally:
        admin.close()
