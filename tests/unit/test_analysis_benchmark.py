"""The benchmark of the analysis: its own counting is right, and it says what it leaves out."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.labelled.ablation import NOWHERE, variants
from benchmarks.labelled.calibration import by_chance
from benchmarks.labelled.figures import Tally, draws, figures
from benchmarks.labelled.gold import MEASURES, Counts, Scorer, read_examples, source_of
from benchmarks.labelled.keywords import by_keywords
from benchmarks.labelled.quality import by_source, predictions, tallies
from benchmarks.peers.environment import Peer, PeerMissingError
from benchmarks.timing.growth import LENGTHS, exponent, paragraph_of, sorts
from benchmarks.train_kinds import reliability_error
from schemas.items import KINDS
from tests.optional import gold
from tests.unit.analysis_samples import ROOT, paragraph


def tally(**counts: Counts) -> Tally:
    return {measure: counts.get(measure.replace(" ", "_"), Counts(0, 0, 0)) for measure in MEASURES}


def test_figures_are_precision_recall_and_f1_of_the_sums() -> None:
    some = [tally(kind_speech=Counts(3, 1, 2), item_target=Counts(1, 0, 0)), tally(kind_speech=Counts(1, 1, 2))]
    found = figures(some, draws(2, 50))
    speech = found["kind speech"]
    assert (speech.precision.value, speech.recall.value) == (4 / 6, 4 / 8)
    assert speech.f1.value == pytest.approx(2 * 4 / (2 * 4 + 2 + 4))
    assert speech.f1.low == pytest.approx(2 / 5)
    assert speech.f1.high == pytest.approx(6 / 9)
    assert speech.gold == 8
    assert found["item target"].f1.value == 1
    assert found["macro-F1 of kinds"].f1.value == speech.f1.value, "kinds that are nowhere are left out of the mean"


def test_draws_are_the_same_on_every_run_and_for_every_side() -> None:
    assert draws(40, 3) == draws(40, 3)
    assert {len(draw) for draw in draws(40, 3)} == {40}
    assert draws(40, 2)[0] != draws(40, 2)[1]


def test_keywords_find_what_keywords_can() -> None:
    text = "市长王明表示，全市新增公园12个，同比增长7.5%。将再建桥3座。委员建议增加公交车。"
    found = by_keywords(paragraph(text))
    assert set(found["kinds"]) == set(KINDS)
    assert [(fact["value"], fact["unit"], fact["change"]) for fact in found["statistics"]] == [
        ("12", "个", None),
        ("7.5", "%", "up"),
    ]
    assert [target["value"] for target in found["plans"][0]["targets"]] == ["3"]
    assert by_keywords(paragraph("2025年3月5日，第4届。"))["kinds"] == []


@pytest.mark.parametrize(
    ("identifier", "genre", "source"),
    [
        ("a2-02-003", "政府工作报告", "newspaper prose"),
        ("train-0119", "政府工作报告", "work report"),
        ("dev-real-001", "新闻", "news"),
    ],
)
def test_the_source_of_a_paragraph_is_told_by_its_id_and_genre(identifier: str, genre: str, source: str) -> None:
    assert source_of(identifier, genre) == source


def test_scores_that_are_shares_have_no_error_and_chance_makes_some() -> None:
    even = [(0.5, number % 2 == 0) for number in range(40)]
    assert reliability_error(even) == 0
    assert reliability_error([(0.5, True)] * 4) == 0.5
    assert 0 < by_chance(even) < 0.2


@pytest.mark.parametrize("power", [1, 2])
def test_the_exponent_is_that_of_the_growth(power: int) -> None:
    assert exponent({length: 1e-9 * length**power for length in LENGTHS}) == pytest.approx(power)


def test_grown_texts_have_the_length_that_was_asked_for() -> None:
    for make in sorts(["一句。", "两句；三句。"]).values():
        assert [len(paragraph_of(make(length)).text) for length in (10, 999)] == [10, 999]
    assert "。" not in sorts(["一句。两句；"])["the same without a full stop"](500)


def test_each_poorer_analyser_still_analyses_and_loses_what_it_was_to_lose() -> None:
    given = paragraph("市长王明表示，力争新增公园约12个，同比增长7.5%。", None, "新闻")
    found = {name: analyser.analyse(given) for name, analyser in variants()}
    assert next(iter(found)) == "all"
    assert found["all"].kinds
    assert found["without the model: leanings 0"].plans == ()
    assert found["without the words of speech"].speeches == ()
    assert found["without quantities' change"].statistics == () or all(
        fact.change is None for fact in found["without quantities' change"].statistics
    )
    assert NOWHERE.starting_at(given.text, 0) is None


def test_without_labelled_paragraphs_the_parts_that_need_them_are_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.analysis", "--gold", str(tmp_path), "--part", "quality"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert f"left out: quality: no labelled paragraphs in {tmp_path}" in done.stderr


def test_a_program_that_cannot_be_installed_is_left_out_with_the_reason(tmp_path: Path) -> None:
    peer = Peer("absent", "jionlp_script.py", (str(tmp_path / "absent-1.0-py3-none-any.whl"),))
    with pytest.raises(PeerMissingError, match=r"pip.*absent-1\.0-py3-none-any\.whl"):
        peer.read({"1": "花了3元。"}, tmp_path)


def test_counts_by_paragraph_add_up_to_what_the_scorer_says_of_all() -> None:
    folder = gold()
    scorer, examples = Scorer(folder), read_examples(folder / "dev.jsonl")[:40]
    found = tallies(scorer, examples, predictions(examples, by_keywords))
    sources = {source: size for source, size, _ in by_source(examples, found, 5)}
    assert sources.pop("all") == sum(sources.values()) == 40
    right = figures(tallies(scorer, examples, [example.labels for example in examples]), ())
    assert all(figure.f1.value == 1 for figure in right.values() if figure.gold)
    spoilt = json.loads(json.dumps([example.labels for example in examples]))
    fact = next(fact for record in spoilt for fact in record["statistics"])
    fact["value"] = str(Decimal(fact["value"]) + 1)
    assert figures(tallies(scorer, examples, spoilt), ())["item statistic"].f1.value < 1
