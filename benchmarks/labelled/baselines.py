"""Our figures beside those of keywords, recognizers-text and JioNLP, on the same paragraphs."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import eq
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.labelled.figures import Figure, draws, figures, markdown
from benchmarks.labelled.gold import Counts, Example, Labelled, Predict, Scorer, labelled
from benchmarks.labelled.keywords import by_keywords
from benchmarks.labelled.quality import predictions, tallies
from benchmarks.peers.environment import JIONLP, RECOGNIZERS, Peer, PeerMissingError
from streams.analysis.analyse import Analyser

MONEY = frozenset(("元", "美元", "欧元", "日元", "港元", "英镑", "卢布", "块", "块钱", "角", "毛"))
Found = dict[str, Any]
"""What a side finds in a paragraph: lists of ``numbers`` and ``money`` (value, unit), of ``times`` that these hold for,
and of all ``expressions`` of time (texts)."""


Alike = Callable[[Any, Any], bool]


class Side(NamedTuple):
    """What a side finds, by paragraph, and the milliseconds that it takes for one, everything loaded."""

    found: dict[str, Found]
    milliseconds: float


def baseline_tables(
    scorer: Scorer, examples: Sequence[Example], analyser: Analyser, resamples: int, cache: Path
) -> Iterator[str]:
    """Whole records beside keywords, then numbers, money and times beside the other programs."""
    makers: dict[str, Predict] = {
        "report-streams": lambda paragraph: labelled(analyser.analyse(paragraph)),
        "keywords": by_keywords,
    }
    records, found = {}, {}
    for name, make in makers.items():
        begin = time.perf_counter()
        records[name] = predictions(examples, make)
        taken = (time.perf_counter() - begin) / len(examples) * 1e3
        found[name] = Side({record["id"]: _of_record(record) for record in records[name]}, taken)
    yield f"### Beside keywords, on dev\n\n{_records_table(scorer, examples, records, resamples)}"
    for example in examples:
        times = analyser.find(example.paragraph).reading.times.things
        found["report-streams"].found[example.paragraph.id]["expressions"] = [each.text for each in times]
    for peer in (RECOGNIZERS, JIONLP):
        try:
            found[peer.name] = _of_peer(peer, examples, cache)
        except PeerMissingError as error:
            sys.stderr.write(f"left out: {peer.name}: {error}\n")
    yield f"### Numbers, money and times alone, on dev\n\n{_finds_table(scorer, examples, found)}"


def _records_table(
    scorer: Scorer, examples: Sequence[Example], sides: Mapping[str, Sequence[Labelled]], resamples: int
) -> str:
    drawn = draws(len(examples), resamples)
    columns: dict[str, dict[str, Figure]] = {
        name: figures(tallies(scorer, examples, records), drawn) for name, records in sides.items()
    }
    measures = list(next(iter(columns.values())))
    rows = [[measure, *(str(column[measure].f1) for column in columns.values())] for measure in measures]
    return markdown(["F1, or share that is right", *columns], rows)


def _of_peer(peer: Peer, examples: Sequence[Example], cache: Path) -> Side:
    result = peer.read({example.paragraph.id: example.paragraph.text for example in examples}, cache)
    for failure in result["failed"]:
        sys.stderr.write(f"{peer.name}: {failure}\n")
    return Side(result["found"], result["seconds"] / len(examples) * 1e3)


def _of_record(record: Labelled) -> Found:
    """All numbers of a record, statistics and targets alike, and the times that it names."""
    numbers = [*record["statistics"], *(target for plan in record["plans"] for target in plan["targets"])]
    times = [*(fact.get("period") for fact in record["statistics"]), *(plan.get("horizon") for plan in record["plans"])]
    money = [number for number in numbers if number["unit"] in MONEY]
    return {"numbers": numbers, "money": money, "times": sorted({one for one in times if one})}


def _finds_table(scorer: Scorer, examples: Sequence[Example], sides: dict[str, Side]) -> str:
    same, tell = scorer.module.number, scorer.module.unit

    def value(one: Found, other: Found) -> bool:
        return bool(same(one["value"]) == same(other["value"]))

    def value_and_unit(one: Found, other: Found) -> bool:
        return value(one, other) and bool(tell(one["unit"]) == tell(other["unit"]))

    measures: tuple[tuple[str, str, str, Alike], ...] = (
        ("number: value", "numbers", "numbers", value),
        ("number: value and unit", "numbers", "numbers", value_and_unit),
        ("money: value", "money", "money", value),
        ("money: value and unit", "money", "money", value_and_unit),
        ("period or horizon, in the record", "times", "times", eq),
        ("the same among all expressions of time", "times", "expressions", eq),
        ("the same, one within the other", "times", "expressions", lambda one, other: one in other or other in one),
    )
    rows = []
    for name, field, theirs, alike in measures:
        counts = [_count(scorer, examples, side, (field, theirs), alike) for side in sides.values()]
        rows.append([name, *(_cell(count, recall_only=theirs == "expressions") for count in counts)])
    rows.append(["milliseconds a paragraph", *(f"{side.milliseconds:.2f}" for side in sides.values())])
    return markdown(["precision / recall / F1", *sides], rows)


def _count(
    scorer: Scorer, examples: Sequence[Example], side: Side, fields: tuple[str, str], alike: Alike
) -> Counts | None:
    """Counts over all paragraphs; None for a side that does not look for such things."""
    field, theirs = fields
    hit = wrong = missed = 0
    if any(theirs not in found for found in side.found.values()):
        return None
    for example in examples:
        text = example.paragraph.text
        wanted = [one for one in _of_record(example.labels)[field] if field != "times" or one in text]
        predicted = side.found[example.paragraph.id][theirs]
        pairs = len(scorer.module.match(wanted, predicted, alike))
        hit, wrong, missed = hit + pairs, wrong + len(predicted) - pairs, missed + len(wanted) - pairs
    return Counts(hit, wrong, missed)


def _cell(counts: Counts | None, *, recall_only: bool) -> str:
    """Where all expressions of time are looked for, most are none that the labels name: that is no fault."""
    if counts is None:
        return "does not look"
    hit, wrong, missed = counts
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    if recall_only:
        return f"recall {recall:.3f} of {hit + wrong} found"
    return f"{precision:.3f} / {recall:.3f} / {2 * hit / max(1, 2 * hit + wrong + missed):.3f}"
