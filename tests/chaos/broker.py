"""An embedded Kafka that faults are done to: its ports stay the same through every restart.

It has one more listener than the product's, whose advertised address is that of the proxy: clients that begin at the
proxy stay on it. The other listener is for those that push, watch and check.
"""

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from streams.broker import fencing, java, ports, processes
from streams.broker.directory import DataDirectory, data_directory
from streams.broker.distribution import Distribution, find_distribution
from streams.broker.properties import HOST, BrokerConfig, server_properties
from streams.clients.connection import answers
from streams.settings import Settings

READY_S = 90.0
STOP_S = 60.0
_START_TRIES = 3
_HEAP = "512m"


class ChaosBroker:
    """A Kafka on ``directory``; killed when the ``with`` block ends."""

    def __init__(self, directory: Path, cache: Path, disk: Path) -> None:
        """Format the records, which are to lie on ``disk``; nothing runs yet.

        Raises:
            BrokerUnavailableError: Kafka's jars cannot be had, or Java cannot be run.
        """
        self._directory: DataDirectory = data_directory(directory)
        self._directory.create()
        self._kafka: Distribution = find_distribution(Settings(broker_cache_dir=cache))
        self.port, self.proxied_port, controller = _fixed_ports(3)
        self._config = BrokerConfig(self.port, controller, disk / "records")
        self._process: psutil.Process | None = None
        with self._directory.locked() as lock:
            java.format_records(self._kafka, self._directory, self._config, java.new_cluster_id(), lock)
        shutil.move(self._directory.records, self._config.records)

    @property
    def bootstrap_servers(self) -> str:
        """Its own address, past the proxy."""
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What Kafka logs, all lives in one file."""
        return self._directory.log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, proxy_port: int) -> None:
        """Start it, and return when it answers; again when it ended at once, as it does while a port is held."""
        for _ in range(_START_TRIES):
            fencing.fence(self._kafka, self._directory, self._config)
            self._write_texts(proxy_port)
            command = java.broker_command(self._kafka, self._directory, _HEAP)
            self._process = psutil.Process(processes.spawn(command, self._directory))
            if self._answers(self._process):
                return
            self.kill()
        raise RuntimeError(f"Kafka does not come up; see {self.log}")

    def kill(self) -> None:
        """SIGKILL, and wait until it has gone."""
        if self._process is not None:
            processes.end(self._process, 0)
            self._process = None

    def stop(self) -> bool:
        """SIGTERM; whether it stopped by itself in time."""
        clean = self._process is not None and processes.end(self._process, STOP_S)
        self._process = None
        return clean

    def freeze(self, seconds: float) -> None:
        """SIGSTOP for so long, then SIGCONT."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def ends_within(self, seconds: float) -> bool:
        """Whether it ends by itself."""
        deadline = time.monotonic() + seconds
        while self._process is not None and not processes.ended(self._process):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _write_texts(self, proxy_port: int) -> None:
        """The product's properties; of two lines with one key Java takes the later one."""
        own, inner = f"CLIENTS://{HOST}:{self.port}", f"{HOST}:{self._config.controller_port}"
        more = {
            "listeners": f"{own},PROXIED://{HOST}:{self.proxied_port},CONTROLLER://{inner}",
            "advertised.listeners": f"{own},PROXIED://{HOST}:{proxy_port}",
            "listener.security.protocol.map": "CLIENTS:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        }
        text = server_properties(self._config) + "".join(f"{key}={value}\n" for key, value in more.items())
        self._directory.properties.write_text(text, "utf-8")
        self._directory.log_config.write_text(_LOGGING.format(log=self.log), "utf-8")

    def _answers(self, process: psutil.Process) -> bool:
        deadline = time.monotonic() + READY_S
        while not processes.ended(process) and time.monotonic() < deadline:
            with suppress(psutil.Error):
                if processes.listens(process, self.port) and answers(self.bootstrap_servers):
                    return True
            time.sleep(0.05)
        return False


_LOGGING = """\
status=error
appender.file.type=File
appender.file.name=file
appender.file.fileName={log}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{{yyyy-MM-dd HH:mm:ss,SSS}} %-5p %c{{1}} %m%n
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=warn
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
"""


def _fixed_ports(count: int) -> list[int]:
    """Free ports below those that the system gives to connections: a client that tries a port of a Kafka that is
    down would otherwise be given that very port, connect to itself, and keep Kafka from listening."""
    chosen: list[int] = []
    while len(chosen) < count:
        port = random.randrange(20_000, 32_000)  # noqa: S311 -- no secret
        if port not in chosen and ports.is_free(port):
            chosen.append(port)
    return chosen
