"""``python -m benchmarks.archive``: a million records out of Kafka into an archive, by one process.

The records are paragraphs as ``push`` sends them, 500 to 800 bytes each, put together from the sentences of the seeds
in an order and with figures that chance gives each of them: none comes twice. The archiver is the command line's, with
its defaults; it is timed from its start, Python's own included, and its memory is the most that its process ever had.
The exit code is 1 when a target is missed.
"""

import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from confluent_kafka import Producer

from benchmarks.pages.seeds import seed_reports
from benchmarks.soak_worker import cluster
from benchmarks.timing.machine import machine
from schemas.codec import Message, encode
from schemas.paragraph import Paragraph, Report
from schemas.topics import PARAGRAPHS
from tests.command_line import run_measured

LEAST_RATE = 100_000
MOST_MEMORY = 300_000_000
MOST_SHARE = 0.35
_DIGIT = re.compile(r"\d")
_SENTENCE_END = re.compile(r"(?<=[。；！？])")
_TEXT_CHARACTERS = (90, 160)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; bytes of values and of files, memory in bytes."""

    records: int
    seconds: float
    memory: int
    value_bytes: int
    file_bytes: int

    @property
    def faults(self) -> list[str]:
        """The targets that were missed."""
        rate, share = self.records / self.seconds, self.file_bytes / self.value_bytes
        return [
            said
            for missed, said in (
                (rate < LEAST_RATE, f"{rate:,.0f} records/s are fewer than {LEAST_RATE:,}"),
                (self.memory > MOST_MEMORY, f"{self.memory:,} bytes of memory are more than {MOST_MEMORY:,}"),
                (share > MOST_SHARE, f"{share:.2f} of the values' size is more than {MOST_SHARE}"),
            )
            if missed
        ]


@click.command()
@click.option("--records", default=1_000_000, show_default=True, type=click.IntRange(min=1000))
@click.option("--format", "form", type=click.Choice(["parquet", "jsonl"]), default="parquet", show_default=True)
def main(records: int, form: str) -> None:
    """Measure, print, and exit with 1 when a target is missed."""
    # Ended from outside, it still takes its Kafka with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="report-streams-archive-") as folder:
        measured = _measure(Path(folder), records, form)
    rate, share = measured.records / measured.seconds, measured.file_bytes / measured.value_bytes
    click.echo(
        f"archive ({form}): {measured.records:,} records in {measured.seconds:.1f} s, {rate:,.0f}/s; {machine()}"
    )
    click.echo(f"memory: {measured.memory / 1e6:,.0f} MB at most")
    click.echo(f"size: {measured.file_bytes:,} bytes for {measured.value_bytes:,} bytes of values, {share:.3f}")
    click.echo("; ".join(measured.faults) or "all targets met")
    sys.exit(1 if measured.faults else 0)


def _measure(folder: Path, records: int, form: str) -> Measured:
    with cluster(folder / "kafka") as address:
        value_bytes = put(address, records)
        begun = time.monotonic()
        done, memory = run_measured(
            *("archive", "paragraphs", "--to", str(folder / "archive"), "--format", form, "--json"),
            settings={"bootstrap_servers": address},
        )
        seconds = time.monotonic() - begun
        if done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
    told = json.loads(done.stdout)
    if told["records"] != records:
        raise RuntimeError(f"{told['records']} of {records} records were archived")
    return Measured(records, seconds, memory, value_bytes, told["bytes"])


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
