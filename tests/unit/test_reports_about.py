"""Title, day and genre of a report; the cases, and look-alikes that give nothing, are data in ``reports_cases/``."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.paragraph import Report
from streams.reports.about import Metadata, report_of
from streams.reports.blocks import Block
from streams.reports.genres import genre_of, genre_rules
from streams.reports.reading import ReportOptions

CASES = Path(__file__).parent / "reports_cases"
SEEDS = Path(__file__).parents[2] / "seeds"


def rows(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def cases(name: str) -> list[Any]:
    found = json.loads((CASES / name).read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return [pytest.param(case, id=case["why"]) for case in found]


def about(case: dict[str, Any], options: ReportOptions | None = None) -> Report:
    opening = [Block(role, text, line) for line, (role, text) in enumerate(case["opening"], 1)]
    published, made = (date.fromisoformat(case[key]) if case.get(key) else None for key in ("published", "made"))
    metadata = Metadata(title=case.get("named"), published=published, made=made)
    return report_of(case["name"], opening, options or ReportOptions(), metadata)


@pytest.mark.parametrize(("title", "genre"), rows("genres.tsv"))
def test_genre_of_a_title(title: str, genre: str) -> None:
    assert (genre_of(title) or "") == genre


def test_every_genre_has_a_case() -> None:
    assert {rule.genre for rule in genre_rules()} == {genre for _, genre in rows("genres.tsv") if genre}


@pytest.mark.parametrize("case", cases("days.json"))
def test_day_of_a_report(case: dict[str, Any]) -> None:
    found = about(case).published
    assert (found and found.isoformat()) == case["day"]


@pytest.mark.parametrize("case", cases("titles.json"))
def test_title_of_a_report(case: dict[str, Any]) -> None:
    assert about(case).title == case["title"]


@pytest.mark.parametrize("case", [*cases("days.json"), *cases("titles.json")])
def test_options_win(case: dict[str, Any]) -> None:
    options = ReportOptions("题", date(2020, 2, 2), "体裁", "来源")
    assert about(case, options).model_dump(exclude={"id"}) == {
        "title": "题",
        "published": date(2020, 2, 2),
        "genre": "体裁",
        "source": "来源",
    }


def test_genre_comes_from_title_then_headings_then_name() -> None:
    page = {
        "name": "2023年统计公报.txt",
        "opening": [["heading", "大会侧记"], ["heading", "小组讨论"], ["body", "1。"]],
    }
    assert about(page, ReportOptions(title="临岚市政府工作报告")).genre == "政府工作报告"
    assert about(page).genre == "两会报道"
    assert about({**page, "opening": [["body", "1。"]]}).genre == "统计公报"


@pytest.mark.parametrize(
    ("lead", "genre"),
    [
        ("新华社北京1月7日电 大会开幕。", "新闻"),
        ("本报云川1月7日讯（记者 冯牧）大会开幕。", "新闻"),
        ("据新华社报道，大会开幕。", None),
        ("本报记者走访了三个县。", None),
    ],
)
def test_an_agency_before_the_lead_makes_it_news(lead: str, genre: str | None) -> None:
    assert about({"name": "a.txt", "opening": [["heading", "大会"], ["body", lead]]}).genre == genre


def test_the_same_page_is_the_same_report() -> None:
    page = {"name": "a.txt", "opening": [["heading", "大会"], ["body", "2023年1月7日，大会开幕。"]]}
    assert about(page) == about(page)
    assert about(page).id != about({**page, "name": "b.txt"}).id
