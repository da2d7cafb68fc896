"""``python -m benchmarks.engines``: the same analysis in our worker, in Faust, in kafka-python and in Quix Streams.

Each side gets the same backlog on topics of its own; a subscriber that reads committed records counts what comes out
and when. The sides take turns, so that whatever else the machine does meets them alike; ratios are of one round's pair.
"""

import argparse
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

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

PATIENCE_S = 600
QUIET_S = 20.0
"""Longer than any side's transactions and sessions take to end."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second from the first visible output to the last, and processor seconds for 1,000 of them."""

    records_s: float
    processor_s: float


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


def alone(count: int) -> Rate:
    """``analyse`` in a loop, everything loaded."""
    analyse = Analyser.load().analyse
    given = list(paragraphs(count))
    analyse(given[0])
    begin, processor = time.perf_counter(), time.process_time()
    for paragraph in given:
        analyse(paragraph)
    took = time.perf_counter() - begin
    return Rate(count / took, (time.process_time() - processor) / count * 1000)


def rate(kafka: Kafka, side: Side, count: int, members: int = 1) -> Rate:
    """What a side takes in from a backlog, by so many processes of it."""
    with kafka.topics() as prefix, Outputs(kafka.bootstrap, prefix) as outputs:
        push(kafka.bootstrap, prefix, count)
        folder = kafka.folder / prefix
        begun = [Running(side, kafka.bootstrap, prefix, folder / str(number)) for number in range(members)]
        try:
            _require(outputs.wait_for(count // 10, PATIENCE_S), side, outputs, folder)
            first, already = time.monotonic(), outputs.distinct
            processor = sum(one.processor_seconds() for one in begun)
            _require(outputs.wait_for(count, PATIENCE_S), side, outputs, folder)
            took, done = time.monotonic() - first, count - already
            processor = sum(one.processor_seconds() for one in begun) - processor
        finally:
            for one in begun:
                one.kill()
    return Rate(done / took, processor / done * 1000)


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
        rates["alone"].append(alone(options.records))
        for name, side in sides.items():
            rates[name].append(rate(kafka, side, options.records))
        rates["two"].append(rate(kafka, sides["worker"], 2 * options.records, members=2))
    names = {"alone": "`analyse` alone in a loop", **{n: s.name for n, s in sides.items()}, "two": "two workers"}
    rows = []
    for name, found in rates.items():
        ratio = [ours.records_s / theirs.records_s for ours, theirs in zip(rates["worker"], found, strict=True)]
        cells = [_spread([one.records_s for one in found], ",.0f"), "" if name == "worker" else _spread(ratio)]
        rows.append([names[name], *cells, _spread([one.processor_s for one in found])])
    header = ["side", "records/s", "worker / side", "processor s for 1,000"]
    yield f"### Rate: {options.records:,} paragraphs, {options.rounds} rounds in turns\n\n{markdown(header, rows)}"
    faults = [["side", "guarantee", "p50 ms", "p95 ms", "p99 ms", "lost", "twice"]]
    for side in sides.values():
        times = latency(kafka, side, options.trickle, 0.05)
        lost, twice = under_kills(kafka, side, options.records, 3)
        quantiles = [_quantile(times, share) for share in (0.5, 0.95, 0.99)]
        faults.append([side.name, side.guarantee, *quantiles, str(lost), str(twice)])
    title = f"### Latency at 20 a second ({options.trickle} records); lost and twice after three SIGKILL"
    yield f"{title}\n\n{markdown(faults[0], faults[1:])}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trickle", type=int, default=300)
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(broker_data_dir=Path(folder) / "kafka", broker_port=0)
        broker = embedded.start(settings, ready=answers)
        try:
            for text in chain([machine()], report(Kafka(broker.bootstrap_servers, Path(folder)), options)):
                click.echo(text + "\n")
        finally:
            embedded.discard(settings.broker_data_dir)


if __name__ == "__main__":
    main()
