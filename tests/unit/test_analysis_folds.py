"""Cross-validation of the analysis: what is said of a report does not hang on that report's own labels."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import train_kinds, train_metrics
from benchmarks.labelled.folds import unseen
from benchmarks.labelled.gold import read_examples
from streams.analysis.analyse import Analyser

REPORTS, PARAGRAPHS = 7, 6
ODD = 2
"""A report with a unit of its own, so that its labels, if they were seen, would be followed."""
NOUNS = ("苗圃", "书屋", "渡口", "粮仓", "茶馆", "哨所")


def record(report: int, paragraph: int, *, by_noun: bool) -> dict[str, Any]:
    noun, number = NOUNS[paragraph], str(10 + report)
    unit = "座" if report != ODD else "间"
    fact = {
        "metric": noun if by_noun else None,
        "value": number,
        "value_to": None,
        "unit": unit,
        "qualifier": None,
        "change": None,
        "period": None,
        "text": f"{noun}{number}{unit}",
    }
    return {
        "id": f"made-{report}-{paragraph}",
        "report": {"title": f"第{report}份通报", "published": None, "genre": "通报"},
        "section": None,
        "text": f"本年全县{noun}{number}{unit}。",
        "kinds": ["statistic"],
        "primary": "statistic",
        "speeches": [],
        "proposals": [],
        "plans": [],
        "statistics": [fact],
    }


def metrics(tmp_path: Path, other: int | None) -> dict[str, list[str | None]]:
    """What is measured by id, where all reports but ``other`` are labelled alike."""
    path = tmp_path / f"{other}.jsonl"
    records = [record(r, p, by_noun=r != other) for r in range(REPORTS) for p in range(PARAGRAPHS)]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in records), encoding="utf-8")
    found = unseen(read_examples(path), [path], Analyser.load())
    return {one["id"]: [fact["metric"] for fact in two["statistics"]] for one, two in zip(records, found, strict=True)}


def test_a_reports_own_labels_teach_nothing_about_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = tmp_path / "sentences.tsv"
    nothing.write_text("", encoding="utf-8")
    monkeypatch.setattr(train_metrics, "SENTENCES", nothing)
    monkeypatch.setattr(train_kinds, "PARAGRAPHS", nothing)
    alike, odd = metrics(tmp_path, None), metrics(tmp_path, ODD)
    own = [name for name in alike if name.startswith(f"made-{ODD}-")]
    assert [alike[name] for name in own] == [[noun] for noun in NOUNS]
    assert [odd[name] for name in own] == [[noun] for noun in NOUNS]
