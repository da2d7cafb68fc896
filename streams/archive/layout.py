"""An archive's directory, and its state: the page to read first in this room.

    _archive.json                         that this is an archive, of which cluster, in which form
    _lock                                 held (flock) while somebody writes
    _readers                              held, shared, while somebody reads: till then what is replaced stays
    _manifests/0000000001.json            what each step added; read in the order of their numbers
    TOPIC/day=2026-11-23/0000000001-0.parquet     records of a topic and a day (UTC), named after manifest and place

A step writes its files under a name with ``.part``, syncs and renames them, and then does the same with its manifest:
that rename is the moment from which the records are in the archive. A file that no manifest names is what a crash left
behind; the next writer removes it and reads those offsets again. Nothing is changed in place.

Names that begin with ``_`` are passed over by pandas and pyarrow, so that both read an archive as it stands.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from streams.archive.manifest import (
    ArchivedFile,
    ArchiveMark,
    Coverage,
    Form,
    Lost,
    Manifest,
    read_manifest,
    read_mark,
    written,
)
from streams.errors import InputRefusedError, UsageError

MARK, LOCK, READERS, MANIFESTS = "_archive.json", "_lock", "_readers", "_manifests"
SUFFIX = {"parquet": ".parquet", "jsonl": ".jsonl.zst"}
PARTIAL = ".part"


@dataclass
class State:
    """What an archive holds: the sum of its manifests.

    ``positions`` are, by topic and partition, the offsets from which to read on.
    """

    last_number: int = 0
    files: dict[str, ArchivedFile] = field(default_factory=dict)
    covers: list[Coverage] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    identities: dict[str, str] = field(default_factory=dict)

    @property
    def positions(self) -> dict[tuple[str, int], int]:
        """The offset after the last that was read, or was found to be gone, of each partition."""
        ends: dict[tuple[str, int], int] = {}
        passed: tuple[Coverage | Lost, ...] = (*self.covers, *self.lost)
        for told in passed:
            place = (told.topic, told.partition)
            ends[place] = max(told.end, ends.get(place, 0))
        return ends

    def add(self, manifest: Manifest) -> None:
        """Take in the next manifest."""
        if manifest.supersedes:
            self.files.clear()
            self.covers.clear()
            self.lost.clear()
            self.identities.clear()
        for path in manifest.replaces:
            self.files.pop(path, None)
        self.files.update({file.path: file for file in manifest.files})
        self.covers.extend(manifest.covers)
        self.lost.extend(manifest.lost)
        self.identities.update(manifest.identities)
        self.last_number = manifest.number


class Archive:
    """An archive on disk. Open it to read; ``create`` and ``writing`` are for those who write."""

    def __init__(self, root: Path, mark: ArchiveMark) -> None:
        self.root, self.mark = root, mark

    @classmethod
    def open(cls, root: Path) -> "Archive":
        """The archive in a directory.

        Raises:
            InputRefusedError: there is none, or its mark is damaged or of a newer format.
        """
        if not (root / MARK).exists():
            raise InputRefusedError(f"{root} is no archive: it has no {MARK}")
        return cls(root, read_mark(root / MARK))

    @classmethod
    def create(cls, root: Path, form: Form, cluster: str | None = None) -> "Archive":
        """The archive in a directory, made there when the directory is new or empty.

        Raises:
            UsageError: the directory holds other files, an archive of another cluster or form, or cannot be written.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
            if not (root / MARK).exists():
                if any(path.name not in (LOCK, MARK + PARTIAL) for path in root.iterdir()):
                    raise UsageError(f"{root} holds files and no archive; name a new or an empty directory")
                appear(root / MARK, written(ArchiveMark(form=form, cluster=cluster)))
        except OSError as error:
            raise UsageError(f"{root} cannot be written: {error.strerror or error}") from error
        archive = cls.open(root)
        if archive.mark.form != form:
            raise UsageError(f"{root} is an archive of {archive.mark.form} files; name another directory for {form}")
        if archive.mark.cluster != cluster:
            raise UsageError(
                f"{root} holds records of {_whose(archive.mark.cluster)}, and these are of {_whose(cluster)}: their "
                "offsets mean other records. Name another directory"
            )
        return archive

    def state(self) -> State:
        """The sum of the manifests.

        Raises:
            InputRefusedError: one is damaged, or missing between two others.
        """
        while True:
            numbered = self._numbered()
            try:
                return _sum(numbered)
            except InputRefusedError:
                # Somebody has just summed them up, and removed those that are in the sum.
                if self._numbered() == numbered:
                    raise

    def _numbered(self) -> list[Path]:
        return sorted((self.root / MANIFESTS).glob("*.json"))

    def orphans(self, state: State) -> list[Path]:
        """Files of records, whole or in part, that no manifest names."""
        return [
            path
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
            and not path.relative_to(self.root).parts[0].startswith("_")
            and path.name.endswith((PARTIAL, *SUFFIX.values()))
            and path.relative_to(self.root).as_posix() not in state.files
        ]

    @contextmanager
    def writing(self) -> Iterator[State]:
        """Be the only writer: the state to go on from, once what a crash left behind is removed.

        Raises:
            UsageError: somebody else is writing, or we may not.
            InputRefusedError: as ``state``, or the last manifests are missing.
        """
        try:
            lock = (self.root / LOCK).open("a")
        except OSError as error:
            raise UsageError(f"{self.root} cannot be written: {error.strerror or error}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"another process is writing to the archive {self.root}") from None
            state = self.state()
            orphans = self.orphans(state)
            self._refuse_headless(state, orphans)
            self._clear(orphans)
            yield state

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The state, whose files stay for as long as the block lasts, whatever is compacted meanwhile.

        Raises:
            InputRefusedError: as ``state``.
        """
        with suppress(OSError), (self.root / READERS).open("a"):
            pass
        try:
            held = (self.root / READERS).open("rb")
        except OSError:
            # A medium that cannot be written: nobody takes files away from there.
            yield self.state()
            return
        with held:
            fcntl.flock(held, fcntl.LOCK_SH)
            yield self.state()

    def _refuse_headless(self, state: State, orphans: Sequence[Path]) -> None:
        """Raise InputRefusedError for files of later steps than the next: a crash leaves none, lost manifests do."""
        for path in orphans:
            step = path.name.partition("-")[0]
            if step.isdigit() and int(step) > state.last_number + 1:
                raise InputRefusedError(
                    f"{path} is of step {int(step)}, and {self.root / MANIFESTS} ends with step {state.last_number}: "
                    "manifests are missing. Nothing was removed; put them back, or begin another archive"
                )

    def clear(self, state: State) -> int:
        """Remove the files that no manifest names, unless somebody reads them; how many are left."""
        return self._clear(self.orphans(state))

    def _clear(self, orphans: Sequence[Path]) -> int:
        with (self.root / READERS).open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return len(orphans)
            for path in orphans:
                path.unlink()
        return 0

    def commit(self, manifest: Manifest) -> None:
        """Make a manifest appear, and with it the files that it names, which must be there already."""
        (self.root / MANIFESTS).mkdir(exist_ok=True)
        appear(self.manifest_path(manifest.number), written(manifest))

    def forget(self, number: int) -> None:
        """Remove the manifests before ``number``, which sums them up."""
        for path in (self.root / MANIFESTS).glob("*.json"):
            if path.stem < f"{number:010}":
                path.unlink()

    def manifest_path(self, number: int) -> Path:
        """Where a step's manifest goes."""
        return self.root / MANIFESTS / f"{number:010}.json"

    def file_path(self, topic: str, day: str, number: int, place: int) -> Path:
        """Where the ``place``-th file of a step goes; ``day`` as 2026-11-23."""
        return self.root / topic / f"day={day}" / f"{number:010}-{place}{SUFFIX[self.mark.form]}"


def _sum(numbered: list[Path]) -> State:
    state = State()
    manifests = [read_manifest(path) for path in numbered]
    begun = max((index for index, one in enumerate(manifests) if one.supersedes), default=0)
    for path, manifest in zip(numbered[begun:], manifests[begun:], strict=True):
        expected = state.last_number + 1
        if path.stem != f"{manifest.number:010}" or (not manifest.supersedes and manifest.number != expected):
            raise InputRefusedError(
                f"{path.parent} has {path.name} where number {expected} should be: a manifest is missing"
            )
        state.add(manifest)
    return state


def _whose(cluster: str | None) -> str:
    return "files" if cluster is None else f"the Kafka cluster {cluster}"


def appear(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        settle(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def settle(partial: Path, path: Path) -> None:
    """Give a file, written and synced under another name, its own; the directory is synced too."""
    partial.rename(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
