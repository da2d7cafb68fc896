import io
import zipfile

import pytest

from streams.reports.lines import Line
from streams.reports.readers import package
from streams.reports.readers.docx import lines_of_docx
from streams.reports.reading import UnreadableError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
STYLES = (
    '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="a3"><w:name w:val="我的标题"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:styleId="a4"><w:name w:val="caption"/></w:style>'
    '<w:style w:styleId="a5"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="a6"><w:name w:val="正文"/></w:style>'
)


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "", tag: str = "t") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def docx(body: str, **parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        file.writestr("word/styles.xml", f"<w:styles {SPACES}>{STYLES}</w:styles>")
        for name, content in parts.items():
            file.writestr(f"word/{name}.xml", f"<w:{name} {SPACES}>{content}</w:{name}>")
    return packed.getvalue()


def read(body: str, **parts: str) -> list[Line]:
    return list(lines_of_docx(io.BytesIO(docx(body, **parts))))


def texts(body: str, **parts: str) -> list[str]:
    return [line.text for line in read(body, **parts)]


def test_a_paragraph_is_a_line() -> None:
    lines = read(p("大会开幕。") + p("") + p("　　代表发言。"))
    assert [(line.number, line.text, line.after_blank, line.whole) for line in lines] == [
        (1, "大会开幕。", False, True),
        (2, "代表发言。", True, True),
    ]


def test_styles_give_roles() -> None:
    styled = [p("文", f'<w:pStyle w:val="{style}"/>') for style in ("1", "a3", "a4", "a5", "a6", "unknown")]
    assert [line.role for line in read("".join(styled))] == ["heading", "heading", "caption", "leftover", None, None]
    assert read(p("文", '<w:outlineLvl w:val="0"/>'))[0].role == "heading"


def test_tracked_changes_are_read_as_accepted() -> None:
    changed = (
        f"<w:p>{run('增长')}<w:del>{run('百分之八', tag='delText')}</w:del>"
        f"<w:ins>{run('百分之九')}</w:ins>{run('。')}</w:p>"
        f"<w:p><w:moveFrom>{run('移走')}</w:moveFrom></w:p><w:p><w:moveTo>{run('移来。')}</w:moveTo></w:p>"
    )
    assert texts(changed) == ["增长百分之九。", "移来。"]


def test_a_deleted_end_of_a_paragraph_joins_it_to_the_next() -> None:
    assert texts(p("前半句，", "<w:rPr><w:del/></w:rPr>") + p("后半句。") + p("另一句。")) == [
        "前半句，后半句。",
        "另一句。",
    ]


def test_text_boxes_follow_their_paragraph_and_come_once() -> None:
    box = f"<w:txbxContent>{p('框中的话。')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert texts(f"<w:p>{run('前')}<w:r><w:t>中</w:t>{both}</w:r>{run('后。')}</w:p>") == ["前中后。", "框中的话。"]


def test_a_row_of_figures_is_a_line_with_tabs_and_a_table_of_text_is_text() -> None:
    figures = f"<w:tbl><w:tr><w:tc>{p('粮食')}</w:tc><w:tc>{p('5.6万吨')}</w:tc></w:tr></w:tbl>"
    layout = (
        f"<w:tbl><w:tr><w:tc>{p('左栏第一段。')}{p('左栏第二段。')}</w:tc><w:tc>{p('右栏。')}</w:tc></w:tr></w:tbl>"
    )
    assert texts(figures + layout) == ["粮食\t5.6万吨", "左栏第一段。", "左栏第二段。", "右栏。"]


def test_breaks_fields_and_signs() -> None:
    assert texts(f"<w:p>{run('一句。')}<w:r><w:br/></w:r>{run('二句没')}<w:r><w:br/></w:r>{run('完。')}</w:p>") == [
        "一句。",
        "二句没完。",
    ]
    signs = "<w:r><w:noBreakHyphen/></w:r><w:r><w:sym w:char='25B2'/></w:r>"
    assert texts(f"<w:p>{run(' PAGE ', tag='instrText')}{run('第')}{signs}</w:p>") == ["第-▲"]


def test_hidden_text_margins_and_comments_are_leftovers_and_notes_follow() -> None:
    lines = read(
        f"<w:p>{run('看得见。')}{run('看不见', '<w:vanish/>')}</w:p>",
        header1=p("日报"),
        comments=f"<w:comment>{p('再核对')}</w:comment>",
        footnotes=f"<w:footnote>{p('见年报。')}</w:footnote>",
    )
    assert [(line.text, line.role) for line in lines] == [
        ("看得见。", None),
        ("看不见", "leftover"),
        ("见年报。", None),
        ("日报", "leftover"),
        ("再核对", "leftover"),
    ]


def test_lines_of_a_page_pasted_in_may_be_joined() -> None:
    cut = "".join(
        p(line)
        for line in (
            "一月七日上午，清川市市长何以宁参加第五讨论",
            "组讨论，认真听取委员意见建议，共同谋划未",
            "来发展，谋划未来。",
        )
    )
    assert [line.whole for line in read(cut)] == [False] * 3


def test_bold_is_told_when_all_of_it_is() -> None:
    assert read(f"<w:p>{run('全部', '<w:b/>')}</w:p>")[0].bold is True
    assert read(f"<w:p>{run('一半', '<w:b/>')}{run('不是。')}</w:p>")[0].bold is False
    off = "<w:b w:val='0'/>"
    assert read(f"<w:p>{run('不是', off)}</w:p>")[0].bold is False


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 no zip", "not a ZIP file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted"),
        (docx(p("")), "without text"),
        (docx("<w:p>"), "word/document.xml: "),
        (docx(p("大会开幕。"))[:-60], "damaged"),
    ],
)
def test_says_why_a_document_cannot_be_read(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        list(lines_of_docx(io.BytesIO(raw)))


def test_a_zip_of_something_else_is_no_document() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.txt", "text")
    with pytest.raises(UnreadableError, match="no Word document"):
        list(lines_of_docx(io.BytesIO(packed.getvalue())))


def test_a_zip_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_PART_BYTES", 1_000_000)
    with pytest.raises(UnreadableError, match="bomb"):
        list(lines_of_docx(io.BytesIO(docx(p("一。") + "<w:p></w:p>" * 200_000))))


def test_a_single_text_without_end_is_called_a_bomb_and_not_damage() -> None:
    with pytest.raises(UnreadableError, match=r"a single text, or a nesting, .* taken for a bomb"):
        list(lines_of_docx(io.BytesIO(docx(p("一" * 10_500_000)))))


def test_entities_are_not_expanded() -> None:
    inner = docx(p("&big;"))
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(inner)) as file, zipfile.ZipFile(packed, "w") as hostile:
        document = file.read("word/document.xml").decode()
        hostile.writestr("word/document.xml", f'<!DOCTYPE d [<!ENTITY big "{"a" * 100}">]>{document}')
    with pytest.raises(UnreadableError, match=r"without text|damaged"):
        list(lines_of_docx(io.BytesIO(packed.getvalue())))
