"""What a line that stands alone is: a heading, a byline, a picture's credit, or part of the body."""

import re

from streams.reports.blocks import Role
from streams.reports.steps.signs import ends_sentence

MAX_HEADING = 40
MAX_HEADING_WITH_COMMA = 24
MAX_COLON_HEADING = 15
MAX_BYLINE = 60
MAX_DATELINE = 30

_SENTENCE_WITHIN = re.compile(r"[。！？；].")
_COMMA = re.compile(r"[，,]")
# A sentence within, a table, or a quantity, which makes a line a statement: a list of figures is no list of headings.
_NO_HEADING = re.compile(r"[。！？；].|\d\s*[%％万亿]|\d\.\d|\t")
_PAIRED = re.compile("[“”‘’《》（）「」『』【】]")
_NAMES_SOMEONE = re.compile(r"[摄图编校作撰来监]|记者|通讯员|资料|提供|\d年|\d\s+年|\d-\d")
_WRITERS = "(?:本报|本刊|本台)?(?:首席|特约|见习|实习|全媒体)*(?:记者|通讯员)"
# No personal name has these; what seems to be a run of names is a sentence's beginning with one of them.
_NAME_SIGN = r"(?:(?![的了在是和与会市县区委部门])[\u3400-\u9fff])"
_NAME = rf"{_NAME_SIGN}{{1,2}}(?:{_NAME_SIGN}|·{_NAME_SIGN}+){{1,2}}"
_NO_NAME = "(?:手记|调查|观察|会|走基层|述评|目击|探访|走访|体验|跟随|了解|获悉|从|在|来到|看到|问)"
_WRITTEN_BY = rf"(?:{_WRITERS}|责任编辑|责编|编辑|美编|校对|作者|撰文|摄影|来源|编审|监制)"
# One writer or several, with their titles, dates and papers before them; nothing that a sentence would need.
_NAMES = rf"{_NAME}(?:[\s、/;；,，]+(?:{_WRITTEN_BY}[\s:：/]*)?{_NAME})*(?:\s*[/\s]\s*[文图摄]+)?"
_BYLINE = re.compile(
    rf"^[^。，；（(]{{0,24}}?(?<![\u3400-\u9fff]){_WRITTEN_BY}[\s/]+{_NAMES}$"
    rf"|^{_WRITTEN_BY}\s*[\s:：/]\s*{_NAMES}(?:[\s　]+{_WRITTEN_BY}\s*[:：]\s*{_NAMES})*$"
    rf"|^[（(]{_WRITTEN_BY}\s*[\s:：/]\s*{_NAMES}[）)]$"
    rf"|^[（(]?{_WRITERS}(?!{_NO_NAME})(?:{_NAME}[\s、]?){{1,4}}(?:\s*[/\s]\s*[文图摄]+)?[）)]?$"
)
_CREDIT = re.compile(
    r"^[（(【［\[]?\s*(?:资料(?:图|图片|照片)|(?:本版|本组|文中)?(?:图片|照片|图)均?(?:由[^。，]{1,20}(?:提供|摄)|为资料(?:图|图片|照片))"
    rf"|(?:{_WRITERS})?[^。，！？“”]{{1,20}}[\s/](?:摄|供图)|{_NAME}(?:摄|供图))\s*[）)】］\]]?$"
    rf"|^[（(【［\[]\s*(?:图片?|照片)?(?:{_WRITERS})?[^。，！？“”]{{1,24}}(?:摄|供图|提供)\s*[）)】］\]]$"
)
_DATE = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}-\d{1,2}-\d{1,2}"
_DATELINE = re.compile(rf"^[（(【]?(?:{_DATE})|(?:{_DATE})[）)】]?$")
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}是|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}(?:[.．](?!\d)|、)|[①-⑳]|第[一二三四五六七八九十]{1,2}[，、]|——"
)
_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节编部]")
_SPEECH = re.compile(
    r"(?:[\u3400-\u9fff]{2,4}|《?[\u3400-\u9fff]{2,8}》?记者|主持人(?:（[^）]{1,20}）)?)(?<![说道出示调为绍求是有])："
)
_DATELINE_OPENING = re.compile(
    r"(?:本报|本刊|本台)(?:讯|\S{2,8}?\d{1,2}月\d{1,2}日(?:电|讯))|新华社\S{0,8}?\d{1,2}月\d{1,2}日电|中新[社网]\S{0,8}?\d{1,2}月\d{1,2}日电"
)
_PAIRS = ("“”", "‘’", "《》", "（）", "「」", "『』", "【】")


def opens_item(text: str) -> bool:
    """Whether the text begins as an item that is counted does: 一是, （一）, 1., 第一，, ——."""
    return bool(_ITEM.match(text))


def opens_chapter(text: str) -> bool:
    """Whether the text begins as a numbered heading does: 一、, 第二章."""
    return bool(_CHAPTER.match(text))


def opens_speech(text: str) -> bool:
    """Whether the text begins with the speaker's name and a colon, as interviews and minutes do."""
    return bool(_SPEECH.match(text))


def opens_report(text: str) -> bool:
    """Whether the text begins as an agency's report does: 本报讯, 本报云川1月7日电, 新华社…电."""
    return bool(_DATELINE_OPENING.match(text))


def role_of(text: str) -> Role:
    """The role of a line that begins and ends by itself; whatever is not plainly something else is body."""
    return sure_role_of(text) or ("heading" if is_like_heading(text) else "body")


def sure_role_of(text: str) -> Role | None:
    """Credit or byline, which a line says by itself; otherwise None."""
    if not _NAMES_SOMEONE.search(text):
        return None
    if _CREDIT.search(text):
        return "credit"
    return "byline" if _is_byline(text) else None


def _is_byline(text: str) -> bool:
    if ends_sentence(text) or _SENTENCE_WITHIN.search(text) or _COMMA.search(text) or len(text) > MAX_BYLINE:
        return False
    dateline = len(text) <= MAX_DATELINE and _DATELINE.search(text)
    return bool(dateline or _BYLINE.search(text))


def is_like_heading(text: str) -> bool:
    """Whether a line that stands alone can be a heading: short, no sentence, no quantity, every bracket closed."""
    if len(text) > MAX_HEADING or ends_sentence(text) or _NO_HEADING.search(text):
        return False
    if _PAIRED.search(text) and any(text.count(pair[0]) != text.count(pair[1]) for pair in _PAIRS):
        return False
    if not any(map(str.isalnum, text)):
        return False
    if text[-1] in "：:":
        return len(text) <= MAX_COLON_HEADING
    if text[-1] in "，、,":
        return False
    return len(text) <= MAX_HEADING_WITH_COMMA or not _COMMA.search(text)
