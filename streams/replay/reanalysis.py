"""Re-analysis: old paragraphs through another analysis, and on the topics only what differs from what stands there.

1. fence every other re-analysis; 2. read what stands: events without those taken back, and classified paragraphs;
3. for each batch of paragraphs: analyse, compare; 4. one transaction: a retraction for each event that vanished, the
events that came, the classified paragraphs that differ, and the mark of how far it came; nothing where nothing differs.

What was committed before a kill stands when the next run reads it in step 2, so nothing is sent a second time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, OnTopic, decode, decode_one_of, encode
from schemas.paragraph import Paragraph
from schemas.record import Record
from schemas.retraction import Retraction
from schemas.topics import BY_ALIAS, CLASSIFIED, EVENT_TOPICS, PARAGRAPHS
from streams.archive.records import ArchivedRecord
from streams.archive.source import reading
from streams.archive.topics_there import TopicsThere, kafka_errors
from streams.librdkafka import client_configuration
from streams.replay.comparison import Change, Tally, compare
from streams.replay.progress import Progress, runs_of, series_of, transactional_id
from streams.replay.sending import ANY_PARTITION, BatchSender, Sent
from streams.replay.sources import Opened, Place, Source
from streams.replay.standing import Standing, temporary_standing
from streams.replay.topic_source import read_stretches, settled_bounds
from streams.settings import Settings
from streams.worker.handle import Analyse

SOURCE = "/report-streams/reanalysis"
"""``ce_source`` of what it emits."""
PARAGRAPHS_AT_ONCE = 500
_NO_END = 2**63


@dataclass
class Reanalysed:
    """What a run found and sent; ``passed_over`` are records that are no paragraph or made the analysis fail."""

    paragraphs: int = 0
    changed_paragraphs: int = 0
    sent: int = 0
    waiting: int = 0
    passed_over: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Reanalysis:
    """One analysis over the paragraphs of one source."""

    def __init__(
        self,
        settings: Settings,
        servers: str,
        source: Source,
        analyse: Analyse,
        version: str,
        *,
        tell: Callable[[str], None],
        begun: Callable[[int, int], None],
        advance: Callable[[int], None],
    ) -> None:
        """Read nothing yet.

        Args:
            settings: prefix, worker group and times.
            servers: Kafka's address.
            source: of which only paragraphs are wanted.
            analyse: makes a paragraph's record.
            version: the analysis' version, as it stands in the records.
            tell: gets lines for people.
            begun: told how many paragraphs there are, about.
            advance: told how many more were compared.
        """
        self._settings, self._servers, self._source = settings, servers, source
        self._analyse, self._version = analyse, version
        self._tell, self._begun, self._advance = tell, begun, advance
        self._configuration = client_configuration(settings, servers, "replay")
        self._there = TopicsThere(self._configuration, settings.connect_timeout_s)

    def preview(self) -> Reanalysed:
        """What ``run`` would send; nothing is sent.

        Raises:
            as ``run``.
        """
        return self._over(None)

    def run(self) -> Reanalysed:
        """Send what differs.

        Raises:
            UsageError: a topic is missing.
            InputRefusedError: the source is damaged.
            TakenOverError: another re-analysis has started.
            BrokerUnavailableError: Kafka has gone; what was committed stays, and the next run finds the rest.
        """
        sender = BatchSender(self._settings, self._servers, transactional_id(self._settings, "reanalysis"))
        try:
            return self._over(sender)
        finally:
            sender.close()

    def _over(self, sender: BatchSender | None) -> Reanalysed:
        found = Reanalysed()
        with self._source.opened() as opened, temporary_standing() as standing:
            progress = self._reached()
            standing.add_all(self._standing_records(found))
            self._begun(0, opened.count())
            for batch in _batched(self._handled(opened, progress.positions, found)):
                changes = list(self._changes(batch, standing, found))
                positions = {(one.topic, one.partition): one.offset + 1 for one in batch}
                messages = [sent for change, record in changes for sent in self._messages(change, record)]
                found.sent += len(messages)
                progress = progress.advanced(positions, len(messages), opened.identities, done=False)
                if sender is not None and messages:
                    sender.send([*messages, progress.message()])
                self._advance(len(batch))
            if sender is not None and found.paragraphs:
                sender.send([progress.advanced({}, 0, opened.identities, done=True).message()])
        return found

    def _reached(self) -> Progress:
        """Where an interrupted run ended; one that came to its end is begun anew, and finds what differs by then."""
        series = series_of("reanalysis", self._source, [self._version])
        runs = runs_of(self._settings, self._servers, series)
        if runs and not runs[-1].done:
            return Progress(runs[-1], Progress.topic(self._settings))
        run = runs[-1].run + 1 if runs else 1
        return Progress.begin(self._settings, "reanalysis", series, self._source, run)

    def _standing_records(self, found: Reanalysed) -> Iterator[Record]:
        """All of the event topics and of ``classified``; what is open is waited for, since it may be ours."""
        topics = {self._settings.topic_prefix + topic.name: topic for topic in (*EVENT_TOPICS, CLASSIFIED)}
        self._there.refuse_missing(topics)
        there = self._there.described(topics)
        places = [(name, number) for name in topics for number in range(there[name].partitions)]
        bounds = settled_bounds(self._there, places)
        configuration = reading(self._configuration, self._settings.topic_prefix + "report-streams-replay")
        for record in read_stretches(configuration, {place: (one.first, one.end) for place, one in bounds.items()}):
            try:
                yield decode_one_of(topics[record.topic].records, record.value, record.headers)
            except DecodeError as error:
                found.passed_over.append(f"{_place(record)}: {error}")

    def _handled(self, opened: Opened, positions: Mapping[Place, int], found: Reanalysed) -> Iterator[ArchivedRecord]:
        """The source's records, without those that the workers have not come to: what they hold is theirs to say."""
        ends = self._worker_positions(opened)
        for record in opened.records(positions):
            if record.offset < ends.get((record.topic, record.partition), _NO_END):
                yield record
            else:
                found.waiting += 1

    def _worker_positions(self, opened: Opened) -> dict[Place, int]:
        """The offsets that the worker group has committed, where the source's topic is the one that workers read."""
        name = self._settings.topic_prefix + PARAGRAPHS.name
        live = self._there.described([name]).get(name)
        if live is None or opened.identities.get(name) != live.identity:
            return {}
        places = [TopicPartition(name, number) for number in range(live.partitions)]
        group = self._settings.topic_prefix + self._settings.worker_group
        admin = AdminClient(self._configuration)
        with kafka_errors(self._servers):
            asked = admin.list_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group, places)], request_timeout=self._settings.connect_timeout_s
            )
            told = asked[group].result().topic_partitions
        return {(one.topic, one.partition): max(0, one.offset) for one in told}

    def _changes(
        self, batch: Sequence[ArchivedRecord], standing: Standing, found: Reanalysed
    ) -> Iterator[tuple[Change, ArchivedRecord]]:
        for record in batch:
            found.paragraphs += 1
            classified = self._analysed(record, found)
            if classified is None:
                continue
            change, same = compare(classified, standing)
            found.tally.add(classified, change, same)
            if change is not None:
                found.changed_paragraphs += 1
                standing.add_all(self._records(change))
                yield change, record

    def _analysed(self, record: ArchivedRecord, found: Reanalysed) -> ClassifiedParagraph | None:
        """None for what is no paragraph, or makes the analysis fail: what stands of it is left alone."""
        try:
            return self._analyse(decode(Paragraph, record.value, record.headers))
        except (MemoryError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever the analysis raises on one text is that text's verdict
            found.passed_over.append(f"{_place(record)}: {error}")
            return None

    def _records(self, change: Change) -> list[OnTopic]:
        """What a change puts on the topics, in its order."""
        retractions = [Retraction.of(one.id, one.kind, change.classified, self._version) for one in change.gone]
        return [*retractions, *change.new, *([change.classified] if change.reclassified else [])]

    def _messages(self, change: Change, record: ArchivedRecord) -> Iterator[Sent]:
        """Events carry the time of their paragraph, as a worker's do; a retraction the time of its making."""
        written = datetime.fromtimestamp((record.timestamp or 0) / 1000, UTC)
        for one in self._records(change):
            topic = CLASSIFIED if isinstance(one, ClassifiedParagraph) else BY_ALIAS[one.kind]  # type: ignore[union-attr]
            time = datetime.now(UTC) if isinstance(one, Retraction) else written
            message = encode(one, source=SOURCE, time=time)
            name = self._settings.topic_prefix + topic.name
            yield Sent(name, ANY_PARTITION, 0, message.key, message.value, [*message.headers])


def _batched(records: Iterator[ArchivedRecord]) -> Iterator[list[ArchivedRecord]]:
    batch: list[ArchivedRecord] = []
    for record in records:
        batch.append(record)
        if len(batch) >= PARAGRAPHS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _place(record: ArchivedRecord) -> str:
    return f"{record.topic}[{record.partition}]@{record.offset}"
