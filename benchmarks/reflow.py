"""From a newspaper page to paragraphs: report-streams beside what a user would do today, on pages with a known truth.

usage: python -m benchmarks.reflow [--pages N] [--only develop|held-out] [--ours] [--misses [SEED ...]] [--json]
                                   [--work DIR]

Needs Chromium, poppler's pdftotext and a CJK font (Debian: chromium, poppler-utils, fonts-noto-cjk), and for the
other sides the Python packages pdfplumber, pypdfium2 and trafilatura. Printed pages are kept in ``--work``.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

from benchmarks import ours
from benchmarks.html_side import html_rows
from benchmarks.misses import misses
from benchmarks.pages.blocks import Predicted
from benchmarks.pages.corpus import Page, default_folder, pages
from benchmarks.scoring import Score, mean, score
from benchmarks.sides import OTHERS, OURS, Side

SPEED_BYTES = 5_000_000
SPEED_RUNS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A side's mean over the pages of a half, and the lowest boundaries of any page."""

    form: str
    side: str
    half: str
    pages: int
    score: Score
    worst: float


def rows(found: Sequence[Page], sides: Iterable[Side]) -> Iterator[Row]:
    """A row for each side and half; a side that is not installed is named on standard error and left out."""
    for side in sides:
        try:
            scores = [(page.half, score(page.paragraphs, _bodies(kept_blocks(side, page)))) for page in found]
        except ImportError as error:
            sys.stderr.write(f"left out: {side.name}: {error}\n")
            continue
        for half in sorted({page.half for page in found}):
            of_half = [one for where, one in scores if where == half]
            lowest = min(one.boundaries for one in of_half)
            yield Row(side.form, side.name, half, len(of_half), mean(of_half), lowest)


def kept_blocks(side: Side, page: Page) -> Predicted:
    """A side's blocks of a page; those of slow sides are kept beside the page's PDF."""
    if not side.key:
        return side.blocks(page)
    kept = page.pdf.with_name(f"{page.pdf.stem}.{side.key}.json")
    if not kept.is_file():
        kept.write_text(json.dumps(side.blocks(page), ensure_ascii=False), encoding="utf-8")
    return [(role, text) for role, text in json.loads(kept.read_text(encoding="utf-8"))]


def speed(found: Sequence[Page]) -> float:
    """Megabytes of text a second of processor time through our text pipeline: best of SPEED_RUNS over SPEED_BYTES."""
    one = "\f".join(page.raw for page in found)
    text = one * max(1, round(SPEED_BYTES / len(one.encode())))
    seconds = []
    for _ in range(SPEED_RUNS):
        start = process_time()
        ours.from_text(text)
        seconds.append(process_time() - start)
    return len(text.encode()) / 1e6 / min(seconds)


def table(every: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| input | side | half | pages | exact | boundaries F1 | lowest page | characters F1 | order |",
        "| --- | --- | --- | --: | --: | --: | --: | --: | --: |",
    ]
    for row in every:
        numbers = f"{row.score.exact:.3f} | {row.score.boundaries:.3f} | {row.worst:.3f} | {row.score.characters:.4f}"
        lines.append(f"| {row.form} | {row.side} | {row.half} | {row.pages} | {numbers} | {row.score.order:.3f} |")
    return "\n".join(lines) + "\n"


def _bodies(blocks: Predicted) -> list[str]:
    return [text for role, text in blocks if role == "body"]


def _print_misses(found: Sequence[Page], seeds: Sequence[int]) -> None:
    for page in found:
        if seeds and page.seed not in seeds:
            continue
        for side in (OURS[0], OURS[-1]):
            try:
                blocks = side.blocks(page)
            except ImportError:
                continue
            one = score(page.paragraphs, _bodies(blocks))
            sys.stdout.write(f"=== page {page.seed} ({page.half}) {page.pdf}: {side.name}: {one}\n")
            sys.stdout.writelines(line + "\n" for line in misses(page.truth, blocks))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reflow", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=40, metavar="N", help="seeds 1 to N (40)")
    parser.add_argument("--only", choices=("develop", "held-out"), help="one half: even seeds, or odd ones")
    parser.add_argument("--ours", action="store_true", help="without the other sides")
    parser.add_argument("--misses", nargs="*", type=int, metavar="SEED", help="show where ours and the truth differ")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument(
        "--work", type=Path, default=default_folder(), metavar="DIR", help="where printed pages are kept"
    )
    return parser.parse_args()


def main() -> None:
    """Print the table, its JSON, or the misses."""
    options = _arguments()
    found = list(pages(options.pages, options.work, options.only))
    if options.misses is not None:
        _print_misses(found, options.misses)
        return
    every = [*rows(found, OURS if options.ours else (*OURS, *OTHERS))]
    if not options.ours:
        every += [Row("html", *row) for row in html_rows(options.pages, options.only)]
    rate = speed(found)
    if options.json:
        sys.stdout.write(
            json.dumps({"rows": [asdict(row) for row in every], "text_mb_per_s": rate}, ensure_ascii=False) + "\n"
        )
    else:
        sys.stdout.write(f"{table(every)}\nText pipeline: {rate:.1f} MB a second of processor time.\n")


if __name__ == "__main__":
    main()
