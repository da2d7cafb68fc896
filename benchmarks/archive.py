"""``python -m benchmarks.archive``: a million records out of Kafka into an archive and back, by one process each.

The records are paragraphs as ``push`` sends them, 500 to 800 bytes each and eight headers, put together from the
sentences of the seeds in an order and with figures that chance gives each of them: none comes twice. Archiver and
replay are the command line's, with their defaults; they are timed from their start, Python's own included, and their
memory is the most that the process ever had. Beside them, in the same run and from the same Kafka: a bare consumer that
drops what it gets, and a worker over the same paragraphs. The exit code is 1 when a target is missed.
"""

import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from confluent_kafka import Producer

from benchmarks.pages.seeds import seed_reports
from benchmarks.soak_worker import cluster, soaked_worker
from benchmarks.timing.machine import machine
from schemas.codec import Message, encode
from schemas.paragraph import Paragraph, Report
from schemas.topics import PARAGRAPHS
from tests.command_line import COMMAND, measured

LEAST_RATE = 100_000
MOST_MEMORY = 300_000_000
MOST_SHARE = 0.35
LEAST_AGAINST_WORKER = 2.0
WORKER_S = 20.0
"""A worker is watched for so long, after it has taken in its first records."""
_DIGIT = re.compile(r"\d")
_SENTENCE_END = re.compile(r"(?<=[。；！？])")
_TEXT_CHARACTERS = (90, 160)


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that took all records: seconds on the clock and of processor, the most memory in bytes."""

    records: int
    seconds: float
    processor_s: float
    memory: int

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    @property
    def processor_rate(self) -> float:
        """Records a second of processor time, of all its threads together."""
        return self.records / self.processor_s


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; bytes of values and of files, ``worker`` in records a second."""

    consumer: Ran
    archive: Ran
    replay: Ran
    worker: float
    value_bytes: int
    file_bytes: int

    @property
    def faults(self) -> list[str]:
        """The targets that were missed."""
        share, against_worker = self.file_bytes / self.value_bytes, self.replay.rate / self.worker
        judged = [
            (self.archive.rate < LEAST_RATE, f"archive: {self.archive.rate:,.0f}/s, not {LEAST_RATE:,}"),
            (share > MOST_SHARE, f"{share:.2f} of the values' size is more than {MOST_SHARE}"),
            (against_worker < LEAST_AGAINST_WORKER, f"replay is {against_worker:.1f} times a worker"),
        ]
        judged += [
            (ran.memory > MOST_MEMORY, f"{name}: {ran.memory:,} bytes of memory are more than {MOST_MEMORY:,}")
            for name, ran in (("archive", self.archive), ("replay", self.replay))
        ]
        return [said for missed, said in judged if missed]

    def table(self) -> str:
        """Rows for people, in Markdown."""
        lines = ["| | records/s | records/s of processor time | memory, MB |", "| --- | --: | --: | --: |"]
        for name, ran in (("bare consume", self.consumer), ("archive", self.archive), ("replay", self.replay)):
            lines.append(f"| {name} | {ran.rate:,.0f} | {ran.processor_rate:,.0f} | {ran.memory / 1e6:,.0f} |")
        lines += [
            f"| one worker | {self.worker:,.0f} | | |",
            (
                f"| archive / bare consume | {self.archive.rate / self.consumer.rate:.2f} "
                f"| {self.archive.processor_rate / self.consumer.processor_rate:.2f} | |"
            ),
            f"| replay / one worker | {self.replay.rate / self.worker:.1f} | | |",
        ]
        return "\n".join(lines)


@click.command()
@click.option("--records", default=1_000_000, show_default=True, type=click.IntRange(min=1000))
@click.option("--format", "form", type=click.Choice(["parquet", "jsonl"]), default="parquet", show_default=True)
def main(records: int, form: str) -> None:
    """Measure, print, and exit with 1 when a target is missed."""
    # Ended from outside, it still takes its Kafka with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="report-streams-archive-") as folder:
        found = _measure(Path(folder), records, form)
    click.echo(f"{records:,} records of {found.value_bytes / records:,.0f} bytes on average, {form}; {machine()}\n")
    click.echo(found.table())
    share = found.file_bytes / found.value_bytes
    click.echo(f"\nsize: {found.file_bytes:,} bytes for {found.value_bytes:,} bytes of values, {share:.3f}")
    click.echo("; ".join(found.faults) or "all targets met")
    sys.exit(1 if found.faults else 0)


def _measure(folder: Path, records: int, form: str) -> Measured:
    with cluster(folder / "kafka") as address:
        value_bytes, archive = put(address, records), str(folder / "archive")
        bare = [sys.executable, "-m", "benchmarks.bare_consume", address, str(records)]
        _, consumed = _ran(bare, address, records)
        written, archived = _ran(
            [*COMMAND, "archive", "paragraphs", "--to", archive, "--format", form, "--json"], address, records
        )
        sent, replayed = _ran([*COMMAND, "replay", archive, "--json"], address, records)
        for told in (written["records"], sent["sent"]):
            if told != records:
                raise RuntimeError(f"{told} of {records} records came through")
        worker = _worker_rate(address, folder / "worker.log")
    return Measured(consumed, archived, replayed, worker, value_bytes, written["bytes"])


def _ran(command: Sequence[str], address: str, records: int) -> tuple[dict[str, int], Ran]:
    """Run it to its end; what it told on its last line as JSON, and what it took."""
    begun = time.monotonic()
    done, memory, processor_s = measured(command, {"bootstrap_servers": address})
    seconds = time.monotonic() - begun
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
    return json.loads(done.stdout or "{}"), Ran(records, seconds, processor_s, memory)


def _worker_rate(address: str, log: Path) -> float:
    """Records a second that a worker takes in, once it has begun, or until it has taken in all."""
    with soaked_worker(address, log) as worker:
        begun = worker.sample()
        while begun.records == 0:
            time.sleep(0.2)
            begun = worker.sample()
        time.sleep(WORKER_S)
        ended = worker.sample()
        return (ended.records - begun.records) / (ended.seconds - begun.seconds)


def put(address: str, records: int) -> int:
    """Put so many records on the topic of paragraphs; the bytes of their values."""
    producer = Producer(
        {"bootstrap.servers": address, "partitioner": "murmur2_random", "compression.type": "zstd", "linger.ms": 50}
    )
    size = 0
    for message in messages(records):
        while True:
            try:
                producer.produce(PARAGRAPHS.name, message.value, message.key, headers=list(message.headers))
                break
            except BufferError:
                producer.poll(0.1)
        size += len(message.value)
    if producer.flush(120):
        raise RuntimeError("Kafka did not take all records")
    return size


def messages(records: int) -> Iterator[Message]:
    """So many paragraphs of a hundred reports, all different, the same ones each time."""
    chance = random.Random(1)  # noqa: S311 -- the same records each time
    now = datetime.now(UTC)
    sentences = [
        sentence
        for seed in seed_reports()
        for text in seed.paragraphs
        for sentence in _SENTENCE_END.split(text)
        if sentence
    ]
    reports = [Report.named(f"政府工作报告 {number}") for number in range(100)]
    for number in range(records):
        text = _text(chance, sentences)
        paragraph = Paragraph.numbered(reports[number % 100], number // 100, text, pushed_at=now)
        yield encode(paragraph, source="/report-streams/push", time=now)


def _text(chance: random.Random, sentences: list[str]) -> str:
    text, length = "", chance.randint(*_TEXT_CHARACTERS)
    while len(text) < length:
        text += chance.choice(sentences)
    return _DIGIT.sub(lambda _: str(chance.randrange(10)), text[:length])


if __name__ == "__main__":
    main()
