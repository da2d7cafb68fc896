"""Proposals: who proposes what in the seeds, how far each has come, and what looks like a step and is none."""

import pytest

from streams.boards.board import Row
from streams.boards.rules.chain import departments, responsible, status_of
from streams.boards.rules.proposals import normal
from tests.unit.boards_samples import boards, entries_of, only, rows_of, seed_rows, told

EXPECTED = [
    # day, title (beginning), proposers, theme, status, points
    ("2024-01-09", "关于在城区主干道设置潮汐车道的提案", [], "交通", "fulfilled", 0),
    ("2024-01-09", "关于盘活老纺织厂区发展工业旅游的建议", [], "文化旅游", "fulfilled", 0),
    ("2024-01-10", "农村老人最怕生病没人知道", ["辛夷"], "养老", "submitted", 1),
    ("2024-01-10", "办好企业家门口的技工班", ["颜小满"], "教育", "submitted", 2),
    ("2024-01-10", "多措并举留住乡村教师", ["祁若水"], "教育", "submitted", 1),
    ("2024-01-10", "建设社区“一碗热饭”助餐网", ["韦一诺"], "养老", "submitted", 2),
    ("2024-01-10", "扶持“专精特新”企业上台阶", ["唐砺"], "产业与企业", "submitted", 2),
    ("2024-01-10", "推行县聘乡用", ["简宁"], "医疗", "submitted", 1),
    ("2024-01-10", "整合涉茶资金", ["孟秋实"], "农业农村", "submitted", 1),
    ("2024-01-10", "破解县城停车难", ["葛树声"], "交通", "submitted", 1),
    ("2024-01-10", "给云川茶叶一条像样的加工线", ["孟秋实"], "农业农村", "submitted", 1),
    ("2024-01-10", "让老旧小区加装电梯少走弯路", ["沈小筠"], "住房", "submitted", 4),
    ("2024-01-10", "让非遗走进课堂、走向市场", ["郁长歌"], "文化旅游", "submitted", 1),
    ("2024-02-26", "关于向全体市民发放旅游券的建议", [], "文化旅游", "refused", 0),
    ("2024-02-26", "关于建设社区助餐网络的提案", ["韦一诺"], "养老", "fulfilled", 0),
    ("2024-02-26", "关于留住乡村教师的建议", ["祁若水"], "教育", "replied", 0),
    ("2024-02-26", "关于老旧小区加装电梯一窗受理的提案", ["沈小筠"], "住房", "assigned", 0),
    ("2024-04-15", "机关单位的院子先从周末开起", ["葛树声"], None, "submitted", 1),
    ("2024-05-23", "制定湖区养殖容量标准", ["荀以宁"], "产业与企业", "submitted", 2),
    ("2024-05-23", "应尽快补上冷链短板", ["蔺长河"], "农业农村", "submitted", 1),
    ("2024-10-28", "早晚高峰有人管秩序", ["乐大姐"], "交通", "submitted", 1),
    ("2024-10-28", "车棚离单元门不少于8米", ["蓝守成"], "交通", "submitted", 1),
    # She is only 她 there, and nobody is guessed.
    ("2024-11-20", "应当把26路延伸至城北批发市场", [], "交通", "submitted", 2),
    ("2024-11-20", "关于优化26路公交线网、方便城北群众出行的建议", ["骆青禾"], "交通", "submitted", 0),
    ("2024-11-20", "关于加快农村公路生命安全防护工程建设的议案", ["蒲新亭"], "交通", "assigned", 0),
    ("2024-11-20", "市人大把答复的承诺事项建成台账", ["温如岳"], "政务服务", "submitted", 1),
    ("2024-12-27", "把惠企政策汇编成“一本通”", ["栾家骥"], "产业与企业", "submitted", 2),
    ("2025-01-07", "关于加快城北学校建设的建议", [], "教育", "fulfilled", 0),
    ("2025-01-07", "关于规范共享电动车停放的提案", [], "交通", "fulfilled", 0),
    ("2025-01-07", "关于设立县级产业引导基金的建议", [], "产业与企业", "fulfilled", 0),
    ("2025-01-07", "把闲置校舍变成乡村“会客厅”", ["楚天阔"], "教育", "submitted", 1),
    # The page's two-line heading lost the member's name.
    ("2025-01-07", "留人先得留心", [], "交通", "submitted", 1),
    ("2025-01-07", "让轻量化材料真正“轻装上阵”", ["庾朝晖"], "产业与企业", "submitted", 1),
    ("2025-01-07", "配强村医 守好最后一米", ["谷雨声"], "医疗", "submitted", 1),
    ("2025-01-13", "关于打造霁川“中央厨房”产业的建议", [], "产业与企业", "named", 0),
    ("2025-01-13", "关于推进城市绿道互联互通的提案", [], "生态环境", "named", 0),
    ("2025-01-20", "关于设立青年教师“安居基金”的提案", ["封雁行"], "教育", "submitted", 1),
    ("2025-01-20", "食堂可以试行小份菜", ["牛得水"], None, "submitted", 1),
    ("2025-03-18", "关于加快老城区排水管网改造的提案", ["阎素秋"], "生态环境", "submitted", 1),
    ("2025-03-18", "关于建设霁川水运博物馆的提案", [], "文化旅游", "unfulfilled", 0),
    ("2025-03-18", "关于规范学校周边早餐摊点的建议", ["沙千帆"], "教育", "submitted", 0),
    ("2025-03-18", "由街道划定便民早餐点", ["沙千帆"], None, "submitted", 1),
    ("2025-04-02", "老字号抱团开设“霁川味道”集合店", ["桑榆晚"], "产业与企业", "submitted", 2),
]


def test_who_proposed_what_in_the_seeds_and_what_became_of_it() -> None:
    rows = seed_rows("proposals")
    seen = [
        (row.first, row.title, row.fields["proposers"], row.fields["topic"], row.status, len(row.fields["points"]))
        for row in rows
    ]
    assert len(seen) == len(EXPECTED)
    for found, (day, title, *rest) in zip(sorted(seen, key=str), sorted(EXPECTED, key=str), strict=True):
        assert found[0] == day
        assert found[1].startswith(title)
        assert list(found[2:]) == rest, title


def seed(title: str) -> Row:
    return only([row for row in seed_rows("proposals") if row.title == title])


def test_a_motion_moves_along_the_chain_over_three_reports() -> None:
    row = seed("关于建设社区助餐网络的提案")
    fields = row.fields
    assert (fields["main"], fields["helping"]) == (["市民政局"], ["市财政局", "市卫生健康委员会"])
    assert (fields["grade"], fields["satisfaction"], fields["gaps"]) == ("A", "satisfied", [])
    steps = [(entry["what"], entry["at"]) for entry in row.history if entry["what"] not in ("named", "proposed")]
    assert sorted(steps) == [
        ("assigned", "2024-02-26"),
        ("filed", "2024-02-26"),
        ("fulfilled", "2024-09-18"),
        ("graded", "2024-09-18"),
        ("rated", "2024-09-18"),
        ("replied", "2024-09-18"),
        ("submitted", "2024-02-26"),
    ]
    assert all(entry["evidence"]["text"] for entry in row.history)


def test_a_key_motion_says_who_leads_it_and_which_step_is_not_told_of() -> None:
    fields = seed("关于留住乡村教师的建议").fields
    assert (fields["key"], fields["led_by"], fields["cosigners"]) == ("yes", ["市长裴静澜"], "12")
    assert (fields["main"], fields["helping"]) == (["市教育局"], ["市人力资源和社会保障局"])
    assert (fields["grade"], fields["satisfaction"], fields["gaps"]) == ("B", "mostly", ["filed"])


def test_what_was_put_off_is_a_reply_of_the_lowest_grade() -> None:
    row = seed("关于建设霁川水运博物馆的提案")
    assert (row.status, row.fields["grade"]) == ("unfulfilled", "C")
    assert row.fields["gaps"] == ["submitted", "filed", "assigned"]


def test_summary_counts_each_proposal_once() -> None:
    summary = boards()["proposals"].summary(seed_rows("proposals"))
    assert sum(summary["status"].values()) == len(EXPECTED)
    assert summary["status"]["fulfilled"] == 6
    assert summary["key"] == {"yes": 2, "no": len(EXPECTED) - 2}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("《关于修桥的提案》经审查立案。", {"filed"}),
        ("《关于修桥的提案》尚未立案。", set()),
        ("《关于修桥的提案》将于下月答复。", set()),
        ("《关于修桥的提案》未予立案，作为意见转送。", {"refused"}),
        ("《关于修桥的提案》得到9名委员附议。", {"cosigned"}),
        ("《关于修桥的提案》由市交通运输局主办，市财政局会办。", {"assigned"}),
        ("《关于修桥的提案》被列为重点提案，由市长领办。", {"key"}),
        ("《关于修桥的提案》已办复，办理结果为A类，委员表示满意。", {"replied", "graded", "rated"}),
        ("《关于修桥的提案》的答复委员并不满意。", {"replied", "rated"}),
        ("委员对《关于修桥的提案》的办理满意率为98%。", set()),
        ("《关于修桥的提案》落地，新桥于5月通车。", {"fulfilled"}),
        ("《关于修桥的提案》提出后，新桥有望年内开工。", {"submitted"}),
        ("《关于修桥的提案》连续两年留作参考。", {"unfulfilled", "graded"}),
        # What another title is told of does not count for this one.
        ("《关于修桥的提案》和《关于补路的提案》都提到出行。其中后者已经立案。", set()),
        ("《关于修桥的提案》提了一年。《关于补路的提案》已经立案。", set()),
        # A document of whoever is in charge is no motion.
        ("《关于制定五年规划的建议》已经立案。", None),
        ("《立案》是本好书。", None),
    ],
)
def test_steps_and_their_look_alikes(text: str, steps: set[str] | None) -> None:
    entries = [entry for entry in boards().facts(told(text)) if entry.board == "proposals"]
    about = [entry for entry in entries if entry.fields.get("motion") == "关于修桥的提案"]
    if steps is None:
        assert entries == []
        return
    assert {entry.what for entry in about} - {"named", "proposed"} == steps


@pytest.mark.parametrize(
    ("steps", "status", "gaps"),
    [
        (set(), "named", []),
        ({"submitted"}, "submitted", []),
        ({"cosigned", "submitted"}, "cosigned", []),
        ({"submitted", "replied"}, "replied", ["filed", "assigned"]),
        ({"fulfilled"}, "fulfilled", ["submitted", "filed", "assigned", "replied"]),
        ({"graded", "submitted"}, "replied", ["filed", "assigned"]),
        ({"unfulfilled", "submitted", "filed", "assigned"}, "unfulfilled", []),
        ({"refused", "submitted"}, "refused", []),
        ({"unfulfilled", "fulfilled", *("submitted", "filed", "assigned", "replied")}, "fulfilled", []),
    ],
)
def test_status_and_gaps(steps: set[str], status: str, gaps: list[str]) -> None:
    assert status_of(steps) == (status, gaps)


def test_the_order_of_arrival_does_not_change_how_far_it_came() -> None:
    first = told("政协委员沈小筠提交《关于修桥的提案》。", title="一")
    later = told("《关于修桥的建议》已经答复。", title="二")
    forth, back = rows_of("proposals", entries_of([first, later])), rows_of("proposals", entries_of([later, first]))
    assert forth == back
    row = only(forth)
    assert (row.status, row.fields["proposers"], row.fields["gaps"]) == ("replied", ["沈小筠"], ["filed", "assigned"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("关于修桥的提案", "关于修桥的建议"),
        ("关于“修桥”的议案", "关于修桥的提案"),
        ("关于修桥、补路的建议案", "修桥补路"),
        ("关于推广ＣＴ检查的建议", "关于推广CT检查的提案"),
    ],
)
def test_titles_that_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_titles_that_are_not() -> None:
    assert normal("关于修桥的提案") != normal("关于修路的提案")
    assert normal("建议") == "建议"


@pytest.mark.parametrize(
    ("words", "main", "helping"),
    [
        ("由市民政局主办，市财政局、市卫生健康委员会会办", ["市民政局"], ["市财政局", "市卫生健康委员会"]),
        ("交市住房城乡建设局承办", ["市住房城乡建设局"], []),
        ("主办单位为市教育局和市财政局", ["市教育局", "市财政局"], []),
        ("市教育局主办，市人力资源和社会保障局会办", ["市教育局"], ["市人力资源和社会保障局"]),
        ("会议由市政协举办", [], []),
    ],
)
def test_who_is_in_charge(words: str, main: list[str], helping: list[str]) -> None:
    assert responsible(words) == (main, helping)


def test_departments_are_named_ones() -> None:
    assert departments("请市教育局会同财政部门办理，有关部门和提案委员会配合") == ["市教育局", "财政部门"]
