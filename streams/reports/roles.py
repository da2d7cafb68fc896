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
# A sentence within, a table.
_NO_HEADING = re.compile(r"[。！？；\t].")
# Without one of these none of the patterns for headings is found: one search for all of them.
_TELLING = re.compile("[。！？；\t%％万亿.“”‘’《》（）「」『』【】]")
_UNITS = re.compile("[%％万亿.]")
# It makes a line a statement: a list of figures is no list of headings.
_QUANTITY = re.compile(r"\d\s*[%％万亿]|\d\.\d")
_PAIRED = re.compile("[“”‘’《》（）「」『』【】]")
# Signs one of which every byline without a date has, and with one of which every credit ends: quicker to look for.
_WRITER_SIGNS = re.compile("[者讯编校撰摄源监]")
# Those, and what every date has.
_BYLINE_SIGNS = re.compile("[者讯编校撰摄源监年-]")
_CREDIT_ENDS = frozenset("图片供摄）)】］]")
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
_ITEM_SIGNS = frozenset("一二三四五六七八九十（(第—0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_REPORT_SIGNS = frozenset("本新中")
OPENING_SIGNS = _ITEM_SIGNS | _REPORT_SIGNS
"""Signs one of which each counted item, numbered heading and agency's report begins with."""
_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节编部]")
_SPEECH = re.compile(
    r"(?:[\u3400-\u9fff]{2,4}|《?[\u3400-\u9fff]{2,8}》?记者|主持人(?:（[^）]{1,20}）)?)(?<![说道出示调为绍求是有])："
)
_DATELINE_OPENING = re.compile(
    r"(?:本报|本刊|本台)(?:讯|\S{2,8}?\d{1,2}月\d{1,2}日(?:电|讯))|新华社\S{0,8}?\d{1,2}月\d{1,2}日电|中新[社网]\S{0,8}?\d{1,2}月\d{1,2}日电"
)
_CAPTION_OPENING = re.compile(
    r"图为|这是|\d{1,2}月\d{1,2}日|(?:近日|日前|连日来)，|[\u3400-\u9fff]{1,4}?(?:(?<!返)[市县区州镇乡村旗](?!长|委|民)|街道)"
)
_PAIRS = ("“”", "‘’", "《》", "（）", "「」", "『』", "【】")


def opens_item(text: str) -> bool:
    """Whether the text begins as an item that is counted does: 一是, （一）, 1., 第一，, ——."""
    return text[0] in _ITEM_SIGNS and bool(_ITEM.match(text))


def opens_chapter(text: str) -> bool:
    """Whether the text begins as a numbered heading does: 一、, 第二章."""
    return bool(_CHAPTER.match(text))


def opens_speech(text: str) -> bool:
    """Whether the text begins with the speaker's name and a colon, as interviews and minutes do."""
    return "：" in text and bool(_SPEECH.match(text))


def opens_report(text: str) -> bool:
    """Whether the text begins as an agency's report does: 本报讯, 本报云川1月7日电, 新华社…电."""
    return text[0] in _REPORT_SIGNS and bool(_DATELINE_OPENING.match(text))


def opens_caption(text: str) -> bool:
    """Whether the text begins as captions of news pictures do: 图为, a day, the name of a town or county."""
    return bool(_CAPTION_OPENING.match(text))


def has_sentence_end_within(text: str) -> bool:
    """Whether a sentence ends before the text's last sign."""
    return bool(_SENTENCE_WITHIN.search(text))


def role_of(text: str) -> Role:
    """The role of a line that begins and ends by itself; whatever is not plainly something else is body."""
    return sure_role_of(text) or ("heading" if is_like_heading(text) else "body")


def sure_role_of(text: str) -> Role | None:
    """Credit or byline, which a line says by itself; otherwise None."""
    if text[-1] in _CREDIT_ENDS and _CREDIT.search(text):
        return "credit"
    return "byline" if "，" not in text and _BYLINE_SIGNS.search(text) and _is_byline(text) else None


def _is_byline(text: str) -> bool:
    if len(text) > MAX_BYLINE or _has_comma(text):
        return False
    dated = len(text) <= MAX_DATELINE and ("年" in text or "-" in text) and _DATELINE.search(text)
    if not dated and not _WRITER_SIGNS.search(text):
        return False
    if ends_sentence(text) or _SENTENCE_WITHIN.search(text):
        return False
    return bool(dated or _BYLINE.search(text))


def _has_comma(text: str) -> bool:
    return "，" in text or "," in text


def is_like_heading(text: str) -> bool:
    """Whether a line that stands alone can be a heading: short, no sentence, no quantity, every bracket closed."""
    if len(text) > MAX_HEADING or text[-1] in "，、," or ends_sentence(text):
        return False
    if _TELLING.search(text) and _is_told_from_headings(text):
        return False
    if not (text[0].isalnum() or any(map(str.isalnum, text))):
        return False
    if text[-1] in "：:":
        return len(text) <= MAX_COLON_HEADING
    return len(text) <= MAX_HEADING_WITH_COMMA or not _has_comma(text)


def _is_told_from_headings(text: str) -> bool:
    """Whether signs within a text say that it is no heading: a sentence, a quantity, brackets left open."""
    if _NO_HEADING.search(text) or (_UNITS.search(text) and _QUANTITY.search(text)):
        return True
    return bool(_PAIRED.search(text)) and any(text.count(pair[0]) != text.count(pair[1]) for pair in _PAIRS)
