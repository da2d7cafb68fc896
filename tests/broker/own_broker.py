"""An embedded Kafka of a test's own, ended with the test whatever happened in it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.broker import embedded
from streams.broker.directory import data_directory
from streams.broker.processes import broker_process, end
from streams.settings import Settings
from tests.command_line import ROOT

CLOSED_PORT = 9
"""Discard: nothing listens there on 127.0.0.1."""


@contextmanager
def own_settings(data_dir: Path, cache: Path) -> Iterator[Settings]:
    """Settings of an embedded Kafka at ``data_dir``; what runs there at the end is killed."""
    try:
        yield Settings(broker_data_dir=data_dir, broker_port=0, broker_cache_dir=cache)
    finally:
        left = broker_process(data_directory(data_dir))
        if left is not None:
            end(left, 0)


def variables(settings: Settings) -> dict[str, str]:
    """The same settings for a command that runs as a process."""
    return {
        "broker_data_dir": str(settings.broker_data_dir),
        "broker_port": str(settings.broker_port),
        "broker_cache_dir": str(settings.broker_cache_dir),
    }


def offline_environment(folder: Path) -> dict[str, str]:
    """An environment without a network, in which importing jgo fails."""
    (folder / "jgo.py").write_text("raise ImportError('jgo is blocked here')\n", "utf-8")
    nowhere = f"http://127.0.0.1:{CLOSED_PORT}"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), nowhere)
    return {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": "", "PYTHONPATH": f"{folder}:{ROOT}"}


def log_of(data_dir: Path) -> str:
    """All that the broker has logged."""
    return embedded.log_path(data_dir).read_text("utf-8", errors="replace")


PYTHON = sys.executable
