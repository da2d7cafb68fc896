"""What `broker start` refuses, and how it says so: the exit code, what was seen, and what to do."""

import os
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.broker import embedded
from streams.broker.directory import MIN_FREE_BYTES, Marker, data_directory
from streams.errors import BrokerUnavailableError, UsageError
from streams.settings import Settings
from tests.broker.own_broker import log_of, own_settings, variables
from tests.command_line import run

pytestmark = pytest.mark.broker


@pytest.fixture
def own(tmp_path: Path, broker_cache: Path, kafka: str) -> Iterator[Settings]:
    with own_settings(tmp_path / "own", broker_cache) as settings:
        yield settings


def refused(settings: dict[str, str], exit_code: int) -> str:
    ran = run("broker", "start", settings=settings)
    assert ran.returncode == exit_code, ran.stderr
    assert ran.stderr.startswith("error: ") or "\nerror: " in ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_port_taken_names_the_port_and_its_holder(own: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(variables(own) | {"broker_port": str(port)}, 3)
    assert f"port {port} of 127.0.0.1 is taken by" in said
    assert f"(pid {os.getpid()})" in said


def test_data_of_a_newer_kafka_names_both_versions(own: Settings) -> None:
    directory = data_directory(own.broker_data_dir)
    directory.create()
    directory.write_marker(Marker(kafka="99.1.0", cluster_id="x"))
    said = refused(variables(own), 3)
    assert "was written by Kafka 99.1.0, and this is Kafka 4." in said


def test_a_directory_of_other_files_is_left_alone(own: Settings) -> None:
    own.broker_data_dir.mkdir()
    (own.broker_data_dir / "thesis.txt").write_text("mine", "utf-8")
    assert "holds files that report-streams did not write" in refused(variables(own), 2)
    assert [path.name for path in own.broker_data_dir.iterdir()] == ["thesis.txt"]


def test_a_directory_that_cannot_be_made(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(variables(own) | {"broker_data_dir": str(tmp_path / "file" / "below")}, 2)
    assert f"broker_data_dir {tmp_path / 'file' / 'below'} cannot be used: Not a directory" in said


def test_a_directory_without_permission(own: Settings) -> None:
    # Nobody, not even root, makes directories there.
    said = refused(variables(own) | {"broker_data_dir": "/sys/report-streams"}, 2)
    assert "broker_data_dir /sys/report-streams cannot be used: " in said
    assert re.search(r"Permission denied|Operation not permitted|Read-only", said)


def test_another_kafka_is_named(own: Settings) -> None:
    said = refused(variables(own) | {"bootstrap_servers": "kafka.example:9092"}, 2)
    assert "bootstrap_servers is set (kafka.example:9092)" in said
    assert not own.broker_data_dir.exists()


def test_a_heap_that_java_refuses(own: Settings) -> None:
    said = refused(variables(own) | {"broker_heap": "1m"}, 3)
    assert "Java refuses the heap" in said
    assert "Too small maximum heap" in said
    assert data_directory(own.broker_data_dir).running is None


def test_a_full_disk_is_refused_before_the_start(own: Settings) -> None:
    directory = data_directory(own.broker_data_dir)
    directory.create()
    directory.check_space(lambda _: MIN_FREE_BYTES)
    with pytest.raises(BrokerUnavailableError, match=r"disk of .*own is full: 299 MB are free"):
        directory.check_space(lambda _: MIN_FREE_BYTES - 1_000_000)


def test_a_full_disk_stops_a_start(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=5_000_000))
    with pytest.raises(BrokerUnavailableError, match="5 MB are free"):
        embedded.start(own, ready=lambda _: True)
    assert not data_directory(own.broker_data_dir).records.exists()


def test_records_that_kafka_cannot_read_end_with_its_last_words(own: Settings) -> None:
    directory = data_directory(own.broker_data_dir)
    directory.create()
    directory.records.mkdir()
    (directory.records / "meta.properties").write_text("version=7\n", "utf-8")
    with pytest.raises(BrokerUnavailableError, match=r"(?s)Kafka ended while it started.*The end of .*broker\.log"):
        embedded.start(own, ready=lambda _: False)
    assert "meta.properties" in log_of(own.broker_data_dir)


@pytest.mark.parametrize(
    ("jar", "message"), [(None, "holds no Kafka"), ("kafka_2.13-3.9.1.jar", "holds Kafka 3.9.1; 4.0.0 or newer")]
)
def test_kafka_home_without_a_usable_kafka(own: Settings, tmp_path: Path, jar: str | None, message: str) -> None:
    home = tmp_path / "home"
    (home / "libs").mkdir(parents=True)
    if jar:
        (home / "libs" / jar).touch()
    with pytest.raises(UsageError, match=message):
        embedded.start(own.model_copy(update={"broker_kafka_home": home}), ready=lambda _: True)
