"""Merging an archive's small files, topic by topic and day by day, and summing up its manifests in one."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pyarrow as pa

from streams.archive.forms import write_file
from streams.archive.layout import Archive, State
from streams.archive.manifest import ArchivedFile, Coverage, Manifest
from streams.archive.reader import in_order
from streams.archive.step import withdraw
from streams.errors import InternalFaultError


@dataclass(frozen=True, slots=True)
class Compaction:
    """What came of it; ``waiting`` are replaced files that stay because somebody reads them."""

    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    waiting: int


def compact(archive: Archive, most_bytes: int) -> Compaction:
    """Merge files of one topic and day as long as the result has at most ``most_bytes``; the records stay as they are.

    A crash at any moment leaves either the files before or those after in the archive.

    Raises:
        UsageError: somebody else is writing.
        InputRefusedError: the archive is damaged; it stays as it is.
        InternalFaultError: the disk does not take it; the archive stays as it is.
    """
    with archive.writing() as state:
        before = list(state.files.values())
        groups = _groups(state, most_bytes)
        if not groups and state.last_number < 2:
            return _told(before, before, 0)
        after = State()
        after.add(_merge(archive, state, groups))
        waiting = archive.clear(after)
        archive.forget(after.last_number)
        return _told(before, list(after.files.values()), waiting)


def merged_covers(covers: Sequence[Coverage]) -> list[Coverage]:
    """The same offsets in as few parts as can be, each partition's in their order."""
    merged: list[Coverage] = []
    for covered in sorted(covers, key=lambda one: (one.topic, one.partition, one.begin)):
        last = merged[-1] if merged else None
        if last and _place(last) == _place(covered) and last.end == covered.begin:
            merged[-1] = last.model_copy(update={"end": covered.end})
        else:
            merged.append(covered)
    return merged


def _place(covered: Coverage) -> tuple[str, int, bool]:
    return covered.topic, covered.partition, covered.compacted


def _groups(state: State, most_bytes: int) -> list[list[ArchivedFile]]:
    """Neighbours of a topic and a day, two at least, that are to be one file."""
    groups: list[list[ArchivedFile]] = []
    by_day = groupby(sorted(state.files.values(), key=_day), key=_day)
    for _, files in by_day:
        groups.append([])
        for file in files:
            if groups[-1] and sum(one.bytes for one in groups[-1]) + file.bytes > most_bytes:
                groups.append([])
            groups[-1].append(file)
    return [group for group in groups if len(group) > 1]


def _day(file: ArchivedFile) -> str:
    return file.path.rpartition("/")[0]


def _merge(archive: Archive, state: State, groups: Sequence[Sequence[ArchivedFile]]) -> Manifest:
    number = state.last_number + 1
    made: list[ArchivedFile] = []
    try:
        for place, group in enumerate(groups):
            topic, day = _day(group[0]).split("/day=")
            path = archive.file_path(topic, day, number, place)
            made.append(write_file(archive.root, path, _rows(archive, group)))
            _check_merged(group, made[-1])
        manifest = _sum(state, number, groups, made)
        archive.commit(manifest)
    except BaseException as error:
        withdraw(archive, number, [archive.root / file.path for file in made])
        if isinstance(error, OSError):
            raise InternalFaultError(
                f"{archive.root} cannot be written: {error.strerror or error}. The archive is as it was"
            ) from error
        raise
    return manifest


def _rows(archive: Archive, group: Sequence[ArchivedFile]) -> Iterator[pa.RecordBatch]:
    for partition in sorted({one.partition for file in group for one in file.ranges}):
        holding = [file for file in group if any(one.partition == partition for one in file.ranges)]
        yield from in_order(archive.root, (group[0].topic, partition), holding)


def _check_merged(group: Sequence[ArchivedFile], made: ArchivedFile) -> None:
    """Nothing is given up for a file that holds less."""
    wanted = sum(file.records for file in group)
    if made.records != wanted:
        raise InternalFaultError(f"merging {group[0].path} and others gave {made.records} of {wanted} records")


def _sum(state: State, number: int, groups: Sequence[Sequence[ArchivedFile]], made: Sequence[ArchivedFile]) -> Manifest:
    """All of the archive in one manifest; a merged file stands where its first part stood."""
    instead = {group[0].path: file for group, file in zip(groups, made, strict=True)}
    gone = {file.path for group in groups for file in group}
    files = [instead.get(path, file) for path, file in state.files.items() if path in instead or path not in gone]
    return Manifest(
        number=number,
        written_at=int(time.time() * 1000),
        files=tuple(files),
        covers=tuple(merged_covers(state.covers)),
        lost=tuple(state.lost),
        identities=state.identities,
        replaces=tuple(sorted(gone)),
        supersedes=state.last_number,
    )


def _told(before: Sequence[ArchivedFile], after: Sequence[ArchivedFile], waiting: int) -> Compaction:
    sizes = [sum(file.bytes for file in files) for files in (before, after)]
    return Compaction(len(before), len(after), sizes[0], sizes[1], waiting)


def holes(covers: Sequence[Coverage]) -> Iterator[tuple[Coverage, Coverage]]:
    """Neighbours of one partition, in the order of offsets, that do not meet: a gap or an overlap is between them."""
    for before, after in pairwise(merged_covers(covers)):
        if (before.topic, before.partition) == (after.topic, after.partition) and before.end != after.begin:
            yield before, after
