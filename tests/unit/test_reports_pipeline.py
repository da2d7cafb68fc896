"""The pipeline as a whole: pages with a known truth, clean texts, what a step says of itself, memory."""

import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from itertools import repeat
from pathlib import Path

import pytest

from streams.reports.blocks import Block
from streams.reports.lines import Box, Line, lines_of
from streams.reports.pipeline import blocks_of
from tests.optional import gold

SEEDS = Path(__file__).parents[2] / "seeds"
START = 12
COLUMN = 15

FIRST = "一月七日上午，清川市市长何以宁参加第五讨论组讨论，认真听取委员意见建议，和大家共同谋划未来发展。"
SECOND = "何以宁说，去年是极不平凡的一年，全市上下稳中求进，工业总产值迈上了新的台阶，民生保障更加有力。"
THIRD = "他表示，要把大家的意见带回去，逐条研究，能办的马上办，一时办不了的说清楚，绝不让委员的心血白费。"


def blocks(text: str | Iterable[str]) -> list[Block]:
    return list(blocks_of(lines_of(text)))


def told(text: str, role: str = "body") -> list[str]:
    return [block.text for block in blocks(text) if block.role == role]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def cut(text: str, *, indent: int = 2) -> list[str]:
    """The text in lines of COLUMN signs, the first one shorter by an indent."""
    first = COLUMN - indent
    return [text[:first], *(text[place : place + COLUMN] for place in range(first, len(text), COLUMN))]


def scores(wanted: list[str], found: list[str]) -> tuple[float, float, float]:
    """Share of exact paragraphs, F1 of their starts, F1 of their characters, as ``benchmarks.scoring`` has them."""
    want, have = list(map(bare, wanted)), list(map(bare, found))
    exact = (Counter(want) & Counter(have)).total() / len(want)
    starts = (Counter(text[:START] for text in want) & Counter(text[:START] for text in have)).total()
    all_want, all_have = Counter("".join(want)), Counter("".join(have))
    same = 2 * (all_want & all_have).total() / (all_want.total() + all_have.total())
    return exact, 2 * starts / (len(want) + len(have)), same


def reference(path: Path) -> list[str]:
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [record["text"] for record in records if record["role"] == "body"]


def test_the_noisy_seed_page() -> None:
    page = next(SEEDS.glob("13-*.txt")).read_text(encoding="utf-8")
    exact, boundaries, characters = scores(reference(Path(__file__).parent / "page13_blocks.jsonl"), told(page))
    assert (exact >= 0.95, boundaries >= 0.97, characters >= 0.999) == (True, True, True)


def test_the_sample_page() -> None:
    page = (gold() / "sample_report.txt").read_text(encoding="utf-8")
    exact, boundaries, characters = scores(reference(gold() / "sample_report.paragraphs.jsonl"), told(page))
    assert (exact >= 0.95, boundaries >= 0.97, characters >= 0.999) == (True, True, True)


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:2])
def test_every_sign_of_a_seed_is_in_a_block_or_in_what_a_step_dropped(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = blocks(text)
    left = Counter(bare("".join(step.dropped for block in found for step in block.steps)))
    assert Counter(bare("".join(block.text for block in found))) + left == Counter(bare(text))
    if not path.name.startswith("13"):
        assert {bare(block.text) for block in found if block.role == "body"} <= {
            bare(line) for line in text.splitlines()
        }


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("indent", [0, 2])
def test_lines_cut_at_a_column_are_joined(between: str, indent: int) -> None:
    page = between.join(
        ["分组讨论分组讨论", *(part for text in (FIRST, SECOND, THIRD) for part in cut(text, indent=indent))]
    )
    assert told(page) == [FIRST, SECOND, THIRD]
    assert {block.section for block in blocks(page) if block.role == "body"} == {"分组讨论"}


def test_an_indent_ends_a_paragraph_whose_last_line_is_full() -> None:
    full = FIRST[: 2 * COLUMN - 3] + "。"
    texts = [SECOND, full, THIRD, SECOND, full, FIRST]
    page = "\n".join(part for text in texts for part in cut(text))
    assert len(cut(full)[-1]) == COLUMN
    assert told(page) == texts


def test_a_caption_within_a_paragraph_follows_it() -> None:
    parts = cut(SECOND)
    page = "\n".join([*cut(FIRST), *parts[:2], "▲ 图为会场。", "（资料图片）", *parts[2:], *cut(THIRD)])
    assert [(block.role, block.text) for block in blocks(page)] == [
        ("body", FIRST),
        ("body", SECOND),
        ("caption", "图为会场。"),
        ("credit", "（资料图片）"),
        ("body", THIRD),
    ]


def test_a_heading_between_paragraphs_and_a_name_over_its_topic() -> None:
    page = "\n".join([*cut(FIRST), "政协委员许知微——", "让老街焕发活力", *cut(SECOND), *cut(THIRD)])
    assert told(page) == [FIRST, SECOND, THIRD]
    assert told(page, "heading") == ["政协委员许知微——让老街焕发活力"]


def test_a_heading_as_wide_as_its_column_is_told_by_the_blank_between_its_phrases() -> None:
    heading = "擦亮山水名片 做活研学新文章篇"
    assert len(heading) == COLUMN
    page = "\n".join([*cut(FIRST, indent=0), heading, *cut(SECOND, indent=0), *cut(THIRD, indent=0)])
    assert (told(page), told(page, "heading")) == ([FIRST, SECOND, THIRD], [heading])


def test_a_short_sentence_without_its_stop_stays_with_the_text() -> None:
    page = f"会议开幕\n\n{FIRST}\n会后还有讨论\n\n第二天\n\n{SECOND}\n"
    assert told(page) == [FIRST, "会后还有讨论", SECOND]
    assert told(page, "heading") == ["会议开幕", "第二天"]


def test_headings_with_nothing_below_are_not_lost() -> None:
    assert told("只有一行") == ["只有一行"]
    assert told(f"标题\n{FIRST}\n未完待续") == [FIRST, "未完待续"]


def test_steps_say_what_they_did() -> None:
    page = "\n".join(["分组讨论分组讨论", *cut(FIRST), *cut(SECOND), "▲ 图为会场。", *cut(THIRD)])
    steps = {(step.name, step.dropped) for block in blocks(page) for step in block.steps}
    assert {("undouble", "分组讨论"), ("drop_marks", "▲"), ("join_lines", "")} <= steps


def printed(texts: list[str], *, indent: float = 0.0, gap: float = 0.0) -> list[Line]:
    """The paragraphs as a PDF has them: lines of COLUMN signs of 10 points in one column."""
    found: list[Line] = []
    top = 0.0
    for text in texts:
        for place, part in enumerate(cut(text, indent=round(indent / 10))):
            x0 = indent if not place else 0.0
            box = Box(x0, top, x0 + 10.0 * len(part), top + 10)
            found.append(Line(len(found) + 1, part, 1, box=box, size=10.0, column=0))
            top += 15
        top += gap
    return found


@pytest.mark.parametrize(("indent", "gap"), [(20.0, 0.0), (0.0, 7.0)])
def test_with_boxes_indents_and_gaps_decide(indent: float, gap: float) -> None:
    full = FIRST[: 2 * COLUMN - 1 - round(indent / 10)] + "。"
    texts = [SECOND, full, THIRD, full, SECOND]
    assert len(cut(full, indent=round(indent / 10))[-1]) == COLUMN
    found = [block.text for block in blocks_of(printed(texts, indent=indent, gap=gap)) if block.role == "body"]
    assert found == texts


def test_with_sizes_a_larger_line_is_a_heading_and_a_smaller_one_a_caption() -> None:
    body = printed([FIRST, SECOND, THIRD], indent=20.0)
    heading = Line(90, "工作回顾与展望", 1, box=Box(0, -20, 98, -6), size=14.0, column=0)
    caption = Line(91, "云川市会场一角，委员们正在讨论", 1, box=Box(0, 900, 129, 908), size=8.6, column=0)
    roles = [block.role for block in blocks_of([heading, *body, caption])]
    assert roles == ["heading", "body", "body", "body", "caption"]


def test_a_running_head_in_pieces_is_set_aside_by_its_place() -> None:
    pieces = [("云川日报", 0.0), ("2024年5月6日 星期一", 60.0), ("03版", 130.0)]
    head = [
        Line(80 + n, text, 1, box=Box(x, -40, x + 40, -31), size=9.0, column=n) for n, (text, x) in enumerate(pieces)
    ]
    found = list(blocks_of([*head, *printed([FIRST, SECOND, THIRD], indent=20.0)]))
    assert [block.role for block in found] == ["leftover"] * 3 + ["body"] * 3


def test_memory_does_not_grow_with_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first piece is looked at as a whole to see whether there are pages; here it is to be a small one.
    monkeypatch.setattr("streams.reports.lines.FIRST_PIECE", 1_000)
    page = "\n".join([*cut(FIRST), *cut(SECOND), *cut(THIRD)]) + "\n"
    assert _peak(page, 3_000) < 1.3 * _peak(page, 1_000)


def _peak(page: str, times: int) -> int:
    """The most bytes in use while a text of so many pages goes through, a page at a time."""
    tracemalloc.start()
    count = sum(1 for _ in blocks_of(lines_of(repeat(page, times))))
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= 3 * times - 2
    return found
