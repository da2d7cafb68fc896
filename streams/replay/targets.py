"""Where replayed records go: a topic of their own for each, made when missing, or a topic that was named."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from schemas.topics import FOREVER, MAX_OUTPUT_BYTES, TOPICS, Topic
from streams.archive.records import ArchivedRecord
from streams.archive.topics_there import TopicsThere, kafka_errors
from streams.errors import BrokerUnavailableError, InputRefusedError, UsageError
from streams.librdkafka import client_configuration, described
from streams.replay.sending import ANY_PARTITION
from streams.settings import Settings

OWN_PREFIX = "replay."
_VISIBLE_S = 15.0


@dataclass(frozen=True, slots=True)
class Target:
    """A topic to send to.

    ``same_partitions`` tells whether it has as many as the source, so that each record keeps its own; otherwise its key
    decides. ``oldest`` is the earliest timestamp that Kafka would keep, in milliseconds since the epoch.
    """

    topic: str
    partitions: int
    same_partitions: bool
    oldest: int | None

    def partition_of(self, record: ArchivedRecord) -> int:
        """Where a record goes; one without a key has no partition but the one it came from."""
        if self.same_partitions:
            return record.partition
        return ANY_PARTITION if record.key is not None else record.partition % self.partitions

    def refuse_expired(self, record: ArchivedRecord) -> None:
        """Raise InputRefusedError for a record that Kafka would delete as soon as it has it."""
        if self.oldest is not None and record.timestamp is not None and record.timestamp < self.oldest:
            raise InputRefusedError(
                f"{record.topic}[{record.partition}]@{record.offset} is older than {self.topic} keeps its records:"
                " Kafka would delete it. Send it with --timestamps now, or raise the topic's retention.ms"
            )


def own_name(settings: Settings, topic: str, prefix: str) -> str:
    """The name of the topic of its own that a topic's records go to: the prefix is put before the plain name."""
    return settings.topic_prefix + prefix + topic.removeprefix(settings.topic_prefix)


class Targets:
    """Looks for topics, and makes those that are missing."""

    def __init__(self, settings: Settings, servers: str) -> None:
        configuration = client_configuration(settings, servers, "replay")
        self._settings, self._servers = settings, servers
        self._admin = AdminClient(configuration)
        self._there = TopicsThere(configuration, settings.connect_timeout_s)

    def named(self, name: str, partitions: int, now: Callable[[], float] = time.time) -> Target:
        """A topic that is there, for the records of a source with so many partitions.

        Raises:
            UsageError: it does not exist.
            BrokerUnavailableError: Kafka does not answer, or refuses us.
        """
        self._there.refuse_missing([name])
        found = self._there.described([name])[name].partitions
        kept_ms = self._kept_ms(name)
        oldest = None if kept_ms is None else int(now() * 1000) - kept_ms
        return Target(name, found, found == partitions, oldest)

    def create_missing(self, wanted: Mapping[str, tuple[str, int]]) -> list[str]:
        """Make the topics that do not exist; their names.

        Args:
            wanted: by the name of the topic, the topic whose settings it is to have, and its number of partitions.

        Raises:
            UsageError: Kafka does not let us make one, or a name is too long.
            BrokerUnavailableError: Kafka does not answer.
        """
        there = self._there.described(wanted)
        missing = {name: of for name, of in wanted.items() if name not in there}
        if missing:
            self._create(missing)
            self._await(missing)
        return sorted(missing)

    def _create(self, missing: Mapping[str, tuple[str, int]]) -> None:
        new = [
            NewTopic(name, count, self._settings.topic_replication, config=_config(like))
            for name, (like, count) in missing.items()
        ]
        for name, future in self._admin.create_topics(new, request_timeout=self._settings.connect_timeout_s).items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise UsageError(f"topic {name} cannot be made: {described(error)}") from error

    def _await(self, names: Iterable[str]) -> None:
        """Return once Kafka tells of them: it makes topics a moment after it says so."""
        asked = list(names)
        deadline = time.monotonic() + _VISIBLE_S
        while len(self._there.described(asked)) < len(asked):
            if time.monotonic() > deadline:
                raise BrokerUnavailableError(f"Kafka at {self._servers} made topics and does not tell of them")
            time.sleep(0.05)

    def _kept_ms(self, name: str) -> int | None:
        """How long a topic keeps records; None where age does not matter."""
        resource = ConfigResource(ResourceType.TOPIC, name)
        with kafka_errors(self._servers):
            [future] = self._admin.describe_configs(
                [resource], request_timeout=self._settings.connect_timeout_s
            ).values()
            told = future.result()
        kept = int(told["retention.ms"].value)
        return None if kept == FOREVER or "delete" not in told["cleanup.policy"].value else kept


def partitions_of(topic: str, seen: int) -> int:
    """How many partitions a topic has of which an archive has seen so many: ours have theirs, though all be empty."""
    known = known_topic(topic)
    return max(seen, known.partitions if known else 0)


def known_topic(name: str) -> Topic | None:
    """The topic of ours whose name this is, with any prefix."""
    return next((topic for topic in TOPICS if name.endswith(topic.name)), None)


def _config(like: str) -> dict[str, str]:
    """The settings of the topic that it is made after, but for two."""
    known = known_topic(like)
    config = known.config() if known else {}
    # Records keep their timestamps: with a retention Kafka would delete old ones at once. And they come with headers.
    return config | {"retention.ms": str(FOREVER), "max.message.bytes": str(2 * MAX_OUTPUT_BYTES)}
