"""From topics into an archive: read, gather, write a step, and so on until the end or until told to stop."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from streams.archive.manifest import Lost, Manifest
from streams.archive.source import Source
from streams.archive.step import StepWriter
from streams.errors import BrokerUnavailableError, UsageError

_KAFKA_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """A step is written when so many bytes (uncompressed) or seconds have come together."""

    step_bytes: int
    step_s: float


@dataclass
class Archived:
    """What a run has added: records, bytes of its files, steps, and what Kafka no longer had."""

    records: int = 0
    file_bytes: int = 0
    files: int = 0
    steps: int = 0
    lost: list[Lost] = field(default_factory=list)

    def add(self, manifest: Manifest) -> None:
        """Count another step."""
        self.records += sum(file.records for file in manifest.files)
        self.file_bytes += sum(file.bytes for file in manifest.files)
        self.files += len(manifest.files)
        self.steps += 1
        self.lost.extend(manifest.lost)


class ArchiveRun:
    """One run: reads a source, writes steps. ``stop`` may be called by a signal's handler."""

    def __init__(
        self,
        source: Source,
        writer: StepWriter,
        limits: Limits,
        *,
        follow: bool,
        written: Callable[[Manifest], None],
        read: Callable[[int, int], None],
    ) -> None:
        """Prepare it.

        Args:
            source: where from.
            writer: where to.
            limits: when a step is written.
            follow: whether to go on until ``stop``.
            written: told of each step that is in the archive.
            read: told, some times a second, how many records came and how many offsets are left.
        """
        self._source, self._writer, self._limits, self._follow = source, writer, limits, follow
        self._written, self._read = written, read
        self._stopping = False
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0
        self._due = 0.0
        self.archived = Archived()

    def stop(self) -> None:
        """Write what has been read, and end."""
        self._stopping = True

    def run(self) -> Archived:
        """Go on until all is read that was there at the beginning, or with ``follow`` until ``stop``.

        Raises:
            UsageError: a topic was deleted (what was read of it is in the archive) or made anew.
            BrokerUnavailableError: Kafka went away, or refuses us; what was written before is in the archive.
            InternalFaultError: the disk does not take it; the same.
        """
        self._due = time.monotonic() + self._limits.step_s
        while not self._stopping and (self._follow or not self._source.caught_up()):
            batch = self._source.batch()
            if batch is not None:
                self._batches.append(batch)
                self._bytes += batch.get_total_buffer_size()
            self._read(batch.num_rows if batch is not None else 0, self._source.left)
            self._count(self._writer.finished())
            if self._source.gone:
                break
            if self._is_due():
                self._write()
        self._write()
        self._count(self._writer.finish())
        if self._source.gone:
            raise UsageError(f"topics were deleted: {', '.join(self._source.gone)}; all that was read is archived")
        return self.archived

    def _is_due(self) -> bool:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._limits.step_s
            return bool(self._batches)
        return self._bytes >= self._limits.step_bytes

    def _write(self) -> None:
        """Hand what has come to the writer, once Kafka says that it is still of the same topics."""
        if self._batches:
            self._check()
        step = self._source.taken(self._batches)
        self._batches, self._bytes = [], 0
        if step.covers or step.lost:
            self._count(self._writer.begin(step))

    def _check(self) -> None:
        while True:
            try:
                return self._source.check()
            except BrokerUnavailableError:
                if self._stopping or not self._follow:
                    raise
                time.sleep(_KAFKA_PAUSE_S)

    def _count(self, manifest: Manifest | None) -> None:
        if manifest is not None:
            self.archived.add(manifest)
            self._written(manifest)
