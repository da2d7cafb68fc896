"""Every step of the pipeline: its cases, and the law that no character is lost or doubled."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.blocks import Block, Step
from streams.reports.lines import Box, Line, lines_of
from streams.reports.pipeline import BLOCK_STEPS, LINE_STEPS, blocks_of
from streams.reports.steps.joining import join_lines
from streams.reports.steps.spacing import close_gaps

LineStep = Callable[[Iterable[Line]], Iterator[Line]]
STEPS: dict[str, LineStep] = {step.__name__: step for step in LINE_STEPS}
CASES = json.loads((Path(__file__).parent / "reports_cases" / "steps.json").read_text(encoding="utf-8"))

SIGNS = st.text(
    st.sampled_from("云川政协委员会议发展年增长说，。；、“”（）《》【】：——▲➝●■#\uef00 12a-"), min_size=1, max_size=24
)
TEXTS = st.lists(SIGNS.filter(lambda text: bool(text.strip())), max_size=40)


def lines(texts: Sequence[str]) -> list[Line]:
    return [Line(number, text.strip()) for number, text in enumerate(texts, 1)]


def boxed(texts: Sequence[str], seed: Sequence[int]) -> list[Line]:
    """The lines in columns with boxes, as a PDF gives them."""
    found = []
    for place, line in enumerate(lines(texts)):
        drawn = seed[place % len(seed)]
        x0, top, size = 200.0 * (place // 12) + 20 * (drawn % 2), 14.0 * (place % 12), 9.0 + drawn % 3
        box = Box(x0, top, x0 + min(len(line.text) * size, 180), top + size)
        found.append(Line(line.number, line.text, 1, box=box, size=size, column=place // 12))
    return found


def signs(texts: Iterable[str]) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


def dropped(steps: Iterable[Step]) -> Counter[str]:
    return signs(step.dropped for step in steps)


def test_every_step_has_cases() -> None:
    assert set(CASES) == set(STEPS)
    assert sum(map(len, CASES.values())) >= 35


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name, cases in CASES.items() for case in cases],
    ids=lambda value: str(value)[:40],
)
def test_cases(name: str, case: dict[str, Any]) -> None:
    found = list(STEPS[name](lines(case["in"])))
    if "out" in case:
        assert [line.text for line in found] == case["out"]
    else:
        assert [line.role for line in found] == case["roles"]
        assert [line.text for line in found] == case["in"]


@pytest.mark.parametrize("name", STEPS)
@given(texts=TEXTS)
def test_a_step_loses_and_doubles_no_sign(name: str, texts: list[str]) -> None:
    given_lines = lines(texts)
    found = list(STEPS[name](given_lines))
    assert signs(line.text for line in found) + dropped(s for line in found for s in line.steps) == signs(texts)
    assert all(line.text and line.text == line.text.strip() for line in found)


@given(TEXTS, st.booleans(), st.integers(1, 3))
def test_joining_keeps_every_sign_and_every_line(texts: list[str], spaced: bool, pages: int) -> None:
    given_lines = [
        Line(number, text.strip(), 1 + number % pages, after_blank=spaced, marked=text[0] == "▲")
        for number, text in enumerate(texts, 1)
    ]
    blocks = list(join_lines(given_lines))
    assert signs(block.text for block in blocks) == signs(texts)
    assert len({block.line for block in blocks}) <= len(blocks) <= 2 * len(texts)


@given(TEXTS, st.lists(st.integers(0, 5), min_size=1, max_size=7))
def test_no_sign_is_lost_on_the_whole_way(texts: list[str], seed: list[int]) -> None:
    for given_lines in (lines(texts), boxed(texts, seed)):
        blocks = list(blocks_of(given_lines))
        assert signs(block.text for block in blocks) + dropped(s for block in blocks for s in block.steps) == signs(
            texts
        )


@given(st.lists(st.tuples(st.sampled_from(["body", "heading", "caption", "credit", "leftover"]), SIGNS), max_size=20))
def test_steps_on_blocks_keep_every_sign(drawn: list[tuple[Any, str]]) -> None:
    given_blocks = [Block(role, text, number) for number, (role, text) in enumerate(drawn, 1)]
    for step in BLOCK_STEPS:
        found = list(step(iter(given_blocks)))
        assert signs(block.text for block in found) == signs(text for _, text in drawn)


@pytest.mark.parametrize("name", STEPS)
def test_lines_that_a_format_calls_whole_stay_as_they_are(name: str) -> None:
    given_lines = [
        Line(number, text, whole=True) for number, text in enumerate(("分组讨论", "分组讨论", "，好", "来", "来"), 1)
    ]
    assert [line.text for line in STEPS[name](given_lines)] == [line.text for line in given_lines]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("充满希望的 2023 年已经", "充满希望的2023年已经"),
        ("增长 5%", "增长5%"),
        ("GDP 增长", "GDP 增长"),
        ("a b", "a b"),
    ],
)
def test_gaps_in_prose_close(text: str, wanted: str) -> None:
    assert close_gaps(text) == wanted


@given(st.text(st.sampled_from("云川政协，。 \n\n\n\r\f\t"), max_size=200), st.integers(1, 9))
def test_lines_are_the_same_in_pieces(text: str, size: int) -> None:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    assert list(lines_of(pieces)) == list(lines_of(text))
    assert signs(line.text for line in lines_of(text)) == signs([text])
