"""Reading an archive: the records of each partition in the order of their offsets, the partitions merged by time.

Only one file is open of each partition at a time, unless files overlap; files that hold nothing wanted stay closed.
"""

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from streams.archive.forms import read_partition
from streams.archive.layout import Archive, State
from streams.archive.manifest import ArchivedFile
from streams.archive.records import ArchivedRecord, from_batch

DAY_MS = 24 * 60 * 60 * 1000
_RECORDS_AT_ONCE = 250
"""So many are taken out of their columns together: of each partition that is read so many wait in memory."""
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: of which topics, from ``begin`` (included) to ``end`` (not included), of which key; None for any.

    Times are in milliseconds since the epoch; a record without a timestamp counts as 0.
    """

    topics: frozenset[str] | None = None
    begin: int | None = None
    end: int | None = None
    key: bytes | None = None


EVERYTHING = Wanted()


def read_records(
    archive: Archive, wanted: Wanted = EVERYTHING, positions: Mapping[Place, int] | None = None
) -> Iterator[ArchivedRecord]:
    """The records of an archive, each once: in the order of offsets within a partition, else by time.

    The same archive gives the same order each time, also after it was compacted.

    Args:
        archive: where from; its files stay while this is read.
        wanted: which of its records.
        positions: by topic and partition, the offset to begin at; those not named begin at their first.

    Raises:
        InputRefusedError: a manifest or a file is missing or damaged; names it.
    """
    begins = positions or {}
    with archive.reading() as state:
        partitions = [
            _timed(number, _in_order(archive.root, place, files, wanted, begins.get(place, 0)))
            for number, (place, files) in enumerate(sorted(wanted_files(state, wanted).items()))
        ]
        for _, _, record in heapq.merge(*partitions):
            yield record


def count_records(state: State, wanted: Wanted = EVERYTHING) -> int:
    """How many records the files hold in which something may be wanted: exact but for times and keys."""
    files = {file.path: file.records for found in wanted_files(state, wanted).values() for file in found}
    return sum(files.values())


def wanted_files(state: State, wanted: Wanted) -> dict[Place, list[ArchivedFile]]:
    """The files in which something may be wanted, by topic and partition."""
    found: dict[Place, list[ArchivedFile]] = {}
    for file in state.files.values():
        if (wanted.topics is None or file.topic in wanted.topics) and _day_may_hold(file, wanted):
            for one in file.ranges:
                found.setdefault((file.topic, one.partition), []).append(file)
    return found


def in_order(root: Path, place: Place, files: list[ArchivedFile]) -> Iterator[pa.RecordBatch]:
    """The rows of one partition in files that do not overlap in it; ``compact`` merges by it."""
    for file in sorted(files, key=lambda one: _first(one, place[1])):
        yield from (batch for batch in read_partition(root / file.path, place[1]) if batch.num_rows)


def _day_may_hold(file: ArchivedFile, wanted: Wanted) -> bool:
    day = datetime.fromisoformat(file.path.split("/day=", 1)[1][:10]).replace(tzinfo=UTC)
    begin = int(day.timestamp()) * 1000
    return (wanted.end is None or begin < wanted.end) and (wanted.begin is None or begin + DAY_MS > wanted.begin)


def _timed(number: int, records: Iterator[ArchivedRecord]) -> Iterator[tuple[int, int, ArchivedRecord]]:
    """Records with what they are merged by: a clock that never goes back, then the place's number."""
    clock = 0
    for record in records:
        clock = max(clock, record.timestamp or 0)
        yield clock, number, record


def _in_order(
    root: Path, place: Place, files: list[ArchivedFile], wanted: Wanted, begin: int
) -> Iterator[ArchivedRecord]:
    """One partition's records by offset; a file is opened when its first offset is reached."""
    partition = place[1]
    waiting = deque(sorted(files, key=lambda file: _first(file, partition)))
    opened: list[tuple[int, int, ArchivedRecord, Iterator[ArchivedRecord]]] = []
    serial = count()
    while waiting or opened:
        while waiting and (not opened or _first(waiting[0], partition) < opened[0][0]):
            file = waiting.popleft()
            if _last(file, partition) >= begin:
                records = _of_file(root / file.path, partition, wanted, begin)
                for record in records:
                    heapq.heappush(opened, (record.offset, next(serial), record, records))
                    break
        if opened:
            _, number, record, records = opened[0]
            yield record
            following = next(records, None)
            if following is None:
                heapq.heappop(opened)
            else:
                heapq.heapreplace(opened, (following.offset, number, following, records))


def _of_file(path: Path, partition: int, wanted: Wanted, begin: int) -> Iterator[ArchivedRecord]:
    for batch in read_partition(path, partition, begin):
        rows = _only(batch, wanted)
        for first in range(0, rows.num_rows, _RECORDS_AT_ONCE):
            yield from from_batch(rows.slice(first, _RECORDS_AT_ONCE))


def _only(batch: pa.RecordBatch, wanted: Wanted) -> pa.RecordBatch:
    """The rows of the time and the key that are wanted."""
    if wanted.key is not None:
        batch = batch.filter(pc.equal(batch.column("key"), pa.scalar(wanted.key, pa.binary())))
    if wanted.begin is not None or wanted.end is not None:
        times = pc.fill_null(batch.column("timestamp").cast(pa.int64()), 0)
        if wanted.begin is not None:
            batch, times = (rows.filter(pc.greater_equal(times, wanted.begin)) for rows in (batch, times))
        if wanted.end is not None:
            batch = batch.filter(pc.less(times, wanted.end))
    return batch


def _first(file: ArchivedFile, partition: int) -> int:
    return next(one.first for one in file.ranges if one.partition == partition)


def _last(file: ArchivedFile, partition: int) -> int:
    return next(one.last for one in file.ranges if one.partition == partition)
