import io
from itertools import islice

import psutil
import pytest

from streams.reports.lines import Line
from streams.reports.readers import bombs
from streams.reports.readers import pdf as reader
from streams.reports.readers.glyphs import PageLetters
from streams.reports.readers.pdf import lines_of_pdf
from streams.reports.readers.shapes import Shapes
from streams.reports.reading import UnreadableError
from tests.unit.pdf_maker import Sheet, bomb, pdf


def read(*sheets: Sheet) -> list[Line]:
    return list(lines_of_pdf(io.BytesIO(pdf(*sheets))))


def texts(*sheets: Sheet) -> list[str]:
    return [line.text for line in read(*sheets)]


def refused(raw: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as found:
        list(lines_of_pdf(io.BytesIO(raw)))
    return found.value


def block(name: str, count: int) -> list[str]:
    return [f"{name}{number}行有十个字满满当" for number in range(count)]


def test_a_line_is_told_with_its_place_size_and_page() -> None:
    [line] = read(Sheet().text(50, 100, "上午九时开会", size=12))
    assert (line.number, line.text, line.page, line.column, line.size) == (1, "上午九时开会", 1, 0, 12)
    assert line.box
    assert (line.box.x0, line.box.top, line.box.x1, line.box.bottom) == pytest.approx((50, 100, 122, 112), abs=0.01)


def test_columns_are_not_read_across() -> None:
    left, middle, right = block("甲", 6), block("乙", 6), block("丙", 4)
    page = Sheet().column(40, 100, left).column(170, 100, middle).column(300, 100, right)
    assert texts(page) == left + middle + right
    assert [line.column for line in read(page)] == [0] * 6 + [1] * 6 + [2] * 4


def test_what_was_painted_first_decides_nothing() -> None:
    page = Sheet().column(40, 100, block("甲", 6)).column(170, 100, block("乙", 6)).text(40, 60, "大会今日隆重开幕", 24)
    wanted = texts(page)
    page.drawn.reverse()
    assert texts(page) == wanted == ["大会今日隆重开幕", *block("甲", 6), *block("乙", 6)]


def test_every_letter_painted_by_itself_from_the_last_to_the_first_makes_the_same_lines() -> None:
    page = Sheet()
    for column, x in (("甲", 40), ("乙", 170)):
        for number, line in enumerate(block(column, 4)):
            for place, letter in enumerate(line):
                page.text(x + 10 * place, 100 + 16 * number, letter)
    page.drawn.reverse()
    assert texts(page) == block("甲", 4) + block("乙", 4)


def test_a_short_heading_in_the_middle_stands_over_all_columns() -> None:
    page = Sheet().column(40, 140, block("甲", 5)).column(170, 140, block("乙", 5)).column(300, 140, block("丙", 5))
    assert texts(page.text(190, 100, "开幕", 30))[0] == "开幕"


def test_a_byline_whose_blank_stands_over_the_gutter_is_one_line() -> None:
    page = Sheet().text(120, 70, "本报记者").text(168, 70, "李婷 周行")
    page.column(40, 100, block("甲", 5)).column(180, 100, block("乙", 5))
    assert texts(page)[0] == "本报记者 李婷 周行"


def test_a_heading_within_a_column_stays_there() -> None:
    page = Sheet().column(40, 100, block("甲", 8)).column(170, 100, block("乙", 3)).column(170, 164, block("丙", 4))
    assert texts(page.text(170, 147, "小标题", 13)) == [*block("甲", 8), *block("乙", 3), "小标题", *block("丙", 4)]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_rule_across_parts_bands_that_share_a_gutter(ruled: bool) -> None:
    page = Sheet().column(40, 100, block("甲", 4)).column(170, 100, block("乙", 4))
    page.column(40, 175, block("丙", 4)).column(170, 175, block("丁", 4))
    if ruled:
        page.rule(40, 168, 270, 168)
    upper_first = [*block("甲", 4), *block("乙", 4), *block("丙", 4), *block("丁", 4)]
    left_first = [*block("甲", 4), *block("丙", 4), *block("乙", 4), *block("丁", 4)]
    assert texts(page) == (upper_first if ruled else left_first)


def test_headings_side_by_side_under_white_begin_a_new_band() -> None:
    page = Sheet().column(40, 100, block("甲", 4)).column(170, 100, block("乙", 4))
    page.text(50, 190, "左题目", 20).column(40, 225, block("丙", 4))
    page.text(190, 190, "右题目", 20).column(170, 225, block("丁", 4))
    assert texts(page) == [*block("甲", 4), *block("乙", 4), "左题目", *block("丙", 4), "右题目", *block("丁", 4)]


def test_an_article_that_goes_on_in_more_columns_is_read_band_by_band() -> None:
    wide = [f"{name}{number}这一行字写得很宽很宽足有二十五个字那么宽了吧" for name in "甲乙" for number in range(5)]
    page = Sheet().column(30, 100, wide[:5]).column(310, 100, wide[5:])
    narrow = [block(name, 5) for name in "丙丁戊己"]
    for number, lines in enumerate(narrow):
        page.column(30 + 140 * number, 180, lines)
    assert texts(page) == wide + [line for lines in narrow for line in lines]


def test_a_framed_box_is_read_as_a_whole() -> None:
    page = Sheet().frame(165, 95, 285, 200).column(40, 100, block("甲", 12)).column(170, 100, block("框", 3))
    page.column(170, 160, block("盒", 2)).column(170, 220, block("乙", 4)).column(300, 100, block("丙", 12))
    found = texts(page)
    assert found[found.index(block("框", 3)[0]) :][:5] == block("框", 3) + block("盒", 2)


def test_a_picture_with_its_caption_comes_before_the_lines_that_it_shortens() -> None:
    page = Sheet().column(40, 100, block("甲", 3)).column(40, 148, ["短短的行字"] * 5).column(40, 228, block("乙", 3))
    page.picture(100, 148, 150, 200).text(100, 205, "图为会场", 8)
    assert texts(page) == [*block("甲", 3), "图为会场", *["短短的行字"] * 5, *block("乙", 3)]


def test_a_caption_wider_than_its_picture_opens_no_way_across() -> None:
    page = Sheet().picture(40, 100, 140, 150).text(40, 155, "图为一行比照片还要宽出不少的说明文字", 8)
    page.column(40, 170, block("甲", 6)).column(160, 100, block("乙", 3)).column(160, 180, block("丙", 4))
    assert texts(page)[-7:] == [*block("乙", 3), *block("丙", 4)]


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_a_heading_painted_twice_for_weight_is_there_once(shift: float) -> None:
    page = Sheet().text(50, 100, "分组讨论", 20).text(50 + shift, 100 + shift / 2, "分组讨论", 20)
    assert texts(page) == ["分组讨论"]


def test_a_copy_that_drifts_away_on_a_stretched_line_is_still_a_copy() -> None:
    page = Sheet()
    for place, letter in enumerate("从严管理委员队伍。"):
        page.text(50 + 10 * place, 100, letter).text(50.3 + 11 * place, 100, letter)
    assert texts(page) == ["从严管理委员队伍。"]


def test_letters_painted_twice_much_later_are_there_once_and_bold() -> None:
    page = Sheet()
    for letter, x in zip("分组讨论", (50, 70, 90, 110), strict=True):
        page.text(x, 100, letter, 20)
    page.text(50, 200, "正文在这里。").text(50.5, 100, "分组讨论", 20)
    assert [(line.text, line.bold) for line in read(page)] == [("分组讨论", True), ("正文在这里。", False)]


@pytest.mark.parametrize("text", ["人人有责", "高高兴兴", "11月11日", "www", "……", "——", "一一"])
def test_like_letters_side_by_side_are_no_doubles(text: str) -> None:
    assert texts(Sheet().text(50, 100, text)) == [text]


def test_even_letter_spacing_is_no_blank() -> None:
    assert texts(Sheet().text(50, 100, "人民代表大会", 20, spacing=9)) == ["人民代表大会"]


def test_a_blank_between_words_stays() -> None:
    assert texts(Sheet().text(50, 100, "同商量 共担当 向未来", 20)) == ["同商量 共担当 向未来"]


def test_flat_letters_stay_where_they_stand() -> None:
    # Boxes around the ink of 一 and of dashes are thin: a reader that sorts by them throws these to other lines.
    lines = ["一是抓产业——重中之重", "二是一心一意抓民生——", "——三是统一思想一抓到底"]
    assert texts(Sheet().column(50, 100, lines, leading=1.2)) == lines


def test_a_page_is_read_from_the_top_however_it_is_turned() -> None:
    # On a page that is shown turned by 90 degrees, text that runs up the sheet runs across.
    page = Sheet(rotate=90).text(100, 700, "第一行", angle="0 1 -1 0").text(120, 700, "第二行", angle="0 1 -1 0")
    assert texts(page) == ["第一行", "第二行"]


def test_text_at_an_angle_is_a_leftover() -> None:
    page = Sheet().text(50, 100, "正文在这里。").text(200, 400, "样本", 60, angle="0.7 0.7 -0.7 0.7")
    assert [(line.text, line.role) for line in read(page)] == [("正文在这里。", None), ("样本", "leftover")]


def test_pages_and_numbers_go_on() -> None:
    lines = read(Sheet().text(50, 100, "一"), Sheet(), Sheet().text(50, 100, "二").text(50, 140, "三"))
    assert [(line.number, line.page, line.text) for line in lines] == [(1, 1, "一"), (2, 3, "二"), (3, 3, "三")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"GIF89a", "not a PDF"),
        (b"%PDF-1.5\nnothing else", "damaged"),
        (pdf(Sheet().text(50, 100, "开会"), encrypt=True), "encrypted"),
        (pdf(Sheet().picture(0, 0, 600, 800)), "no text layer"),
        (pdf(Sheet().picture(0, 0, 600, 800), Sheet().picture(0, 0, 600, 800)), "OCR"),
        (pdf(Sheet(unmapped=True).text(50, 100, "开会")), "fonts do not say which letter"),
        (pdf(Sheet()), "no text on any page"),
        (pdf(), "cannot be opened"),
    ],
)
def test_says_why_a_file_cannot_be_read(raw: bytes, said: str) -> None:
    error = refused(raw)
    assert said in str(error)
    assert error.line is None


def test_a_stream_that_unpacks_to_more_than_any_page_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # So small that without the bound PDFium reads it at once and the test fails instead of hanging.
    raw = bomb(1)
    assert "bomb" not in str(refused(raw))
    monkeypatch.setattr(bombs, "MAX_STREAM_BYTES", 1 << 19)
    assert "bomb" in str(refused(raw))


def test_a_page_of_more_letters_than_any_report_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGE_LETTERS", 4)
    assert "more than 4 letters" in str(refused(pdf(Sheet().text(50, 100, "云川政协委"))))
    assert [line.text for line in lines_of_pdf(io.BytesIO(pdf(Sheet().text(50, 100, "云川政协"))))] == ["云川政协"]


def test_a_file_of_more_pages_than_any_report_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 1)
    assert "more than 1 pages" in str(refused(pdf(Sheet().text(50, 100, "甲"), Sheet().text(50, 100, "乙"))))


def test_a_scanned_page_among_others_costs_only_itself() -> None:
    raw = pdf(Sheet().text(50, 100, "甲"), Sheet().picture(0, 0, 600, 800), Sheet().text(50, 100, "乙"))
    lines = lines_of_pdf(io.BytesIO(raw))
    assert [line.text for line in islice(lines, 2)] == ["甲", "乙"]
    with pytest.raises(UnreadableError, match=r"page 2 of 3: no text layer.*All other pages were read") as refusal:
        next(lines)
    assert refusal.value.line == 2


def test_no_page_is_read_before_its_lines_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    read_page = reader.read_page

    def counted(document: object, index: int) -> tuple[PageLetters, Shapes]:
        asked.append(index)
        return read_page(document, index)

    monkeypatch.setattr(reader, "read_page", counted)
    lines = lines_of_pdf(io.BytesIO(pdf(*(Sheet().text(50, 100, "甲") for _ in range(9)))))
    assert (next(lines).page, asked) == (1, [0])
    assert (next(lines).page, asked) == (2, [0, 1])


def test_memory_does_not_grow_with_the_pages() -> None:
    raw = pdf(*(Sheet().column(40, 60, block("甲", 10)) for _ in range(300)))
    lines = lines_of_pdf(io.BytesIO(raw))
    this = psutil.Process()
    assert sum(1 for _ in islice(lines, 10 * 50)) == 500
    after_50_pages = this.memory_info().rss
    assert sum(1 for _ in lines) == 10 * 250
    assert this.memory_info().rss - after_50_pages < 8_000_000
