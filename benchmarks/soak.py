"""``python -m benchmarks.soak``, which ``make soak`` runs: a million records through one worker, and what it holds.

The paragraphs of the seeds are repeated until there are enough. The worker is the command line's, with its defaults,
and its children are counted with it. Every few seconds its memory (RSS), open files and threads are written down as a
line of JSON; at the end the memory must be at most 1.1 times that after the first tenth of the records (100,000
of a million), and files and threads no more than then. Each of the two moments is the median of five looks.
"""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import click

from benchmarks.pages.seeds import seed_reports
from benchmarks.soak_chart import chart
from benchmarks.soak_worker import Sample, cluster, push, soaked_worker
from benchmarks.timing.machine import machine
from schemas.codec import Message, encode
from schemas.paragraph import Paragraph, Report

HERE = Path(__file__).parent
MOST_GROWTH = 1.1
MORE_HANDLES = 2
"""A connection that is just being made, a thread that is just ending."""
AHEAD = 50_000
"""Records that wait in Kafka at most."""
LOOKS = 5
MEGABYTE = 1_000_000


@click.command()
@click.option("--records", default=1_000_000, show_default=True, type=click.IntRange(min=1000))
@click.option("--every", default=2.0, show_default=True, help="Seconds between two looks.")
@click.option("--out", default=HERE, type=click.Path(path_type=Path, file_okay=False), help="Where soak.* are written.")
def main(records: int, every: float, out: Path) -> None:
    """Run the soak, write soak.jsonl and soak.svg, and exit with 1 when something grew."""
    # Ended from outside, it still takes its Kafka and its worker with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="report-streams-soak-") as folder:
        samples = _soak(Path(folder), records, every)
    (out / "soak.jsonl").write_text("".join(json.dumps(asdict(sample)) + "\n" for sample in samples), "utf-8")
    (out / "soak.svg").write_text(_picture(samples), "utf-8")
    grown = growth(samples)
    last = samples[-1]
    click.echo(f"{last.records:,} records in {last.seconds:.0f} s, {last.records / last.seconds:,.0f}/s; {machine()}")
    for name, (early, late) in grown.items():
        click.echo(f"{name}: {early:,.1f} after the first tenth, {late:,.1f} at the end")
    faults = faults_of(grown)
    click.echo("; ".join(faults) or "flat")
    sys.exit(1 if faults else 0)


def growth(samples: Sequence[Sample]) -> dict[str, tuple[float, float]]:
    """Megabytes, files and threads after the first tenth of the records and at the end, medians of five looks."""
    tenth = samples[-1].records / 10
    early = [sample for sample in samples if sample.records >= tenth][:LOOKS]
    late = samples[-LOOKS:]
    return {
        "MB": (median(one.rss for one in early) / MEGABYTE, median(one.rss for one in late) / MEGABYTE),
        "files": (median(one.files for one in early), median(one.files for one in late)),
        "threads": (median(one.threads for one in early), median(one.threads for one in late)),
    }


def faults_of(grown: dict[str, tuple[float, float]]) -> list[str]:
    """What grew more than it may."""
    early, late = grown["MB"]
    faults = [f"memory grew {late / early:.2f} times"] if late > MOST_GROWTH * early else []
    more = [name for name in ("files", "threads") if grown[name][1] > grown[name][0] + MORE_HANDLES]
    return faults + [f"{name} grew from {grown[name][0]:.0f} to {grown[name][1]:.0f}" for name in more]


def _soak(folder: Path, records: int, every: float) -> list[Sample]:
    samples: list[Sample] = []
    with cluster(folder / "kafka") as address, soaked_worker(address, folder / "worker.log") as worker:
        push(address, islice(cycle(_pool()), records), lambda: samples[-1].records if samples else 0, AHEAD)
        while not samples or samples[-1].records < records:
            samples.append(worker.sample())
            time.sleep(every)
    return samples


def _pool() -> list[Message]:
    now = datetime.now(UTC)
    return [encode(paragraph, source="/benchmarks/soak", time=now) for paragraph in _paragraphs(now)]


def _paragraphs(now: datetime) -> Iterator[Paragraph]:
    for seed in seed_reports():
        report = Report.named(seed.title)
        for ordinal, text in enumerate(seed.paragraphs):
            yield Paragraph.numbered(report, ordinal, text, pushed_at=now)


def _picture(samples: Sequence[Sample]) -> str:
    series = [
        ("memory, MB (RSS of the worker and its children)", [sample.rss / MEGABYTE for sample in samples]),
        ("open files", [float(sample.files) for sample in samples]),
        ("threads", [float(sample.threads) for sample in samples]),
    ]
    title = f"One worker, {samples[-1].records:,} records in {samples[-1].seconds:.0f} s; {machine()}"
    return chart(title, [sample.records for sample in samples], series)


if __name__ == "__main__":
    main()
