"""Members: what each did in the seeds; people of one name are kept apart."""

import pytest

from streams.boards.rules.people import People, place_of, tidied
from tests.unit.boards_samples import boards, entries_of, rows_of, seed_rows, told

EXPECTED = {
    # name, place: office, speeches, proposals, attended, first, latest
    ("卢鸿渐", "云川市"): ("member", 3, 0, 1, "2024-01-09", "2024-01-10"),
    ("孟秋实", "云川市"): ("member", 2, 1, 0, "2024-01-09", "2024-01-10"),
    ("宁若川", "云川市"): ("member", 3, 0, 2, "2024-01-09", "2024-05-23"),
    ("江望舒", "云川市"): ("member", 1, 0, 1, "2024-01-09", "2024-04-15"),
    ("俞见山", "云川市"): ("member", 0, 0, 1, "2024-01-10", "2024-01-10"),
    ("唐砺", None): ("member", 1, 1, 0, "2024-01-10", "2024-01-10"),
    ("唐砺", "云川市"): ("member", 2, 0, 1, "2024-01-10", "2024-01-10"),
    ("孟秋实", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("柴一帆", "云川市"): ("member", 0, 0, 1, "2024-01-10", "2024-01-10"),
    ("沈小筠", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("祁若水", "云川市"): ("member", 2, 1, 0, "2024-01-10", "2024-09-18"),
    ("祁若水", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("简宁", "云川市"): ("member", 1, 1, 0, "2024-01-10", "2024-01-10"),
    ("纪南星", "云川市"): ("member", 0, 0, 1, "2024-01-10", "2024-01-10"),
    ("葛树声", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("费晓棠", "云川市"): ("member", 0, 0, 1, "2024-01-10", "2024-01-10"),
    ("辛夷", "云川市"): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("郁长歌", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("韦一诺", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("颜小满", None): ("member", 0, 1, 0, "2024-01-10", "2024-01-10"),
    ("沈小筠", "云川市"): ("member", 0, 1, 0, "2024-02-26", "2024-02-26"),
    ("韦一诺", "云川市"): ("member", 0, 1, 0, "2024-02-26", "2024-02-26"),
    ("葛树声", "云川市"): ("member", 1, 1, 1, "2024-04-15", "2024-04-15"),
    ("荀以宁", "苇泽县"): ("member", 1, 1, 0, "2024-05-23", "2024-05-23"),
    ("蔺长河", "苇泽县"): ("member", 0, 1, 0, "2024-05-23", "2024-05-23"),
    ("温如岳", "临岚市"): ("deputy", 1, 1, 0, "2024-11-20", "2025-06-27"),
    ("蒲新亭", "临岚市"): ("deputy", 1, 1, 0, "2024-11-20", "2024-11-20"),
    ("骆青禾", "临岚市"): ("deputy", 3, 1, 0, "2024-11-20", "2024-11-20"),
    ("伏清宁", None): ("member", 0, 0, 1, "2025-01-07", "2025-01-07"),
    ("庾朝晖", None): ("member", 0, 1, 1, "2025-01-07", "2025-01-07"),
    ("栾家骥", None): ("member", 0, 0, 1, "2025-01-07", "2025-01-07"),
    ("楚天阔", None): ("member", 0, 1, 1, "2025-01-07", "2025-01-07"),
    ("展眉", None): ("member", 0, 0, 1, "2025-01-07", "2025-01-07"),
    ("甄怀瑾", None): ("member", 1, 0, 0, "2025-01-07", "2025-01-07"),
    ("谷雨声", None): ("member", 0, 1, 1, "2025-01-07", "2025-01-07"),
    ("沙千帆", "霁川市"): ("member", 1, 2, 0, "2025-03-18", "2025-03-18"),
    ("阎素秋", "霁川市"): ("member", 2, 1, 0, "2025-03-18", "2025-03-18"),
    ("项晚舟", "临岚市"): ("member", 1, 0, 0, "2025-06-27", "2025-06-27"),
}


def test_every_member_of_the_seeds_with_counts_and_days() -> None:
    rows = seed_rows("members")
    seen = {
        (row.title, row.fields["place"]): (
            row.status,
            row.fields["speeches"],
            row.fields["proposals"],
            row.fields["attended"],
            row.first,
            row.latest,
        )
        for row in rows
    }
    assert len(rows) == len(seen)
    assert seen == EXPECTED


def test_whose_report_tells_no_place_stays_apart_and_says_so() -> None:
    rows = [row for row in seed_rows("members") if row.title == "唐砺"]
    assert [row.fields["namesakes"] for row in rows] == [1, 1]
    assert len({row.id for row in rows}) == 2


def test_who_is_in_charge_is_no_member() -> None:
    names = {row.title for row in seed_rows("members")}
    assert not names & {"邵启航", "裴静澜", "隋云舒", "顾砚秋", "晏知秋", "虞子衿"}


MEMBER = "政协委员李明远说，老城的路灯太暗。"
DEPUTY = "人大代表李明远说，老城的路灯太暗。"


@pytest.mark.parametrize(
    ("one", "other", "people"),
    [
        # Same place, same office: one person, whichever report.
        ((MEMBER, "云川市新闻"), (MEMBER, "云川市简报"), 1),
        # Another place, another office, no place: others.
        ((MEMBER, "云川市新闻"), (MEMBER, "霁川市新闻"), 2),
        ((MEMBER, "云川市新闻"), (DEPUTY, "云川市简报"), 2),
        ((MEMBER, "新闻一"), (MEMBER, "新闻二"), 2),
        # Without an office he is the only one of that name there.
        ((MEMBER, "云川市新闻"), ("李明远说，路灯修好了。", "云川市简报"), 1),
    ],
)
def test_same_names_are_told_apart(one: tuple[str, str], other: tuple[str, str], people: int) -> None:
    records = [told(text, title=title) for text, title in (one, other)]
    assert len([row for row in rows_of("members", entries_of(records)) if row.title == "李明远"]) == people


def people() -> People:
    found = getattr(boards()["members"], "_people", None)
    assert isinstance(found, People)
    return found


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("市政协委员", "member"),
        ("农业界委员", "member"),
        ("县政协主席", "member"),
        ("市人大代表", "deputy"),
        ("代表", "deputy"),
        ("居民代表", None),
        ("职工代表", None),
        ("市长", None),
        ("市人大常委会副主任", None),
        (None, None),
    ],
)
def test_offices(role: str | None, kind: str | None) -> None:
    assert people().kind(role) == kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("政协委员葛树声、政协副主席江望舒参加。", ["葛树声", "江望舒"]),
        ("市政协副主席江望舒受常委会委托作报告。", ["江望舒"]),
        ("委员辛夷补充说，老人怕生病。", ["辛夷"]),
        ("委员满意率达到98%，委员关于养老的意见不少。", []),
        ("居民代表蓝守成建议加装喷淋。", []),
        ("开展委员宣讲团活动，修订委员管理办法。", []),
    ],
)
def test_members_named_with_their_titles(text: str, names: list[str]) -> None:
    reading = boards().reader.read(told(text))
    assert [person.name for person in people().titled(reading)] == names


def test_a_list_of_those_who_spoke() -> None:
    reading = boards().reader.read(told("委员杜若、沈小筠、葛树声先后发言。唐砺、纪南星2位委员先后发言。"))
    assert [person.name for person in people().speakers_listed(reading)] == [
        "杜若",
        "沈小筠",
        "葛树声",
        "唐砺",
        "纪南星",
    ]


@pytest.mark.parametrize(
    ("role", "bare", "place"),
    [
        ("是市政协委员", "市政协委员", None),
        ("还有来自双槐镇的代表", "双槐镇的代表", None),
        ("云川市政协副主席", "云川市政协副主席", "云川市"),
        ("讲话和云川市政协主席", "云川市政协主席", "云川市"),
    ],
)
def test_titles_without_what_stands_before(role: str, bare: str, place: str | None) -> None:
    assert (tidied(role), place_of(tidied(role))) == (bare, place)


@pytest.mark.parametrize(
    ("name", "somebody"),
    [
        ("沈小筠", "沈小筠"),
        ("市民建", "市民建"),
        ("市政协提案委员会", "市政协提案委员会"),
        ("委员", None),
        ("会工作", None),
        ("让好", None),
        ("2023年她", None),
        ("办理", None),
        (None, None),
    ],
)
def test_pieces_of_sentences_are_nobody(name: str | None, somebody: str | None) -> None:
    assert people().somebody(name) == somebody
