"""A replay: read a batch, send it together with the mark of how far it came, and so on to the end.

1. fence every other replay of the same series; 2. read how far it has come; 3. make the topics that are missing;
4. for each batch one transaction: the records and the mark; 5. at the end a mark that says so.

A kill anywhere leaves either both or neither of a batch and its mark. The next run waits in step 1 until Kafka has
settled which, and goes on from the mark.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from schemas.replay import REPLAY_ID_HEADER, REPLAY_ORIGIN_HEADER
from streams.archive.records import ArchivedRecord
from streams.errors import InputRefusedError, UsageError
from streams.replay.pace import Pace, paced
from streams.replay.progress import Progress, runs_of, series_of, transactional_id
from streams.replay.sending import BatchSender, RecordRefusedError, Sent
from streams.replay.sources import Opened, Place, Source
from streams.replay.targets import Target, Targets, own_name, partitions_of
from streams.settings import Settings

MOST_RECORDS = 2_000
MOST_BYTES = 2 * 1024 * 1024
"""Of values in one transaction."""

Timestamps = Literal["original", "now"]
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be replayed, and how. ``into`` is a topic's full name, None for topics of its own."""

    source: Source
    selection: Sequence[str] = ()
    into: str | None = None
    prefix: str = "replay."
    timestamps: Timestamps = "original"
    restart: bool = False
    pace: Pace | None = None

    def series(self) -> str:
        """The same for the same command; how fast is not part of it."""
        options = (*self.selection, f"into={self.into}", f"prefix={self.prefix}", f"timestamps={self.timestamps}")
        return series_of("replay", self.source, options)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: records it sent, by their new topic; all records of the replay so far; how many went before."""

    replay_id: str
    counts: Mapping[str, int]
    sent_before: int
    created: Sequence[str] = field(default_factory=tuple)

    @property
    def sent(self) -> int:
        """Records that this run sent."""
        return sum(self.counts.values())


def routes(settings: Settings, order: Order, opened: Opened) -> dict[str, str]:
    """Where the records of each topic go, by full names.

    Raises:
        UsageError: into the topic that is read, or several topics into one.
    """
    if order.into is None:
        return {topic: own_name(settings, topic, order.prefix) for topic in opened.partitions}
    if order.into == order.source.topic:
        raise UsageError(f"{order.into} would be replayed into itself, and never end; name another topic after --into")
    if len(opened.partitions) > 1:
        raise UsageError(
            f"{order.source.name} holds {', '.join(sorted(opened.partitions))}, and --into takes one of them; choose it"
            " with --only kind=..."
        )
    return dict.fromkeys(opened.partitions, order.into)


def preview(settings: Settings, servers: str, order: Order, advance: Advance) -> Outcome:
    """What ``replay`` would send; nothing is made or sent.

    Raises:
        as ``replay``.
    """
    with order.source.opened() as opened:
        names = routes(settings, order, opened)
        progress = _reached(settings, servers, order)
        progress.refuse_others(opened)
        targets = {} if order.into is None else {order.into: _named(settings, servers, order.into, opened)}
        counts = dict.fromkeys(names.values(), 0)
        for number, record in enumerate(opened.records(progress.positions), 1):
            name = names[record.topic]
            if name in targets and order.timestamps == "original":
                targets[name].refuse_expired(record)
            counts[name] += 1
            if number % MOST_RECORDS == 0:
                advance(MOST_RECORDS)
    return Outcome(progress.id, counts, progress.sent)


def replay(
    settings: Settings, servers: str, order: Order, begun: Callable[[int, int], None], advance: Advance
) -> Outcome:
    """Send what is wanted and was not sent yet, each record once.

    Args:
        settings: prefix, replicas and times.
        servers: Kafka's address.
        order: what.
        begun: told how many records were sent before, and about how many there are in all.
        advance: told how many more are committed.

    Raises:
        UsageError: a topic is missing, or the order makes no sense.
        InputRefusedError: the source is damaged or was made anew, or Kafka takes a record not; what was sent before
            is committed.
        TakenOverError: another replay of the series has started.
        BrokerUnavailableError: Kafka has gone; the same order goes on where this ended.
    """
    sender = BatchSender(settings, servers, transactional_id(settings, order.series()))
    try:
        with order.source.opened() as opened:
            names = routes(settings, order, opened)
            progress = _reached(settings, servers, order)
            progress.refuse_others(opened)
            created = _make_targets(settings, servers, order, names, opened)
            targets = {topic: _target(settings, servers, names[topic], topic, opened) for topic in names}
            begun(progress.sent, opened.count())
            sending = _Sending(sender, progress, targets, opened.identities, advance, order.timestamps)
            sending.run(_records(order, opened.records(progress.positions)))
            return Outcome(progress.id, sending.counts, progress.sent, created)
    finally:
        sender.close()


def _reached(settings: Settings, servers: str, order: Order) -> Progress:
    """How far the order has come: its latest run, or a new one."""
    series = order.series()
    runs = runs_of(settings, servers, series)
    if runs and not order.restart:
        return Progress(runs[-1], Progress.topic(settings))
    return Progress.begin(settings, "replay", series, order.source, runs[-1].run + 1 if runs else 1)


def _make_targets(
    settings: Settings, servers: str, order: Order, names: Mapping[str, str], opened: Opened
) -> Sequence[str]:
    if order.into is not None:
        return ()
    wanted = {names[topic]: (topic, partitions_of(topic, count)) for topic, count in opened.partitions.items()}
    return Targets(settings, servers).create_missing(wanted)


def _named(settings: Settings, servers: str, name: str, opened: Opened) -> Target:
    [topic] = opened.partitions
    return _target(settings, servers, name, topic, opened)


def _target(settings: Settings, servers: str, name: str, topic: str, opened: Opened) -> Target:
    return Targets(settings, servers).named(name, partitions_of(topic, opened.partitions[topic]))


def _records(order: Order, records: Iterator[ArchivedRecord]) -> Iterable[ArchivedRecord | None]:
    return records if order.pace is None else paced(records, order.pace)


class _Sending:
    """Gathers batches and sends them."""

    def __init__(
        self,
        sender: BatchSender,
        progress: Progress,
        targets: Mapping[str, Target],
        identities: Mapping[str, str],
        advance: Advance,
        timestamps: Timestamps,
    ) -> None:
        self._sender, self._progress, self._targets = sender, progress, targets
        self._identities, self._advance = identities, advance
        self._keep_times = timestamps == "original"
        self._id_header = (REPLAY_ID_HEADER, progress.id.encode())
        self.counts = {target.topic: 0 for target in targets.values()}

    def run(self, records: Iterable[ArchivedRecord | None]) -> None:
        """Send all, None meaning that what has been gathered is to be sent now; then mark the end."""
        batch: list[ArchivedRecord] = []
        size = 0
        for record in records:
            if record is not None:
                batch.append(record)
                size += len(record.value or b"")
            if record is None or len(batch) >= MOST_RECORDS or size >= MOST_BYTES:
                self._send(batch)
                batch, size = [], 0
        self._send(batch)
        if not self._progress.done:
            ended = self._progress.advanced({}, 0, self._identities, done=True)
            self._sender.send([ended.message()])

    def _send(self, batch: Sequence[ArchivedRecord]) -> None:
        """Send a batch with its mark; where Kafka refuses it, all that comes before the record that is refused."""
        if not batch:
            return
        sent = [self._as_sent(record) for record in batch]
        positions: dict[Place, int] = {(record.topic, record.partition): record.offset + 1 for record in batch}
        advanced = self._progress.advanced(positions, len(batch), self._identities, done=False)
        sent.append(advanced.message())
        try:
            self._sender.send(sent)
        except RecordRefusedError as refusal:
            if len(batch) == 1:
                raise InputRefusedError(self._refused(batch[0], refusal)) from refusal
            middle = len(batch) // 2
            self._send(batch[:middle])
            self._send(batch[middle:])
            return
        self._progress = advanced
        for record in batch:
            self.counts[self._targets[record.topic].topic] += 1
        self._advance(len(batch))

    def _as_sent(self, record: ArchivedRecord) -> Sent:
        target = self._targets[record.topic]
        if self._keep_times and target.oldest is not None:
            target.refuse_expired(record)
        origin = f"{record.topic}/{record.partition}/{record.offset}".encode()
        return Sent(
            target.topic,
            target.partition_of(record),
            (record.timestamp or 0) if self._keep_times else 0,
            record.key,
            record.value,
            [*record.headers, self._id_header, (REPLAY_ORIGIN_HEADER, origin)],
        )

    def _refused(self, record: ArchivedRecord, refusal: RecordRefusedError) -> str:
        return (
            f"{self._targets[record.topic].topic} does not take {record.topic}[{record.partition}]@{record.offset}: "
            f"{refusal}. All before it was sent, and the same command goes on with it: raise the topic's "
            "max.message.bytes"
        )
