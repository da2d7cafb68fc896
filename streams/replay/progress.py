"""How far replays have come: read from the compacted topic of their marks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from schemas.codec import DecodeError, decode, encode
from schemas.ids import content_id
from schemas.replay import Replay, ReplayPosition
from schemas.topics import REPLAYS
from streams.archive.source import reading
from streams.archive.topics_there import TopicsThere
from streams.errors import InputRefusedError
from streams.librdkafka import client_configuration
from streams.replay.sending import ANY_PARTITION, Sent
from streams.replay.sources import Opened, Place, Source
from streams.replay.topic_source import read_stretch, settled_bounds
from streams.settings import Settings

SOURCE = "/report-streams/replay"
"""``ce_source`` of the marks."""
Kind = Literal["replay", "reanalysis"]


def series_of(kind: Kind, source: Source, options: Iterable[str]) -> str:
    """The same for the same command on the same source."""
    return content_id(kind, source.identity, *options)


def transactional_id(settings: Settings, series: str) -> str:
    """Of whoever works on a series: one at a time, the latest."""
    return f"{settings.topic_prefix}report-streams-replay-{series}"


def runs_of(settings: Settings, servers: str, series: str) -> list[Replay]:
    """The latest mark of each run of a series, the latest run last.

    What others have not committed yet is waited for: a mark of ours may stand behind it.

    Raises:
        UsageError: the topic is missing.
        BrokerUnavailableError: Kafka does not answer.
    """
    configuration = client_configuration(settings, servers, "replay")
    there = TopicsThere(configuration, settings.connect_timeout_s)
    name = settings.topic_prefix + REPLAYS.name
    there.refuse_missing([name])
    bounds = settled_bounds(there, [(name, 0)])[name, 0]
    marks: dict[int, Replay] = {}
    if bounds.first < bounds.end:
        configuration = reading(configuration, settings.topic_prefix + "report-streams-replay")
        for record in read_stretch(configuration, (name, 0), bounds.first, bounds.end):
            try:
                mark = decode(Replay, record.value, record.headers)
            except DecodeError as error:
                raise InputRefusedError(
                    f"{name} offset {record.offset} is no mark of a replay ({error}); without it nobody knows what was"
                    " sent. A newer version may have written it"
                ) from error
            if mark.series == series:
                marks[mark.run] = mark
    return [marks[run] for run in sorted(marks)]


class Progress:
    """One run of a series: the positions that it has reached, and the mark that says so."""

    def __init__(self, mark: Replay, topic: str) -> None:
        """From a mark; ``topic`` is the full name of the topic that it stands on."""
        self._mark, self._topic = mark, topic
        self.positions: dict[Place, int] = {(one.topic, one.partition): one.offset for one in mark.positions}

    @classmethod
    def begin(cls, settings: Settings, kind: Kind, series: str, source: Source, run: int) -> "Progress":
        """Of a run that has sent nothing yet."""
        mark = Replay(
            id=content_id("run", series, run),
            series=series,
            run=run,
            kind=kind,
            source=source.name,
            positions=(),
            sent=0,
            done=False,
            at=datetime.now(UTC),
        )
        return cls(mark, cls.topic(settings))

    @staticmethod
    def topic(settings: Settings) -> str:
        """The full name of the topic of marks."""
        return settings.topic_prefix + REPLAYS.name

    @property
    def id(self) -> str:
        """The replay's id."""
        return self._mark.id

    @property
    def sent(self) -> int:
        """Records sent so far."""
        return self._mark.sent

    @property
    def done(self) -> bool:
        """Whether the end was reached."""
        return self._mark.done

    def refuse_others(self, opened: Opened) -> None:
        """Raise InputRefusedError when a topic of the source was made anew since: its offsets mean other records."""
        for topic, identity in self._mark.identities.items():
            if opened.identities.get(topic, identity) != identity:
                raise InputRefusedError(
                    f"{topic} was made anew since this replay began, and its offsets mean other records now. Begin "
                    "anew with --restart"
                )

    def advanced(
        self, positions: Mapping[Place, int], records: int, identities: Mapping[str, str], *, done: bool
    ) -> "Progress":
        """After so many records more, with these positions."""
        reached = sorted((self.positions | dict(positions)).items())
        told = tuple(ReplayPosition(topic=topic, partition=number, offset=at) for (topic, number), at in reached)
        mark = self._mark.model_copy(
            update={
                "positions": told,
                "sent": self.sent + records,
                "identities": self._mark.identities | dict(identities),
                "done": done,
                "at": datetime.now(UTC),
            }
        )
        return Progress(mark, self._topic)

    def message(self) -> Sent:
        """The mark as a record to send."""
        message = encode(self._mark, source=SOURCE, time=self._mark.at)
        return Sent(self._topic, ANY_PARTITION, 0, message.key, message.value, [*message.headers])
