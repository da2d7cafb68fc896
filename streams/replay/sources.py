"""Where replayed records come from: an archive or a topic's own history, each partition's in the order of offsets."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from streams.archive.layout import Archive, State
from streams.archive.reader import count_records, read_records, wanted_files
from streams.archive.records import ArchivedRecord
from streams.errors import InputRefusedError, UsageError
from streams.replay.selection import Selection

Place = tuple[str, int]
"""A topic's full name and the number of a partition."""


class Opened(Protocol):
    """A source that is being read."""

    @property
    def partitions(self) -> Mapping[str, int]:
        """How many partitions each topic with something wanted has."""

    @property
    def identities(self) -> Mapping[str, str]:
        """Kafka's ids of these topics, as far as they are known."""

    def count(self) -> int:
        """How many records there are, about; never fewer than ``records`` gives from the beginning."""

    def records(self, positions: Mapping[Place, int]) -> Iterator[ArchivedRecord]:
        """What is wanted, by partition from these offsets on, else from the beginning; partitions merged by time."""


class Source(Protocol):
    """What can be replayed."""

    @property
    def name(self) -> str:
        """For people: a directory or a topic."""

    @property
    def identity(self) -> str:
        """The same for the same source, whatever was added to it."""

    @property
    def topic(self) -> str | None:
        """The full name of the topic that is its own source; None for an archive."""

    def opened(self) -> AbstractContextManager[Opened]:
        """Begin to read.

        Raises:
            InputRefusedError: an archive is damaged.
            UsageError: nothing in it is of a kind that is wanted.
        """


class ArchiveSource:
    """The records of an archive on disk."""

    topic: str | None = None

    def __init__(self, archive: Archive, selection: Selection) -> None:
        self._archive, self._selection = archive, selection
        self.name = str(archive.root)
        self.identity = f"archive {archive.root.resolve()} of {archive.mark.cluster}"

    @contextmanager
    def opened(self) -> Iterator["OpenedArchive"]:
        """As ``Source`` says; its files stay while the block lasts."""
        with self._archive.reading() as state:
            yield OpenedArchive(self._archive, state, self._selection)


class OpenedArchive:
    """An archive whose files stay for now."""

    def __init__(self, archive: Archive, state: State, selection: Selection) -> None:
        self._archive, self._state, self._selection = archive, state, selection
        partitions = _partitions(state)
        self._wanted = selection.wanted(partitions)
        self.partitions = {name: count for name, count in partitions.items() if selection.wants_topic(name)}
        if not self.partitions:
            raise UsageError(f"{archive.root} holds {_listed(partitions)}, and none of what is wanted")
        self.identities = {name: told for name, told in state.identities.items() if name in self.partitions}

    def count(self) -> int:
        """As ``Opened`` says."""
        return count_records(self._state, self._wanted)

    def records(self, positions: Mapping[Place, int]) -> Iterator[ArchivedRecord]:
        """As ``Opened`` says; every file is compared with its SHA-256 before the first record is given."""
        self._verify(positions)
        records = read_records(self._archive, self._wanted, positions)
        return records if self._selection.takes_all else filter(self._selection.takes, records)

    def _verify(self, positions: Mapping[Place, int]) -> None:
        unread = {
            file.path: file
            for place, files in wanted_files(self._state, self._wanted).items()
            for file in files
            for one in file.ranges
            if one.partition == place[1] and one.last >= positions.get(place, 0)
        }
        for file in unread.values():
            path = self._archive.root / file.path
            try:
                with path.open("rb") as content:
                    found = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError as error:
                raise InputRefusedError(f"{path}: {error.strerror or error}. Nothing of it was sent") from error
            if found != file.sha256:
                raise InputRefusedError(
                    f"{path} is damaged: it does not have the SHA-256 that it was written with. Nothing more was sent;"
                    " `report-streams archive verify` tells which rows are wrong"
                )


def _partitions(state: State) -> dict[str, int]:
    """How many partitions each topic has, as far as the archive has seen them."""
    seen = [(one.topic, one.partition) for one in state.covers]
    seen += [(file.topic, one.partition) for file in state.files.values() for one in file.ranges]
    counts: dict[str, int] = {}
    for topic, partition in sorted(seen):
        counts[topic] = max(partition + 1, counts.get(topic, 0))
    return counts


def _listed(partitions: Mapping[str, int]) -> str:
    return ", ".join(sorted(partitions)) or "no records"
