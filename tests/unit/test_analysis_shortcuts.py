"""Steps that are passed over where they cannot find anything: they find nothing there when they are taken after all."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.analysis import headlines, mentions, people, proposals, speech, wording
from streams.analysis.features import Signs
from streams.analysis.foreign import ForeignNames
from streams.analysis.lexicon import load_lexicon
from streams.analysis.phrase_model import ENDS, PhraseModel, load_weights
from streams.analysis.phrases import KINDS, Question
from streams.analysis.sentences import sentences
from streams.analysis.statistics import load_traits
from streams.analysis.tokens import QUANTITY, TIME
from tests.unit.analysis_samples import analyser, paragraph

LISTS = (
    "三点建议",
    "五条意见",
    "两个方面",
    "：",
    "——",
    "，",
    "一、",
    "其一，",
    "一是",
    "第一，",
    "她提了",
    "纸条",
    "。",
    "；",
)
TEXTS = st.lists(st.sampled_from([*LISTS, "我们", "是", "指", "1.", "将", "已", "要", "力争", "？"]), min_size=1).map(
    "".join
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("她提了三点建议，一、修桥。")
@example("她提了三点建议，其一，修桥。")
@example("她提了三点建议，一是修桥。")
@example("她提了三点建议，第一，修桥。")
def test_what_announces_or_counts_a_list_has_a_sign_of_one(text: str) -> None:
    for sentence in sentences(text):
        if wording.announced(text, sentence) or wording.enumerates(text, sentence):
            assert wording.may_list(text)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("刘芳的纸条上写着三点建议，一是路灯改暖色，二是斑马线重划。", 1),
        ("她提了两条意见——把车位让出来，再给老人设座椅。", 1),
        ("协会提出增设站点、延长末班车等12条建议。", 1),
        ("今天天气很好。", 0),
    ],
)
def test_lists_are_found_by_each_of_their_signs(text: str, items: int) -> None:
    assert len(analyser().analyse(paragraph(text)).proposals) == items


def test_a_sentence_below_the_least_threshold_without_a_verb_is_never_a_proposal() -> None:
    assert min(proposals.VERBAL, proposals.GOES_ON, proposals.LEAST, proposals.PLAIN) == proposals.VERBAL


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_lone_sentence_has_the_signs_that_are_looked_for_in_it(text: str) -> None:
    assert Signs(text).of(text) == Signs(text + "\n").of(text)


WORDS = ("去年", "收入", "的", "“", "保护", "价", "”", "，", "公园", "绿地", "面积", "增长", QUANTITY, TIME, "和", "。")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60), st.data())
def test_the_best_phrase_is_the_first_of_the_greatest_score(words: list[str], data: st.DataObject) -> None:
    places = [index for index, word in enumerate(words) if word == QUANTITY]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    passages = {kind: MODEL.passage(Question(words, starts, 0, 0, 0, kind, "", ())) for kind in KINDS}
    floor = 0
    for at in places:
        # A sentence's floor is where it begins, and numbers are asked for in their order.
        floor = data.draw(st.integers(floor, at))
        asked = Question(words, starts, at, floor, len(words), data.draw(st.sampled_from(KINDS)), "元", ())
        wanted = max(MODEL.scored(asked, ENDS), key=lambda scored: scored[0])[1]
        assert MODEL.best(asked) == MODEL.best(asked, passages[asked.kind]) == wanted


MODEL = PhraseModel(load_weights(), load_traits(load_lexicon()))
FOREIGN = ForeignNames(load_lexicon())


@pytest.mark.parametrize(("text", "name"), [("来自临江县的扎西顿珠", "扎西顿珠"), ("卡德罗夫", "卡德罗夫")])
def test_foreign_names_are_found_from_either_side(text: str, name: str) -> None:
    begin = text.index(name)
    assert FOREIGN.start(text, 0, len(text)) == begin
    assert FOREIGN.end(text, begin) == len(text)
    assert FOREIGN.start(text + "\n", 0, len(text) + 1) == begin


LOOKED = (headlines._WHEN, mentions._BEFORE_NAME, wording._LIST, speech._ACTS_LATER)
"""Patterns that begin with a look at a character."""


@pytest.mark.parametrize("pattern", LOOKED)
def test_a_look_at_a_character_passes_nothing_over(pattern: re.Pattern[str]) -> None:
    look = re.match(r"\(\?=(?:[^()]|\([^()]*\))*\)", pattern.pattern)
    assert look is not None
    without = re.compile(pattern.pattern[look.end() :])
    for text in texts_for(without):
        assert [found.span() for found in pattern.finditer(text)] == [found.span() for found in without.finditer(text)]


@pytest.mark.parametrize("pattern", people._BESIDE)
def test_what_stands_beside_a_subject_holds_a_sign_of_it(pattern: re.Pattern[str]) -> None:
    for found in map(pattern.search, texts_for(pattern)):
        assert found is None or people._SIGNS.search(found.group())


def texts_for(pattern: re.Pattern[str]) -> Iterator[str]:
    """Short texts of the words that a pattern is written with, of their characters, and of some others."""
    words = set(re.findall("[\u4e00-\u9fff]+", pattern.pattern))
    parts = sorted({*words, *"".join(words), *"，。：；（）“”1甲"})
    for first, second in product(parts, parts):
        yield first + second
        yield f"甲{first}{second}，"
        yield f"{first}{second}丙丁"
        yield f"{first}甲乙{second}，"
        yield f"甲乙{first}丙丁{second}"
