import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paragraph import MAX_TEXT, Paragraph
from streams.reports.layout import blocks_of
from streams.reports.lines import Line, lines_of
from streams.reports.reading import Reading, Refusal, ReportOptions, SetAside
from streams.reports.text import read_text, text_blocks

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SEEDS = Path(__file__).parents[2] / "seeds"
COLUMN = 12


def read(text: str, options: ReportOptions | None = None, name: str = "页.txt") -> list[Reading]:
    return list(read_text(text, name, name, options or ReportOptions(), NOW))


def paragraphs(text: str, options: ReportOptions | None = None) -> list[Paragraph]:
    return [reading for reading in read(text, options) if isinstance(reading, Paragraph)]


def cut(text: str) -> list[str]:
    return [text[place : place + COLUMN] for place in range(0, len(text), COLUMN)]


FIRST = "一月七日上午，清川市市长何以宁参加第五讨论组讨论，认真听取委员意见建议，共同谋划未来发展。"
SECOND = "何以宁说，去年是极不平凡的一年，全市上下稳中求进，工业总产值迈上了新的台阶，民生保障更加有力。"


def test_a_clean_text_keeps_its_lines_and_takes_headings_as_sections() -> None:
    found = paragraphs(f"会议开幕\n2024年1月9日 日报记者 许知微\n\n{FIRST}\n\n市长讲话\n\n{SECOND}\n（资料图片）\n")
    assert [(p.ordinal, p.section, p.text) for p in found] == [(0, "会议开幕", FIRST), (1, "市长讲话", SECOND)]
    report = found[0].report
    assert (report.title, report.published, report.source) == ("会议开幕", date(2024, 1, 9), "页.txt")


def test_what_is_not_a_paragraph_is_told_with_its_line() -> None:
    aside = [
        reading
        for reading in read(f"会议开幕\n本报记者 许知微\n{FIRST}\n（资料图片）")
        if isinstance(reading, SetAside)
    ]
    assert [(a.line, a.role) for a in aside] == [(1, "heading"), (2, "byline"), (4, "credit")]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_lines_cut_at_a_column_are_joined(between: str) -> None:
    page = between.join(["分组讨论分组讨论", *cut(FIRST), *cut(SECOND)])
    assert [(p.section, p.text) for p in paragraphs(page)] == [("分组讨论", FIRST), ("分组讨论", SECOND)]


def test_options_win_over_the_text() -> None:
    options = ReportOptions("题", date(2020, 2, 2), "新闻", "来源")
    assert paragraphs(f"会议开幕 2024年1月9日\n{FIRST}", options)[0].report.model_dump(exclude={"id"}) == {
        "title": "题",
        "published": date(2020, 2, 2),
        "genre": "新闻",
        "source": "来源",
    }


def test_headings_with_nothing_below_are_not_lost() -> None:
    assert [p.text for p in paragraphs("只有一行")] == ["只有一行"]
    assert [p.text for p in paragraphs(f"标题\n{FIRST}\n未完待续")] == [FIRST, "未完待续"]


def test_a_text_without_a_heading_is_named_after_its_file() -> None:
    assert paragraphs(FIRST)[0].report.title == "页"


def test_a_paragraph_beyond_the_limit_is_refused_with_line_and_length() -> None:
    refused = [reading for reading in read(f"{FIRST}\n{'长' * MAX_TEXT}。") if isinstance(reading, Refusal)]
    assert [(r.line, "100,001 characters" in r.reason) for r in refused] == [(2, True)]


def test_pages_are_counted_where_the_text_has_page_breaks() -> None:
    assert [p.page for p in paragraphs(f"{FIRST}\f{SECOND}")] == [1, 2]


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_nothing_gives_nothing(text: str) -> None:
    assert read(text) == []


def test_same_text_same_ids() -> None:
    assert [p.id for p in paragraphs(FIRST)] == [p.id for p in paragraphs(FIRST)]


def test_the_noisy_seed_page_comes_out_usable() -> None:
    """The floor of this first version; the figures are those of the blocks that the seed was made from."""
    wanted = [json.loads(line) for line in (Path(__file__).parent / "page13_blocks.jsonl").open(encoding="utf-8")]
    want = [bare(block["text"]) for block in wanted if block["role"] == "body"]
    page = next(SEEDS.glob("13-*.txt")).read_text(encoding="utf-8")
    have = [bare(block.text) for block in text_blocks(page) if block.role == "body"]
    exact = sum((Counter(want) & Counter(have)).values())
    assert exact >= 0.85 * len(want)


CHARACTERS = st.sampled_from("云川政协委员会议发展年增长说，。、“”（）《》：——12a ")


@given(st.lists(st.text(CHARACTERS, min_size=1, max_size=40).filter(str.strip), max_size=30), st.booleans())
def test_reflow_loses_and_doubles_nothing_and_keeps_the_order(texts: list[str], spaced: bool) -> None:
    lines = [Line(number, text.strip(), after_blank=spaced) for number, text in enumerate(texts, 1)]
    assert bare("".join(block.text for block in blocks_of(lines))) == bare("".join(texts))


@given(st.text(st.one_of(CHARACTERS, st.sampled_from("\n\n\n\r\f→▲")), max_size=400))
def test_every_line_of_a_text_is_told_of_once(text: str) -> None:
    told = [bare(r.text) for r in read(text) if isinstance(r, Paragraph | SetAside)]
    blocks = [bare(block.text) for block in text_blocks(text)]
    assert told == blocks
    assert [p.ordinal for p in paragraphs(text)] == list(range(len(paragraphs(text))))
    assert bool(told) == bool(list(lines_of(text)))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)
