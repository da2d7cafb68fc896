"""The reading side: committed records of whole topics, from the offsets at which an archive ends.

No group takes part: what has been archived is what the archive's manifests say, and nobody else knows better.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Self

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.archive.layout import State
from streams.archive.manifest import Coverage, Lost
from streams.archive.records import batch_of
from streams.archive.step import Step
from streams.archive.topics_there import Bounds, Place, TopicsThere
from streams.errors import BrokerUnavailableError, UsageError
from streams.librdkafka import Configuration, described

MOST_RECORDS = 250
"""Of one batch: enough to make columns of at a good price each, and few enough to stay in the processor's cache: with
2,000 a record's headers alone cost twice as much."""
BATCH_BYTES = 1_500_000
"""What a batch is to have at most, judged by the records of the one before."""
_FIRST_RECORDS = 100
WAIT_S = 0.2
"""How long an idle reader waits before it looks whether it is to stop."""
_REFUSALS = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError._AUTHENTICATION,  # noqa: SLF001 -- librdkafka's local code
    KafkaError._FATAL,  # noqa: SLF001 -- same
)


def reading(configuration: Configuration, group: str) -> Configuration:
    """The configuration of the reader, made of what all clients share; ``group`` is only a name that it must have."""
    return configuration | {
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        # An offset that is gone must be told, never passed over.
        "auto.offset.reset": "error",
        # The end of a partition is told as an event: it may lie beyond the last record, after transaction markers.
        "enable.partition.eof": True,
        # What is damaged on its way must not be kept for years.
        "check.crcs": True,
        # Bound what is read ahead of each partition; a fetch comes compressed, to a fifth perhaps.
        "queued.max.messages.kbytes": 1024,
        "fetch.message.max.bytes": 256 * 1024,
        "fetch.max.bytes": 1024 * 1024,
        "fetch.wait.max.ms": 100,
        # With so little ahead the default, a second of rest once that is reached, would be most of the time.
        "fetch.queue.backoff.ms": 5,
        "topic.metadata.refresh.interval.ms": 10_000,
    }


class Source:
    """Reads topics on from where an archive ends. A context manager; of one thread."""

    def __init__(
        self,
        configuration: Configuration,
        there: TopicsThere,
        topics: Mapping[str, bool],
        state: State,
        *,
        follow: bool,
        outage_s: float,
        batch_bytes: int,
        tell: Callable[[str], None],
    ) -> None:
        """Look where to begin and where to end; read nothing yet.

        Args:
            configuration: made by ``reading``.
            there: for questions beside the reading.
            topics: by name, whether Kafka compacts it.
            state: what the archive has.
            follow: whether to go on after what is there now.
            outage_s: how long to wait for a Kafka that went away; a follower waits without end.
            batch_bytes: about so many at most come at once; never more than BATCH_BYTES.
            tell: gets lines for people.

        Raises:
            UsageError: a topic does not exist, or is not the one that the archive has.
            BrokerUnavailableError: Kafka does not answer, or refuses us.
        """
        self._there, self._topics, self._tell = there, topics, tell
        self._outage_s = None if follow else outage_s
        self._follow = follow
        self._batch_bytes = min(batch_bytes, BATCH_BYTES)
        self._most_records = _FIRST_RECORDS
        self.identities: dict[str, str] = {}
        self.gone: list[str] = []
        self._identities_before = state.identities
        self._archived = state.positions
        self._positions: dict[Place, int] = {}
        self._begun: dict[Place, int] = {}
        self._ends: dict[Place, int] = {}
        self._covers: list[Coverage] = []
        self._lost: list[Lost] = []
        self._out_of_range: set[Place] = set()
        self._assigned_again = False
        self._away_since: float | None = None
        self._consumer = Consumer(configuration | {"error_cb": self._on_client_error})
        try:
            self._there.refuse_missing(topics)
            self.check()
        except BaseException:
            self._consumer.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    @property
    def left(self) -> int:
        """Offsets between the positions and what was the end when they were first looked at."""
        return sum(max(0, end - self._positions[place]) for place, end in self._ends.items())

    def check(self) -> None:
        """Look whether the topics are still the ones that are read, and take up partitions that came to them.

        Before records are added to an archive: a topic that was made anew in between would mix its records with the
        old one's. Names of topics that were deleted are in ``gone``; what was read of them is sound.

        Raises:
            UsageError: a topic was made anew.
            BrokerUnavailableError: Kafka does not answer.
        """
        found = self._there.described(self._topics)
        for name, topic in found.items():
            before = self.identities.get(name) or self._identities_before.get(name, topic.identity)
            if topic.identity != before:
                raise UsageError(
                    f"topic {name} was deleted and made anew since it was last archived: its offsets mean other "
                    "records now. Archive it into another directory"
                )
            self.identities[name] = topic.identity
        self.gone = [name for name in self._topics if name not in found]
        places = [(name, number) for name, topic in found.items() for number in range(topic.partitions)]
        new = [place for place in places if place not in self._positions]
        if new:
            self._begin(new)

    def batch(self) -> pa.RecordBatch | None:
        """The next records; None when none came within a moment.

        Raises:
            UsageError: a topic was made anew.
            BrokerUnavailableError: Kafka refuses us, or has been away for too long.
        """
        messages = self._consumer.consume(self._most_records, WAIT_S)
        failed = any(map(Message.error, messages))
        records = [message for message in messages if message.error() is None] if failed else messages
        batch = self._columns(records) if records else None
        if batch is not None:
            fitting = self._batch_bytes * batch.num_rows // batch.get_total_buffer_size()
            self._most_records = max(1, min(MOST_RECORDS, fitting))
        # After the records: the end of a partition is told behind them.
        if failed:
            for message in messages:
                if message.error() is not None:
                    self._on_error(message, message.error())
        if self._out_of_range:
            self._skip_what_is_gone()
        if messages:
            self._away_since = None
        elif self._away_since is not None:
            self._look_for_kafka()
        return batch

    def caught_up(self) -> bool:
        """Whether all has been read that was there at the beginning."""
        return all(self._positions[place] >= end for place, end in self._ends.items())

    def taken(self, batches: Sequence[pa.RecordBatch]) -> Step:
        """A step with these records, which are all that came since the one before; the next begins here."""
        for place in sorted(self._positions):
            self._cover(place)
        step = Step(batches, self._covers, self._lost, dict(self.identities))
        self._covers, self._lost = [], []
        return step

    def _cover(self, place: Place) -> None:
        """Note what was read of a partition since this was called last."""
        begin, end = self._begun[place], self._positions[place]
        if begin < end:
            compacted = self._topics[place[0]]
            self._covers.append(Coverage(topic=place[0], partition=place[1], begin=begin, end=end, compacted=compacted))
            self._begun[place] = end

    def _begin(self, places: Sequence[Place]) -> None:
        for place, bounds in self._there.bounds(places).items():
            position = self._archived.get(place, 0)
            self._refuse_beyond(place, position, bounds)
            self._note_lost(place, position, bounds.first)
            self._positions[place] = self._begun[place] = max(position, bounds.first)
            self._ends[place] = bounds.committed
        self._assign()

    def _assign(self) -> None:
        """From the positions; what has been read ahead is dropped."""
        wanted = {
            place: offset
            for place, offset in self._positions.items()
            if place[0] not in self.gone and (self._follow or offset < self._ends[place])
        }
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in wanted.items()])

    def _columns(self, records: Sequence[Message]) -> pa.RecordBatch | None:
        topics, partitions, offsets = (
            list(map(told, records)) for told in (Message.topic, Message.partition, Message.offset)
        )
        lasts = dict(zip(zip(topics, partitions, strict=True), offsets, strict=True))
        ended = not self._follow and any(last >= self._ends[place] for place, last in lasts.items())
        if ended or self._assigned_again:
            wanted = list(self._wanted(records))
            if len(wanted) < len(records):
                self._pass(lasts)
                return self._columns(wanted) if wanted else None
        self._pass(lasts)
        return batch_of(
            topics,
            partitions,
            offsets,
            [None if kind == TIMESTAMP_NOT_AVAILABLE else at for kind, at in map(Message.timestamp, records)],
            list(map(Message.key, records)),
            list(map(Message.value, records)),
            [headers or () for headers in map(Message.headers, records)],
        )

    def _wanted(self, records: Sequence[Message]) -> Iterator[Message]:
        """Each once, from the position to the end: what was read ahead can follow a new assignment."""
        positions = dict(self._positions)
        for record in records:
            place, offset = (record.topic(), record.partition()), record.offset()
            if positions[place] <= offset and (self._follow or offset < self._ends[place]):
                positions[place] = offset + 1
                yield record

    def _pass(self, lasts: Mapping[Place, int]) -> None:
        for place, last in lasts.items():
            self._reach(place, last + 1)

    def _reach(self, place: Place, position: int) -> None:
        reached = position if self._follow else min(position, self._ends[place])
        if reached > self._positions[place]:
            self._positions[place] = reached
            if not self._follow and reached == self._ends[place]:
                self._consumer.incremental_unassign([TopicPartition(*place)])

    def _on_error(self, message: Message, error: KafkaError) -> None:
        place = (message.topic(), message.partition())
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- librdkafka's local code
            self._reach(place, message.offset())
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 -- same
            self._out_of_range.add(place)
        elif error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC):  # noqa: SLF001 -- same
            self.check()
        elif error.code() in _REFUSALS:
            raise BrokerUnavailableError(f"Kafka refuses to give records of {message.topic()}: {error.str()}")
        elif error.code() != KafkaError.GROUP_AUTHORIZATION_FAILED:
            # The group is a name only; who may not use it can read all the same.
            self._tell(f"reading {message.topic()}: {error.str()}; trying again")

    def _skip_what_is_gone(self) -> None:
        for place, bounds in self._there.bounds(self._out_of_range).items():
            position = self._positions[place]
            self._refuse_beyond(place, position, bounds)
            self._note_lost(place, position, bounds.first)
            self._cover(place)
            self._reach(place, bounds.first)
            self._begun[place] = self._positions[place]
        self._out_of_range.clear()
        self._assigned_again = True
        self._assign()

    def _note_lost(self, place: Place, begin: int, end: int) -> None:
        if begin < end:
            self._lost.append(Lost(topic=place[0], partition=place[1], begin=begin, end=end))
            self._tell(
                f"lost: offsets {begin} to {end - 1} of {place[0]}[{place[1]}]: Kafka deleted them (retention) before "
                "they were archived"
            )

    def _refuse_beyond(self, place: Place, position: int, bounds: Bounds) -> None:
        if position > bounds.end:
            raise UsageError(
                f"{place[0]}[{place[1]}] ends at offset {bounds.end}, and the archive has it up to {position}: it lost "
                "records, or was made anew. Archive it into another directory"
            )

    def _on_client_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN and self._away_since is None:  # noqa: SLF001 -- local code
            self._away_since = time.monotonic()
            self._tell("Kafka does not answer; waiting for it")

    def _look_for_kafka(self) -> None:
        """Whether it is back: where there is nothing new to read, nothing else tells."""
        assert self._away_since is not None  # noqa: S101 -- asked by the caller
        try:
            self._consumer.list_topics(next(iter(self._topics)), timeout=1.0)
        except KafkaException as error:
            if self._outage_s is not None and time.monotonic() - self._away_since > self._outage_s:
                raise BrokerUnavailableError(f"Kafka has gone: {described(error)}") from error
        else:
            self._away_since = None
