import io

import pytest

from streams.reports.lines import Line
from streams.reports.readers.html import lines_of_html
from streams.reports.reading import UnreadableError

FIRST = "一月七日上午，清川市市长何以宁参加第五讨论组讨论，认真听取委员意见建议，共同谋划未来发展。"
SECOND = "何以宁说，去年是极不平凡的一年，全市上下稳中求进，工业总产值迈上了新的台阶，民生保障更加有力。"
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>大会开幕_日报</title>
<script>var 甲 = 1;</script></head><body><nav><a href="/">首页</a><a href="/n">要闻</a></nav>
<h1>大会今日<br>隆重开幕</h1><div class="content"><p>　　{FIRST}</p>
<figure><img src="p.jpg"><figcaption>图为会场。</figcaption></figure><h2>市长讲话</h2>
<p>　　{SECOND[:20]}<b>{SECOND[20:26]}</b>{SECOND[26:]}</p><p>完</p><div style="display: none">藏着的</div></div>
<aside>相关阅读</aside><footer>日报社版权所有</footer></body></html>"""


def read(raw: bytes) -> list[Line]:
    return list(lines_of_html(io.BytesIO(raw)))


def test_the_main_text_has_its_roles_and_all_else_is_left_over() -> None:
    assert [(line.role, line.text) for line in read(PAGE.encode())] == [
        ("leftover", "首页要闻"),
        ("heading", "大会今日 隆重开幕"),
        (None, FIRST),
        ("caption", "图为会场。"),
        ("heading", "市长讲话"),
        (None, SECOND),
        (None, "完"),
        ("leftover", "藏着的"),
        ("leftover", "相关阅读"),
        ("leftover", "日报社版权所有"),
    ]


@pytest.mark.parametrize(
    ("encoding", "named"), [("gb18030", "gb2312"), ("big5", "big5"), ("utf-16", "utf-8"), ("gb18030", "")]
)
def test_encodings_named_or_not(encoding: str, named: str) -> None:
    sentence = "市政府公佈今年首季經濟數據，就業形勢保持穩定，共同謀劃未來。"
    page = f"<html><head><meta charset={named}></head><body><p>{sentence}</p></body></html>"
    assert "首季經濟數據" in read(page.encode(encoding))[-1].text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"<html></html>", "no main text"),
        (
            b"<html><body><nav><a href=/>Home</a></nav><script>load()</script></body></html>",
            "saved from the browser",
        ),
        (b"<!-- -->", r"not HTML|no main text"),
        ("<p>\0正文</p>".encode(), "NUL"),
        ("<p>正文</p>".encode() + b"\xff\xfe", "not UTF-8"),
    ],
)
def test_says_why_a_page_cannot_be_read(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        read(raw)


def test_deep_pages_are_read_and_bottomless_ones_refused() -> None:
    def nested(depth: int) -> bytes:
        return ("<div>" * depth + FIRST + "</div>" * depth).encode()

    assert [line.text for line in read(nested(1000)) if line.role is None] == [FIRST]
    with pytest.raises(UnreadableError, match="so deep"):
        read(nested(20_000))


def test_folded_headings_of_different_elements_stay_apart() -> None:
    page = PAGE.replace("<h2>市长讲话</h2>", "<h2>市长讲话</h2><h2>民生为先</h2>")
    headings = [line.text for line in read(page.encode()) if line.role == "heading"]
    assert headings == ["大会今日 隆重开幕", "市长讲话", "民生为先"]
