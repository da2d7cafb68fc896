"""What an archive holds, by topic."""

from dataclasses import dataclass

from streams.archive.layout import State
from streams.archive.manifest import Lost
from streams.archive.verify import PartitionCount, partition_counts


@dataclass(frozen=True, slots=True)
class TopicContents:
    """A topic in an archive; ``bytes`` are those of its files, ``days`` the first and the last (UTC)."""

    topic: str
    records: int
    files: int
    bytes: int
    days: tuple[str, str] | None
    partitions: tuple[PartitionCount, ...]
    lost: tuple[Lost, ...]


def contents(state: State) -> list[TopicContents]:
    """Each topic of which something was read, in the order of names."""
    counts = partition_counts(state)
    names = {one.topic for one in counts} | {one.topic for one in state.lost}
    return [_topic(state, counts, name) for name in sorted(names)]


def _topic(state: State, counts: list[PartitionCount], topic: str) -> TopicContents:
    files = [file for file in state.files.values() if file.topic == topic]
    days = sorted({file.path.split("/day=")[1][:10] for file in files})
    return TopicContents(
        topic=topic,
        records=sum(file.records for file in files),
        files=len(files),
        bytes=sum(file.bytes for file in files),
        days=(days[0], days[-1]) if days else None,
        partitions=tuple(one for one in counts if one.topic == topic),
        lost=tuple(one for one in state.lost if one.topic == topic),
    )
