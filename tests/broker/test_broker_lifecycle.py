"""The embedded Kafka as a process: started, found, stopped, crashed, taken over."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.broker import embedded, ports
from streams.broker.directory import data_directory
from streams.clients.connection import answers
from streams.settings import Settings
from tests.broker.own_broker import PYTHON, log_of, offline_environment, own_settings, variables
from tests.command_line import COMMAND, eventually, run

pytestmark = pytest.mark.broker


@pytest.fixture
def own(tmp_path: Path, broker_cache: Path, kafka: str) -> Iterator[Settings]:
    # `kafka` is asked for so that these tests skip, with its reason, where no Kafka can be started.
    with own_settings(tmp_path / "own", broker_cache) as settings:
        yield settings


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def put_records(servers: str, count: int) -> None:
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(30)
    producer = Producer({"bootstrap.servers": servers, "enable.idempotence": True})
    for number in range(count):
        producer.produce("kept", str(number).encode())
    assert producer.flush(30) == 0


def count_records(servers: str) -> int:
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "count"})
    try:
        return int(consumer.get_watermark_offsets(TopicPartition("kept", 0), timeout=30)[1])
    finally:
        consumer.close()


def test_commands_start_find_stop_and_recover(own: Settings) -> None:
    given, directory = variables(own), own.broker_data_dir
    assert run("broker", "status", settings=given).returncode == 1
    assert "no Kafka runs on" in run("broker", "stop", settings=given).stdout

    first = run("broker", "start", settings=given)
    assert first.returncode == 0, first.stderr
    status = json.loads(run("broker", "status", "--json", settings=given).stdout)
    servers = embedded.running_bootstrap(directory)
    assert servers == f"127.0.0.1:{status['port']}"
    assert answers(servers)
    put_records(servers, 100)

    again = run("broker", "start", settings=given)
    assert (again.returncode, again.stdout) == (0, f"already running at {servers} (pid {status['pid']})\n")
    logged = run("broker", "logs", "--lines", "4", settings=given)
    assert len(logged.stdout.splitlines()) == 4

    stopped = run("broker", "stop", settings=given)
    assert (stopped.returncode, stopped.stdout) == (0, f"stopped (pid {status['pid']})\n")
    assert gone(status["pid"])
    assert embedded.running_bootstrap(directory) is None
    assert (data_directory(directory).records / ".kafka_cleanshutdown").is_file()

    mark = len(log_of(directory))
    second = embedded.start(own, ready=answers)
    assert count_records(second.bootstrap_servers) == 100
    assert "Skipping recovery" in log_of(directory)[mark:]
    assert "since no clean shutdown file was found" not in log_of(directory)[mark:]

    psutil.Process(second.pid).kill()
    assert eventually(lambda: gone(second.pid))
    crashed = embedded.status(directory)
    assert (crashed.running, crashed.crashed is None) == (False, False)
    mark = len(log_of(directory))
    third = embedded.start(own, ready=answers)
    assert (third.was_running, third.pid != second.pid) == (False, True)
    assert "since no clean shutdown file was found" in log_of(directory)[mark:]
    assert count_records(third.bootstrap_servers) == 100


def test_a_broker_whose_owner_died_is_taken_over_and_a_hung_one_is_killed(own: Settings) -> None:
    program = (
        "import os, sys; from pathlib import Path; from streams.broker import embedded\n"
        "from streams.clients.connection import answers; from streams.settings import Settings\n"
        "embedded.start(Settings(), ready=answers, owner_pid=os.getpid())\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, **{f"REPORT_STREAMS_{k.upper()}": v for k, v in variables(own).items()}}
    ran = subprocess.run([PYTHON, "-c", program], env=environment, check=False, timeout=90)
    assert ran.returncode == -signal.SIGKILL
    before = embedded.status(own.broker_data_dir)
    assert before.running
    assert before.owner_pid is not None
    assert gone(before.owner_pid)

    said: list[str] = []
    taken = embedded.start(own, ready=answers, owner_pid=os.getpid(), say=said.append)
    assert (taken.pid, taken.was_running) == (before.pid, True)
    assert f"taking over the Kafka of process {before.owner_pid}" in said[0]
    assert embedded.status(own.broker_data_dir).owner_pid == os.getpid()

    psutil.Process(taken.pid).suspend()
    assert embedded.stop(own.broker_data_dir, timeout_s=0.5) == embedded.Stopped(taken.pid, clean=False)
    assert gone(taken.pid)


def test_concurrent_starts_make_one_broker_even_offline(own: Settings, tmp_path: Path) -> None:
    environment = offline_environment(tmp_path)
    environment |= {f"REPORT_STREAMS_{name.upper()}": value for name, value in variables(own).items()}

    def start() -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "broker", "start"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    with ThreadPoolExecutor(3) as threads:
        ran = [attempt.result() for attempt in [threads.submit(start) for _ in range(3)]]
    assert [r.returncode for r in ran] == [0, 0, 0], [r.stderr for r in ran]
    assert sum("already running" in r.stdout for r in ran) == 2
    status = embedded.status(own.broker_data_dir)
    assert all(f"at 127.0.0.1:{status.port} (pid {status.pid})" in r.stdout for r in ran)

    data_directory(own.broker_data_dir).clear_running()
    stopped = embedded.stop(own.broker_data_dir)
    assert stopped is not None, "a broker without its record is found by its command line"
    assert (stopped.pid, gone(stopped.pid)) == (status.pid, True)


def test_a_free_port_that_is_lost_is_picked_anew(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    picked = ports.free_ports
    with ports._listener(0) as other:
        lost = other.getsockname()[1]
        answers_in_turn = iter([[picked(1)[0], lost]])
        monkeypatch.setattr(ports, "free_ports", lambda count: next(answers_in_turn, None) or picked(count))
        broker = embedded.start(own, ready=answers)
    assert broker.port != lost
    assert f"127.0.0.1:{lost}" in log_of(own.broker_data_dir)


def test_an_interrupted_start_leaves_no_process(own: Settings) -> None:
    seen: list[int] = []

    def interrupt(_: str) -> bool:
        running = data_directory(own.broker_data_dir).running
        assert running is not None
        seen.append(running.broker.pid)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedded.start(own, ready=interrupt)
    assert len(seen) == 1
    assert gone(seen[0])
    assert data_directory(own.broker_data_dir).running is None


def test_kafka_home_is_run_and_nothing_is_fetched(own: Settings, broker_cache: Path, tmp_path: Path) -> None:
    libs = tmp_path / "unpacked" / "libs"
    libs.mkdir(parents=True)
    for jar in broker_cache.glob("*/*.jar"):
        (libs / jar.name).symlink_to(jar)
    empty = tmp_path / "no-cache"
    environment = offline_environment(tmp_path) | {"KAFKA_HOME": str(libs.parent)}
    given = variables(own) | {"broker_cache_dir": str(empty)}
    environment |= {f"REPORT_STREAMS_{name.upper()}": value for name, value in given.items()}
    command = [*COMMAND, "broker", "start"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not empty.exists()
    pid = embedded.status(own.broker_data_dir).pid
    assert str(libs) in " ".join(psutil.Process(pid).cmdline())
