"""One step of writing an archive: files first, then the manifest from which they count."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from streams.archive.forms import rows_of_topics, write_file
from streams.archive.layout import Archive, State
from streams.archive.manifest import ArchivedFile, Coverage, Lost, Manifest
from streams.errors import InternalFaultError


@dataclass(frozen=True)
class Step:
    """What is to be added: records, what was read to get them, and what could not be."""

    batches: Sequence[pa.RecordBatch] = ()
    covers: Sequence[Coverage] = ()
    lost: Sequence[Lost] = ()
    identities: Mapping[str, str] = field(default_factory=dict)


class StepWriter:
    """Writes steps in a thread of its own, one at a time: the next is read meanwhile. A context manager.

    Leaving the block waits for the step at hand. After a failure the step is not in the archive, and none follows.
    """

    def __init__(self, archive: Archive, state: State) -> None:
        self._archive, self._state = archive, state
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._at_hand: Future[Manifest] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def begin(self, step: Step) -> Manifest | None:
        """Begin to write a step; before that, the manifest of the one before, which is waited for.

        Raises:
            InternalFaultError: the one before could not be written.
        """
        before = self.finish()
        self._at_hand = self._thread.submit(write_step, self._archive, self._state, step)
        return before

    def finish(self) -> Manifest | None:
        """Wait for the step at hand; its manifest, told once.

        Raises:
            InternalFaultError: it could not be written.
        """
        at_hand, self._at_hand = self._at_hand, None
        return at_hand.result() if at_hand else None

    def finished(self) -> Manifest | None:
        """As ``finish``, without waiting."""
        return self.finish() if self._at_hand and self._at_hand.done() else None


def write_step(archive: Archive, state: State, step: Step) -> Manifest:
    """Add a step to the archive and to its state: all of it, or nothing.

    Raises:
        InternalFaultError: the disk does not take it.
    """
    with OpenStep(archive, state) as opened:
        if step.batches:
            opened.add(step.batches)
            # Else the pool keeps the most that any step took, and grows with the oddest.
            pa.default_memory_pool().release_unused()
        return opened.commit(step.covers, step.lost, step.identities)


class OpenStep:
    """A step whose records come in parts; they count from ``commit`` on. A context manager.

    Leaving the block without it, or with an error, removes what was written. A disk that does not take it is an
    InternalFaultError.
    """

    def __init__(self, archive: Archive, state: State) -> None:
        self._archive, self._state = archive, state
        self._number = state.last_number + 1
        self._files: list[ArchivedFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._state.last_number < self._number:
            withdraw(self._archive, self._number, [self._archive.root / file.path for file in self._files])
        if isinstance(error, OSError):
            raise InternalFaultError(
                f"{self._archive.root} cannot be written: {error.strerror or error}. Nothing of this step was kept, "
                "and what was archived before it is whole; the next run goes on from there"
            ) from error

    def add(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Write records as files."""
        for topic, day, rows in rows_of_topics(batches):
            path = self._archive.file_path(topic, day, self._number, len(self._files))
            self._files.append(write_file(self._archive.root, path, rows))

    def commit(
        self, covers: Sequence[Coverage], lost: Sequence[Lost] = (), identities: Mapping[str, str] | None = None
    ) -> Manifest:
        """Make the step part of the archive and of its state."""
        manifest = Manifest(
            number=self._number,
            written_at=int(time.time() * 1000),
            files=tuple(self._files),
            covers=tuple(covers),
            lost=tuple(lost),
            identities=dict(identities or {}),
        )
        self._archive.commit(manifest)
        self._state.add(manifest)
        return manifest


def withdraw(archive: Archive, number: int, files: Sequence[Path]) -> None:
    """Remove the files of a step that failed, unless its manifest appeared after all."""
    if not archive.manifest_path(number).exists():
        for path in files:
            path.unlink(missing_ok=True)
