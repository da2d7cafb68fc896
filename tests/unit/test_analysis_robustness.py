"""What no text may do: fail the analysis, or be read otherwise for how its digits are written or what stands before."""

import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.classified import ClassifiedParagraph
from schemas.items import Item
from schemas.paragraph import MAX_TEXT, Paragraph, Report
from streams.reports.reader import read_report
from streams.reports.reading import ReportOptions
from streams.reports.sources import Source
from tests.unit.analysis_samples import PUSHED, analyser, paragraph
from tests.unit.test_analysis_laws import GENRES, PIECES, REAL, SECTIONS, items

MEGABYTE = 1024 * 1024 // 3
"""Characters of Chinese text that are a megabyte of UTF-8."""


def unchecked(text: str) -> Paragraph:
    """A paragraph of a text that the contract refuses: empty, longer than it allows, or no Unicode."""
    known = {"id": "unchecked", "report": Report.named("云川日报"), "ordinal": 0, "section": None, "page": None}
    return Paragraph.of_valid(**known, text=text, pushed_at=datetime(2026, 1, 5, tzinfo=UTC))


def check_places(record: ClassifiedParagraph) -> None:
    for found in items(record):
        for item in found:
            assert 0 <= item.start < item.end <= len(record.text)
            assert record.text[item.start : item.end] == item.text


BAD: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "blank": lambda: " \u3000\t\n",
    "only punctuation": lambda: "，。、；：？！“”‘’《》（）…—" * 200,
    "one character": lambda: "万" * 100_000,
    "a megabyte without a full stop": lambda: (REAL.replace("。", "，").replace("；", "，") * 8000)[:MEGABYTE],
    "emoji": lambda: "👨‍👩‍👧‍👦🏳️‍🌈增长3%🎉" * 300,
    "Latin": lambda: "The mayor said that revenue grew by 12.5% to 3,400 million. " * 100,
    "Traditional": lambda: "縣長表示，將於明年新增公園十二個，同比增長百分之七。" * 100,
    "combining": lambda: "新\u0301增\u0308公\u20dd园12\u0327个\u0301。" * 200,
    "private use": lambda: "\ue000市长\uf8ff说，\U000f0000增长3%。" * 200,
    "lone surrogates": lambda: "市长王明说，\ud800增长3%\udfff，新增12个\ud83d公园。",
    "nested quotation marks": lambda: "王明说：" + "“‘《「" * 1000 + "增长3%" + "」》’”" * 1000,
    "quotation marks that never close": lambda: "王明说：“" * 1000 + "增长3%。",
    "controls": lambda: "新增\x00公园\x0712个\x1b[31m。\u202e倒\u2066" * 50,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_a_record(name: str) -> None:
    text = BAD[name]()
    record = analyser().analyse(unchecked(text))
    assert record.text == text
    check_places(record)
    if len(text) <= MAX_TEXT:
        explanation = analyser().explain(unchecked(text))
        assert "".join(explanation.words) == text
        assert explanation.kinds == record.kinds


REPEATED = (
    *(
        "3万个、",
        "去年3个每年2个",
        "市长王明说，要增加3个。",
        "建议增设公园，",
        "第3位",
        "张三、",
        "“好”",
        "《关于水的建议》",
    ),
    *(
        "将于明年建成3座；",
        "由5元提高到10元，",
        "分别为3%、5%，",
        "王明：好的呀。",
        "到2027年，",
        "（一）",
        "growth of 3% ",
    ),
)


def calls_and_size(text: str) -> tuple[int, int]:
    """How many functions the analysis calls for a text, and how long its record is."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    found, given = analyser(), unchecked(text)
    sys.setprofile(count)
    try:
        record = found.analyse(given)
    finally:
        sys.setprofile(None)
    return calls, len(record.written())


@pytest.mark.parametrize("unit", REPEATED)
def test_work_and_record_grow_as_the_text_does(unit: str) -> None:
    once, twice = (unit * (length // len(unit)) for length in (6_000, 12_000))
    (calls, size), (more_calls, larger) = calls_and_size(once), calls_and_size(twice)
    assert more_calls <= 2.1 * calls
    assert larger <= 2.1 * size


def test_what_stands_beside_half_a_pair_is_still_found() -> None:
    record = analyser().analyse(unchecked("\ud800全市新增公园12个。\udfff"))
    assert [(fact.text, fact.value) for fact in record.statistics] == [("公园12个", Decimal(12))]


ANY = st.text(st.characters(), max_size=80)
HALVES = ("\ud800", "\udfff")


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANY, st.lists(st.one_of(st.sampled_from([*PIECES, *HALVES]), ANY), max_size=25).map("".join)))
def test_no_text_at_all_makes_the_analysis_fail(text: str) -> None:
    check_places(analyser().analyse(unchecked(text)))
    for rejected in analyser().explain(unchecked(text)).rejected:
        assert text[rejected.start : rejected.end] == rejected.text
        assert rejected.reason


ZEROS = {"full-width": 0xFF10, "bold": 0x1D7CE, "monospaced": 0x1D7F6}
NUMBERED = st.lists(
    st.one_of(st.sampled_from(PIECES), st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9])?", fullmatch=True)),
    min_size=1,
    max_size=25,
).map("".join)


def written(text: str, zero: int) -> str:
    return text.translate({ord("0") + digit: zero + digit for digit in range(10)})


def values(text: str, section: str | None, genre: str | None) -> list[tuple[object, ...]]:
    found = analyser().find(paragraph(text, section, genre)).quantities
    return [(q.number_start, q.number, q.unit, q.qualifier, q.change) for q in found]


@settings(max_examples=200, deadline=None)
@given(NUMBERED, st.sampled_from(sorted(ZEROS)), st.sampled_from(GENRES))
def test_digits_have_the_same_values_however_they_are_written(text: str, style: str, genre: str | None) -> None:
    text = unicodedata.normalize("NFKC", text)
    variant = written(text, ZEROS[style])
    assert unicodedata.normalize("NFKC", variant) == text
    assert unicodedata.normalize("NFC", variant) == variant
    if text.strip():
        assert values(variant, None, genre) == values(text, None, genre)


@pytest.mark.parametrize("style", ZEROS)
def test_items_have_the_same_values_however_digits_are_written(style: str) -> None:
    def facts(text: str) -> list[tuple[object, ...]]:
        record = analyser().analyse(paragraph(text))
        targets = [(target.value, target.unit, target.metric) for plan in record.plans for target in plan.targets]
        return [*((fact.value, fact.value_to, fact.unit, fact.metric) for fact in record.statistics), *targets]

    text = REAL + "水库蓄水3.6万立方米，比2024年多5至8成，第12位。"
    assert facts(text)
    assert facts(written(text, ZEROS[style])) == facts(text)


HEADINGS = ("二、2026年重点工作", "政协委员方静——老城停车", "三、2025年工作回顾")
BODIES = st.lists(st.sampled_from([piece for piece in PIECES if piece not in ("\n", " ", "\u0301")]), min_size=12)
BODY = BODIES.map(lambda pieces: f"全市新增公园12个，{''.join(pieces)}；会议指出，工作已经展开。")


def parts(record: ClassifiedParagraph) -> tuple[list[Sequence[Item]], tuple[str, ...], str]:
    return items(record), record.kinds, record.primary


@settings(max_examples=60, deadline=None)
@given(BODY, BODY, st.sampled_from(HEADINGS), st.sampled_from(SECTIONS))
def test_what_was_analysed_before_changes_nothing(first: str, second: str, heading: str, section: str | None) -> None:
    alone = [parts(analyser().analyse(paragraph(*one))) for one in ((first, section), (second, heading))]
    after = [parts(analyser().analyse(paragraph(*one))) for one in ((second, heading), (first, section))]
    assert alone == after[::-1]


@pytest.mark.parametrize("heading", HEADINGS)
def test_two_paragraphs_with_a_heading_between_give_what_each_gives_alone(tmp_path: Path, heading: str) -> None:
    file = tmp_path / "report.txt"
    bodies = (REAL.replace("\n", ""), "新建冷库12座，完善物流网络，增加公交车30辆。王明说，“老城的路要拓宽。”")
    title = "云川市政府工作报告"
    file.write_text(f"{title}\n\n{bodies[0]}\n\n{heading}\n\n{bodies[1]}\n", encoding="utf-8")
    read = [one for one in read_report(Source(file, None), ReportOptions(), PUSHED) if isinstance(one, Paragraph)]
    assert [(one.text, one.section) for one in read] == [(bodies[0], title), (bodies[1], heading)]
    for one in read:
        alone = Paragraph.numbered(one.report, 0, one.text, one.section, pushed_at=PUSHED)
        assert parts(analyser().analyse(one)) == parts(analyser().analyse(alone))
        assert any(items(analyser().analyse(one)))
