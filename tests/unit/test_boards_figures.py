"""Figures: series by metric, place and period; only what truly conflicts stands side by side as a conflict."""

from datetime import date

import pytest

from schemas.classified import ClassifiedParagraph
from streams.boards.board import Row
from tests.unit.boards_samples import boards, entries_of, only, rows_of, seed_rows, told

LINLAN = {
    ("固定资产投资", "growth"): {"2023": ["↑7.1%"], "2024-H1": ["↑6.9%", "↑6.6%"], "2024": ["↑7.2%"]},
    ("一般公共预算收入", "level"): {"2023": ["8630000000元"], "2024-H1": ["4480000000元"], "2024": ["9180000000元"]},
    ("规模以上工业增加值", "growth"): {"2023": ["↑9.2%"], "2024-H1": ["↑8.7%"], "2024": ["↑8.6%"]},
    ("城镇新增就业", "level"): {"2023": ["23100人"], "2024-H1": ["12400人"], "2024": ["22600人"]},
    ("老旧小区", "level"): {"2023": ["74个"], "2024": ["63个"]},
}


def series(row: Row) -> dict[str | None, list[str]]:
    return {point["period"]: [value["shown"] for value in point["values"]] for point in row.fields["series"]}


def test_series_of_the_seeds_over_three_reports() -> None:
    rows = {(row.title, row.fields["measure"]): row for row in seed_rows("figures") if row.fields["place"] == "临岚市"}
    assert {key: series(rows[key]) for key in LINLAN} == LINLAN


def test_the_only_conflict_of_the_seeds_stands_side_by_side_with_both_evidences() -> None:
    row = only([row for row in seed_rows("figures") if row.status == "conflict"])
    assert (row.title, row.fields["place"], row.fields["conflicts"]) == ("固定资产投资", "临岚市", ["2024-H1"])
    point = next(point for point in row.fields["series"] if point["conflict"])
    reports = [value["evidence"][0]["report_title"] for value in point["values"]]
    assert reports == ["临岚市2024年上半年经济运行情况", "临岚市2024年国民经济和社会发展统计公报"]


def test_two_reports_that_agree() -> None:
    rows = {row.title: row for row in seed_rows("figures") if row.status == "agreed"}
    assert {(name, row.fields["place"], row.fields["measure"]) for name, row in rows.items()} == {
        ("工业投资", "云川市", "growth"),
        ("规模以上工业企业", "云川市", "change"),
    }
    assert series(rows["工业投资"]) == {"2023": ["↑12.4%"]}
    assert [len(value["evidence"]) for value in rows["工业投资"].fields["series"][0]["values"]] == [2]


def report(text: str, number: int) -> ClassifiedParagraph:
    return told(text, title=f"云川市2023年统计公报（{number}）", published=date(2024, 3, number), genre="统计公报")


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量119.2万吨。", True),
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量121.7万吨。", False),
        # The one is the other, rounded or qualified.
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量122万吨。", False),
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量超过120万吨。", False),
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量约121万吨。", False),
        ("2023年，全市粮食总产量121.7万吨。", "2023年，全市粮食总产量超过130万吨。", True),
        # Another period.
        ("2023年，全市粮食总产量121.7万吨。", "2022年，全市粮食总产量119.2万吨。", False),
    ],
)
def test_what_conflicts(one: str, other: str, conflict: bool) -> None:
    records = [report(one, 1), report(other, 2)]
    row = only([row for row in rows_of("figures", entries_of(records)) if row.title == "粮食总产量"])
    assert (row.status == "conflict") == conflict


def test_one_paragraph_does_not_contradict_itself() -> None:
    rows = rows_of("figures", entries_of([report("2023年，普通中学在校学生15.8万人，小学在校学生19.6万人。", 1)]))
    assert all(row.status != "conflict" for row in rows)


def test_figures_without_a_known_place_are_held_apart_by_report() -> None:
    records = [
        told("2023年，森林覆盖率为54.8%。", title=title, published=date(2024, 3, 1)) for title in ("简报一", "简报二")
    ]
    assert len(rows_of("figures", entries_of(records))) == 2


def test_the_same_metric_by_its_other_names() -> None:
    records = [report("2023年，全市GDP达到2186.4亿元。", 1), report("2023年，全市地区生产总值2186.4亿元。", 2)]
    row = only(rows_of("figures", entries_of(records)))
    assert (row.title, row.status) == ("地区生产总值", "agreed")


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("政协云川市第六届委员会第三次会议开幕", "大会开幕。", "云川市"),
        ("市政协调研组到苇泽县调研渔业转型", "调研组到了。", "苇泽县"),
        ("简报", "云川市政协召开会议。", "云川市"),
        ("简报", "大会开幕。云川市政协主席到会。", "云川市"),
        ("简报", "会议开了半天。大家说得多。以栖禾县为例，竹笋卖得好。", None),
        ("简报", "全市上下一条心，城市面貌新，县城不堵车。", None),
        ("简报", "建议由市供销社牵头。", None),
    ],
)
def test_places(title: str, text: str, place: str | None) -> None:
    assert boards().reader.read(told(text, title=title)).place == place


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023年，森林覆盖率为54.8%。", "2023"),
        ("2024年上半年，森林覆盖率为54.8%。", "2024-H1"),
        ("去年，森林覆盖率为54.8%。", "2023"),
        ("1至6月，森林覆盖率为54.8%。", "2024-01/06"),
        ("今年一季度，森林覆盖率为54.8%。", "2024-Q1"),
        ("森林覆盖率为54.8%。", None),
        ("全年森林覆盖率为54.8%。", None),
        ("13至26月，森林覆盖率为54.8%。", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    entries = [
        entry
        for entry in boards().facts(told(text, published=date(2024, 7, 1), genre="统计公报"))
        if entry.board == "figures"
    ]
    assert [entry.fields["period"] for entry in entries] == [period]
