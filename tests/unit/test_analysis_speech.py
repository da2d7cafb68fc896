"""Who says what, as data: speeches that must be found, look-alikes, and the laws of names and headlines."""

from typing import Any

import pytest

from streams.analysis.foreign import ForeignNames
from streams.analysis.headlines import Headlines
from streams.analysis.lexicon import load_lexicon
from streams.analysis.sentences import sentences
from tests.unit.analysis_samples import analyser, cases, paragraph

SPEECHES: list[dict[str, Any]] = cases("speech")["case"]
LEXICON = load_lexicon()


def test_there_are_enough_cases_and_look_alikes() -> None:
    assert len(SPEECHES) >= 30
    assert sum(not case["speeches"] for case in SPEECHES) >= 6


@pytest.mark.parametrize("case", SPEECHES, ids=lambda case: case["text"])
def test_speeches(case: dict[str, Any]) -> None:
    record = analyser().analyse(paragraph(case["text"], case.get("section"), case.get("genre")))
    said = [f"{speech.speaker} | {speech.verb or '-'} | {speech.quote}" for speech in record.speeches]
    assert said == case["speeches"]


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("埃及称船闸开通埃及交通部5日表示，", "埃及交通部"),
        ("甲市首条地铁开通6日，甲市首条地铁", "6日，"),
        ("沿江新桥合龙针对近日的传言，", "针对"),
        ("市交通部门5日表示，", None),
        ("第十五届中国渔博会6日开幕。", None),
        ("自甲市到乙市的列车将于6日，", None),
    ],
)
def test_joints_of_headlines(text: str, joint: str | None) -> None:
    found = Headlines(LEXICON).joints(text, sentences(text))
    assert [text[place:].startswith(joint or "") for place in found] == ([True] if joint else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("里亚科夫表示", "里亚科夫"),
        ("马丁·洛佩斯说", "马丁·洛佩斯"),
        ("特拉维希望各方克制", "特拉维"),
        ("卡洛斯日前宣布", "卡洛斯"),
        ("巴西代表团抵达", None),
        ("王小满表示", None),
    ],
)
def test_foreign_names(text: str, name: str | None) -> None:
    end = ForeignNames(LEXICON).end(text, 0)
    assert (None if end is None else text[:end]) == name
