"""``python -m benchmarks.engines``: the same analysis in our worker, in Faust, in kafka-python and in Quix Streams.

Each side gets the same backlog on topics of its own; a subscriber that reads committed records counts what comes out
and when. The sides take turns, so that whatever else the machine does meets them alike; ratios are of one round's pair.
"""

import argparse
import itertools
import signal
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from confluent_kafka.admin import AdminClient

from benchmarks.engines.load import paragraphs, push, trickle
from benchmarks.engines.outputs import Outputs
from benchmarks.engines.sides import Running, Side, all_sides, running
from benchmarks.labelled.figures import markdown
from benchmarks.peers.environment import default_cache
from benchmarks.timing.machine import machine
from streams.analysis.analyse import Analyser
from streams.broker import embedded
from streams.clients.connection import answers
from streams.clients.topic_admin import TopicAdmin
from streams.settings import Settings

PATIENCE_S = 120
QUIET_S = 20.0
"""Longer than any side's transactions and sessions take to end."""
WARM = 300
"""Paragraphs that a side has handled, all loaded, before it is measured."""
_RATE_FETCH_WAIT_MS = 50
"""Where seconds are measured, the watcher is to take little of the processors that the sides share with it."""
MOST_A_SECOND = 1500
"""So many paragraphs for each second and process are more than any side handles."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second from one visible output to a later one, and processor seconds for 1,000 of them."""

    records_s: float
    processor_s: float


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a side is: on the clock, in records, in processor seconds."""

    clock: float
    records: int
    processor: float

    def until(self, later: "Mark") -> Rate:
        """What was done in between."""
        records = later.records - self.records
        return Rate(records / (later.clock - self.clock), (later.processor - self.processor) / records * 1000)


@dataclass(frozen=True, slots=True)
class Kafka:
    """The broker of the benchmark."""

    bootstrap: str
    folder: Path

    @contextmanager
    def topics(self) -> Iterator[str]:
        """Topics under a prefix of their own; deleted afterwards."""
        prefix = f"b{uuid.uuid4().hex[:6]}."
        settings = Settings(bootstrap_servers=self.bootstrap, topic_prefix=prefix)
        with TopicAdmin(settings, self.bootstrap) as admin:
            admin.create()
            try:
                yield prefix
            finally:
                admin.delete()


def alone(seconds: float) -> Rate:
    """``analyse`` in a loop, everything loaded."""
    analyse = Analyser.load().analyse
    given = list(paragraphs(WARM * 10))
    for paragraph in given[:WARM]:
        analyse(paragraph)
    begin = Mark(time.perf_counter(), 0, time.process_time())
    done = 0
    while time.perf_counter() - begin.clock < seconds:
        analyse(given[done % len(given)])
        done += 1
    return begin.until(Mark(time.perf_counter(), done, time.process_time()))


def rate(kafka: Kafka, side: Side, seconds: float, members: int = 1) -> Rate:
    """What a side takes in from a backlog within so many seconds, by so many processes of it, all of them at work."""
    with kafka.topics() as prefix, Outputs(kafka.bootstrap, prefix, _RATE_FETCH_WAIT_MS) as outputs:
        folder = kafka.folder / prefix
        begun = [Running(side, kafka.bootstrap, prefix, folder / str(number)) for number in range(members)]

        def mark() -> Mark:
            return Mark(time.monotonic(), outputs.distinct, sum(one.processor_seconds() for one in begun))

        try:
            push(kafka.bootstrap, prefix, WARM)
            _require(outputs.wait_for(WARM, PATIENCE_S), side, outputs, folder)
            if members > 1:
                _await_members(kafka.bootstrap, prefix, members)
            push(kafka.bootstrap, prefix, WARM + round(seconds * MOST_A_SECOND * members), WARM)
            # What came out meanwhile is read first: from then on a record is seen when it comes.
            outputs.catch_up()
            _require(outputs.wait_for(outputs.distinct + 1, PATIENCE_S), side, outputs, folder)
            begin = mark()
            # At least one transaction more, however slow the machine.
            _require(outputs.wait_for(begin.records + 1, PATIENCE_S), side, outputs, folder)
            end = mark()
            while time.monotonic() - begin.clock < seconds:
                if outputs.poll():
                    end = mark()
        finally:
            for one in begun:
                one.kill()
    return begin.until(end)


def _await_members(bootstrap: str, prefix: str, members: int) -> None:
    """Until the worker group of these topics has given partitions to so many members."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    group = prefix + Settings().worker_group
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        (described,) = admin.describe_consumer_groups([group]).values()
        if sum(bool(one.assignment.topic_partitions) for one in described.result().members) == members:
            return
        time.sleep(0.2)
    raise SystemExit(f"the group {group} has not come to {members} members within {PATIENCE_S} s")


def latency(kafka: Kafka, side: Side, count: int, pause_s: float) -> list[float]:
    """Seconds from acknowledged push to visible output at light load, sorted."""
    with kafka.topics() as prefix, Outputs(kafka.bootstrap, prefix) as outputs:
        push(kafka.bootstrap, prefix, 20)
        with running(side, kafka.bootstrap, prefix, kafka.folder / prefix):
            _require(outputs.wait_for(20, PATIENCE_S), side, outputs, kafka.folder / prefix)
            acknowledged: dict[str, float] = {}

            def feed() -> None:
                acknowledged.update(trickle(kafka.bootstrap, prefix, 20 + count, pause_s))

            thread = threading.Thread(target=feed)
            thread.start()
            while thread.is_alive():
                outputs.poll(0.005)
            outputs.drain(2.0)
    fresh = list(acknowledged)[20:]
    return sorted(outputs.seen[name] - acknowledged[name] for name in fresh if name in outputs.seen)


def under_kills(kafka: Kafka, side: Side, count: int, kills: int) -> tuple[int, int]:
    """Lost and twice, when the side is killed (SIGKILL) so many times on its way and started anew."""
    with kafka.topics() as prefix, Outputs(kafka.bootstrap, prefix) as outputs:
        push(kafka.bootstrap, prefix, count)
        folder = kafka.folder / prefix
        for turn in range(1, kills + 1):
            with running(side, kafka.bootstrap, prefix, folder):
                _require(outputs.wait_for(count * turn // (kills + 1), PATIENCE_S), side, outputs, folder)
        with running(side, kafka.bootstrap, prefix, folder):
            outputs.wait_for(count, 60)
            outputs.drain(QUIET_S)
        return count - outputs.distinct, outputs.repeats


def _require(came: bool, side: Side, outputs: Outputs, folder: Path) -> None:
    if not came:
        logs = "\n".join(path.read_text("utf-8", "replace")[-1500:] for path in folder.rglob("log.txt"))
        raise SystemExit(f"{side.name}: {outputs.distinct} records came and no more within {PATIENCE_S} s\n{logs}")


def _quantile(values: Sequence[float], share: float) -> str:
    return f"{1000 * values[min(len(values) - 1, int(share * len(values)))]:.0f}" if values else "-"


def _spread(values: Sequence[float], form: str = ".2f") -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def report(kafka: Kafka, options: argparse.Namespace) -> Iterator[str]:
    """The tables, as they come about."""
    sides = all_sides(options.cache)
    rates: dict[str, list[Rate]] = {name: [] for name in ("alone", *sides, "two")}
    for _ in range(options.rounds):
        rates["alone"].append(alone(options.seconds))
        for name, side in sides.items():
            rates[name].append(rate(kafka, side, options.seconds))
        rates["two"].append(rate(kafka, sides["worker"], options.seconds, members=2))
    names = {"alone": "`analyse` alone in a loop", **{n: s.name for n, s in sides.items()}, "two": "two workers"}
    rows = []
    for name, found in rates.items():
        ratio = [ours.records_s / theirs.records_s for ours, theirs in zip(rates["worker"], found, strict=True)]
        cells = [_spread([one.records_s for one in found], ",.0f"), "" if name == "worker" else _spread(ratio)]
        rows.append([names[name], *cells, _spread([one.processor_s for one in found])])
    header = ["side", "records/s", "worker / side", "processor s for 1,000"]
    yield f"### Rate: {options.seconds:g} s each, {options.rounds} rounds in turns\n\n{markdown(header, rows)}"
    faults = [["side", "guarantee", "p50 ms", "p95 ms", "p99 ms", "lost", "twice"]]
    for side in sides.values():
        times = latency(kafka, side, options.trickle, 0.05)
        lost, twice = under_kills(kafka, side, options.kill_records, 3)
        quantiles = [_quantile(times, share) for share in (0.5, 0.95, 0.99)]
        faults.append([side.name, side.guarantee, *quantiles, str(lost), str(twice)])
    title = (
        f"### Latency at 20 a second ({options.trickle} records); "
        f"lost and twice after three SIGKILL ({options.kill_records:,} records)"
    )
    yield f"{title}\n\n{markdown(faults[0], faults[1:])}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12.0, help="that each side is measured for in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trickle", type=int, default=300, help="records at light load")
    parser.add_argument("--kill-records", type=int, default=3000, help="records of the side that is killed")
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    # `timeout` and CI end a benchmark so; its Kafka is to go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(broker_data_dir=Path(folder) / "kafka", broker_port=0)
        broker = embedded.start(settings, ready=answers)
        try:
            for text in itertools.chain([machine()], report(Kafka(broker.bootstrap_servers, Path(folder)), options)):
                click.echo(text + "\n")
        finally:
            embedded.discard(settings.broker_data_dir)


if __name__ == "__main__":
    main()
