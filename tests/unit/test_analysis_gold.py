"""The labelled paragraphs, where they are: floors a little under what the analysis reaches on those not learnt from."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from streams.reports.jsonl import read_jsonl
from streams.reports.reading import ReportOptions
from tests.optional import gold
from tests.unit.analysis_samples import PUSHED, ROOT, analyser
from tests.unit.test_analysis_laws import check

FLOORS = {
    "macro_f1": 0.9,
    "primary": 0.84,
    "kinds.speech": 0.9,
    "kinds.proposal": 0.85,
    "kinds.statistic": 0.91,
    "kinds.plan": 0.87,
    "items.speech": 0.8,
    "items.proposal": 0.58,
    "items.statistic": 0.9,
    "items.statistic+metric": 0.7,
    "items.statistic+marks": 0.84,
    "items.target": 0.8,
    "plan_chars": 0.89,
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    folder = gold()
    predicted = tmp_path_factory.mktemp("analysis") / "predicted.jsonl"
    dev = folder / "dev.jsonl"
    command = [sys.executable, "-m", "streams", "analyse", str(dev), "--jsonl", "--output", str(predicted)]
    subprocess.run(command, cwd=ROOT, check=True)
    scored = subprocess.run(
        [sys.executable, str(folder / "score.py"), str(dev), str(predicted), "--json"], capture_output=True, check=True
    )
    result = json.loads(scored.stdout)
    assert result["predicted"] == result["paragraphs"] >= 100
    flat = {name: result[name] for name in ("macro_f1", "primary")}
    flat |= {f"{part}.{name}": row["f1"] for part in ("kinds", "items") for name, row in result[part].items()}
    return flat | {"plan_chars": result["plan_chars"]["f1"]}


@pytest.mark.parametrize("name", FLOORS)
def test_floor(figures: dict[str, float], name: str) -> None:
    assert figures[name] >= FLOORS[name]


def test_every_labelled_paragraph_gives_a_valid_record() -> None:
    found = 0
    for name in ("train.jsonl", "dev.jsonl"):
        with Path(gold() / name).open("rb") as lines:
            for _, reading in read_jsonl(lines, name, name, ReportOptions(), PUSHED):
                assert isinstance(reading, Paragraph)
                check(analyser().analyse(reading))
                found += 1
    assert found >= 500
