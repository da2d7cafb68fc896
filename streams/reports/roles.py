"""What a line that stands alone is: a heading, a byline, a picture's credit, or part of the body."""

import re
from typing import Literal

Role = Literal["body", "heading", "byline", "credit"]

MAX_HEADING = 40
MAX_HEADING_WITH_COMMA = 24
MAX_COLON_HEADING = 15
MAX_BYLINE = 60
MAX_DATELINE = 30

_ENDS_SENTENCE = re.compile(r"[。！？；…!?;.][”’』」》）)\"']*$")
_SENTENCE_WITHIN = re.compile(r"[。！？；].")
_COMMA = re.compile(r"[，,]")
# A quantity makes a line a statement: a list of figures is no list of headings.
_QUANTITY = re.compile(r"\d\s*[%％]|\d\.\d|\d\s*[万亿]")
_TABLE = re.compile(r"\t")
_WRITERS = "(?:本报|本刊|本台)?(?:首席|特约|见习|实习|全媒体)*(?:记者|通讯员)"
_BYLINE = re.compile(
    rf"(?:^|[\s《》（(])(?:{_WRITERS}|责任编辑|责编|编辑|美编|校对|作者|撰文|摄影|来源|编审|监制)[\s:：/]"
    r"|^(?:本报记者|本报通讯员|通讯员)[^\s，。]{2,4}$"
)
_CREDIT = re.compile(
    r"^[（(【［\[]?\s*(?:资料(?:图|图片|照片)|(?:本版|本组|文中)?(?:图片|照片)均?由[^。，]{1,20}(?:提供|摄)"
    rf"|(?:{_WRITERS})?[^。，]{{1,20}}[\s/](?:摄|供图))\s*[）)】］\]]?$"
)
_DATE = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}-\d{1,2}-\d{1,2}"
_DATELINE = re.compile(rf"^[（(【]?(?:{_DATE})|(?:{_DATE})[）)】]?$")
_PAIRS = ("“”", "‘’", "《》", "（）", "「」", "『』", "【】")


def ends_sentence(text: str) -> bool:
    """Whether the text ends where a sentence can, closing quotation marks and brackets not counted."""
    return bool(_ENDS_SENTENCE.search(text))


def role_of(text: str) -> Role:
    """The role of a line that begins and ends by itself; whatever is not plainly something else is body."""
    if _CREDIT.search(text):
        return "credit"
    if _is_byline(text):
        return "byline"
    return "heading" if _is_heading(text) else "body"


def _is_byline(text: str) -> bool:
    if ends_sentence(text) or _SENTENCE_WITHIN.search(text) or _COMMA.search(text) or len(text) > MAX_BYLINE:
        return False
    dateline = len(text) <= MAX_DATELINE and _DATELINE.search(text)
    return bool(dateline or _BYLINE.search(text))


def _is_heading(text: str) -> bool:
    if ends_sentence(text) or any(sign.search(text) for sign in (_SENTENCE_WITHIN, _QUANTITY, _TABLE)):
        return False
    if not any(map(str.isalnum, text)) or any(text.count(pair[0]) != text.count(pair[1]) for pair in _PAIRS):
        return False
    if text.endswith(("：", ":")):
        return len(text) <= MAX_COLON_HEADING
    limit = MAX_HEADING_WITH_COMMA if _COMMA.search(text) else MAX_HEADING
    return len(text) <= limit and not text.endswith(("，", "、", ","))
