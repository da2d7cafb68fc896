"""The analysis on labelled paragraphs, beside what one would use instead, and what it costs: all in one run.

usage: python -m benchmarks.analysis [--gold DIR] [--part PART ...] [--rounds N] [--resamples N] [--cache DIR]

Prints Markdown. The labelled paragraphs lie in a folder of their own beside the project (``train.jsonl``,
``dev.jsonl`` and their scorer ``score.py``); without it the speed on the seeds is measured and the rest is named as
left out. Other programs are installed into ``--cache`` on first use.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from benchmarks.labelled.ablation import ablation_table
from benchmarks.labelled.baselines import baseline_tables
from benchmarks.labelled.calibration import calibration_table
from benchmarks.labelled.figures import RESAMPLES
from benchmarks.labelled.folds import FOLDS, unseen
from benchmarks.labelled.gold import Example, Labelled, Scorer, labelled, read_examples
from benchmarks.labelled.quality import predictions, quality_tables, tallies
from benchmarks.peers.environment import default_cache
from benchmarks.timing.machine import machine
from benchmarks.timing.tables import speed_tables
from streams.analysis.analyse import ANALYSIS_VERSION, Analyser

GOLD = Path(__file__).parents[2] / "shared" / "gold"
HELD_OUT = "dev (no weight was learnt from it)"
READ = "train (rules and weights were made on it: no held-out figure)"
FOLDED = f"dev and train, {FOLDS}-fold cross-validation of the weights (rules were made on train)"


class Run:
    """The analyser, the labelled paragraphs with their scorer, and what the analyser says of those of ``dev``."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.options, self.analyser, self.scorer = options, Analyser.load(), Scorer(folder)
        self.dev, self.train = (read_examples(folder / f"{name}.jsonl") for name in ("dev", "train"))
        self.found = self._records(self.dev)

    @cached_property
    def unseen(self) -> list[Labelled]:
        """What is said of dev and train by weights that have not seen the report."""
        files = [self.options.gold / f"{name}.jsonl" for name in ("dev", "train")]
        return unseen([*self.dev, *self.train], files, self.analyser)

    def quality(self) -> Iterator[str]:
        """Our figures, overall and by source."""
        everything = (
            (HELD_OUT, self.dev, self.found),
            (FOLDED, [*self.dev, *self.train], self.unseen),
            (READ, self.train, self._records(self.train)),
        )
        for name, examples, records in everything:
            tables = quality_tables(examples, tallies(self.scorer, examples, records), self.options.resamples)
            yield f"### Quality on {name}\n\n{tables}"

    def baselines(self) -> Iterator[str]:
        """Keywords, recognizers-text and JioNLP."""
        return baseline_tables(self.scorer, self.dev, self.analyser, self.options.resamples, self.options.cache)

    def ablation(self) -> Iterator[str]:
        """What is lost without the weights, and without each family of words."""
        yield f"### Without a part, on dev\n\n{ablation_table(self.scorer, self.dev)}"

    def calibration(self) -> Iterator[str]:
        """How far scores are from shares."""
        yield f"### Scores against shares, {HELD_OUT}\n\n{calibration_table(self.dev, self.found)}"
        table = calibration_table([*self.dev, *self.train], self.unseen)
        yield f"### Scores against shares, {FOLDED}\n\n{table}"

    def speed(self) -> Iterator[str]:
        """Time, memory and growth."""
        texts = [example.paragraph for example in (*self.dev, *self.train)]
        return speed_tables(self.analyser, texts, self.options.rounds)

    def _records(self, examples: Sequence[Example]) -> list[Labelled]:
        return predictions(examples, lambda paragraph: labelled(self.analyser.analyse(paragraph)))


PARTS: dict[str, Callable[[Run], Iterator[str]]] = {
    "quality": Run.quality,
    "baselines": Run.baselines,
    "ablation": Run.ablation,
    "calibration": Run.calibration,
    "speed": Run.speed,
}


def tables(options: argparse.Namespace) -> Iterator[str]:
    """The tables of the parts that were asked for, as they come."""
    wanted = options.part or list(PARTS)
    if (options.gold / "score.py").is_file():
        run = Run(options.gold, options)
        for part in wanted:
            yield from PARTS[part](run)
        return
    left_out = [part for part in wanted if part != "speed"]
    if left_out:
        sys.stderr.write(f"left out: {', '.join(left_out)}: no labelled paragraphs in {options.gold}\n")
    if "speed" in wanted:
        yield from speed_tables(Analyser.load(), (), options.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analysis", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD, metavar="DIR", help="where the labelled paragraphs are")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be given again")
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="rounds of the measurement of time (9)")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, metavar="N", help="draws for intervals (1,000)")
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), metavar="DIR", help="where other programs are installed"
    )
    return parser.parse_args()


def main() -> None:
    """Print the tables."""
    options = _arguments()
    sys.stdout.write(f"{machine()}; analysis {ANALYSIS_VERSION}\n")
    for table in tables(options):
        sys.stdout.write(f"\n{table}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
