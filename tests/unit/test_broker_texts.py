"""The embedded Kafka's pure parts: configuration, versions, reasons, processes that are not the broker."""

import os
from pathlib import Path

import psutil
import pytest

from streams.broker.directory import ProcessId, Running, data_directory
from streams.broker.distribution import parse_version, version_text
from streams.broker.embedded import running_bootstrap, status, stop
from streams.broker.failures import reason_in, tail
from streams.broker.jars import kafka_version, recorded_jars
from streams.broker.java import new_cluster_id
from streams.broker.processes import alive, broker_process, process_id
from streams.broker.properties import BrokerConfig, log4j2_properties, server_properties


def test_server_properties_listen_on_loopback_only_and_have_each_key_once() -> None:
    text = server_properties(BrokerConfig(1234, 5678, Path("/data/records")))
    pairs = dict(line.split("=", 1) for line in text.splitlines())
    assert len(pairs) == len(text.splitlines())
    assert pairs["listeners"] == "CLIENTS://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678"
    assert pairs["controller.quorum.voters"] == "1@127.0.0.1:5678"
    assert pairs["log.dirs"] == "/data/records"
    assert pairs["message.max.bytes"] == "8388608"
    assert {value for key, value in pairs.items() if "replication.factor" in key} == {"1"}


def test_a_backslash_of_a_path_survives_javas_properties_format() -> None:
    assert "fileName=/a\\\\b.log\n" in log4j2_properties(Path("/a\\b.log"))


def test_versions_are_compared_as_numbers() -> None:
    assert parse_version("4.10.0") > parse_version("4.9.1")
    assert version_text(parse_version("4.3.1")) == "4.3.1"


def test_the_recorded_jars_are_whole() -> None:
    jars = recorded_jars()
    assert len(jars) > 40
    assert kafka_version(jars).startswith("4.3.")
    assert all(len(bytes.fromhex(jar.sha256)) == 32 and jar.size > 0 for jar in jars)
    assert len({jar.file_name for jar in jars}) == len(jars)
    assert any("log4j-slf4j-impl" in jar.coordinate for jar in jars), "without it the broker logs nothing"


def test_cluster_ids_are_as_kafka_takes_them() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(len(text) == 22 and not text.startswith("-") for text in ids)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("java.io.IOException: No space left on device", "disk is full"),
        ("Socket server failed to bind to 127.0.0.1:9: Address already in use.", "port was taken"),
        ("Could not reserve enough space for 943718400000 KB object heap", "refuses the heap"),
        ("Too small maximum heap", "refuses the heap"),
        ("Terminating due to java.lang.OutOfMemoryError: Java heap space", "heap is too small"),
        ("KafkaException: Failed to acquire lock on file .lock in /x", "another Kafka runs"),
        ("java.nio.file.AccessDeniedException: /x", "may not be written"),
    ],
)
def test_known_causes_are_told_from_the_log(line: str, reason: str) -> None:
    assert reason in (reason_in(f"INFO fine\n{line}\nINFO shut down") or "")


def test_an_unknown_cause_is_not_guessed() -> None:
    assert reason_in("ERROR something new") is None


def test_the_tail_shows_last_lines_without_stack_frames() -> None:
    log = "\n".join(["one", "two", "ERROR broken", "\tat a.b.C(D.java:1)", "\t... 12 more", ""])
    assert tail(log, 2) == "  two\n  ERROR broken"


def test_a_pid_that_another_process_has_now_is_not_taken_for_the_broker(tmp_path: Path) -> None:
    me = process_id(os.getpid())
    assert alive(me)
    assert not alive(ProcessId(pid=me.pid, create_time=me.create_time - 60))

    directory = data_directory(tmp_path / "own")
    directory.create()
    stale = Running(
        broker=ProcessId(pid=me.pid, create_time=me.create_time - 60), owner=None, port=1, kafka="4.3.1", started=0
    )
    directory.write_running(stale)
    assert running_bootstrap(directory.root) is None
    # Even a record that fits a living process does not make that process a Kafka: it must not be killed.
    directory.write_running(stale.model_copy(update={"broker": me}))
    assert broker_process(directory) is None
    assert not status(directory.root).running
    assert stop(directory.root) is None
    assert psutil.Process(me.pid).is_running()
    assert directory.running is None


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}'])
def test_a_broken_record_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "running.json").write_text(content, "utf-8")
    assert data_directory(tmp_path).running is None
    assert running_bootstrap(tmp_path) is None


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert not status(missing).running
    assert stop(missing) is None
    assert running_bootstrap(missing) is None
    assert not missing.exists()
