"""Whether an archive is what was written: every byte by its SHA-256, every offset by the manifests."""

import fcntl
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from streams.archive.compaction import holes, merged_covers
from streams.archive.damage import places_of_damage
from streams.archive.forms import DAMAGE
from streams.archive.layout import LOCK, MANIFESTS, MARK, PARTIAL, READERS, Archive, State
from streams.archive.manifest import ArchivedFile, Coverage, Lost, read_manifest
from streams.archive.records import SCHEMA
from streams.errors import InputRefusedError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``path`` is relative to the archive; ``said`` tells what and where."""

    kind: str
    path: str
    said: str


@dataclass(frozen=True, slots=True)
class PartitionCount:
    """What is archived of a partition: offsets from ``begin`` to ``end`` (not included), and records among them.

    ``without_record`` are offsets that Kafka gave no record for: transaction markers, aborted records, and in a
    compacted topic records that a later one of their key replaced. None of these is a loss.
    """

    topic: str
    partition: int
    begin: int
    end: int
    records: int
    without_record: int
    compacted: bool


@dataclass
class Verdict:
    """What a verification found; sound when there are no faults. What was ``lost`` is known since it was archived."""

    files: int = 0
    bytes: int = 0
    records: int = 0
    busy: bool = False
    faults: list[Fault] = field(default_factory=list)
    partitions: list[PartitionCount] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


def verify(root: Path) -> Verdict:
    """Read all of an archive, and compare it with its manifests.

    Raises:
        InputRefusedError: the directory is no archive.
    """
    if not (root / MARK).exists():
        raise InputRefusedError(f"{root} is no archive: it has no {MARK}")
    verdict = Verdict(busy=_is_written(root))
    state = _state(root, verdict)
    for file in state.files.values():
        verdict.faults.extend(_file_faults(root, file))
    if not verdict.busy:
        verdict.faults.extend(_strangers(root, state))
    verdict.faults.extend(_gaps(state))
    verdict.files, verdict.lost = len(state.files), list(state.lost)
    verdict.records = sum(file.records for file in state.files.values())
    verdict.bytes = sum(file.bytes for file in state.files.values())
    verdict.partitions = partition_counts(state)
    verdict.faults.extend(_surplus(verdict.partitions))
    return verdict


def partition_counts(state: State) -> list[PartitionCount]:
    """The sum for each partition."""
    records: dict[tuple[str, int], int] = {}
    for file in state.files.values():
        for one in file.ranges:
            place = (file.topic, one.partition)
            records[place] = records.get(place, 0) + one.records
    covers: dict[tuple[str, int], list[Coverage]] = {}
    for covered in merged_covers(state.covers):
        covers.setdefault((covered.topic, covered.partition), []).append(covered)
    return [_counted(mine, records.get(place, 0)) for place, mine in covers.items()]


def _counted(covers: list[Coverage], records: int) -> PartitionCount:
    offsets = sum(one.end - one.begin for one in covers)
    return PartitionCount(
        topic=covers[0].topic,
        partition=covers[0].partition,
        begin=covers[0].begin,
        end=covers[-1].end,
        records=records,
        without_record=offsets - records,
        compacted=any(one.compacted for one in covers),
    )


def _is_written(root: Path) -> bool:
    """Whether somebody is writing: the files of a step at hand have no manifest yet."""
    try:
        with (root / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _state(root: Path, verdict: Verdict) -> State:
    """The state; when it cannot be had, the sum of the manifests that are well, and faults for the others."""
    try:
        return Archive.open(root).state()
    except InputRefusedError as error:
        said = str(error)
    state = State()
    faults = []
    for path in [root / MARK, *sorted((root / MANIFESTS).glob("*.json"))]:
        try:
            if path.name == MARK:
                Archive.open(root)
            else:
                state.add(read_manifest(path))
        except InputRefusedError as error:
            faults.append(Fault("manifest", path.relative_to(root).as_posix(), str(error)))
    verdict.faults.extend(faults or [Fault("manifest", MANIFESTS, said)])
    return state


def _file_faults(root: Path, file: ArchivedFile) -> Iterator[Fault]:
    path = root / file.path
    try:
        with path.open("rb") as opened:
            told = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        yield Fault("missing", file.path, f"it is not there, with its {file.records:,} records")
        return
    except OSError as error:
        yield Fault("damaged", file.path, f"it cannot be read: {error.strerror or error}")
        return
    if told != file.sha256:
        for said in _foreign_columns(path) or places_of_damage(path):
            yield Fault("damaged", file.path, said)


def _foreign_columns(path: Path) -> list[str]:
    """Said of a Parquet file of somebody else's, or of a version that this one does not know."""
    try:
        columns = pq.read_schema(path) if path.suffix == ".parquet" else SCHEMA
    except DAMAGE:
        return []
    return [] if columns.equals(SCHEMA) else [f"its columns are those of another schema: {', '.join(columns.names)}"]


def _strangers(root: Path, state: State) -> Iterator[Fault]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        ours = name in (MARK, LOCK, READERS) or (path.parent == root / MANIFESTS and path.suffix == ".json")
        if path.is_dir() or ours or name in state.files:
            continue
        if path.name.endswith(PARTIAL):
            said = "half written: what a crash left; the next writer removes it"
        elif path.suffix in (".parquet", ".zst"):
            said = "no manifest names it: left by a crash (the next writer removes it), or its manifest is missing"
        else:
            said = "it does not belong to an archive"
        yield Fault("foreign", name, said)


def _gaps(state: State) -> Iterator[Fault]:
    """Offsets that nobody accounts for; those that Kafka had deleted are accounted for."""
    passed = [
        *state.covers,
        *(Coverage(topic=one.topic, partition=one.partition, begin=one.begin, end=one.end) for one in state.lost),
    ]
    plain = [one.model_copy(update={"compacted": False}) for one in passed]
    for before, after in holes(plain):
        place = f"{before.topic}[{before.partition}]"
        if before.end < after.begin:
            yield Fault("gap", MANIFESTS, f"{place}: offsets {before.end} to {after.begin - 1} were never archived")
        else:
            yield Fault("overlap", MANIFESTS, f"{place}: offsets from {after.begin} on were archived twice")


def _surplus(counts: list[PartitionCount]) -> Iterator[Fault]:
    for one in counts:
        if one.without_record < 0:
            surplus = -one.without_record
            yield Fault("overlap", MANIFESTS, f"{one.topic}[{one.partition}]: {surplus} records more than offsets")
