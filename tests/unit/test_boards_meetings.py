"""Consultations, study sessions and concerns: what the seeds hold of each, and look-alikes."""

from collections.abc import Sequence
from datetime import date

import pytest

from streams.boards.board import Row
from streams.boards.rules.consultations import whole
from streams.boards.rules.opinion import week_of
from tests.unit.boards_samples import boards, entries_of, only, rows_of, seed_rows, told

CONSULTATIONS = [
    # title, status, form, place, year, meetings, points, pieces of advice, participants
    ("专题协商", "held", "专题协商", "云川市", None, 4, 0, 0, []),
    ("专题议政", "held", "专题议政", "云川市", None, 2, 0, 0, []),
    ("先进装备、绿色建材、生态文旅三条产业链", "planned", "调研协商", "云川市", None, None, 0, 0, []),
    ("双月协商", "held", "双月协商", "云川市", None, 6, 0, 0, []),
    ("调研协商", "held", "调研协商", "云川市", None, 17, 0, 0, []),
    (
        # The mayor's 希望各位委员 advises nobody: it is a call.
        *("产业升级、融资环境、人才引育", "held", "分组讨论", "云川市", 2024, None, 6, 0),
        ["俞见山", "唐砺", "柴一帆", "纪南星", "费晓棠", "邵启航"],
    ),
    *[("卢鸿渐参加第五讨论组讨论", "advised", "分组讨论", "云川市", 2024, None, 4, 1, ["卢鸿渐", "祁若水", "简宁"])],
    ("委员通道：把群众的心里话带上会", "held", "委员通道", "云川市", 2024, None, 1, 0, []),
    ("裴静澜参加第三讨论组讨论", "advised", "分组讨论", "云川市", 2024, None, 6, 2, ["孟秋实", "裴静澜", "辛夷"]),
    ("破解县城停车难", "followed_up", "双月协商", "云川市", 2024, None, 0, 1, ["江望舒", "葛树声"]),
    (
        *("退捕转产与生态渔业发展", "advised", "调研协商", "苇泽县", 2024, None, 8, 4),
        ["丁大江", "卞秋帆", "宁若川", "荀以宁", "蔺长河"],
    ),
    ("居民议事：车棚建在哪里", "advised", "基层协商", "揽翠街道", 2024, None, 0, 2, ["乐大姐", "蓝守成"]),
    (
        *("分组讨论", "held", "分组讨论", "清和县", 2025, None, 6, 0),
        ["伏清宁", "展眉", "庾朝晖", "栾家骥", "楚天阔", "谷雨声", "隋云舒", "顾砚秋"],
    ),
    ("县域商业体系建设", "planned", "专题议政", None, 2025, None, 0, 0, []),
    ("双月协商", "planned", "双月协商", None, 2025, 6, 0, 0, []),
    ("界别协商", "planned", "界别协商", None, 2025, 8, 0, 0, []),
    ("专题协商", "planned", "专题协商", "霁川市", 2025, 8, 0, 0, []),
    ("专题议政", "planned", "专题议政", "霁川市", 2025, 2, 0, 0, []),
    ("民主监督", "planned", "民主监督", "霁川市", 2025, 6, 0, 0, []),
    ("破解园区土地低效利用", "followed_up", "专题议政", "霁川市", None, None, 0, 1, []),
    ("调研协商", "planned", "调研协商", "霁川市", 2025, 15, 0, 0, []),
    ("数字政务建设", "held", "专题询问", "临岚市", 2025, None, 1, 0, ["华庭芳"]),
]

STUDY = [
    # form, status, place, year, sessions, people, themes
    ("培训", "held", "云川市", 2024, 2, 230, []),
    ("讲座", "planned", "云川市", 2024, 1, 0, ["数字政协"]),
    ("讲座", "held", "云川市", 2024, 3, 0, ["山水讲堂"]),
    ("集体学习", "held", "云川市", 2024, 4, 0, []),
    ("培训", "held", None, None, 3, 640, []),
    ("宣讲", "held", None, None, 97, 8000, ["委员宣讲团"]),
    ("讲座", "held", None, None, 11, 0, ["清和讲堂"]),
    ("读书", "planned", None, 2025, 0, 0, ["书香政协"]),
    ("读书", "held", "霁川市", None, 28, 0, ["书香政协·灯火霁川"]),
    ("集体学习", "held", "霁川市", None, 0, 0, ["第一议题"]),
]

CONCERNS_OF_LINLAN_AND_JICHUAN = {
    # theme, place: status, concerns, proposals, raised by
    ("产业与企业", "临岚市"): ("steady", 1, 0, []),
    ("医疗", "临岚市"): ("steady", 1, 0, []),
    ("交通", "临岚市"): ("steady", 2, 2, ["骆青禾", "蒲新亭"]),
    ("政务服务", "临岚市"): ("steady", 0, 1, ["温如岳"]),
    ("产业与企业", "霁川市"): ("rising", 3, 1, ["桑榆晚"]),
    ("生态环境", "霁川市"): ("steady", 1, 1, ["阎素秋"]),
    ("社区治理", "霁川市"): ("steady", 1, 0, []),
    ("教育", "霁川市"): ("steady", 0, 1, ["沙千帆"]),
}


def consultation(row: Row) -> tuple[object, ...]:
    fields = row.fields
    [form] = fields["forms"]
    numbers = (fields["year"], fields["meetings"], len(fields["points"]), len(fields["advice"]))
    return (row.title, row.status, form, fields["place"], *numbers, fields["participants"])


def test_all_consultations_of_the_seeds() -> None:
    assert sorted(map(consultation, seed_rows("consultations")), key=str) == sorted(CONSULTATIONS, key=str)


def test_what_came_of_a_consultation_is_told_in_its_words() -> None:
    rows = {row.title: row.fields for row in seed_rows("consultations")}
    assert rows["破解县城停车难"]["follow_up"] == ["市政府据此出台错时停车办法"]
    assert rows["破解园区土地低效利用"]["follow_up"] == ["市政府据此出台实施办法"]


def test_meetings_that_are_planned_are_not_counted_as_held() -> None:
    meetings = boards()["consultations"].summary(seed_rows("consultations"))["meetings"]
    assert meetings == {"未说明": {"专题协商": 4, "专题议政": 2, "双月协商": 6, "调研协商": 17}}


def consulted(text: str, section: str | None = None) -> Sequence[Row]:
    return rows_of("consultations", entries_of([told(text, section=section)]))


@pytest.mark.parametrize(
    ("text", "topic", "status"),
    [
        ("市政协围绕“老城停车”召开双月协商座谈会。", "老城停车", "held"),
        ("市政协就老城停车召开专题协商会，提出12条建议。", "老城停车", "advised"),
        ("市政协将围绕“老城停车”召开双月协商座谈会。", "老城停车", "planned"),
        ("围绕促进高校毕业生就业等课题，召开双月协商座谈会4次，开展专题调研。", "促进高校毕业生就业", "held"),
    ],
)
def test_topics(text: str, topic: str, status: str) -> None:
    row = only([row for row in consulted(text) if row.fields["topic"]])
    assert (row.title, row.status) == (topic, status)


@pytest.mark.parametrize("text", ["围绕中心服务大局。", "大家就业不愁。", "座谈中气氛热烈。", "开会研究停车。"])
def test_what_is_no_consultation(text: str) -> None:
    assert consulted(text) == []


def test_all_study_of_the_seeds() -> None:
    seen = [
        (row.title, row.status, *(row.fields[name] for name in ("place", "year", "sessions", "people", "themes")))
        for row in seed_rows("study")
    ]
    assert sorted(seen, key=str) == sorted(STUDY, key=str)


@pytest.mark.parametrize(
    ("text", "sessions", "people"),
    [
        ("举办委员培训班3期，培训委员640余人次。", 3, 640),
        ("开展宣讲97场，听众1.2万人次。", 97, 12000),
        ("召开理论中心组集体学习会5次、研讨交流会两次。", 7, 0),
        ("扎实开展委员读书活动。", 0, 0),
    ],
)
def test_sessions_and_people_are_those_that_are_written(text: str, sessions: int, people: int) -> None:
    rows = rows_of("study", entries_of([told(text)]))
    assert rows
    assert sum(row.fields["sessions"] for row in rows) == sessions
    assert sum(row.fields["people"] for row in rows) == people


@pytest.mark.parametrize(
    "text",
    ["累计开展补贴性培训2.7万人次。", "新建小学4所，在校学生1200人。", "对驾驶员进行心理测评。", "全县职业培训20期。"],
)
def test_what_is_no_study_of_members(text: str) -> None:
    assert rows_of("study", entries_of([told(text)])) == []


def test_concerns_of_two_cities_with_who_raised_them() -> None:
    rows = [row for row in seed_rows("opinion") if row.fields["place"] in ("临岚市", "霁川市")]
    seen = {
        (row.title, row.fields["place"]): (
            row.status,
            row.fields["concerns"],
            row.fields["proposals"],
            row.fields["raised_by"],
        )
        for row in rows
    }
    assert seen == CONCERNS_OF_LINLAN_AND_JICHUAN


def test_concerns_are_counted_by_week_and_month() -> None:
    row = only([row for row in seed_rows("opinion") if (row.title, row.fields["place"]) == ("产业与企业", "霁川市")])
    assert row.fields["months"] == [{"window": "2025-01", "count": 1}, {"window": "2025-04", "count": 3}]
    assert [window["window"] for window in row.fields["weeks"]] == ["2025-W03", "2025-W14"]
    months = boards()["opinion"].summary(seed_rows("opinion"))["months"]
    assert months["2025-04"] == {"产业与企业": 3}


def test_a_week_is_that_of_iso() -> None:
    assert (week_of(date(2024, 12, 30)), week_of(date(2027, 1, 3))) == ("2025-W01", "2026-W53")


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("老旧小区没有电梯，老人下楼困难。", "住房"),
        ("乡村教师留不住，学校缺老师。", "教育"),
        ("公交攻坚克难，排忧解难。", None),
        ("就业困难人员就业4300人。", None),
        ("公交车开来了。", None),
        ("这件事很难。", None),
    ],
)
def test_concerns_and_their_look_alikes(text: str, theme: str | None) -> None:
    entries = [entry for entry in boards().facts(told(text)) if entry.board == "opinion"]
    assert [entry.fields["theme"] for entry in entries] == ([theme] if theme else [])


@pytest.mark.parametrize(
    ("written", "number"), [("12", 12), ("三", 3), ("两", 2), ("十", 10), ("二十一", 21), ("三十", 30)]
)
def test_whole_numbers(written: str, number: int) -> None:
    assert whole(written) == number


PLATFORM = {
    # title: day, genre, place, paragraphs
    "政协云川市第六届委员会第三次会议开幕": ("2024-01-09", "两会报道", "云川市", 18),
    "委员通道：把群众的心里话带上会": ("2024-01-10", "两会报道", "云川市", 14),
    "分组讨论见真章 一言一语聚合力——云川市领导参加政协委员分组讨论侧记": ("2024-01-10", "两会报道", "云川市", 15),
    "临岚市政府工作报告（摘要）": ("2024-01-16", "政府工作报告", "临岚市", 20),
    "云川市政协六届三次会议提案审查立案完毕": ("2024-02-26", None, "云川市", 6),
    "云川市2023年国民经济和社会发展统计公报": ("2024-03-22", "统计公报", "云川市", 22),
    "云川市政协一季度协商与学习掠影": ("2024-04-15", None, "云川市", 4),
    "市政协调研组到苇泽县调研渔业转型": ("2024-05-23", None, "苇泽县", 13),
    "临岚市2024年上半年经济运行情况": ("2024-07-24", None, "临岚市", 3),
    "“稳就业 促增收”新闻发布会实录（节选）": ("2024-08-15", "新闻发布会", None, 16),
    "答复之后再看一眼——云川市政协六届三次会议提案办理回访": ("2024-09-18", "提案办理", "云川市", 4),
    "青泊县召开2024年汛期气象服务总结会": ("2024-10-15", "新闻", "青泊县", 6),
    "揽翠街道办事处一周简报": ("2024-10-28", "简报", "揽翠街道", 16),
    "一条公交线路的“重生”——临岚市人大代表建议办理见闻": ("2024-11-20", "建议办理", "临岚市", 16),
    "清和县发布2025年重点项目建设计划": ("2024-12-27", None, "清和县", 15),
    "分组讨论": ("2025-01-07", "两会报道", "清和县", 32),
    "政协霁川市第七届委员会常务委员会工作报告（摘登）": ("2025-01-13", "政协常委会工作报告", "霁川市", 19),
    "云川理工学院2024年工作总结与2025年工作安排": ("2025-01-20", "工作总结", "云川市", 9),
    "提案落地有回声——霁川市政协提案办理“后半篇文章”走访记": ("2025-03-18", "提案办理", "霁川市", 15),
    "临岚市2024年国民经济和社会发展统计公报": ("2025-03-21", "统计公报", "临岚市", 5),
    "霁川市老字号商会第三届会员大会侧记": ("2025-04-02", "行业协会", "霁川市", 6),
    "临岚市数字政务建设专题询问会": ("2025-06-27", "专题询问", "临岚市", 5),
}


def test_every_report_of_the_seeds_with_its_paragraphs() -> None:
    rows = seed_rows("platform")
    seen = {row.title: (row.first, row.fields["genre"], row.fields["place"], row.fields["paragraphs"]) for row in rows}
    assert seen == PLATFORM


def test_kinds_of_each_report_are_those_of_its_paragraphs() -> None:
    from tests.unit.boards_samples import seeds

    rows = {row.title: row.fields for row in seed_rows("platform")}
    for title, fields in rows.items():
        inside = [record for record in seeds() if record.report.title == title]
        for kind in ("speech", "proposal", "statistic", "plan"):
            assert fields[kind] == sum(kind in record.kinds for record in inside)
        assert fields["other"] == sum(record.primary == "other" for record in inside)


def test_totals_of_the_platform() -> None:
    summary = boards()["platform"].summary(seed_rows("platform"))
    paragraphs = sum(told_of[-1] for told_of in PLATFORM.values() if isinstance(told_of[-1], int))
    assert summary["totals"] == {"reports": len(PLATFORM), "paragraphs": paragraphs}
    assert summary["days"]["2024-01-10"] == 29
    assert summary["reports_by_day"]["2024-01-10"] == 2
    assert sum(summary["genres"].values()) == paragraphs
