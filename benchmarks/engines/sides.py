"""The sides: how each is started, and in which environment."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.peers.environment import Peer

ROOT = Path(__file__).parents[2]
QUIX = Peer(
    "quixstreams",
    "",
    (
        "confluent-kafka==2.12.2",
        "anyio==4.16.0",
        "authlib==1.9.9",
        "avro==1.12.2",
        "cachetools==8.0.1",
        "fastavro==1.13.1",
        "googleapis-common-protos==1.76.0",
        "h11==0.16.0",
        "httpcore==1.0.9",
        "httpx==0.28.1",
        "joserfc==1.8.0",
        "jsonlines==4.0.0",
        "jsonpath-ng==1.16.0",
        "jsonschema==4.26.0",
        "jsonschema-specifications==2025.9.1",
        "orjson==3.13.0",
        "protobuf==7.36.2",
        "quixstreams==3.28.1",
        "referencing==0.37.0",
        "rocksdict==0.3.29",
        "rpds-py==2026.9.1",
    ),
)
"""Asks for an older client of Kafka than ours; what else it needs comes from our own environment, after these."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way of running the analysis; ``command`` gets bootstrap servers, topic prefix and a folder of its own."""

    name: str
    guarantee: str
    command: Callable[[str, str, Path], list[str]]


def _ours(bootstrap: str, prefix: str, folder: Path) -> list[str]:  # noqa: ARG001 -- every side has this shape
    options = ["--bootstrap-servers", bootstrap, "--topic-prefix", prefix, "--metrics-port", "0"]
    return [sys.executable, "-m", "streams", "worker", *options]


def _module(name: str) -> Callable[[str, str, Path], list[str]]:
    return lambda bootstrap, prefix, folder: [
        sys.executable, "-m", f"benchmarks.engines.{name}", bootstrap, prefix, str(folder)
    ]  # fmt: skip


def all_sides(cache: Path) -> dict[str, Side]:
    """Ours first. Quix Streams is there when its environment can be made.

    Raises:
        PeerMissingError: it cannot.
    """
    quix = QUIX.python_beside_ours(cache)
    return {
        "worker": Side("report-streams worker", "exactly once", _ours),
        "faust": Side("Faust agent", "at least once", _module("faust_agent")),
        "loop": Side("kafka-python loop", "at least once", _module("kafka_python_loop")),
        "quix": Side(
            "Quix Streams",
            "exactly once",
            lambda bootstrap, prefix, folder: [
                str(quix), "-m", "benchmarks.engines.quix_streams", bootstrap, prefix, str(folder)
            ],
        ),
    }  # fmt: skip


class Running:
    """A side at work."""

    def __init__(self, side: Side, bootstrap: str, prefix: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "log.txt").open("ab")
        self._process = psutil.Popen(
            side.command(bootstrap, prefix, folder), cwd=ROOT, stdout=self._log, stderr=self._log
        )

    def processor_seconds(self) -> float:
        """Of the process and its children."""
        return sum(sum(one.cpu_times()[:2]) for one in self._family())

    def kill(self) -> None:
        """SIGKILL, the whole family; returns when it has gone."""
        family = self._family()
        for one in family:
            one.kill()
        psutil.wait_procs(family, 10)
        self._process.wait()
        self._log.close()

    def _family(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)] if self._process.is_running() else []


@contextmanager
def running(side: Side, bootstrap: str, prefix: str, folder: Path) -> Iterator[Running]:
    """A side at work for the length of the block."""
    one = Running(side, bootstrap, prefix, folder)
    try:
        yield one
    finally:
        if psutil.pid_exists(one._process.pid):  # noqa: SLF001 -- its own module
            one.kill()
