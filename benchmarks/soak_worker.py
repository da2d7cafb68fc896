"""The soak's processes: an embedded Kafka, a pusher, and a worker that is looked at."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from confluent_kafka import Producer

from schemas.codec import Message
from schemas.topics import PARAGRAPHS
from streams.broker import embedded
from streams.clients.connection import answers
from streams.clients.topic_admin import TopicAdmin
from streams.metrics import PageOfMetrics
from streams.settings import PREFIX, Settings

_STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the worker and its children: seconds since the start, records done, bytes, files, threads."""

    seconds: float
    records: int
    rss: int
    files: int
    threads: int
    processes: int


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a Kafka with topics, gone afterwards."""
    settings = Settings(broker_data_dir=folder, broker_port=0)
    try:
        address = embedded.start(settings, ready=answers, owner_pid=os.getpid()).bootstrap_servers
        with TopicAdmin(settings, address) as admin:
            admin.create()
        yield address
    finally:
        embedded.discard(folder)


class Soaked:
    """The worker under soak."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._begun = time.monotonic()
        self._page = self._address(log)

    def sample(self) -> Sample:
        """A look at it now; RuntimeError when it has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the worker ended with {self._process.returncode}")
        with urllib.request.urlopen(self._page, timeout=30) as answer:  # noqa: S310 -- the worker's own page
            records = int(PageOfMetrics(answer.read().decode()).records_in)
        parent = psutil.Process(self._process.pid)
        rss = files = threads = processes = 0
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                rss += process.memory_info().rss
                files += process.num_fds()
                threads += process.num_threads()
                processes += 1
        return Sample(time.monotonic() - self._begun, records, rss, files, threads, processes)

    def _address(self, log: Path) -> str:
        while self._process.poll() is None:
            first = log.read_text("utf-8").partition("\n")
            if first[1] and "http://" in first[0]:
                return first[0][first[0].index("http://") :].strip()
            time.sleep(0.1)
        raise RuntimeError(f"the worker did not start:\n{log.read_text('utf-8')}")


@contextmanager
def soaked_worker(address: str, log: Path) -> Iterator[Soaked]:
    """A worker with its defaults, told to drain at the end."""
    ours = {f"{PREFIX}BOOTSTRAP_SERVERS": address, f"{PREFIX}METRICS_PORT": "0"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", "worker"], env={**os.environ, **ours}, stdout=output, stderr=output
        )
    try:
        yield Soaked(process, log)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
        process.kill()
        process.wait()


def push(address: str, messages: Iterable[Message], done: Callable[[], int], ahead: int) -> threading.Thread:
    """Push on a thread, at most so many records ahead of what is done; it ends with the messages."""

    def run() -> None:
        producer = Producer({"bootstrap.servers": address, "partitioner": "murmur2_random", "enable.idempotence": True})
        for number, message in enumerate(messages):
            while number - done() > ahead:
                producer.poll(0.2)
            _hand_over(producer, message)
        producer.flush()

    thread = threading.Thread(target=run, name="pusher", daemon=True)
    thread.start()
    return thread


def _hand_over(producer: Producer, message: Message) -> None:
    while True:
        try:
            producer.produce(PARAGRAPHS.name, message.value, message.key, headers=message.headers)
        except BufferError:
            producer.poll(0.1)
        else:
            producer.poll(0)
            return
