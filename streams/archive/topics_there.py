"""What Kafka has of the topics that are archived: their identities, partitions and offsets."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams.errors import BrokerUnavailableError, UsageError
from streams.librdkafka import Configuration, described

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TopicThere:
    """A topic as it is now; made anew, it has another identity."""

    identity: str
    partitions: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Offsets of a partition: the first that is there, the end of what is committed, and the end."""

    first: int
    committed: int
    end: int


class TopicsThere:
    """Asks Kafka. Every method raises BrokerUnavailableError when it does not answer, or refuses to."""

    def __init__(self, configuration: Configuration, timeout_s: float) -> None:
        self._admin = AdminClient(configuration)
        self._servers = configuration["bootstrap.servers"]
        self._timeout_s = timeout_s

    def cluster(self) -> str:
        """The cluster's id."""
        with kafka_errors(self._servers):
            return str(self._admin.list_topics(timeout=self._timeout_s).cluster_id)

    def described(self, names: Iterable[str]) -> dict[str, TopicThere]:
        """The topics of these names that exist."""
        found: dict[str, TopicThere] = {}
        with kafka_errors(self._servers):
            told = self._admin.describe_topics(TopicCollection(list(names)), request_timeout=self._timeout_s)
            for name, future in told.items():
                try:
                    topic = future.result()
                except KafkaException as error:
                    if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                        raise
                else:
                    found[name] = TopicThere(str(topic.topic_id), len(topic.partitions))
        return found

    def refuse_missing(self, names: Iterable[str]) -> None:
        """Raise UsageError when one of these topics does not exist."""
        asked = list(names)
        found = self.described(asked)
        missing = [name for name in asked if name not in found]
        if missing:
            raise UsageError(f"missing topics: {', '.join(missing)}; see `report-streams topics list`")

    def bounds(self, places: Iterable[Place]) -> dict[Place, Bounds]:
        """The offsets of each partition."""
        asked = list(places)
        with kafka_errors(self._servers):
            first, committed, end = (
                self._offsets(asked, spec, isolation)
                for spec, isolation in (
                    (OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED),
                    (OffsetSpec.latest(), IsolationLevel.READ_COMMITTED),
                    (OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED),
                )
            )
        return {place: Bounds(first[place], committed[place], end[place]) for place in asked}

    def _offsets(self, places: list[Place], spec: OffsetSpec, isolation: IsolationLevel) -> dict[Place, int]:
        asked = {TopicPartition(*place): spec for place in places}
        told = self._admin.list_offsets(asked, isolation_level=isolation, request_timeout=self._timeout_s)
        return {(one.topic, one.partition): future.result().offset for one, future in told.items()}


@contextmanager
def kafka_errors(bootstrap_servers: str) -> Iterator[None]:
    """Turn librdkafka's errors into ours: whatever it raises, Kafka has left us or refuses us."""
    try:
        yield
    except KafkaException as error:
        raise BrokerUnavailableError(f"Kafka at {bootstrap_servers}: {described(error)}") from error
