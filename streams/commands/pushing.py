"""What ``push`` does once its options are read: find, read, send, tell; interruptible at any time."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

import click
from pydantic import ValidationError

from schemas.paragraph import Paragraph, Report
from schemas.topics import PARAGRAPHS
from streams.clients.producer import ParagraphProducer, PushSummary
from streams.clients.topic_admin import TopicAdmin
from streams.commands.cluster import reachable_bootstrap
from streams.commands.formats import named_form
from streams.commands.interruption import Interruption, Postponing
from streams.commands.progress import PushProgress, counted
from streams.errors import BrokerUnavailableError, InputRefusedError, UsageError
from streams.reports.blocks import Role
from streams.reports.reading import Refusal, ReportOptions, SetAside
from streams.reports.sources import Skipped, Source, find_sources
from streams.reports.staging import Stamp, read_whole
from streams.settings import Settings

INTERRUPTED = 130
LAST_PATIENCE_S = 10.0
"""How long an interrupted or failed push waits for the last acknowledgements."""


class Sending(Protocol):
    """Takes paragraphs, in their order."""

    def send(self, paragraph: Paragraph) -> None:
        """Take one.

        Raises:
            InputRefusedError: this one cannot be taken.
            BrokerUnavailableError: none can be taken any more.
        """


@dataclass
class PushOutcome:
    """What came of a push: files that gave paragraphs, what was sent, refused and set aside."""

    files: int = 0
    handed_over: int = 0
    sent: PushSummary = field(default_factory=PushSummary)
    refused: int = 0
    set_aside: Counter[Role] = field(default_factory=Counter)
    interrupted: bool = False
    lost: BrokerUnavailableError | None = None

    @property
    def exit_code(self) -> int:
        """130 interrupted, 3 when Kafka did not take everything, 1 when input was refused, otherwise 0."""
        if self.interrupted:
            return INTERRUPTED
        if self.lost or self.sent.failed:
            return BrokerUnavailableError.exit_code
        return InputRefusedError.exit_code if self.refused else 0


def report_options(title: str | None, published: date | None, genre: str | None, source: str | None) -> ReportOptions:
    """The options, checked as the record would check them.

    Raises:
        UsageError: one is empty, too long or not text.
    """
    for name, value in (("title", title), ("genre", genre), ("source", source)):
        try:
            Report.model_validate({"id": "-", name: value})
        except ValidationError as error:
            raise UsageError(f"--{name}: {error.errors()[0]['msg']}") from None
    return ReportOptions(title, published, genre, source)


def push_reports(settings: Settings, inputs: Sequence[str], options: ReportOptions, form: str) -> PushOutcome:
    """Push what the inputs name, telling on standard error what is refused or passed over.

    Raises:
        BrokerUnavailableError: Kafka cannot be reached to begin with.
        UsageError: the topic does not exist.
    """
    outcome = PushOutcome()
    sources = list(found_sources(inputs, form, outcome))
    if not sources:
        return outcome
    with connected(settings) as (producer, _), PushProgress(len(sources)) as progress:
        with Interruption() as interruption:
            try:
                for source in sources:
                    handed_over = push_source(source, options, producer, outcome, progress, interruption)
                    progress.done(source.shown, handed_over or 0)
                producer.flush()
            except KeyboardInterrupt:
                outcome.interrupted = True
                click.echo("interrupted: waiting for what is under way (Ctrl-C again to leave)", err=True)
                _settle(producer)
            except BrokerUnavailableError as error:
                outcome.lost = error
                _settle(producer)
        outcome.sent = producer.summary()
    return outcome


@contextmanager
def connected(settings: Settings) -> Iterator[tuple[ParagraphProducer, str]]:
    """A producer on a Kafka that answers and has the topic, and that topic's identity.

    Raises:
        BrokerUnavailableError: Kafka cannot be reached.
        UsageError: the topic does not exist.
    """
    servers = reachable_bootstrap(settings)
    with TopicAdmin(settings, servers) as admin:
        target = admin.identity(PARAGRAPHS)
    if target is None:
        name = settings.topic_prefix + PARAGRAPHS.name
        raise UsageError(f"no topic {name} at {servers}; run `report-streams topics create`")
    with ParagraphProducer(settings, servers, lambda line: click.echo(line, err=True)) as producer:
        yield producer, target


def show_summary(outcome: PushOutcome, *, as_json: bool) -> None:
    """One line on standard output; on standard error what did not reach Kafka, and why."""
    sent = outcome.sent
    for fault in sent.faults:
        click.echo(f"not acknowledged: {fault}", err=True)
    if outcome.lost:
        click.echo(f"error: {outcome.lost}", err=True)
    click.echo(json.dumps(_summary_fields(outcome)) if as_json else _summary_line(outcome))


def found_sources(inputs: Sequence[str], form: str, outcome: PushOutcome) -> Iterator[Source]:
    """The files that the inputs name; what is passed over or refused is told and counted."""
    for found in find_sources(inputs, named_form(form)):
        if isinstance(found, Source):
            yield found
        elif isinstance(found, Skipped):
            click.echo(str(found), err=True)
        else:
            _refuse(found, outcome)


def push_source(
    source: Source,
    options: ReportOptions,
    producer: Sending,
    outcome: PushOutcome,
    progress: PushProgress,
    interruption: Postponing,
    stamp: Stamp | None = None,
) -> int | None:
    """Hand over the paragraphs of one source, none of a file before the whole of it was read.

    Args:
        stamp: how the file must still look once it has been read; otherwise as it looks now.

    Returns:
        How many paragraphs were handed over, not yet acknowledged; None when the source was refused as a whole.

    Raises:
        BrokerUnavailableError: Kafka has gone.
    """
    before, aside, refused = outcome.handed_over, Counter[Role](), False
    try:
        for reading in read_whole(source, options, datetime.now(UTC), stamp):
            if isinstance(reading, Paragraph):
                _send(reading, source, producer, outcome, interruption)
                progress.advance(source.shown, outcome.handed_over)
            elif isinstance(reading, SetAside):
                aside[reading.role] += 1
            else:
                refused = refused or reading.line is None
                _refuse(reading, outcome)
    finally:
        outcome.files += outcome.handed_over > before
    if refused:
        return None
    outcome.set_aside += aside
    return outcome.handed_over - before


def _send(
    paragraph: Paragraph,
    source: Source,
    producer: Sending,
    outcome: PushOutcome,
    interruption: Postponing,
) -> None:
    try:
        with interruption.postponed():
            producer.send(paragraph)
            outcome.handed_over += 1
    except InputRefusedError as error:
        _refuse(Refusal(source.shown, f"paragraph {paragraph.ordinal}: {error}"), outcome)


def _refuse(refusal: Refusal, outcome: PushOutcome) -> None:
    outcome.refused += 1
    click.echo(f"refused: {refusal}", err=True)


def _settle(producer: ParagraphProducer) -> None:
    """Wait for what is under way; a second Ctrl-C, or a Kafka that is gone, ends the wait."""
    try:
        producer.flush(LAST_PATIENCE_S)
    except (KeyboardInterrupt, BrokerUnavailableError):
        click.echo("not all that was under way is acknowledged", err=True)


def _summary_fields(outcome: PushOutcome) -> dict[str, object]:
    return {
        "files": outcome.files,
        "paragraphs": outcome.sent.paragraphs,
        "bytes": outcome.sent.bytes,
        "seconds": round(outcome.sent.seconds, 3),
        "refused": outcome.refused,
        "unacknowledged": outcome.handed_over - outcome.sent.paragraphs,
        "set_aside": dict(outcome.set_aside),
        "interrupted": outcome.interrupted,
    }


def _summary_line(outcome: PushOutcome) -> str:
    sent = outcome.sent
    cut_short = "interrupted; " if outcome.interrupted else ""
    done = f"{counted(sent.paragraphs, 'paragraph')} of {counted(outcome.files, 'file')} acknowledged by Kafka"
    parts = [f"{cut_short}{done} ({sent.bytes:,} bytes, {sent.seconds:.1f} s)"]
    if outcome.handed_over > sent.paragraphs:
        parts.append(f"{outcome.handed_over - sent.paragraphs:,} not acknowledged")
    if outcome.set_aside:
        aside = ", ".join(counted(count, role) for role, count in sorted(outcome.set_aside.items()))
        parts.append(f"set aside {aside}")
    if outcome.refused:
        parts.append(f"refused {outcome.refused:,}")
    return "; ".join(parts)
