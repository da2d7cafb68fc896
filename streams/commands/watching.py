"""``push --watch``: each file once it is whole, each content once, until somebody ends it.

The promise, in the order of the code: 1. a file is looked at again and again until its size and time stay the same;
2. its bytes are hashed, and a content that this topic has is passed over; 3. the file is read to its end, and sent only
when it still looks the same; 4. every paragraph is acknowledged; 5. the content is remembered, on disk. A crash
between 4 and 5, or a Kafka that goes away between 3 and 4, gives a repeat with equal ids, never a gap. Several watches
that share a memory take turns from the question of 2 to 5.
"""

import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import click

from streams.clients.producer import ParagraphProducer, PushSummary
from streams.clients.pushed import Content, Pushed, PushedMemory
from streams.commands.formats import named_form
from streams.commands.interruption import Ending
from streams.commands.progress import PushProgress, counted
from streams.commands.pushing import PushOutcome, connected, push_source
from streams.errors import BrokerUnavailableError, UsageError
from streams.reports.reading import ReportOptions
from streams.reports.settling import Settling
from streams.reports.sources import STDIN, Skipped, Source, find_sources
from streams.reports.staging import Stamp
from streams.settings import Settings

LOOK_EVERY_S = 1.0
LOOK_AT_MOST_EVERY_S = 30.0
LOOK_SHARE = 5
"""Looking around takes at most about a sixth of the time: large directories, on a network above all, list slowly."""
NAMED_KNOWN = 5
"""A start on a directory of files that were pushed before names so many of them."""
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 60.0

Look = tuple[Stamp, int]
"""A file's stamp, and the nanoseconds of its last change of any kind, permissions included."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A settled file that is to be pushed, and how it looked then."""

    source: Source
    path: Path
    stamp: Stamp


def watch_reports(
    settings: Settings, inputs: Sequence[str], options: ReportOptions, form: str, state: Path, settle_s: float
) -> PushOutcome:
    """Push what the inputs hold and what comes to them, until Ctrl-C or SIGTERM, telling on standard error.

    Raises:
        UsageError: an input is not there or cannot be watched, the memory cannot be used, or the topic does not exist
            on a Kafka that is there from the start.
    """
    _require_watchable(inputs)
    with PushedMemory(state) as memory, Ending() as ending:
        watch = _Watch(settings, inputs, options, form, memory, ending, settle_s)
        click.echo(f"watching {', '.join(inputs)}, remembering in {state}; Ctrl-C or SIGTERM ends it", err=True)
        try:
            watch.run()
        except KeyboardInterrupt:
            click.echo("ended; what is not told of above comes at the next start", err=True)
    return watch.outcome


def _require_watchable(inputs: Sequence[str]) -> None:
    for given in inputs:
        if given == STDIN:
            raise UsageError("--watch needs files or directories; standard input can only be read once")
        if not Path(given).exists():
            raise UsageError(f"--watch: {given} does not exist; make the directory, or name another")


class _Watch:
    """The loop and what it knows of the files."""

    def __init__(
        self,
        settings: Settings,
        inputs: Sequence[str],
        options: ReportOptions,
        form: str,
        memory: PushedMemory,
        ending: Ending,
        settle_s: float,
    ) -> None:
        self.outcome = PushOutcome()
        self._settings = settings
        self._inputs = inputs
        self._options = options
        self._form = named_form(form)
        self._memory = memory
        self._ending = ending
        self._settling: Settling[Look] = Settling(settle_s)
        self._every_s = min(LOOK_EVERY_S, settle_s)
        self._told: set[str] = set()
        self._refused: dict[Path, str] = {}
        self._was_connected = False

    def run(self) -> None:
        """Look, push, wait; ends by KeyboardInterrupt only."""
        self._with_kafka([])
        while True:
            begun = time.monotonic()
            settled = self._settled()
            took = time.monotonic() - begun
            if settled:
                self._with_kafka(settled)
            time.sleep(min(max(self._every_s, took * LOOK_SHARE), LOOK_AT_MOST_EVERY_S))

    def _settled(self) -> list[Waiting]:
        sources: dict[Path, Source] = {}
        looks: list[tuple[Path, Look]] = []
        for source in self._sources():
            path = (source.path or Path()).absolute()
            look = _look_at(path)
            if look is not None:
                sources[path] = source
                looks.append((path, look))
        stamps = {path: look[0] for path, look in looks}
        return [Waiting(sources[path], path, stamps[path]) for path in self._settling.look(looks, time.monotonic())]

    def _sources(self) -> Iterator[Source]:
        """The files there are now; what is passed over or no file is named once."""
        for found in find_sources(self._inputs, self._form, empty_refused=False):
            if isinstance(found, Source):
                yield found
            elif isinstance(found, Skipped):
                for name in found.names:
                    self._tell_once(f"{found.directory}: passed over {name}")
            else:
                self._refuse_once(str(found))

    def _with_kafka(self, settled: Sequence[Waiting]) -> None:
        """Push them in their order; while Kafka is away wait and say so, then go on with the file at hand."""
        retry_s, waiting, told = FIRST_RETRY_S, deque(settled), ""
        while True:
            before = len(waiting)
            try:
                with connected(self._settings) as (producer, target):
                    self._was_connected = True
                    self._push_each(waiting, producer, target)
            except BrokerUnavailableError as error:
                fault = str(error)
            except UsageError as error:
                # On a Kafka that is there from the start it is the user's mistake; on one that has just come up,
                # or that had the topic before, somebody is at work.
                if not (self._was_connected or told):
                    raise
                fault = str(error)
            else:
                return
            if self._ending.asked:
                raise KeyboardInterrupt
            if fault != told:
                click.echo(f"waiting, and trying again ({counted(len(waiting), 'file')} to push): {fault}", err=True)
            told = fault
            retry_s = FIRST_RETRY_S if len(waiting) < before else min(retry_s * 2, LAST_RETRY_S)
            # A file that Kafka does not take must not hold up the others.
            waiting.rotate(-1)
            time.sleep(retry_s)

    def _push_each(self, waiting: deque[Waiting], producer: ParagraphProducer, target: str) -> None:
        """Take each file from the queue once it is settled what becomes of it."""
        passed_over: list[str] = []
        try:
            while waiting:
                file = waiting[0]
                content = self._content(file)
                known = self._memory.pushed(target, content.sha256) if content else None
                if content and not known and self._refused.get(file.path) != content.sha256:
                    known = self._push_unless_known(file, content, producer, target)
                if content and known:
                    self._memory.note_hash(content)
                    passed_over.append(_already(file, known))
                waiting.popleft()
        finally:
            _tell_passed_over(passed_over)

    def _push_unless_known(
        self, file: Waiting, content: Content, producer: ParagraphProducer, target: str
    ) -> Pushed | None:
        """Push a file, alone among the watches with this memory; or what another one has just pushed of its content."""
        shown = file.source.shown
        with self._memory.turn(lambda: click.echo(f"{shown}: waiting for another push --watch at work", err=True)):
            known = self._memory.pushed(target, content.sha256)
            if not known:
                self._push_one(file, content, producer, target)
        return known

    def _push_one(self, file: Waiting, content: Content, producer: ParagraphProducer, target: str) -> None:
        shown = file.source.shown
        with self._ending.file_at_hand(shown):
            earlier = self._memory.last_at(target, file.path)
            before, files = producer.summary(), self.outcome.files
            try:
                count = self._send_whole(file, producer)
            except BrokerUnavailableError:
                self.outcome.files = files
                raise
            finally:
                self._add(before, producer.summary())
            if count is not None:
                self._memory.record(target, content, count)
                click.echo(f"{shown}: {counted(count, 'paragraph')} pushed{_as_what(earlier)}", err=True)
            elif Stamp.of(file.path) == file.stamp:
                self._refused[file.path] = content.sha256

    def _send_whole(self, file: Waiting, producer: ParagraphProducer) -> int | None:
        """How many paragraphs Kafka acknowledged, all of the file's; None when the file was refused.

        Raises:
            BrokerUnavailableError: not all was acknowledged.
        """
        unseen = PushProgress(0)
        count = push_source(file.source, self._options, producer, self.outcome, unseen, self._ending, file.stamp)
        if producer.flush().failed:
            raise BrokerUnavailableError(
                f"not all of {file.source.shown} was acknowledged: {producer.summary().faults[0]}"
            )
        return count

    def _content(self, file: Waiting) -> Content | None:
        """What the file holds; None when it cannot be read, or does not look as it did: then it will settle anew."""
        size, mtime_ns = file.stamp.size, file.stamp.mtime_ns
        known = self._memory.known_hash(file.path, size, mtime_ns)
        if known:
            return Content(file.path, size, mtime_ns, known)
        try:
            with file.path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            self._refuse_once(f"{file.source.shown}: cannot be read: {error.strerror}")
            return None
        return Content(file.path, size, mtime_ns, sha256) if Stamp.of(file.path) == file.stamp else None

    def _refuse_once(self, refusal: str) -> None:
        self.outcome.refused += refusal not in self._told
        self._tell_once(f"refused: {refusal}", refusal)

    def _tell_once(self, line: str, key: str | None = None) -> None:
        if (key or line) not in self._told:
            self._told.add(key or line)
            click.echo(line, err=True)

    def _add(self, before: PushSummary, after: PushSummary) -> None:
        sent = self.outcome.sent
        sent.paragraphs += after.paragraphs - before.paragraphs
        sent.bytes += after.bytes - before.bytes
        sent.seconds += after.seconds - before.seconds
        # What was not acknowledged is sent again.
        self.outcome.handed_over = sent.paragraphs


def _tell_passed_over(lines: Sequence[str]) -> None:
    if len(lines) > NAMED_KNOWN:
        lines = [f"{counted(len(lines), 'file')} passed over: their content has been pushed"]
    for line in lines:
        click.echo(line, err=True)


def _already(file: Waiting, known: Pushed) -> str:
    when = f"{known.pushed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{file.source.shown}: passed over, its content has been pushed ({known.path}, {when})"


def _as_what(earlier: Pushed | None) -> str:
    if earlier is None:
        return ""
    return " as it is now; it has changed since it was pushed, and paragraphs that stayed the same repeat their ids"


def _look_at(path: Path) -> Look | None:
    """None for a file that has gone since the directory was listed."""
    try:
        told = path.stat()
    except OSError:
        return None
    return Stamp(told.st_size, told.st_mtime_ns), told.st_ctime_ns
