import json
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paragraph import MAX_TEXT, Paragraph, Report, paragraph_id
from streams.reports import jsonl
from streams.reports.jsonl import read_jsonl
from streams.reports.reading import Refusal, ReportOptions

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def read(*lines: str | bytes | dict[str, Any], options: ReportOptions | None = None) -> list[Paragraph | Refusal]:
    raw = b"\n".join(
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    )
    found = list(read_jsonl(BytesIO(raw), "in/市.jsonl", "市.jsonl", options or ReportOptions(), NOW))
    assert all(number == reading.line for number, reading in found if isinstance(reading, Refusal))
    return [reading for _, reading in found]


def only(*lines: str | bytes | dict[str, Any], options: ReportOptions | None = None) -> Paragraph:
    [found] = read(*lines, options=options)
    assert isinstance(found, Paragraph), found
    return found


def test_a_line_of_text_alone_gets_all_else() -> None:
    found = only({"text": "全市就业形势稳定。"})
    report = Report.named("市")
    assert found.report == report.model_copy(update={"source": "市.jsonl"})
    assert (found.ordinal, found.section, found.page, found.pushed_at) == (0, None, None, NOW)
    assert found.id == paragraph_id(report.id, 0, found.text)


def test_a_whole_line_stays_as_it_is() -> None:
    given_line = {
        "id": "p-1",
        "report": {"id": "r-1", "title": "年报", "published": "2024-01-09", "genre": "公报", "source": "统计局"},
        "ordinal": 7,
        "section": "一、综合",
        "text": " 增长5%。",
        "page": 3,
        "pushed_at": "2024-02-01T08:00:00+08:00",
    }
    found = only(given_line)
    assert json.loads(found.model_dump_json()) == given_line


def test_what_an_analysis_added_is_left_out() -> None:
    found = only(
        {"id": "g-1", "text": "好。", "kinds": ["plan"], "primary": "plan", "plans": [{"text": "好"}], "scores": 1}
    )
    assert found.id == "g-1"


def test_options_fill_gaps_and_do_not_overrule() -> None:
    options = ReportOptions("选项", date(2024, 1, 1), "新闻", "来源")
    bare = only({"text": "好。"}, options=options)
    assert bare.report == Report.named("选项", date(2024, 1, 1), "新闻", "来源")
    named = only({"text": "好。", "report": {"title": "自带", "published": "2023-02-03"}}, options=options)
    assert (named.report.title, named.report.published, named.report.genre) == ("自带", date(2023, 2, 3), "新闻")


def test_a_broken_line_shifts_no_other_and_costs_only_itself() -> None:
    lines = [{"text": f"第{n}段。"} for n in range(4)]
    whole = read(*lines)
    broken = read(lines[0], "{not json", lines[2], lines[3])
    assert [found for found in broken if isinstance(found, Paragraph)] == [whole[0], whole[2], whole[3]]
    assert [(found.line, found.file) for found in broken if isinstance(found, Refusal)] == [(2, "in/市.jsonl")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON: EOF"),
        ('{"text": "好"} 尾', "not JSON"),
        ("[1]", "line: Input should be an object"),
        ('"好"', "line: Input should be an object"),
        ("{}", "no field text"),
        ('{"text": 5}', "text: Input should be a valid string"),
        ('{"text": " \\n"}', "the text is empty"),
        ('{"text": "\\ud800"}', "not JSON"),
        ('{"txt": "好"}', "unknown field txt"),
        ('{"text": "好", "ordinal": -1}', "ordinal"),
        ('{"text": "好", "ordinal": "3"}', "ordinal"),
        ('{"text": "好", "page": 0}', "page"),
        ('{"text": "好", "id": "a\\nb"}', "id"),
        ('{"text": "好", "report": {"published": "2024-13-01"}}', "report.published: not a date"),
        ('{"text": "好", "report": {"published": 20240101}}', "report.published: not a date"),
        ('{"text": "好", "report": {"titel": "x"}}', "unknown field report.titel"),
        ('{"text": "好", "pushed_at": "2024-01-01T00:00:00"}', "pushed_at"),
        (b'{"text": "\xb0\xa1"}', "not UTF-8: byte 0xb0 at 10 of the line"),
        ('{"text": "' + "好" * (MAX_TEXT + 1) + '"}', "the text has 100,001 characters"),
    ],
)
def test_says_what_is_wrong_with_a_line(line: str | bytes, said: str) -> None:
    first, refused, last = read({"text": "前。"}, line, {"text": "后。"})
    assert isinstance(first, Paragraph)
    assert isinstance(last, Paragraph)
    assert isinstance(refused, Refusal)
    assert said in str(refused)
    assert str(refused).startswith("in/市.jsonl:2: ")


def test_blank_lines_byte_order_mark_and_crlf_are_no_fault() -> None:
    found = read(b"\xef\xbb\xbf" + b'{"text": "a"}\r', b"", b"  \r", b'{"text": "b"}\r')
    assert [(p.text, p.ordinal) for p in found if isinstance(p, Paragraph)] == [("a", 0), ("b", 3)]
    assert len(found) == 2


def test_a_line_too_long_is_skipped_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 40)
    refused, found = read({"text": "长" * 50}, {"text": "短"})
    assert isinstance(refused, Refusal)
    assert "longer than 40 bytes" in refused.reason
    assert isinstance(found, Paragraph)
    assert found.ordinal == 1


@given(st.text(min_size=1).filter(str.strip), st.text(max_size=20), st.integers(0, 10**6))
def test_same_line_same_ids_and_same_text(text: str, title: str, blanks: int) -> None:
    lines = ["" for _ in range(blanks % 5)] + [json.dumps({"text": text, "report": {"title": title}})]
    first, second = read(*lines), read(*lines)
    assert first == second
    assert isinstance(first[0], Paragraph)
    assert first[0].text == text
