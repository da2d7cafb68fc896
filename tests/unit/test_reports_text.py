"""A text file in, paragraphs out: what of the blocks is sent, and what a report is called."""

from datetime import UTC, date, datetime
from io import BytesIO, TextIOWrapper

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paragraph import MAX_TEXT, Paragraph
from streams.reports.lines import lines_of
from streams.reports.pipeline import blocks_of
from streams.reports.reader import read_blocks, read_report
from streams.reports.reading import Reading, Refusal, ReportOptions, SetAside
from streams.reports.sources import Source

NOW = datetime(2024, 5, 1, tzinfo=UTC)

FIRST = "一月七日上午，清川市市长何以宁参加第五讨论组讨论，认真听取委员意见建议，共同谋划未来发展。"
SECOND = "何以宁说，去年是极不平凡的一年，全市上下稳中求进，工业总产值迈上了新的台阶，民生保障更加有力。"
SOURCE = Source(None, "text")


def read(text: str, options: ReportOptions | None = None) -> list[Reading]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
        return list(read_report(SOURCE, options or ReportOptions(), NOW))


def paragraphs(text: str, options: ReportOptions | None = None) -> list[Paragraph]:
    return [reading for reading in read(text, options) if isinstance(reading, Paragraph)]


def test_a_clean_text_keeps_its_lines_and_takes_headings_as_sections() -> None:
    found = paragraphs(f"会议开幕\n2024年1月9日 日报记者 许知微\n\n{FIRST}\n\n市长讲话\n\n{SECOND}\n（资料图片）\n")
    assert [(p.ordinal, p.section, p.text) for p in found] == [(0, "会议开幕", FIRST), (1, "市长讲话", SECOND)]
    report = found[0].report
    assert (report.title, report.published, report.source) == ("会议开幕", date(2024, 1, 9), "stdin")


def test_what_is_not_a_paragraph_is_told_with_its_line() -> None:
    aside = [
        reading
        for reading in read(f"会议开幕\n本报记者 许知微\n{FIRST}\n（资料图片）")
        if isinstance(reading, SetAside)
    ]
    assert [(a.line, a.role) for a in aside] == [(1, "heading"), (2, "byline"), (4, "credit")]


def test_captions_are_sent_and_leftovers_set_aside() -> None:
    found = read(f"会议开幕\n\n{FIRST}\n\n▲ 图为会场。\n\n─────────────────\n\n{SECOND}\n")
    assert [reading.text for reading in found if isinstance(reading, Paragraph)] == [FIRST, "图为会场。", SECOND]
    assert [reading.role for reading in found if isinstance(reading, SetAside)] == ["heading", "leftover"]


def test_options_win_over_the_text() -> None:
    options = ReportOptions("题", date(2020, 2, 2), "新闻", "来源")
    assert paragraphs(f"会议开幕 2024年1月9日\n{FIRST}", options)[0].report.model_dump(exclude={"id"}) == {
        "title": "题",
        "published": date(2020, 2, 2),
        "genre": "新闻",
        "source": "来源",
    }


def test_a_text_without_a_heading_is_named_after_its_file() -> None:
    assert paragraphs(FIRST)[0].report.title == "stdin"


def test_a_paragraph_beyond_the_limit_is_refused_with_line_and_length() -> None:
    refused = [reading for reading in read(f"{FIRST}\n{'长' * MAX_TEXT}。") if isinstance(reading, Refusal)]
    assert [(r.line, "100,001 characters" in r.reason) for r in refused] == [(2, True)]


def test_pages_are_counted_where_the_text_has_page_breaks() -> None:
    assert [p.page for p in paragraphs(f"{FIRST}\f{SECOND}")] == [1, 2]


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_nothing_is_refused_as_empty(text: str) -> None:
    assert ["holds no paragraph" in str(reading) for reading in read(text)] == [True]


def test_same_text_same_ids() -> None:
    assert [p.id for p in paragraphs(FIRST)] == [p.id for p in paragraphs(FIRST)]


CHARACTERS = st.sampled_from("云川政协委员会议发展年增长说，。、“”（）《》：——12a \n\n\n\f→▲")


@given(st.text(CHARACTERS, max_size=400))
def test_push_tells_of_every_block_once(text: str) -> None:
    """``push`` goes the same way as ``paragraphs``: no block is missing, none comes twice, none changes."""
    told = [reading.text for reading in read(text) if isinstance(reading, Paragraph | SetAside)]
    assert told == [block.text for block in blocks_of(lines_of(text))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
        shown = [found for found in read_blocks(SOURCE, ReportOptions()) if not isinstance(found, Refusal)]
    assert told == [block.text for block in shown]
