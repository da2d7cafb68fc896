"""What quantities measure: the model's sums, its weights, and phrases found in sentences made up for this."""

from pathlib import Path

import pytest

from streams.analysis.lexicon import load_lexicon
from streams.analysis.phrase_model import PhraseModel, load_weights
from streams.analysis.phrases import KINDS, ROLES, Question, features
from streams.analysis.statistics import load_traits
from streams.analysis.tokens import QUANTITY, TIME, tokens
from streams.analysis.words import Words
from tests.unit.analysis_samples import ROOT, analyser, cases, paragraph

SENTENCES = ROOT / "benchmarks" / "metric_sentences.tsv"
WORDS = [
    "去年",
    "，",
    "药材",
    "的",
    "收购价",
    "一直",
    "在",
    "跌",
    "，",
    "眼下",
    "每公斤",
    "只有",
    "9",
    "元",
    "的",
    "“",
    "保护",
    "价",
    "”",
    "托",
    "着",
    "。",
]


def question(kind: str = "measure") -> Question:
    words = [TIME, *WORDS[1:12], QUANTITY, *WORDS[14:]]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return Question(words, starts, 12, 0, len(words), kind, "元", ())


@pytest.mark.parametrize("kind", KINDS)
def test_sums_over_rows_are_the_sums_of_the_named_features(kind: str) -> None:
    asked, traits = question(kind), load_traits(load_lexicon())
    named = [features(asked, candidate, traits) for _, candidate in PhraseModel({}, traits).scored(asked, 99)]
    weights = {feature: float(place % 13 - 6) for place, feature in enumerate(sorted({f for fs in named for f in fs}))}
    scored = list(PhraseModel(weights, traits).scored(asked, 99))
    assert len(scored) > 30
    for score, candidate in scored:
        assert score == pytest.approx(sum(weights[feature] for feature in features(asked, candidate, traits)))


def test_no_candidate_begins_or_ends_with_a_time_a_number_or_a_mark() -> None:
    asked = question()
    for _, candidate in PhraseModel({}, load_traits(load_lexicon())).scored(asked, 99):
        inside = asked.words[candidate.start : candidate.end]
        assert not {TIME, QUANTITY, "，", "。"} & {*inside[:1], *inside[-1:]}
        assert inside.count("“") == inside.count("”")


def test_weights_are_of_roles_and_pairs_that_the_model_knows() -> None:
    weights = load_weights()
    assert len(weights) > 5000
    known = {*ROLES, "0<>", "<[B", "B]>", "<[A", "A]>"}
    for feature in weights:
        kind, slash, rest = feature.partition("/")
        name = rest if slash and kind in KINDS else feature
        role, mark, trait = name.partition(":")
        if mark and trait:
            assert role in known, feature


def test_tokens_join_to_the_text_with_quantities_and_times_whole() -> None:
    text = "今年一季度梨园收入12.5万元。"
    cut = tokens(Words(("今年", "一", "季度", "梨园", "收入", "12.5", "万元", "。")), len(text), [(9, 15)], [(0, 5)])
    assert cut.words == [TIME, "梨园", "收入", QUANTITY, "。"]
    assert [text[a:b] for a, b in zip(cut.starts, cut.starts[1:], strict=False)] == [
        "今年一季度",
        "梨园",
        "收入",
        "12.5万元",
        "。",
    ]


def test_phrases_of_the_sentences_learnt_from_are_found() -> None:
    right = asked = 0
    for line in Path(SENTENCES).read_text(encoding="utf-8").splitlines():
        text, *phrases = line.split("\t")
        found = {fact.metric or "-" for fact in analyser().analyse(paragraph(text)).statistics}
        wanted = {phrase for phrase in phrases if phrase != "?"}
        asked, right = asked + len(wanted), right + len(wanted & found)
    assert asked > 400
    assert right / asked > 0.85


METRICS = cases("metrics")["case"]


@pytest.mark.parametrize("case", METRICS, ids=lambda case: case["text"])
def test_metrics(case: dict[str, str | list[str]]) -> None:
    text = str(case["text"])
    found = [fact.metric or "-" for fact in analyser().analyse(paragraph(text, genre="新闻")).statistics]
    assert found == case["metrics"]
