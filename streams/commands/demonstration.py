"""What ``demo`` does: five steps, each of them a command that a user can run alone; all that was started is stopped."""

import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
import psutil

from schemas.events import EventContext
from schemas.topics import DEAD_LETTER, EVENT_TOPICS
from streams.broker import embedded
from streams.clients.connection import answers, silence_client_logs
from streams.clients.subscriber import Received, read_all
from streams.clients.topic_admin import TopicAdmin
from streams.commands.pushing import PushOutcome, push_reports, report_options, show_summary
from streams.commands.rows import row, table
from streams.errors import InternalFaultError, UsageError
from streams.metrics import PageOfMetrics
from streams.settings import Settings

SHOWN_OF_EACH_KIND = 8
LONGEST_WORK_S = 300.0
DRAIN_S = 60.0


def demonstrate(settings: Settings, inputs: Sequence[str], *, show_all: bool) -> int:
    """Run the whole way over the inputs; the exit code of the push.

    Raises:
        ReportStreamsError: whichever step could not be done; what was started is stopped all the same.
    """
    silence_client_logs()
    begun = time.monotonic()
    with _cluster(settings) as ours:
        outcome = _push(ours, inputs)
        if outcome.sent.paragraphs:
            _step(4, "a worker says what each paragraph holds, exactly once")
            _work(ours, outcome.sent.paragraphs)
            _step(5, "the events, as a subscriber reads them")
            _show_events(ours, show_all=show_all)
    click.echo(f"\nAll is stopped, after {time.monotonic() - begun:.0f} s. Where to look next:")
    click.echo(_NEXT)
    return outcome.exit_code


_NEXT = """\
  report-streams explain '市长说，全市新增就业3.2万人。'  why a text gets its labels
  report-streams broker start                            a Kafka that stays; then topics create, worker, push, subscribe
  README.md                                              the commands, the promises, your own Kafka"""


@contextmanager
def _cluster(settings: Settings) -> Iterator[Settings]:
    """Settings of a Kafka with fresh topics; whatever was made is gone afterwards."""
    if settings.bootstrap_servers:
        prefix = f"{settings.topic_prefix}demo-{os.getpid()}-{int(time.time())}."
        named = settings.model_copy(update={"topic_prefix": prefix})
        _step(1, f"Kafka at {settings.bootstrap_servers}, topics {prefix}*")
        with _topics(named, delete=True):
            yield named
        return
    with _embedded_kafka(settings) as address, _topics(ours := _on(settings, address), delete=False):
        yield ours


def _on(settings: Settings, address: str) -> Settings:
    return settings.model_copy(update={"bootstrap_servers": address})


@contextmanager
def _embedded_kafka(settings: Settings) -> Iterator[str]:
    """The address of an embedded Kafka that begins empty and ends with the demo."""
    _step(1, "a Kafka of the demo's own starts")
    directory = settings.broker_data_dir.with_name(settings.broker_data_dir.name + "-demo")
    own = settings.model_copy(update={"broker_data_dir": directory, "broker_port": 0})
    status = embedded.status(directory)
    if status.running and status.owner_pid is not None and psutil.pid_exists(status.owner_pid):
        raise UsageError(f"another demo is running (process {status.owner_pid}); wait for it, or stop it")
    # A demo that was killed has left both its Kafka and its directory.
    embedded.discard(directory)
    try:
        broker = embedded.start(own, ready=answers, owner_pid=os.getpid(), say=click.echo)
        click.echo(f"Kafka answers at {broker.bootstrap_servers}")
        yield broker.bootstrap_servers
    finally:
        embedded.discard(directory)


@contextmanager
def _topics(settings: Settings, *, delete: bool) -> Iterator[None]:
    _step(2, "topics")
    with TopicAdmin(settings, _servers(settings)) as admin:
        for creation in admin.create():
            click.echo(f"  {creation.topic}")
    try:
        yield
    finally:
        if delete:
            with TopicAdmin(settings, _servers(settings)) as admin:
                admin.delete()


def _push(settings: Settings, inputs: Sequence[str]) -> PushOutcome:
    _step(3, "reports are pushed as paragraphs")
    outcome = push_reports(settings, inputs, report_options(None, None, None, None), "auto")
    show_summary(outcome, as_json=False)
    return outcome


def _work(settings: Settings, paragraphs: int) -> None:
    """Run a worker as a user would, until its metrics page says that it has handled so many paragraphs."""
    with _worker(settings) as (process, address):
        page = _handled(process, address, paragraphs)
        click.echo(f"from {address}:")
        for line in page.summary():
            click.echo(f"  {line}")


@contextmanager
def _worker(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A worker process and the address of its metrics; told to drain at the end.

    Raises:
        InternalFaultError: it ended by itself, or not well.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", "worker", "--metrics-port", "0"],
        env={**os.environ, **settings.as_environment()},
        stderr=subprocess.PIPE,
        text=True,
        # Ctrl-C is ours to handle: the worker then drains when we tell it to.
        start_new_session=True,
    )
    try:
        yield process, _metrics_address(process)
    finally:
        process.terminate()
        said = _last_words(process)
    if process.returncode != 0:
        raise InternalFaultError(f"the worker ended with exit code {process.returncode}:\n{said}")


def _last_words(process: subprocess.Popen[str]) -> str:
    """What a worker that was told to drain said on standard error; one that does not end is killed."""
    try:
        return process.communicate(timeout=DRAIN_S)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def _metrics_address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None  # noqa: S101 -- it was asked for
    first = process.stderr.readline()
    if "http://" not in first:
        raise InternalFaultError(f"the worker did not start:\n{first}{process.stderr.read()}")
    return first[first.index("http://") :].strip()


def _handled(process: subprocess.Popen[str], address: str, paragraphs: int) -> PageOfMetrics:
    deadline = time.monotonic() + LONGEST_WORK_S
    while process.poll() is None and time.monotonic() < deadline:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 -- the address that our worker printed
            page = PageOfMetrics(answer.read().decode())
        if page.records_in >= paragraphs:
            return page
        time.sleep(0.2)
    raise InternalFaultError(f"the worker did not handle {paragraphs} paragraphs in {LONGEST_WORK_S:.0f} s")


def _show_events(settings: Settings, *, show_all: bool) -> None:
    """A table of events: of each kind the first of every report, then the second, so that few rows show much."""
    topics = (*EVENT_TOPICS, DEAD_LETTER)
    order = [topic.alias for topic in topics]
    found = list(read_all(settings, _servers(settings), topics, lambda bad: click.echo(f"undecodable: {bad}")))
    by_kind = {alias: _interleaved([one for one in found if one.topic.alias == alias]) for alias in order}
    shown = [one for alias in order for one in by_kind[alias][: None if show_all else SHOWN_OF_EACH_KIND]]
    table((row(one.record) for one in shown), sys.stdout)
    if not show_all:
        click.echo(f"(the first {SHOWN_OF_EACH_KIND} of each kind; --all shows every one)")
    click.echo("\n" + ", ".join(f"{alias} {len(by_kind[alias])}" for alias in order))


def _interleaved(received: list[Received]) -> list[Received]:
    """The records, one of each report in turn; the same order in every run."""
    nth: Counter[str] = Counter()
    places = []
    for one in received:
        report = one.record.report.id if isinstance(one.record, EventContext) else ""
        places.append((nth[report], report, one))
        nth[report] += 1
    return [place[-1] for place in sorted(places, key=lambda place: place[:2])]


def _servers(settings: Settings) -> str:
    assert settings.bootstrap_servers is not None  # noqa: S101 -- _cluster gives settings that name one
    return settings.bootstrap_servers


def _step(number: int, what: str) -> None:
    click.secho(f"\n{number}/5 {what}", bold=True)
