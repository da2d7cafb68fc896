"""``python -m benchmarks.boards``: the boards under load: how fast they load, answer, and show what was pushed.

1. the seeds, classified once, go onto the topic over and over as reports of their own; 2. the boards read them and make
their rows; 3. every board, its summary, a search, a report and the newest paragraphs are asked in turns; 4. Chromium
opens the page anew some times, where there is one; 5. a worker
starts, some paragraphs a second are pushed, and readers of the feed note when each comes to them. Kafka, worker, boards
and readers share the machine. The exit code is 1 when a target is missed.
"""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import quantiles

import aiohttp
import click
from confluent_kafka import Producer

from benchmarks.engines.load import MOMENT, paragraphs, trickle
from benchmarks.soak_worker import cluster
from benchmarks.timing.machine import machine
from schemas.classified import ClassifiedParagraph
from schemas.codec import encode
from schemas.paragraph import Paragraph, Report
from schemas.topics import CLASSIFIED
from streams.analysis.analyse import Analyser
from tests.browser.devtools import page
from tests.command_line import Running

MOST_SHOWN_S = 1.5
MOST_ANSWER_S = 0.15
MOST_PAINT_S = 1.0
VIEWS = ("live", "board/proposals", "board/figures")
LIVE_S = 3600
PAUSE_S = 0.2
WORDS = ("老旧小区", "高质量发展", "就业 增长", "养老")


@click.command()
@click.option("--paragraphs", "count", default=200_000, show_default=True, type=click.IntRange(min=1000))
@click.option("--readers", default=200, show_default=True, type=click.IntRange(min=1, max=1000))
@click.option("--trickle", "pushed", default=100, show_default=True, type=click.IntRange(min=10))
@click.option("--turns", default=20, show_default=True, type=click.IntRange(min=5))
def main(count: int, readers: int, pushed: int, turns: int) -> None:
    """Measure, print, and exit with 1 when a target is missed."""
    # Ended from outside, it still takes its Kafka with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(f"{machine()}\n")
    with tempfile.TemporaryDirectory(prefix="report-streams-boards-") as folder:
        slowest, painted, latest = _measured(Path(folder), count, readers, pushed, turns)
    if slowest > MOST_ANSWER_S or painted > MOST_PAINT_S or latest > MOST_SHOWN_S:
        click.echo(
            f"a target is missed: answers within {MOST_ANSWER_S} s, first paint within {MOST_PAINT_S} s, shown within"
            f" {MOST_SHOWN_S} s, all p95"
        )
        sys.exit(1)


def _measured(folder: Path, count: int, readers: int, pushed: int, turns: int) -> tuple[float, float, float]:
    """The p95 of the slowest answer, of the slowest view's first paint, and of what was shown, in seconds."""
    with cluster(folder / "kafka") as kafka:
        _load(kafka, count)
        begun = time.monotonic()
        given = {"bootstrap_servers": kafka, "boards_dir": str(folder / "boards"), "web_port": "0"}
        with Running("boards", settings=given) as boards:
            address = boards.said(r"boards at (http://\S+)/", 120).group(1)
            boards.said("^live: ", LIVE_S)
            took = time.monotonic() - begun
            click.echo(f"{count:,} paragraphs loaded in {took:,.0f} s, {count / took:,.0f}/s\n")
            slowest, painted = _answers(address, turns), _paints(address, turns)
            return slowest, painted, asyncio.run(_shown(kafka, address, readers, pushed))


def _load(kafka: str, count: int) -> None:
    """Classified paragraphs on their topic, each report of its own."""
    producer = Producer({"bootstrap.servers": kafka, "partitioner": "murmur2_random", "linger.ms": 50})
    for record in islice(_classified(), count):
        message = encode(record, source="/benchmarks", time=MOMENT)
        while True:
            try:
                producer.produce(CLASSIFIED.name, message.value, message.key, headers=[*message.headers])
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    if producer.flush(120):
        raise click.ClickException("Kafka did not take the load")


def _classified() -> Iterator[ClassifiedParagraph]:
    analyser = Analyser.load()
    seeds = {one.text: analyser.analyse(one) for one in paragraphs(1000)}
    turn = 0
    while True:
        for one in seeds.values():
            report = Report.named(f"{one.report.title} {turn}", genre=one.report.genre)
            moved = Paragraph.numbered(report, one.ordinal, one.text, one.section, pushed_at=MOMENT)
            yield one.model_copy(update={"report": report, "id": moved.id})
        turn += 1


def _answers(address: str, turns: int) -> float:
    """Print how long answers take, one client asking; the longest p95 in seconds."""
    names = [board["name"] for board in _asked(address, "/api/boards")["items"]]
    report = _asked(address, "/api/reports?limit=1")["items"][0]["id"]
    paths = [f"/api/boards/{name}" for name in names]
    paths += [f"/api/boards/{name}/summary" for name in names]
    paths += [f"/api/search?q={urllib.parse.quote(word)}" for word in WORDS]
    paths += [f"/api/reports/{urllib.parse.quote(report)}", "/api/reports", "/api/paragraphs"]
    took: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(turns):
        for path in paths:
            begun = time.perf_counter()
            _asked(address, path)
            took[path].append(time.perf_counter() - begun)
    click.echo("| answer | p50, ms | p95, ms |\n| --- | --: | --: |")
    for path, seconds in took.items():
        middle, high = _shares(seconds)[:2]
        click.echo(f"| `{urllib.parse.unquote(path)}` | {middle * 1000:,.0f} | {high * 1000:,.0f} |")
    click.echo("")
    return max(_shares(seconds)[1] for seconds in took.values())


def _paints(address: str, turns: int) -> float:
    """Print how soon Chromium paints the page, and has a view's contents; the longest p95 of paints in seconds."""
    if shutil.which("chromium") is None:
        click.echo("no Chromium here: first paint is not measured\n")
        return 0.0
    paints: dict[str, list[float]] = {view: [] for view in VIEWS}
    there: dict[str, list[float]] = {view: [] for view in VIEWS}
    with page() as browser:
        for _ in range(turns):
            for view in VIEWS:
                browser.open("about:blank")
                browser.open(f"{address}/#/{view}")
                while not browser.value("Boolean(document.querySelector('main h1'))"):
                    time.sleep(0.01)
                there[view].append(browser.value("performance.now()") / 1000)
                while not (paint := browser.value("performance.getEntriesByType('paint').at(-1)?.startTime")):
                    time.sleep(0.01)
                paints[view].append(paint / 1000)
    click.echo("| view | first paint p50, ms | p95, ms | contents p50, ms | p95, ms |\n| --- | --: | --: | --: | --: |")
    for view in VIEWS:
        numbers = [1000 * one for some in (paints[view], there[view]) for one in _shares(some)[:2]]
        click.echo(f"| `{view}` | " + " | ".join(f"{one:,.0f}" for one in numbers) + " |")
    click.echo("")
    return max(_shares(some)[1] for some in paints.values())


def _asked(address: str, path: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(address + path, timeout=60) as answer:  # noqa: S310 -- our own server
        told: dict[str, list[dict[str, str]]] = json.load(answer)
    return told


async def _shown(kafka: str, address: str, readers: int, pushed: int) -> float:
    """Print how long after its acknowledged push a paragraph reaches the feed's readers; the p95 of all, in seconds."""
    seen: list[dict[str, float]] = [{} for _ in range(readers)]
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        reading = [asyncio.ensure_future(_read(session, address, one)) for one in seen]
        with Running("worker", settings={"bootstrap_servers": kafka, "metrics_port": "0"}) as worker:
            await asyncio.to_thread(worker.said, "assigned", 60)
            # The first ones warm the worker up.
            acknowledged = await asyncio.to_thread(trickle, kafka, "", pushed + 10, PAUSE_S)
            await asyncio.sleep(5)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
    fresh = list(acknowledged)[10:]
    missing = sum(name not in one for one in seen for name in fresh)
    waits = [one[name] - acknowledged[name] for one in seen for name in fresh if name in one]
    shares = _shares(waits)
    click.echo(
        f"{pushed} paragraphs, one each {PAUSE_S} s, to {readers} readers of the feed: p50 {shares[0]:.2f} s,"
        f" p95 {shares[1]:.2f} s, p99 {shares[2]:.2f} s after the acknowledged push; {missing} did not come"
    )
    return float("inf") if missing else shares[1]


async def _read(session: aiohttp.ClientSession, address: str, seen: dict[str, float]) -> None:
    async with session.get(f"{address}/events") as response:
        async for line in response.content:
            if line.startswith(b'data: {"id"'):
                seen.setdefault(json.loads(line[6:])["id"], time.monotonic())


def _shares(seconds: Sequence[float]) -> tuple[float, float, float]:
    """The median, the 95th and the 99th percentile."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


if __name__ == "__main__":
    main()
