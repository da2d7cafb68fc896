import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.lines import lines_of


def test_lines_carry_number_page_and_the_blank_before_them() -> None:
    found = list(lines_of("一\n\n 二 \r\n三\f四\n"))
    assert [(line.number, line.text, line.page, line.after_blank) for line in found] == [
        (1, "一", 1, False),
        (3, "二", 1, True),
        (4, "三", 1, False),
        (4, "四", 2, False),
    ]
    assert [line.page for line in lines_of("一\n二")] == [None, None]


@pytest.mark.parametrize(("text", "indent"), [("一", 0), ("　　一", 4), ("  一", 2), ("\t一", 4)])
def test_the_white_space_before_a_line_is_its_indent(text: str, indent: int) -> None:
    assert [line.indent for line in lines_of(text)] == [indent]


def test_pages_are_counted_from_the_first_form_feed() -> None:
    assert [line.page for line in lines_of(iter(("一\n" * 600_000, "二\f三")))][-2:] == [None, 2]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_lines_lose_no_character(text: str) -> None:
    assert "".join("".join(line.text.split()) for line in lines_of(text)) == "".join(text.split())
