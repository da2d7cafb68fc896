"""The sample report on all boards, against what a reader counted by hand. It is not part of the project."""

import functools

import pytest

from schemas.classified import ClassifiedParagraph
from streams.boards.board import Row
from tests.optional import gold
from tests.unit.boards_samples import boards, classified_of, entries_of, only, rows_of

MEMBERS = {
    # name: proposals, times attended, place told of
    **dict.fromkeys(("杜学春", "王迁", "孙岩", "姜浩", "迟鸿文", "张伟", "张晓荣"), (0, 1, True)),
    **dict.fromkeys(("王少琰", "李效铭", "贾军", "文大鹏", "鞠佳芮", "刘芸妃"), (0, 1, True)),
    **dict.fromkeys(("田继忠", "赵婷", "杨志宏"), (1, 0, False)),
    "王瑾": (1, 1, True),
    # The heading names him; his paragraph puts nothing to anybody.
    "李文广": (0, 0, False),
    "王德胜": (0, 0, True),
}


@functools.cache
def records() -> tuple[ClassifiedParagraph, ...]:
    return tuple(classified_of(gold() / "sample_report.txt"))


@functools.cache
def rows(board: str) -> tuple[Row, ...]:
    return tuple(rows_of(board, entries_of(records())))


def test_the_platform_has_one_report() -> None:
    row = only(rows("platform"))
    assert (row.first, row.fields["genre"], row.fields["place"]) == ("2023-01-07", "两会报道", "吉林市")
    assert row.fields["paragraphs"] == len(records()) == 50


def test_who_proposed_and_which_motions_are_named() -> None:
    found = rows("proposals")
    assert sorted(row.fields["proposers"][0] for row in found if row.fields["proposers"]) == sorted(
        ["田继忠", "赵婷", "王瑾", "杨志宏"]
    )
    assert all(row.status == "submitted" for row in found if row.fields["proposers"])
    motions = [row for row in found if row.fields["motion"]]
    assert len(motions) == 4
    assert len(found) == 8


@pytest.mark.parametrize(
    ("named", "key", "led_by", "departments", "status"),
    [
        ("城市更新", "yes", ["市委主要负责同志"], ["市住建局"], "named"),
        ("创新创业", None, [], ["市科技局", "市人社局"], "fulfilled"),
        ("碳纤维", "yes", ["市政协主要负责人"], [], "named"),
        ("半导体", "yes", [], [], "named"),
    ],
)
def test_how_far_the_named_motions_came(
    named: str, key: str | None, led_by: list[str], departments: list[str], status: str
) -> None:
    row = only([row for row in rows("proposals") if row.fields["motion"] and named in row.fields["motion"]])
    assert (row.fields["key"], row.fields["led_by"], row.fields["departments"]) == (key, led_by, departments)
    assert row.status == status


def test_members_and_what_each_did() -> None:
    seen = {
        row.title: (row.fields["proposals"], row.fields["attended"], row.fields["place"] == "吉林市")
        for row in rows("members")
    }
    assert seen == MEMBERS
    assert all(row.status == "member" for row in rows("members"))


def test_consultations_by_form_and_state() -> None:
    seen = sorted((row.fields["forms"][0], row.status or "") for row in rows("consultations"))
    assert seen == sorted(
        [
            *[("专题议政", "followed_up"), ("专题议政", "held"), ("专题议政", "planned")],
            *[("双月协商", "advised"), ("双月协商", "planned")],
            *[("调研协商", "advised"), ("调研协商", "held"), ("调研协商", "planned")],
            *[("分组讨论", "held"), ("网络议政", "held")],
        ]
    )
    online = only([row for row in rows("consultations") if row.fields["forms"] == ["网络议政"]])
    assert online.fields["meetings"] == 8


def test_study_by_form_and_year() -> None:
    sessions = boards()["study"].summary(rows("study"))["sessions"]
    # 23 and 5 sessions of groups, some 20 more without a year, 3 exchanges, 2 talks.
    assert {form: count for form, count in sessions.items() if count} == {"集体学习": 48, "研讨交流": 3, "讲座": 2}
    assert [row.fields["sessions"] for row in rows("study") if row.fields["year"] == 2022] == [3, 28]


def test_no_target_is_made_of_the_year_that_is_reviewed() -> None:
    assert [row for row in rows("plans") if row.status not in ("open", "undated")] == []
    assert boards()["figures"].summary(rows("figures"))["status"].get("conflict", 0) == 0
