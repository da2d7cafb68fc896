"""The labelled paragraphs, and what the scorer that lies beside them counts in each.

Both stay outside the project. Definitions of a hit are the scorer's own: it is imported from its folder and run on one
paragraph at a time, so that figures can be put together by source and drawn again for intervals.
"""

import importlib.util
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from schemas.items import KINDS
from schemas.paragraph import Paragraph
from schemas.record import Record
from streams.reports.jsonl import read_jsonl
from streams.reports.reading import ReportOptions

Labelled = dict[str, Any]
"""A record as the guidelines define it, labelled by people or predicted by a program."""
Predict = Callable[[Paragraph], Labelled]

SOURCES = ("work report", "news", "newspaper prose")
ITEMS = ("speech", "proposal", "statistic", "statistic+metric", "statistic+marks", "target")
KIND_MEASURES = tuple(f"kind {kind}" for kind in KINDS)
MEASURES = (*KIND_MEASURES, "primary", "exact set of kinds", *(f"item {name}" for name in ITEMS), "plan characters")
_LISTS = {"speech": "speeches", "proposal": "proposals"}
_PROSE = re.compile(r"a[0-9]+-")
"""How the ids of paragraphs begin that were written for the set; the others were found, and their genre says where."""


class Counts(NamedTuple):
    """Of one measure: found and true, found and wrong, missed."""

    hit: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class Example:
    """A paragraph with its labels."""

    paragraph: Paragraph
    labels: Labelled
    source: str


class Scorer:
    """The scorer of a folder of labelled paragraphs."""

    def __init__(self, folder: Path) -> None:
        spec = importlib.util.spec_from_file_location("labelled_score", folder / "score.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"{folder / 'score.py'} is no Python module")
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)

    def score(self, labels: Sequence[Labelled], predicted: Sequence[Labelled]) -> dict[str, Any]:
        """What the scorer prints for these paragraphs as JSON; it reads them from here instead of from files."""
        tables = {"labels": {one["id"]: one for one in labels}, "predicted": {one["id"]: one for one in predicted}}
        vars(self.module)["read"] = tables.__getitem__
        printed = io.StringIO()
        with _arguments("score.py", "labels", "predicted", "--json"), redirect_stdout(printed):
            self.module.main()
        result: dict[str, Any] = json.loads(printed.getvalue())
        return result

    def tally(self, labels: Labelled, predicted: Labelled) -> dict[str, Counts]:
        """The counts of each measure in one paragraph. A right primary kind is a hit, another both wrong and missed."""
        result = self.score([labels], [predicted])
        found = {f"kind {kind}": _kind(kind in labels["kinds"], kind in predicted["kinds"]) for kind in KINDS}
        found["primary"] = _kind_right(result["primary"])
        found["exact set of kinds"] = _kind_right(result["exact_sets"])
        for name in ITEMS:
            found[f"item {name}"] = _counts(result["items"][name], len(_items(name, predicted)))
        spans = (self.module.span(labels["text"], plan["text"]) for plan in predicted["plans"])
        found["plan characters"] = _counts(result["plan_chars"], len(set().union(*spans)))
        return found


def read_examples(path: Path) -> list[Example]:
    """The labelled paragraphs of a file of JSON lines, read as ``analyse`` reads them.

    Raises:
        ValueError: a line is none.
    """
    content = path.read_bytes()
    labels = [json.loads(line) for line in content.splitlines() if line.strip()]
    readings = read_jsonl(io.BytesIO(content), path.name, path.name, ReportOptions(), datetime.fromtimestamp(0, UTC))
    return [_example(reading, one) for (_, reading), one in zip(readings, labels, strict=True)]


def source_of(identifier: str, genre: str) -> str:
    """Where a paragraph comes from: one of ``SOURCES``."""
    if _PROSE.match(identifier):
        return "newspaper prose"
    return "work report" if genre.endswith("工作报告") else "news"


def labelled(record: Record) -> Labelled:
    """A record of ours in the form of the labels."""
    return record.model_dump(mode="json")


def _example(reading: object, labels: Labelled) -> Example:
    if not isinstance(reading, Paragraph) or reading.id != labels["id"]:
        raise ValueError(f"{labels['id']}: {reading}")
    return Example(reading, labels, source_of(reading.id, reading.report.genre or ""))


def _items(name: str, record: Labelled) -> list[Any]:
    if name == "target":
        return [target for plan in record["plans"] for target in plan["targets"]]
    found: list[Any] = record[_LISTS.get(name, "statistics")]
    return found


def _counts(row: dict[str, float], predicted: int) -> Counts:
    """From a row of the scorer and the number of things predicted: with no hit its precision hides the latter."""
    gold = round(row["gold"])
    hit = round(row["r"] * gold)
    return Counts(hit, predicted - hit, gold - hit)


def _kind(true: bool, found: bool) -> Counts:
    return Counts(int(true and found), int(found and not true), int(true and not found))


def _kind_right(share: float) -> Counts:
    return Counts(1, 0, 0) if share == 1 else Counts(0, 1, 1)


@contextmanager
def _arguments(*words: str) -> Iterator[None]:
    before = sys.argv
    sys.argv = list(words)
    try:
        yield
    finally:
        sys.argv = before
