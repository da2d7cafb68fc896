import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.lines import Line, close_gaps, drop_hashes, drop_marks, lines_of, repaired, undouble, unspace

HANZI = st.text(st.sampled_from("云川政协委员会议发展新年民生一二三两个好人"), min_size=1, max_size=12)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\U00100413云川市政协", "云川市政协"),
        ("▲ 图为会场。", "图为会场。"),
        ("➝吉林", "吉林"),
        ("→ ● 要点", "要点"),
        ("会场→出口", "会场→出口"),
        ("云川市", "云川市"),
        ("■", "■"),
    ],
)
def test_marks_go_at_the_start_only(text: str, wanted: str) -> None:
    line = drop_marks(Line(1, text))
    assert line.text == wanted
    assert line.marked == (text != wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("分组讨论分组讨论", "分组讨论"),
        ("建言资政谋发展建言资政谋发展 凝聚共识谱新篇凝聚共识谱新篇", "建言资政谋发展 凝聚共识谱新篇"),
        ("讨论讨论再讨论", "讨论讨论再讨论"),
        ("分组讨论分组讨论 会场", "分组讨论分组讨论 会场"),
        ("2020", "2020"),
        ("1212", "1212"),
        ("好好", "好好"),
        ("高高兴兴", "高高兴兴"),
    ],
)
def test_doubled_headings_come_once(text: str, wanted: str) -> None:
    assert undouble(Line(1, text)).text == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("刚 刚 过 去 的 2022 年 ，是 吉", "刚刚过去的2022年，是吉"),
        ("—— 来 自 政 协 的 报 道", "——来自政协的报道"),
        ("本 报 记 者 许知微 冯牧野 苗夏", "本报记者 许知微 冯牧野 苗夏"),
        ("许知微 冯牧野 苗夏 尤清越", "许知微 冯牧野 苗夏 尤清越"),
        ("a b c d e", "a b c d e"),
        ("一 二 三", "一 二 三"),
        ("1 2 3 4", "1 2 3 4"),
    ],
)
def test_letter_spacing_goes(text: str, wanted: str) -> None:
    assert unspace(Line(1, text)).text == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("充满希望的 2023 年已经", "充满希望的2023年已经"),
        ("增长 5%", "增长5%"),
        ("GDP 增长", "GDP 增长"),
        ("a b", "a b"),
    ],
)
def test_gaps_in_prose_close(text: str, wanted: str) -> None:
    assert close_gaps(text) == wanted


def test_markdown_headings_lose_their_marks() -> None:
    assert drop_hashes(Line(1, "## 工作回顾")) == Line(1, "工作回顾", hashed=True)
    assert drop_hashes(Line(1, "#标签")) == Line(1, "#标签")


def test_lines_carry_number_page_and_the_blank_before_them() -> None:
    found = list(lines_of("一\n\n 二 \r\n三\f四\n"))
    assert [(line.number, line.text, line.page, line.after_blank) for line in found] == [
        (1, "一", 1, False),
        (3, "二", 1, True),
        (4, "三", 1, False),
        (4, "四", 2, False),
    ]
    assert [line.page for line in lines_of("一\n二")] == [None, None]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_lines_lose_no_character(text: str) -> None:
    assert bare("".join(line.text for line in lines_of(text))) == bare(text)


@given(st.lists(HANZI, min_size=1, max_size=6))
def test_unspacing_loses_and_doubles_nothing(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert bare(unspace(Line(1, text)).text) == bare(text)
    assert bare(close_gaps(text)) == bare(text)


@given(st.lists(HANZI, min_size=1, max_size=4))
def test_undoubling_takes_exactly_half_or_nothing(pieces: list[str]) -> None:
    for text in (" ".join(pieces), " ".join(piece * 2 for piece in pieces)):
        line = undouble(Line(1, text))
        copies = 2 if line.doubled else 1
        assert Counter(bare(line.text) * copies) == Counter(bare(text))


@given(st.text(st.characters(exclude_categories=["Cs", "Co", "So", "Sm"])).filter(str.strip))
def test_without_marks_hashes_and_doubling_repairs_only_touch_white_space(text: str) -> None:
    for line in lines_of(text):
        mended = repaired(line)
        if not (mended.marked or mended.hashed or mended.doubled):
            assert bare(mended.text) == bare(line.text)
