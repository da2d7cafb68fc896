"""Start, stop and look at the embedded Kafka of a data directory.

A start, in this order:
1. refuse when the settings name another Kafka; make the data directory, or refuse one that is not ours;
2. take the directory's lock, so that of two starts the second finds the first one's broker;
3. a broker that runs already and answers is the answer; when its owner has died it is *adopted*, since its records
   and its clients' connections are sound; one that does not answer within ``ANSWER_WAIT_S`` is ended and started anew;
4. find Kafka's jars, refuse a Kafka older than the data, a full disk, a port that is taken;
5. format the records once, in a directory that gets its name when that is done;
6. sign off the broker's former life (``fencing.py``), so that no transaction that was being ended loses its markers;
7. start Java in a session of its own and record the process at once, so that nothing is lost track of when we die;
8. wait until a client gets metadata. When that fails: stop it, and say why, with the last lines of its log.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from streams.broker import failures, fencing, java, ports, processes
from streams.broker.directory import DataDirectory, Marker, ProcessId, Running, data_directory
from streams.broker.distribution import Distribution, find_distribution, version_text
from streams.broker.properties import HOST, BrokerConfig, log4j2_properties, server_properties
from streams.errors import BrokerUnavailableError, UsageError
from streams.settings import Settings

READY_WAIT_S = 60.0
ANSWER_WAIT_S = 15.0
STOP_WAIT_S = 30.0
PORT_TRIES = 3
"""A free port can be lost to another program before Kafka listens on it."""

Ready = Callable[[str], bool]
"""Whether a client gets metadata from these bootstrap servers now; takes a few seconds at most."""
Say = Callable[[str], None]
"""Tells a person what is going on."""


@dataclass(frozen=True)
class RunningBroker:
    """A broker that answers; ``was_running`` says that this start did not start it."""

    pid: int
    port: int
    data_dir: Path
    was_running: bool

    @property
    def bootstrap_servers(self) -> str:
        """Its address, as clients take it."""
        return f"{HOST}:{self.port}"


@dataclass(frozen=True)
class Stopped:
    """A broker that was stopped; ``clean`` is false when it had to be killed, and Kafka will check its logs."""

    pid: int
    clean: bool


@dataclass(frozen=True)
class Status:
    """What there is to say of a data directory; the fields of a process are None when none runs.

    ``started`` is in seconds since the epoch; ``crashed`` is why a broker that nobody stopped has ended.
    """

    data_dir: Path
    running: bool
    pid: int | None = None
    port: int | None = None
    kafka: str | None = None
    started: float | None = None
    owner_pid: int | None = None
    size_bytes: int = 0
    crashed: str | None = None


def start(
    settings: Settings, *, ready: Ready, owner_pid: int | None = None, say: Say = lambda _: None
) -> RunningBroker:
    """Start the embedded Kafka, or find it running, and return when it answers.

    It outlives the caller. ``owner_pid`` names the process that is to stop it; when that one has died without doing
    so, the next start takes the broker over.

    Raises:
        UsageError: the settings name another Kafka, or a directory, a KAFKA_HOME or a heap that cannot be used.
        BrokerUnavailableError: Kafka cannot be fetched, started, or does not answer; says why and what to do.
    """
    if settings.bootstrap_servers:
        raise UsageError(
            f"bootstrap_servers is set ({settings.bootstrap_servers}): that Kafka is used, and the embedded one "
            "is never started then. Unset it to use the embedded one"
        )
    directory = data_directory(settings.broker_data_dir)
    directory.create()
    owner = processes.process_id(owner_pid) if owner_pid is not None else None
    with _system_errors(directory), directory.locked() as lock:
        found = _take_over(directory, ready, owner, say)
        return found or _start_anew(settings, directory, ready, owner, say, lock)


def stop(data_dir: Path, timeout_s: float = STOP_WAIT_S) -> Stopped | None:
    """Stop the broker of this data directory, cleanly if it does within ``timeout_s``; None when none runs.

    When this returns, its process has gone.
    """
    directory = data_directory(data_dir)
    if not directory.is_ours:
        return None
    with _system_errors(directory), directory.locked():
        process = processes.broker_process(directory)
        clean = processes.end(process, timeout_s) if process else True
        directory.clear_running()
        return Stopped(process.pid, clean) if process else None


def discard(data_dir: Path) -> None:
    """Stop what runs on a data directory and remove it with all its records; a directory that is not ours stays."""
    directory = data_directory(data_dir)
    if directory.is_ours:
        stop(data_dir)
        shutil.rmtree(directory.root, ignore_errors=True)


def status(data_dir: Path) -> Status:
    """What runs on this data directory; changes nothing and waits for nothing."""
    directory = data_directory(data_dir)
    size = directory.size_bytes() if directory.root.is_dir() else 0
    running, process = directory.running, processes.broker_process(directory)
    marker = directory.marker
    kafka = marker.kafka if marker else None
    if running is None or process is None or process.pid != running.broker.pid:
        crashed = _why(_read_log(directory)) if running else None
        return Status(directory.root, running=False, kafka=kafka, size_bytes=size, crashed=crashed)
    return Status(
        directory.root,
        running=True,
        pid=process.pid,
        port=running.port,
        kafka=running.kafka,
        started=running.started,
        owner_pid=running.owner.pid if running.owner else None,
        size_bytes=size,
    )


def running_bootstrap(data_dir: Path) -> str | None:
    """Where clients find the broker of this data directory; None when none runs."""
    directory = data_directory(data_dir)
    running = directory.running
    if running is None or not processes.alive(running.broker):
        return None
    return f"{HOST}:{running.port}"


def log_path(data_dir: Path) -> Path:
    """The broker's log; there is none before the first start."""
    return data_directory(data_dir).log


@contextmanager
def _system_errors(directory: DataDirectory) -> Iterator[None]:
    """Make a message of what the system refuses us: a full disk, another user's files, another user's process."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BrokerUnavailableError(f"Kafka in {directory.root}: {error.strerror or error}{where}") from error
    except psutil.AccessDenied as error:
        raise BrokerUnavailableError(
            f"the Kafka in {directory.root} (pid {error.pid}) belongs to another user, who has to stop it"
        ) from error


def _take_over(directory: DataDirectory, ready: Ready, owner: ProcessId | None, say: Say) -> RunningBroker | None:
    process, running = processes.broker_process(directory), directory.running
    if process is None:
        directory.clear_running()
        return None
    if running is None or running.broker.pid != process.pid:
        say(f"stopping a Kafka (pid {process.pid}) on {directory.root} that no start has recorded")
    elif _answers(process, running.port, ready, ANSWER_WAIT_S):
        if running.owner is not None and not processes.alive(running.owner):
            say(f"taking over the Kafka of process {running.owner.pid}, which ended without stopping it")
            directory.write_running(running.model_copy(update={"owner": owner}))
        return RunningBroker(process.pid, running.port, directory.root, was_running=True)
    else:
        say(f"the Kafka that runs (pid {process.pid}) does not answer; starting it anew")
    processes.end(process, STOP_WAIT_S)
    directory.clear_running()
    return None


def _start_anew(
    settings: Settings, directory: DataDirectory, ready: Ready, owner: ProcessId | None, say: Say, lock: int
) -> RunningBroker:
    kafka = find_distribution(settings)
    directory.check_version(kafka.version)
    directory.check_space()
    if settings.broker_port:
        _check_port(settings.broker_port)
    for tries_left in reversed(range(PORT_TRIES)):
        controller, port = ports.free_ports(2)
        config = BrokerConfig(settings.broker_port or port, controller, directory.records)
        try:
            _prepare_records(directory, kafka, config, lock)
            fencing.fence(kafka, directory, config)
            return _launch(settings, directory, kafka, config, ready, owner, say)
        except failures.PortLostError as lost:
            if not tries_left or (settings.broker_port and not ports.is_free(settings.broker_port)):
                raise BrokerUnavailableError(str(lost)) from lost
    raise AssertionError("the loop returns or raises")


def _check_port(port: int) -> None:
    try:
        free = ports.is_free(port)
    except PermissionError as error:
        raise UsageError(f"broker_port {port} may only be used by root; name one above 1023, or 0 for any") from error
    if not free:
        raise BrokerUnavailableError(
            f"port {port} of {HOST} is taken by {ports.holder(port) or 'another program'}: "
            "stop that, or name another broker_port (0 picks a free one)"
        )


def _launch(
    settings: Settings,
    directory: DataDirectory,
    kafka: Distribution,
    config: BrokerConfig,
    ready: Ready,
    owner: ProcessId | None,
    say: Say,
) -> RunningBroker:
    directory.properties.write_text(server_properties(config), "utf-8")
    directory.log_config.write_text(log4j2_properties(directory.log), "utf-8")
    say(f"starting Kafka {version_text(kafka.version)} on {HOST}:{config.port}")
    before = directory.log.stat().st_size if directory.log.exists() else 0
    process = psutil.Process(processes.spawn(java.broker_command(kafka, directory, settings.broker_heap), directory))
    try:
        # Java is the very process that we spawned, so its create time is known before it says a word.
        broker = ProcessId(pid=process.pid, create_time=process.create_time())
        text = version_text(kafka.version)
        directory.write_running(Running(broker=broker, owner=owner, port=config.port, kafka=text, started=time.time()))
        answers = _answers(process, config.port, ready, READY_WAIT_S)
    except BaseException:  # Ctrl-C as well: what we started and nobody has seen answering goes with us
        processes.end(process, STOP_WAIT_S)
        directory.clear_running()
        raise
    if not answers:
        _give_up(directory, process, before)
    return RunningBroker(process.pid, config.port, directory.root, was_running=False)


def _prepare_records(directory: DataDirectory, kafka: Distribution, config: BrokerConfig, lock: int) -> None:
    """Format the records once; a format that was cut short is done again from nothing."""
    marker = directory.marker
    cluster_id = marker.cluster_id if marker else java.new_cluster_id()
    if not directory.records.is_dir():
        java.format_records(kafka, directory, config, cluster_id, lock)
    directory.write_marker(Marker(kafka=version_text(kafka.version), cluster_id=cluster_id))


def _answers(process: psutil.Process, port: int, ready: Ready, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while not processes.ended(process):
        # Whoever else listens there is not asked: it may be another Kafka, and its answer would pass for ours.
        if processes.listens(process, port) and ready(f"{HOST}:{port}"):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return False


def _give_up(directory: DataDirectory, process: psutil.Process, log_offset: int) -> None:
    ended = processes.ended(process)
    processes.end(process, STOP_WAIT_S)
    directory.clear_running()
    log = _read_log(directory, log_offset)
    what = "ended while it started" if ended else f"did not answer within {READY_WAIT_S:.0f} s"
    raise failures.start_failed(f"Kafka {what}", log, directory.log)


def _why(log: str) -> str:
    return failures.reason_in(log) or "its log names no cause that we know"


def _read_log(directory: DataDirectory, offset: int = 0) -> str:
    try:
        content = directory.log.read_bytes()
    except FileNotFoundError:
        return ""
    return content[offset if offset <= len(content) else 0 :].decode("utf-8", "replace")
