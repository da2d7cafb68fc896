"""Plans: targets against results, with the evidence of both; what is unclear stays so."""

from datetime import date
from decimal import Decimal

import pytest

from schemas.classified import ClassifiedParagraph
from schemas.items import Change, Qualifier
from streams.boards.board import Row
from streams.boards.rules.measures import Measure, Verdict, judge
from streams.boards.rules.periods import end_of
from tests.unit.boards_samples import boards, entries_of, grouped, only, rows_of, seed_entries, seed_rows, told

LINLAN_2024 = {
    "一般公共预算收入": ("↑6%", "met", "↑6.4%"),
    "农村生活污水治理率": ("48%", "met", "48.6%"),
    "创业担保贷款": ("300000000元", "met", "310000000元"),
    "和美乡村示范村": ("30个", "met", "30个"),
    "固定资产投资": ("↑≥8%", "missed", "↑7.2%"),
    "地区生产总值": ("↑≈6.5%", "met", "↑6.4%"),
    "城镇新增就业": ("≥22000人", "met", "22600人"),
    "城镇调查失业率": ("≤5.5%", "met", "5.4%"),
    "技改项目": ("≥100个", "met", "104个"),
    # 约7% against 7%: it may be either.
    "社会消费品零售总额": ("↑7%", "unclear", "↑≈7%"),
    "粮食总产量": ("≥700000吨", "met", "708000吨"),
    "老旧小区": ("60个", "met", "63个"),
    "规模以上工业增加值": ("↑9%", "missed", "↑8.6%"),
    "规模以上工业总产值": ("≥150000000000元", "met", "153600000000元"),
    "高标准农田": ("120000亩", "missed", "113000亩"),
}


def seed(metric: str) -> Row:
    return only(
        [
            row
            for row in seed_rows("plans")
            if row.title == metric and row.fields["place"] == "临岚市" and row.status != "open"
        ]
    )


def test_all_targets_of_the_seeds_that_later_figures_speak_of() -> None:
    judged = [row for row in seed_rows("plans") if row.status not in ("open", "undated", "absent")]
    assert {row.fields["place"] for row in judged} == {"临岚市"}
    seen = {row.title: (row.fields["target"], row.status, row.fields["result"]) for row in judged}
    assert seen == LINLAN_2024


def test_each_change_of_status_has_its_evidence() -> None:
    changes = seed("地区生产总值").fields["changes"]
    told_of = [(change["at"], change["from"], change["to"]) for change in changes]
    assert told_of == [
        ("2024-01-16", None, "open"),
        ("2024-07-24", "open", "in_progress"),
        ("2025-03-21", "in_progress", "met"),
    ]
    texts = [change["because"]["evidence"]["text"] for change in changes]
    assert "6.5%左右" in texts[0]
    assert "6.2%" in texts[1]
    assert "6.4%" in texts[2]


def test_what_had_not_begun_and_was_done_in_the_end() -> None:
    changes = seed("和美乡村示范村").fields["changes"]
    assert [change["to"] for change in changes] == ["open", "not_started", "met"]
    assert "尚未开工" in changes[1]["because"]["evidence"]["text"]


def test_what_is_explicitly_absent() -> None:
    row = only([row for row in seed_rows("plans") if row.status == "absent"])
    assert (row.title, row.fields["place"], row.fields["due"]) == ("招商引资总额", "临岚市", 2024)
    assert "不设招商引资总额的具体目标" in row.history[0]["evidence"]["text"]


def test_other_counties_targets_stay_open() -> None:
    rows = {row.title: row for row in seed_rows("plans") if row.fields["place"] == "清和县"}
    assert (rows["农村公路"].status, rows["农村公路"].fields["due"]) == ("open", 2025)
    assert (rows["漏损率"].status, rows["漏损率"].fields["target"]) == ("open", "≤9%")


def test_outcomes_of_the_seeds_have_both_evidences() -> None:
    outcomes = [
        outcome
        for (name, _), inside in grouped(seed_entries()).items()
        if name == "plans"
        for outcome in boards().plans.outcomes(inside)
    ]
    by_verdict: dict[str, set[str]] = {}
    for outcome in outcomes:
        by_verdict.setdefault(outcome.verdict, set()).add(outcome.metric)
        assert outcome.result_proof.text
        assert (outcome.plan_proof is None) == (outcome.verdict == "absent")
    assert by_verdict["met"] == {metric for metric, said in LINLAN_2024.items() if said[1] == "met"}
    assert by_verdict["missed"] == {metric for metric, said in LINLAN_2024.items() if said[1] == "missed"}
    assert by_verdict["not_started"] == {"和美乡村示范村"}
    assert by_verdict["absent"] == {"招商引资总额"}
    assert {"地区生产总值", "固定资产投资", "城镇新增就业"} <= by_verdict["in_progress"]


def target(text: str = "2024年，确保高标准农田达到12万亩以上。", day: date = date(2024, 1, 10)) -> ClassifiedParagraph:
    return told(text, title="临岚市政府工作报告", published=day, genre="政府工作报告", section="2024年重点工作")


def result(text: str, day: date = date(2025, 2, 1), title: str = "临岚市统计公报") -> ClassifiedParagraph:
    return told(text, title=title, published=day, genre="统计公报")


def status_of(*records: ClassifiedParagraph) -> str | None:
    rows = rows_of("plans", entries_of(records))
    assert rows == rows_of("plans", entries_of(reversed(records)))
    return only([row for row in rows if row.status != "undated"]).status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (result("2024年，全市高标准农田12.3万亩。"), "met"),
        (result("2024年，全市高标准农田11.6万亩。"), "missed"),
        (result("2024年上半年，全市高标准农田6.1万亩。", date(2024, 7, 20)), "in_progress"),
        # Half a year was enough.
        (result("2024年上半年，全市高标准农田12.2万亩。", date(2024, 7, 20)), "met"),
        # Another year, place, metric or unit says nothing.
        (result("2023年，全市高标准农田12.3万亩。"), "open"),
        (result("2025年，全市高标准农田12.3万亩。"), "open"),
        (result("2024年，全市高标准农田12.3万亩。", title="清和县统计公报"), "open"),
        (result("2024年，全市高标准农田增长12.3%。"), "open"),
        # It was known before the target was set.
        (result("2024年，全市高标准农田12.3万亩。", date(2024, 1, 2)), "open"),
        # A figure without its time is held against nothing.
        (result("全市高标准农田12.3万亩。"), "open"),
    ],
)
def test_one_target_and_what_is_said_later(said: ClassifiedParagraph, status: str) -> None:
    assert status_of(target(), said) == status


def test_conflicting_results_are_both_told() -> None:
    met, missed = result("2024年，高标准农田12.3万亩。"), result("2024年，高标准农田11.9万亩。", date(2025, 4, 1))
    row = only([row for row in rows_of("plans", entries_of([target(), met, missed])) if row.status != "undated"])
    assert (row.status, row.fields["conflict"]) == ("missed", ["met", "missed"])


def test_a_target_set_anew_is_what_counts() -> None:
    anew = target("2024年，确保高标准农田达到10万亩以上。", date(2024, 6, 1))
    assert status_of(target(), anew, result("2024年，全市高标准农田11.6万亩。")) == "met"


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("今年不设地区生产总值增速目标。", "地区生产总值"),
        ("今年不设GDP增长的具体目标。", "地区生产总值"),
        ("对招商引资总额，今年未设定旅游收入目标。", "旅游收入"),
        ("今年要设定更高的目标。", None),
        ("全年目标全部完成，不设上限。", None),
    ],
)
def test_words_for_what_is_not_set(text: str, metric: str | None) -> None:
    entries = [entry for entry in boards().facts(told(text)) if entry.what == "absent"]
    assert [entry.fields["metric"] for entry in entries] == ([metric] if metric else [])


def measure(
    value: str, qualifier: Qualifier | None = None, change: Change | None = None, unit: str = "%", to: str | None = None
) -> Measure:
    return Measure(Decimal(value), None if to is None else Decimal(to), unit, qualifier, change)


@pytest.mark.parametrize(
    ("goal", "reached", "verdict"),
    [
        (measure("8", "over", "up"), measure("8", None, "up"), "met"),
        (measure("8", "over", "up"), measure("7.9", None, "up"), "missed"),
        (measure("8", None, "up"), measure("8", "over", "up"), "met"),
        (measure("8", None, "up"), measure("7", "over", "up"), "unclear"),
        (measure("8", None, "up"), measure("8", "under", "up"), "unclear"),
        (measure("8", None, "up"), measure("7.5", "under", "up"), "missed"),
        (measure("8", "about", "up"), measure("7.7", None, "up"), "met"),
        (measure("8", "about", "up"), measure("7", None, "up"), "missed"),
        (measure("8", None, "up"), measure("2", None, "down"), "missed"),
        (measure("3", None, "down"), measure("3.4", None, "down"), "met"),
        (measure("3", None, "down"), measure("1", None, "up"), "missed"),
        (measure("5.5", "under"), measure("5.4"), "met"),
        (measure("5.5", "under"), measure("5.6"), "missed"),
        (measure("3", unit="个", to="5"), measure("4", unit="个"), "met"),
        (measure("3", unit="个", to="5"), measure("2", unit="个"), "missed"),
    ],
)
def test_verdicts(goal: Measure, reached: Measure, verdict: Verdict) -> None:
    assert judge(goal, reached) == verdict


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-H1", date(2024, 6, 30)),
        ("2024-Q3", date(2024, 9, 30)),
        ("2024-Q1/Q3", date(2024, 9, 30)),
        ("2024-01/11", date(2024, 11, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-02-30", date(2024, 2, 29)),
        ("2024-05-21", date(2024, 5, 21)),
    ],
)
def test_the_last_day_of_a_period(period: str, end: date) -> None:
    assert end_of(period) == end
