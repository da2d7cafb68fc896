"""The tables of what the analysis costs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.labelled.figures import markdown
from benchmarks.timing.growth import LENGTHS, Growth, grow
from benchmarks.timing.rounds import Spread, sides, take_turns
from benchmarks.timing.start import RUNS, start
from schemas.paragraph import Paragraph, Report
from streams.analysis.analyse import Analyser

SEEDS = Path(__file__).parents[2] / "seeds"


def seed_lines() -> list[Paragraph]:
    """The lines of the seeds."""
    found = []
    for path in sorted(SEEDS.iterdir()):
        lines = path.read_text(encoding="utf-8").splitlines() if path.suffix in (".txt", ".jsonl") else []
        texts = [json.loads(line)["text"] if path.suffix == ".jsonl" else line for line in lines if line.strip()]
        found += [Paragraph.numbered(Report.named(path.name), number, text) for number, text in enumerate(texts)]
    return found


def speed_tables(analyser: Analyser, labelled: Sequence[Paragraph], rounds: int) -> Iterator[str]:
    """Time beside a segmenter's, by sort of text; start and memory; growth."""
    seeds = seed_lines()
    rows = [
        row
        for name, texts in (("labelled", labelled), ("seeds", seeds))
        if texts
        for row in _rows(analyser, name, texts, rounds)
    ]
    header = ["paragraphs", "side", "least", "median", "greatest", "analyse / side, median (least to greatest)"]
    yield f"### Microseconds a paragraph, {rounds} rounds in turns\n\n{markdown(header, rows)}"
    yield f"### Start and memory, median of {RUNS} new processes\n\n{_start_table()}"
    texts = [paragraph.text for paragraph in labelled or seeds]
    growths = [_growth_row(growth) for growth in grow(analyser.analyse, texts)]
    lengths = [f"{length:,}" for length in LENGTHS]
    yield f"### Seconds for one paragraph by its characters\n\n{markdown(['text', *lengths, 'exponent'], growths)}"


def _rows(analyser: Analyser, name: str, paragraphs: Sequence[Paragraph], rounds: int) -> Iterator[list[str]]:
    found = take_turns(sides(analyser), paragraphs, rounds)
    characters = sum(len(paragraph.text) for paragraph in paragraphs) / len(paragraphs)
    for side, times in found.items():
        each = Spread.of([took / len(paragraphs) * 1e6 for took in times])
        ratio = Spread.of([ours / theirs for ours, theirs in zip(found["analyse"], times, strict=True)])
        shown = "" if side == "analyse" else f"{ratio.median:.3f} ({ratio.least:.3f} to {ratio.greatest:.3f})"
        what = f"{name}: {len(paragraphs)} of {characters:.0f} characters"
        yield [what, side, f"{each.least:.0f}", f"{each.median:.0f}", f"{each.greatest:.0f}", shown]


def _start_table() -> str:
    found = start()
    rows = [[f"seconds: {name}", f"{took:.3f}"] for name, took in found.seconds.items()]
    rows += [[f"resident MB: {moment}", f"{size / 1e6:.0f}"] for moment, size in found.memory.items()]
    return markdown(["what", "median"], rows)


def _growth_row(growth: Growth) -> list[str]:
    cells = [f"{growth.seconds[length]:.4f}" if length in growth.seconds else "too long" for length in LENGTHS]
    return [growth.sort, *cells, f"{growth.exponent:.2f}"]
