"""Topics as ``schemas.topics`` says they should be: create them, list them, tell where Kafka's differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from schemas.topics import TOPICS, Topic
from streams.clients.connection import client_configuration, kafka_errors
from streams.errors import BrokerUnavailableError
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class TopicCreation:
    """What ``create`` did about one topic."""

    topic: str
    created: bool


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as Kafka has it; no partitions means that it does not exist.

    ``records`` is the distance from first to last offset, transaction markers included.
    """

    topic: str
    partitions: int
    replication: int
    records: int


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: ``setting`` is ``topic`` (missing), ``partitions`` or Kafka's own name of a topic setting."""

    topic: str
    setting: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.setting} is {self.found}, should be {self.wanted}"


class TopicAdmin:
    """Creates, lists and checks topics; a context manager. Every method raises BrokerUnavailableError."""

    def __init__(self, settings: Settings, bootstrap_servers: str) -> None:
        """Connect at once, waiting for the settings' time at most."""
        from kafka import KafkaAdminClient

        self._settings = settings
        self._servers = bootstrap_servers
        configuration = client_configuration(settings, bootstrap_servers)
        with kafka_errors(bootstrap_servers):
            self._admin = KafkaAdminClient(**configuration, bootstrap_timeout_ms=int(settings.connect_timeout_s * 1000))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._admin.close()

    def create(self, topics: Sequence[Topic] = TOPICS) -> list[TopicCreation]:
        """Create the topics that do not exist, and wait until they can be used; the others stay as they are."""
        with kafka_errors(self._servers):
            existing = set(self._admin.list_topics())
            missing = [topic for topic in topics if self._name(topic) not in existing]
            created = self._create(missing) if missing else set()
        return [TopicCreation(self._name(topic), self._name(topic) in created) for topic in topics]

    def delete(self, topics: Sequence[Topic] = TOPICS) -> None:
        """Delete the topics that exist, with all that is on them."""
        with kafka_errors(self._servers):
            existing = set(self._admin.list_topics())
            names = [self._name(topic) for topic in topics if self._name(topic) in existing]
            if names:
                self._admin.delete_topics(names)

    def forget_group(self, group: str) -> None:
        """Delete a consumer group, which nobody is in, with the offsets that it committed.

        Raises:
            BrokerUnavailableError: as every method, also when somebody is in the group.
        """
        with kafka_errors(self._servers):
            if any(told["group_id"] == group for told in self._admin.list_groups()):
                self._admin.delete_groups([group])

    def missing(self, topics: Iterable[Topic]) -> list[str]:
        """Names of the topics that do not exist."""
        with kafka_errors(self._servers):
            existing = set(self._admin.list_topics())
        return [name for topic in topics if (name := self._name(topic)) not in existing]

    def identity(self, topic: Topic) -> str | None:
        """Cluster, name and id of a topic, None when it does not exist; made anew, it has another identity."""
        with kafka_errors(self._servers):
            cluster = self._admin.describe_cluster()["cluster_id"]
            name = self._name(topic)
            if name not in set(self._admin.list_topics()):
                return None
            [told] = self._admin.describe_topics([name])
        return f"{cluster}/{name}/{told.get('topic_id') or '-'}"

    def states(self, topics: Sequence[Topic] = TOPICS) -> list[TopicState]:
        """Each topic as Kafka has it, in the given order."""
        from kafka import KafkaConsumer

        from streams.clients.subscriber import partitions_of

        names = [self._name(topic) for topic in topics]
        found = self._described(names)
        configuration = client_configuration(self._settings, self._servers)
        with kafka_errors(self._servers):
            consumer = KafkaConsumer(**configuration, metrics_enabled=False)
            try:
                parts = partitions_of(found)
                held = consumer.end_offsets(parts) if parts else {}
                begun = consumer.beginning_offsets(parts) if parts else {}
            finally:
                consumer.close()
        counts = {name: sum(held[part] - begun[part] for part in parts if part.topic == name) for name in names}
        return [
            TopicState(name, found[name][0], found[name][1], counts[name])
            if name in found
            else TopicState(name, 0, 0, 0)
            for name in names
        ]

    def drift(self, topics: Sequence[Topic] = TOPICS) -> list[Drift]:
        """Every difference between the topics as they should be and as Kafka has them; none when all is well."""
        found = self._described([self._name(topic) for topic in topics])
        settings = self._topic_settings(found)
        return [
            difference for topic in topics for difference in _differences(topic, self._name(topic), found, settings)
        ]

    def _name(self, topic: Topic) -> str:
        return self._settings.topic_prefix + topic.name

    def _create(self, topics: Sequence[Topic]) -> set[str]:
        """Names of the topics that this call created; one that somebody else created meanwhile is not among them."""
        from kafka.errors import NoError, TopicAlreadyExistsError, for_code

        wanted = {
            self._name(topic): {
                "num_partitions": topic.partitions,
                "replication_factor": self._settings.topic_replication,
                "configs": topic.config(),
            }
            for topic in topics
        }
        answer = self._admin.create_topics(wanted, raise_errors=False)
        created = set()
        for told in answer["topics"]:
            error = for_code(told["error_code"])
            if error is NoError:
                created.add(told["name"])
            elif error is not TopicAlreadyExistsError:
                reason = told.get("error_message") or error.__name__
                raise BrokerUnavailableError(f"Kafka did not create topic {told['name']}: {reason}")
        self._admin.wait_for_topics(list(wanted))
        return created

    def _described(self, names: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Partitions and replicas of each topic that exists."""
        with kafka_errors(self._servers):
            existing = set(self._admin.list_topics())
            asked = [name for name in names if name in existing]
            told = self._admin.describe_topics(asked) if asked else []
        return {
            topic["name"]: (len(topic["partitions"]), len(topic["partitions"][0]["replica_nodes"]))
            for topic in told
            if topic["partitions"]
        }

    def _topic_settings(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """Kafka's settings of each topic, by their names."""
        from kafka.admin import ConfigResource, ConfigResourceType

        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        with kafka_errors(self._servers):
            told = self._admin.describe_configs(resources, config_filter="all") if resources else {}
        return {
            name: {setting: str(entry["value"]) for setting, entry in entries.items()}
            for name, entries in told.get("topic", {}).items()
        }


def _differences(
    topic: Topic, name: str, found: dict[str, tuple[int, int]], settings: dict[str, dict[str, str]]
) -> list[Drift]:
    if name not in found:
        return [Drift(name, "topic", "there", "missing")]
    partitions = found[name][0]
    drift = (
        [] if partitions == topic.partitions else [Drift(name, "partitions", str(topic.partitions), str(partitions))]
    )
    for setting, wanted in topic.config().items():
        value = settings[name].get(setting, "unknown")
        if value != wanted:
            drift.append(Drift(name, setting, wanted, value))
    return drift
