"""A topic's own history as a source: committed records up to what is the end when reading begins."""

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.archive.records import ArchivedRecord
from streams.archive.source import reading
from streams.archive.topics_there import Bounds, TopicsThere
from streams.errors import BrokerUnavailableError, InputRefusedError, UsageError
from streams.librdkafka import Configuration, client_configuration
from streams.replay.selection import Selection
from streams.replay.sources import Place
from streams.settings import Settings
from streams.worker.faults import ends_reading

_RECORDS = 2_000
_WAIT_S = 0.5
_STILL_S = 60.0
"""Without a record for so long, although there are some, reading has no end."""
_LEADER_S = 15.0
_NO_LEADER = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
_AHEAD_KB = 4 * 1024
"""Read ahead of each partition: a hundred of them take 400 MB."""

Stretch = tuple[int, int]
Tell = Callable[[str], None]


class TopicSource:
    """The history of one topic, which must exist."""

    def __init__(self, settings: Settings, servers: str, topic: str, selection: Selection, tell: Tell) -> None:
        """Look for the topic; ``tell`` gets a line for people when a part of its history is gone.

        Raises:
            UsageError: there is no such topic, or nothing in it is of a kind that is wanted.
            BrokerUnavailableError: Kafka does not answer.
        """
        self._configuration = client_configuration(settings, servers, "replay")
        self._group = settings.topic_prefix + "report-streams-replay"
        self._there = TopicsThere(self._configuration, settings.connect_timeout_s)
        self._there.refuse_missing([topic])
        if not selection.wants_topic(topic):
            raise UsageError(f"{topic} holds nothing of the kinds {', '.join(sorted(selection.kinds))}")
        self.topic: str | None = topic
        self._selection, self._tell = selection, tell
        self.name = topic
        self._topic = topic
        self.identity = f"topic {topic} of {self._there.cluster()}"

    @contextmanager
    def opened(self) -> Iterator["OpenedTopic"]:
        """As ``Source`` says."""
        found = self._there.described([self._topic])[self._topic]
        places = [(self._topic, number) for number in range(found.partitions)]
        yield OpenedTopic(
            reading(self._configuration, self._group),
            settled_bounds(self._there, places),
            {self._topic: found.identity},
            self._selection,
            self._tell,
        )


class OpenedTopic:
    """A topic between the offsets that it had when this was made."""

    def __init__(
        self,
        configuration: Configuration,
        bounds: Mapping[Place, Bounds],
        identities: Mapping[str, str],
        selection: Selection,
        tell: Tell,
    ) -> None:
        self._configuration = configuration | {"queued.max.messages.kbytes": _AHEAD_KB}
        self._bounds, self._selection, self._tell = bounds, selection, tell
        self.identities = identities
        self.partitions = {topic: sum(1 for name, _ in bounds if name == topic) for topic in identities}

    def count(self) -> int:
        """As ``Opened`` says: offsets, some of which are markers."""
        return sum(max(0, one.committed - one.first) for one in self._bounds.values())

    def records(self, positions: Mapping[Place, int]) -> Iterator[ArchivedRecord]:
        """As ``Opened`` says."""
        stretches = {}
        for place, bounds in self._bounds.items():
            begin = positions.get(place, 0)
            if begin > bounds.end:
                raise InputRefusedError(
                    f"{place[0]}[{place[1]}] ends at offset {bounds.end}, and was replayed up to {begin}: it lost "
                    "records. Begin anew with --restart"
                )
            if begin < bounds.first:
                self._tell(f"offsets {begin} to {bounds.first - 1} of {place[0]}[{place[1]}] are gone (retention)")
            stretches[place] = (max(begin, bounds.first), bounds.committed)
        merged = heapq.merge(
            *(
                _timed(place, read_stretch(self._configuration, place, begin, end))
                for place, (begin, end) in stretches.items()
                if begin < end
            )
        )
        records = (record for _, _, record in merged)
        return records if self._selection.takes_all else filter(self._selection.takes, records)


def settled_bounds(there: TopicsThere, places: list[Place]) -> dict[Place, Bounds]:
    """The offsets of each partition, asked again while Kafka is still choosing leaders, as it does for new topics.

    Raises:
        BrokerUnavailableError: it does not answer, refuses us, or finds no leader in time.
    """
    deadline = time.monotonic() + _LEADER_S
    while True:
        try:
            return there.bounds(places)
        except BrokerUnavailableError as unavailable:
            cause = unavailable.__cause__
            code = cause.args[0].code() if isinstance(cause, KafkaException) and cause.args else None
            if code not in _NO_LEADER or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def read_stretch(configuration: Configuration, place: Place, begin: int, end: int) -> Iterator[ArchivedRecord]:
    """As ``read_stretches``, of one partition."""
    return read_stretches(configuration, {place: (begin, end)})


def read_stretches(configuration: Configuration, stretches: Mapping[Place, Stretch]) -> Iterator[ArchivedRecord]:
    """The committed records of partitions, each from an offset up to another (not included), each in their order.

    Fetching begins at once, before the first is asked for.

    Raises:
        BrokerUnavailableError: Kafka refuses them, or gives none for a minute.
        InputRefusedError: its retention deletes them meanwhile.
    """
    ends = {place: end for place, (begin, end) in stretches.items() if begin < end}
    consumer = Consumer(configuration)
    consumer.assign([TopicPartition(*place, stretches[place][0]) for place in ends])
    return _given(consumer, ends)


def _given(consumer: Consumer, ends: dict[Place, int]) -> Iterator[ArchivedRecord]:
    """The records up to these ends, from which a partition is taken out once it is reached."""
    heard = time.monotonic()
    try:
        while ends:
            messages = consumer.consume(_RECORDS, _WAIT_S)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > _STILL_S:
                raise BrokerUnavailableError(f"Kafka gave no record of {_listed(ends)} for {_STILL_S:.0f} s")
            for message in messages:
                place = (message.topic(), message.partition())
                end = ends.get(place, 0)
                if message.error() is not None:
                    reached = _at_end(message, end)
                else:
                    if message.offset() < end:
                        yield _record(place, message)
                    reached = message.offset() >= end - 1
                if reached and ends.pop(place, None) is not None:
                    consumer.incremental_unassign([TopicPartition(*place)])
    finally:
        consumer.close()


def _listed(places: Iterable[Place]) -> str:
    return ", ".join(f"{topic}[{number}]" for topic, number in sorted(places))


def _at_end(message: Message, end: int) -> bool:
    """Whether an event says that the end was reached.

    Raises:
        BrokerUnavailableError: it says that there is no more to be had.
        InputRefusedError: what was to be read is gone.
    """
    error = message.error()
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- librdkafka's local code
        return message.offset() is not None and message.offset() >= end
    # The group is a name only; who may not use it can read all the same.
    if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 -- same
        raise InputRefusedError(
            f"{message.topic()}[{message.partition()}]: its retention deleted records while they were read. What was "
            "there is sent up to them, and the same command goes on after them"
        )
    if error.code() != KafkaError.GROUP_AUTHORIZATION_FAILED and ends_reading(error):
        raise BrokerUnavailableError(f"{message.topic()}[{message.partition()}] cannot be read: {error.str()}")
    return False


def _record(place: Place, message: Message) -> ArchivedRecord:
    kind, timestamp = message.timestamp()
    return ArchivedRecord(
        place[0],
        place[1],
        message.offset(),
        None if kind == TIMESTAMP_NOT_AVAILABLE else timestamp,
        message.key(),
        message.value(),
        tuple(message.headers() or ()),
    )


def _timed(place: Place, records: Iterator[ArchivedRecord]) -> Iterator[tuple[int, int, ArchivedRecord]]:
    """Records with what they are merged by: a clock that never goes back, then the partition's number."""
    clock = 0
    for record in records:
        clock = max(clock, record.timestamp or 0)
        yield clock, place[1], record
