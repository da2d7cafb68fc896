"""How long ``analyse`` takes for a paragraph, beside jieba and rjieba cutting the same text, and how that grows.

usage: python -m benchmarks.analysis_speed [--rounds N] [--json] [FILE ...]

Files are reports in text (a paragraph a line) or JSONL (``text``, ``section``, ``report.genre``); without any the
seeds are read. The three take turns on all paragraphs, round by round, so that whatever else the machine does meets
them alike; the spread is over the rounds. The slope is of the time for texts of 1,000 to 64,000 characters, made of
the same paragraphs: 1.0 where time grows as length does.
"""

import argparse
import json
import math
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser

SEEDS = Path(__file__).parents[1] / "seeds"
LENGTHS = (1_000, 4_000, 16_000, 64_000)
"""Characters of the growing text."""
Worker = Callable[[Paragraph], object]


@dataclass(frozen=True)
class Spread:
    """The least, the median and the greatest of some rounds."""

    least: float
    median: float
    greatest: float

    @classmethod
    def of(cls, figures: list[float]) -> "Spread":
        """The spread of at least one figure."""
        return cls(round(min(figures), 3), round(statistics.median(figures), 3), round(max(figures), 3))


@dataclass(frozen=True)
class Figures:
    """Microseconds for a paragraph, ``analyse`` as a multiple of the others within the same round, and growth."""

    cpu: str
    python: str
    paragraphs: int
    characters: float
    rounds: int
    microseconds: dict[str, Spread]
    ratios: dict[str, Spread]
    seconds_by_length: dict[int, float]
    slope: float


def read(path: Path) -> Iterator[Paragraph]:
    """The paragraphs of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if line.strip():
            fields = json.loads(line) if path.suffix == ".jsonl" else {"text": line}
            yield _paragraph(path.name, number, fields["text"], fields.get("section"), _genre(fields))


def _genre(fields: dict[str, object]) -> str | None:
    report = fields.get("report")
    genre = report.get("genre") if isinstance(report, dict) else fields.get("genre")
    return str(genre) if genre else None


def _paragraph(title: str, number: int, text: str, section: str | None = None, genre: str | None = None) -> Paragraph:
    report = Report.named(title, genre=genre)
    return Paragraph.numbered(report, number, text, section, pushed_at=datetime.fromtimestamp(0, UTC))


def workers() -> dict[str, Worker]:
    """What is compared, everything loaded."""
    # They load dictionaries on import or on the first call; neither belongs to the times.
    import jieba
    import rjieba

    jieba.setLogLevel(60)
    jieba.initialize()
    analyser = Analyser.load()
    return {
        "analyse": analyser.analyse,
        "jieba.lcut": lambda paragraph: jieba.lcut(paragraph.text),
        "rjieba.cut": lambda paragraph: rjieba.cut(paragraph.text),
    }


def measure(paragraphs: list[Paragraph], rounds: int) -> Figures:
    """All figures; takes a second or so a round."""
    working = workers()
    for work in working.values():
        _seconds(work, paragraphs)
    seconds: dict[str, list[float]] = {name: [] for name in working}
    for _ in range(rounds):
        for name, work in working.items():
            seconds[name].append(_seconds(work, paragraphs))
    each = {name: Spread.of([s / len(paragraphs) * 1e6 for s in found]) for name, found in seconds.items()}
    ratios = {
        name: Spread.of([ours / theirs for ours, theirs in zip(seconds["analyse"], found, strict=True)])
        for name, found in seconds.items()
        if name != "analyse"
    }
    growth = grow(working["analyse"], paragraphs)
    characters = sum(len(paragraph.text) for paragraph in paragraphs) / len(paragraphs)
    return Figures(
        cpu_model(), platform.python_version(), len(paragraphs), round(characters, 1), rounds, each, ratios, growth,
        round(_slope(growth), 3),
    )  # fmt: skip


def grow(work: Worker, paragraphs: list[Paragraph]) -> dict[int, float]:
    """Seconds for texts of ``LENGTHS``, the best of three each."""
    whole = "".join(paragraph.text for paragraph in paragraphs)
    whole *= 1 + LENGTHS[-1] // len(whole)
    texts = {length: [_paragraph("grown", 0, whole[:length])] for length in LENGTHS}
    return {length: min(_seconds(work, text) for _ in range(3)) for length, text in texts.items()}


def _seconds(work: Worker, paragraphs: list[Paragraph]) -> float:
    begin = time.perf_counter()
    for paragraph in paragraphs:
        work(paragraph)
    return time.perf_counter() - begin


def _slope(growth: dict[int, float]) -> float:
    """Of the line through the logarithms of time over length."""
    return statistics.linear_regression([math.log(x) for x in growth], [math.log(y) for y in growth.values()]).slope


def cpu_model() -> str:
    """What the system calls its processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(figures: Figures) -> str:
    """The figures for a person."""
    of = f"{figures.paragraphs} paragraphs of {figures.characters} characters, {figures.rounds} rounds"
    lines = [
        f"{figures.cpu}, Python {figures.python}; {of}",
        f"{'microseconds a paragraph':26}{'least':>9}{'median':>9}{'greatest':>10}",
    ]
    for name, spread in figures.microseconds.items():
        lines.append(f"{name:26}{spread.least:9.0f}{spread.median:9.0f}{spread.greatest:10.0f}")
    for name, spread in figures.ratios.items():
        lines.append(f"{'analyse / ' + name:26}{spread.least:9.2f}{spread.median:9.2f}{spread.greatest:10.2f}")
    grown = ", ".join(f"{length:,}: {seconds * 1e3:.1f} ms" for length, seconds in figures.seconds_by_length.items())
    return "\n".join([*lines, f"one paragraph of N characters: {grown}; slope {figures.slope:.2f} (1 is linear)"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    args = parser.parse_args()
    files = args.files or sorted(path for path in SEEDS.iterdir() if path.suffix in (".txt", ".jsonl"))
    paragraphs = [paragraph for file in files for paragraph in read(file)]
    if not paragraphs or args.rounds < 1:
        parser.error("there must be a paragraph and a round")
    figures = measure(paragraphs, args.rounds)
    sys.stdout.write((json.dumps(asdict(figures), ensure_ascii=False) if args.json else table(figures)) + "\n")


if __name__ == "__main__":
    main()
