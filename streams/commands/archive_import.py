"""What ``archive import`` does once its options are read: report files into an archive, as if they had been pushed."""

import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS
from streams.archive.layout import Archive, State
from streams.archive.manifest import Coverage, Form
from streams.archive.records import ArchivedRecord, to_batch
from streams.archive.step import OpenStep
from streams.clients.producer import partition_of, pushed_message
from streams.commands.progress import PushProgress, counted
from streams.commands.pushing import PushOutcome, found_sources, push_source
from streams.reports.reading import ReportOptions

STEP_BYTES = 16_000_000


def import_into(
    directory: Path, form: Form, topic_prefix: str, inputs: Sequence[str], options: ReportOptions, read_as: str
) -> PushOutcome:
    """Read what the inputs name into the archive, telling on standard error what is refused or passed over.

    Raises:
        UsageError: the directory holds something else, or cannot be written.
        InternalFaultError: the disk does not take it; the archive is as it was.
    """
    outcome = PushOutcome()
    sources = list(found_sources(inputs, read_as, outcome))
    if not sources:
        return outcome
    archive = Archive.create(directory, form)
    with archive.writing() as state, OpenStep(archive, state) as step, PushProgress(len(sources)) as progress:
        importing = Importing(step, state, topic_prefix + PARAGRAPHS.name)
        for source in sources:
            taken = push_source(source, options, importing, outcome, progress, importing)
            progress.done(source.shown, taken or 0)
        if outcome.handed_over:
            importing.commit()
    return outcome


class Importing:
    """Takes paragraphs as a producer would, gives each its partition and the next offset there."""

    def __init__(self, step: OpenStep, state: State, topic: str) -> None:
        self._step, self._topic = step, topic
        self._begun = {number: state.positions.get((topic, number), 0) for number in range(PARAGRAPHS.partitions)}
        self._next = dict(self._begun)
        self._records: list[ArchivedRecord] = []
        self._bytes = 0

    def send(self, paragraph: Paragraph) -> None:
        """Take one paragraph.

        Raises:
            InputRefusedError: its record would be too large for the topic.
        """
        message = pushed_message(paragraph)
        partition = partition_of(message.key or b"", PARAGRAPHS.partitions)
        now = int(time.time() * 1000)
        place = (self._topic, partition, self._next[partition])
        self._records.append(ArchivedRecord(*place, now, message.key, message.value, tuple(message.headers)))
        self._next[partition] += 1
        self._bytes += message.size
        if self._bytes >= STEP_BYTES:
            self._write()

    def postponed(self) -> AbstractContextManager[None]:
        """Nothing to postpone: an interrupted import leaves nothing behind."""
        return nullcontext()

    def commit(self) -> None:
        """Make all that was taken part of the archive."""
        self._write()
        self._step.commit(
            [
                Coverage(topic=self._topic, partition=number, begin=self._begun[number], end=end)
                for number, end in self._next.items()
                if end > self._begun[number]
            ]
        )

    def _write(self) -> None:
        if self._records:
            self._step.add([to_batch(self._records)])
            self._records, self._bytes = [], 0


def show_import(outcome: PushOutcome, *, as_json: bool) -> None:
    """One line on standard output."""
    aside = dict(outcome.set_aside)
    if as_json:
        told = {"files": outcome.files, "paragraphs": outcome.handed_over, "refused": outcome.refused}
        click.echo(json.dumps(told | {"set_aside": aside}))
        return
    parts = [f"{counted(outcome.handed_over, 'paragraph')} of {counted(outcome.files, 'file')} imported"]
    parts.extend(f"{counted(count, role)} set aside" for role, count in sorted(aside.items()))
    click.echo("; ".join(parts) + (f"; refused {outcome.refused:,}" if outcome.refused else ""))
