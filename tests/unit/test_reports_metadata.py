"""What PDF, DOCX and HTML say of a report apart from its text; what cannot be read says nothing."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from streams.reports.about import NOTHING, Metadata
from streams.reports.metadata import metadata_of
from streams.reports.reader import read_report
from streams.reports.reading import ReportOptions
from streams.reports.sources import Source

CORE = """<?xml version="1.0" encoding="UTF-8"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:title>临岚市政府工作报告</dc:title><dcterms:created>2024-01-16T09:30:00Z</dcterms:created></cp:coreProperties>"""


def pdf() -> bytes:
    title = "临岚市政府工作报告".encode("utf-16-be").hex()
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[4 0 R]/Count 1>>",
        f"<</Title<feff{title}>/CreationDate(D:20240116093000+08'00')>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{each}endobj\n".encode()
    start, table = len(body), "".join(f"{place:010} 00000 n \n" for place in places)
    body += f"xref\n0 5\n0000000000 65535 f \n{table}trailer<</Size 5/Root 1 0 R/Info 3 0 R>>\n".encode()
    return body + f"startxref\n{start}\n%%EOF".encode()


def docx(core: str = CORE) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("docProps/core.xml", core)
    return made.getvalue()


def html(*parts: str, charset: str = "utf-8") -> bytes:
    return f'<meta charset="{charset}">{"".join(parts)}'.encode(charset)


def meta(name: str, content: str, key: str = "name") -> str:
    return f'<meta {key}="{name}" content="{content}">'


DATED = Metadata(title="统计公报", published=date(2024, 3, 22))
TITLED = Metadata(title="统计公报")
MADE = Metadata(title="临岚市政府工作报告", made=date(2024, 1, 16))


@pytest.mark.parametrize(
    ("form", "raw", "wanted"),
    [
        ("pdf", pdf(), MADE),
        ("pdf", b"%PDF-1.4 damaged", NOTHING),
        ("docx", docx(), MADE),
        ("docx", docx("<not XML"), NOTHING),
        ("docx", docx('<!DOCTYPE x [<!ENTITY a "b">]><x><title>&a;</title></x>'), Metadata(title=None)),
        ("docx", b"PK damaged", NOTHING),
        ("html", b"", NOTHING),
        ("text", b"<title>a</title>", NOTHING),
        ("html", html(meta("ArticleTitle", "统计公报"), meta("PubDate", "2024-03-22 10:00")), DATED),
        (
            "html",
            html(meta("article:published_time", "2024-03-22T10:00:00+08:00", "property"), "<h1>统计公报</h1>"),
            DATED,
        ),
        ("html", html("<title>统计公报_云川市人民政府</title>"), TITLED),
        ("html", html("<title>统计公报</title>", charset="gb2312"), TITLED),
        ("html", html("<h1>甲</h1><h1>乙</h1><title>统计公报</title>"), TITLED),
    ],
)
def test_metadata_of_a_format(form: str, raw: bytes, wanted: Metadata) -> None:
    stream = io.BytesIO(raw)
    assert metadata_of(stream, form) == wanted
    assert stream.tell() == 0


def test_a_page_of_the_web_gets_its_title_and_day_from_its_head(tmp_path: Path) -> None:
    page = tmp_path / "content_123.html"
    text = "初步核算，全年地区生产总值2186.4亿元，按不变价格计算，比上年增长6.1%。"
    head = (
        '<meta charset="utf-8"><meta name="ArticleTitle" content="统计公报"><meta name="PubDate" content="2024-03-22">'
    )
    page.write_text(f"<html><head>{head}</head><body><p>{text}</p><p>{text}</p></body></html>", encoding="utf-8")
    found = [
        reading
        for reading in read_report(Source(page, "html"), ReportOptions(), datetime(2024, 5, 1, tzinfo=UTC))
        if isinstance(reading, Paragraph)
    ]
    assert [paragraph.text for paragraph in found] == [text, text]
    report = found[0].report
    assert (report.title, report.published, report.genre) == ("统计公报", date(2024, 3, 22), "统计公报")
