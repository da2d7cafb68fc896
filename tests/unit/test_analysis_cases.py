"""Cases as data: what must be found, and look-alikes in which nothing must be."""

from typing import Any

import pytest

from schemas.record import plain
from streams.analysis.lexicon import load_lexicon
from streams.analysis.numerals import ascii_digits
from streams.analysis.quantities import Quantities
from streams.analysis.sentences import quotations
from streams.analysis.shares import Quantity
from streams.analysis.times import Times
from streams.analysis.words import Segmenter
from tests.unit.analysis_samples import analyser, cases, paragraph

QUANTITIES: list[dict[str, Any]] = cases("quantities")["case"]
PEERS: list[dict[str, Any]] = cases("peers")["case"]
PARAGRAPHS: list[dict[str, Any]] = cases("paragraphs")["case"]
PERIODS: list[dict[str, Any]] = cases("periods")["case"]
HORIZONS: list[dict[str, Any]] = cases("horizons")["case"]
LEXICON = load_lexicon()
SEGMENTER = Segmenter.load()


def quantities(text: str) -> list[Quantity]:
    digits = ascii_digits(text)
    return Quantities(LEXICON).find(text, digits, SEGMENTER.cut(text), Times(LEXICON).find(digits), quotations(text))


def shown(quantity: Quantity) -> str:
    upper = "" if quantity.number.value_to is None else ".." + plain(quantity.number.value_to)
    parts = (plain(quantity.number.value) + upper, quantity.unit, quantity.qualifier, quantity.change)
    return " ".join(part for part in parts if part)


def test_there_are_enough_cases_and_look_alikes() -> None:
    assert len(QUANTITIES) >= 60
    assert sum(case.get("none", False) for case in QUANTITIES) >= 22
    assert len(PARAGRAPHS) >= 20
    assert sum(case.get("kinds") == [] for case in PARAGRAPHS) >= 7


@pytest.mark.parametrize("case", QUANTITIES, ids=lambda case: case["text"])
def test_quantities(case: dict[str, Any]) -> None:
    assert case.get("none", False) != bool(case.get("quantities")), "a case expects quantities, or none = true"
    assert [shown(quantity) for quantity in quantities(case["text"])] == case.get("quantities", [])


@pytest.mark.parametrize("case", PEERS, ids=lambda case: case["of"])
def test_what_others_are_known_to_read_wrongly(case: dict[str, Any]) -> None:
    test_quantities(case)
    if "periods" in case:
        record = analyser().analyse(paragraph(case["text"]))
        assert [fact.period for fact in record.statistics] == case["periods"]


@pytest.mark.parametrize("case", PARAGRAPHS, ids=lambda case: case["text"])
def test_paragraphs(case: dict[str, Any]) -> None:
    record = analyser().analyse(paragraph(case["text"], case.get("section"), case.get("genre")))
    if "kinds" in case:
        assert list(record.kinds) == case["kinds"]
    if "speeches" in case:
        said = [f"{speech.speaker} | {speech.verb or '-'} | {speech.quote}" for speech in record.speeches]
        assert said == case["speeches"]
    if "statistics" in case:
        assert [f"{fact.metric} | {plain(fact.value)}" for fact in record.statistics] == case["statistics"]
    for field, items in (
        ("proposals", [f"{proposal.proposer} | {proposal.text}" for proposal in record.proposals]),
        ("plans", [plan.text for plan in record.plans]),
    ):
        if field in case:
            assert len(items) == len(case[field])
            assert all(item.startswith(begins) for item, begins in zip(items, case[field], strict=True))


@pytest.mark.parametrize("case", PERIODS, ids=lambda case: case["text"])
def test_the_time_that_a_number_holds_for(case: dict[str, Any]) -> None:
    record = analyser().analyse(paragraph(case["text"], case.get("section"), case.get("genre")))
    assert [fact.period or "" for fact in record.statistics] == case["periods"]


@pytest.mark.parametrize("case", HORIZONS, ids=lambda case: case["text"])
def test_by_when_a_plan_is_due(case: dict[str, Any]) -> None:
    record = analyser().analyse(paragraph(case["text"], case.get("section"), case.get("genre")))
    assert [plan.horizon or "" for plan in record.plans] == case["horizons"]
