"""Texts that are no prose, or no end of it: lists, tables, endless paragraphs, megabytes; nothing lost, time linear."""

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from schemas.paragraph import MAX_TEXT
from streams.reports.blocks import Block
from streams.reports.lines import lines_of
from streams.reports.pipeline import blocks_of
from tests.command_line import run_measured

SENTENCE = "全市上下稳中求进，工业总产值迈上了新的台阶，民生保障更加有力，各项工作取得明显成效。"
LISTS: dict[str, Callable[[int], str]] = {
    "one word": lambda number: "增加收入",
    "one sentence": lambda number: "增加农民收入。",
    "one long line": lambda number: "全市渔业产值增长百分之八点",
    "names": lambda number: f"张三{number}",
    "equal widths": lambda number: f"第{number:05d}项工程已经完成投资三亿元",
    "equal sentences": lambda number: f"第{number:05d}项工程已经完成投资三亿元。",
    "a table": lambda number: f"云川市,{number},{number * 3}",
    "Latin": lambda number: "hello world this is a line",
    "three in turn": lambda number: ("赞成", "反对", "弃权")[number % 3],
}


def blocks(text: str) -> list[Block]:
    return list(blocks_of(lines_of(text)))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def cut(text: str, width: int) -> list[str]:
    return [text[place : place + width] for place in range(0, len(text), width)]


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize(("between", "count"), [("\n", 20_000), ("\n\n", 2_000)])
def test_short_lines_stay_lines_however_many(kind: str, between: str, count: int) -> None:
    wanted = [LISTS[kind](number) for number in range(count)]
    found = blocks(between.join(wanted))
    assert [block.text for block in found] == wanted
    assert {block.role for block in found} == {"body"}


def test_a_heading_printed_twice_is_one_and_a_line_three_times_is_three() -> None:
    twice = blocks("分组讨论\n分组讨论\n" + SENTENCE)
    assert [(block.role, block.text) for block in twice] == [("heading", "分组讨论"), ("body", SENTENCE)]
    assert [block.text for block in blocks("分组讨论\n" * 3 + SENTENCE)] == ["分组讨论"] * 3 + [SENTENCE]


def test_typed_indents_begin_paragraphs_though_the_line_before_is_full() -> None:
    texts = [SENTENCE, SENTENCE.replace("全市", "全县"), SENTENCE.replace("全市", "全区")]
    typed = [line for text in texts for line in ["　　" + text[:20], *cut(text[20:], 22)]]
    assert len(typed) == 6
    assert [block.text for block in blocks("\n".join(typed))] == texts


def test_blanks_before_lines_that_begin_nothing_say_nothing() -> None:
    typed = [("    " if place % 3 == 1 else "") + line for place, line in enumerate(cut(SENTENCE * 3, 20))]
    assert bare("".join(block.text for block in blocks("\n".join(typed)))) == SENTENCE * 3
    assert len(blocks("\n".join(typed))) == 1


@pytest.mark.parametrize("width", [20, 5_000])
def test_a_paragraph_without_an_end_ends_all_the_same(width: int) -> None:
    text = SENTENCE * 12_000
    found = blocks("\n".join(cut(text, width)))
    assert "".join(block.text for block in found) == text
    assert max(len(block.text) for block in found) <= MAX_TEXT
    assert sum(block.text.endswith("。") for block in found) >= len(found) - 1 or width > 1_000


def test_credits_without_end_within_a_paragraph_do_not_pile_up() -> None:
    text = "\n".join([*cut(SENTENCE * 8, 20)[:-1], *["（资料图片）"] * 5_000, *cut(SENTENCE * 8, 20)])
    found = blocks(text)
    left = Counter(bare("".join(step.dropped for block in found for step in block.steps)))
    assert Counter(bare("".join(block.text for block in found))) + left == Counter(bare(text))


HOSTILE = {
    "lines that close": "）。\n",
    "the same line": "分组讨论\n",
    "pairs": "委\n委员\n员通\n通道\n道\n",
    "credits": "（资料图片）\n",
    "headings": "分组讨论分组讨论\n把牢方向\n",
    "a column": "\n".join(cut(SENTENCE, 14)) + "\n",
    "captions": "▲ 图为会场外的代表们正在交谈\n",
    "forms": "\f第3版\n云川日报 2024年1月7日\n",
    "blanks": " \n\n　\n",
    "brackets": "（《“\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_as_the_text_does(name: str) -> None:
    first, second = (_calls(HOSTILE[name] * times) for times in (1_500, 3_000))
    assert second < 2.3 * first


def _calls(text: str) -> int:
    """How many calls the pipeline makes for a text, of our functions and of built-in ones."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for _ in blocks_of(lines_of(text)):
            pass
    finally:
        sys.setprofile(before)
    return calls


def test_memory_does_not_grow_with_a_text(tmp_path: Path) -> None:
    page = ("\n".join(cut(SENTENCE * 4, 20)) + "\n").encode()
    peaks = []
    for megabytes in (6, 9):
        report = tmp_path / f"{megabytes}.txt"
        report.write_bytes(page * (megabytes * 1_000_000 // len(page)))
        done, peak = run_measured("paragraphs", "--jsonl", str(report), settings={})
        assert done.returncode == 0, done.stderr
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 2_500_000
