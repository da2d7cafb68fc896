"""Which Kafka to run: the one that ``KAFKA_HOME`` names, or the recorded one from the cache."""

import re
from dataclasses import dataclass
from pathlib import Path

from streams.broker.jars import cached_jars, kafka_version, recorded_jars
from streams.errors import UsageError
from streams.settings import Settings

OLDEST = (4, 0, 0)
"""The first Kafka without ZooKeeper, and with the transaction protocol (version 2) that the worker counts on."""

_KAFKA_JAR = re.compile(r"kafka_2\.1[23]-(\d+)\.(\d+)\.(\d+)\.jar")
Version = tuple[int, int, int]


@dataclass(frozen=True)
class Distribution:
    """A Kafka that can be run: its version, and every jar of its class path."""

    version: Version
    jars: tuple[Path, ...]

    @property
    def class_path(self) -> str:
        """The jars as Java takes them."""
        return ":".join(str(jar) for jar in self.jars)


def version_text(version: Version) -> str:
    """``(4, 3, 1)`` as ``4.3.1``."""
    return ".".join(str(part) for part in version)


def parse_version(text: str) -> Version:
    """``4.3.1`` as ``(4, 3, 1)``; ValueError for anything else."""
    major, minor, patch = (int(part) for part in text.split("."))
    return major, minor, patch


def find_distribution(settings: Settings) -> Distribution:
    """The Kafka that the settings ask for, its jars fetched on first use.

    Raises:
        UsageError: ``broker_kafka_home`` holds no Kafka, or one that is too old.
        BrokerUnavailableError: the jars cannot be had.
    """
    if settings.broker_kafka_home is not None:
        return unpacked(settings.broker_kafka_home)
    jars = recorded_jars()
    files = cached_jars(settings.broker_cache_dir.expanduser().absolute(), jars)
    return Distribution(parse_version(kafka_version(jars)), tuple(files))


def unpacked(home: Path) -> Distribution:
    """The Kafka unpacked at ``home``, as its download unpacks: all jars in ``libs``.

    Raises:
        UsageError: there is none, or it is older than ``OLDEST``.
    """
    jars = sorted((home.expanduser().absolute() / "libs").glob("*.jar"))
    found = [match for jar in jars if (match := _KAFKA_JAR.fullmatch(jar.name))]
    if not found:
        raise UsageError(
            f"KAFKA_HOME (broker_kafka_home) names {home}, which holds no Kafka: "
            "there is no libs/kafka_2.13-*.jar in it. "
            "Name the directory that a Kafka download unpacks to, or unset it to have one fetched"
        )
    version = parse_version(".".join(found[0].groups()))
    if version < OLDEST:
        raise UsageError(
            f"KAFKA_HOME (broker_kafka_home) names {home}, which holds Kafka {version_text(version)}; "
            f"{version_text(OLDEST)} or newer is needed. Name a newer one, or unset it to have one fetched"
        )
    return Distribution(version, tuple(jars))
