"""Wording: how proposals are put when no verb of proposing says so, and where their words begin."""

import re
from typing import NamedTuple

from streams.analysis.sentences import Span, clauses

_NUMERAL = "[一二两三四五六七八九十几0-9]"
_NOUNS = "建议|意见|办法|对策|方子|药方|主意|点子|想法|主张|设想|诉求|请求"
"""What several proposals are called together."""
_LIST = re.compile(
    "(?=[一二两三四五六七八九十几0-9纸条便：，])"
    f"(?:{_NUMERAL}{{1,2}}(?:点|条|张|件|项|个方面|层|招|笔|句|个)[^，。：；]{{0,12}}(?:：|——)"
    "|(?:纸条|条子|便条)[^，。；：]{0,12}：|[：，](?=一、|其一|一是|第一[，条]))"
)
_LIST_SIGN = re.compile("：|——|，(?:一、|其一|一是|第一)")
"""One of them stands in every sentence that announces a list, or counts one."""
_ANNOUNCES = re.compile(
    f"{_NOUNS}|核心(?:是|就)|(?:提|讲|说)了{_NUMERAL}|书面意见|[纸便]条|条子|(?:提出|写道|写明|写着)：$"
)
_NOT_PROPOSED = re.compile(
    "理由|原因|问题|困难|难处|教训|体会|数字|变化|特点|好处|经验|顾虑|担心|情况|成绩|措施|任务|实事|建议的|听取"
)
_LISTED = re.compile(
    f"提出了?(?P<words>[^。；《》]{{6,120}}?)等(?:方面)?的?(?:{_NUMERAL}{{1,3}}[余多]?[条件项个](?:意见|对策)?建议"
    f"|(?:意见|对策)?建议{_NUMERAL}{{1,3}}[余多]?[条件项个])"
)
"""A report tells what was proposed: 提出…等17条建议."""
_URGES = re.compile(
    "应当|应该|不妨|何不|能否|能不能|可否|最好|宜(?=提|先|由|把|在|跟|按|选|从|采|设|建|加)|"
    "应(?=由|把|从|在|先|尽快|纳入|列入|优先|允许|统一|单独|单列|加|建|设|给|按|有|改|为)|[，。；^]干脆|与其[^。；]{2,30}不如|"
    "可由|得(?:先|由|把|有人|改成|趁|赶|尽|往|配)|该(?:由|把|给|收|归)|(?<![分特个级区性类差识辨鉴告派])别(?![的人处墅致])|不要再|谁也不许|"
    "可以?(?:并|改|先|适当|考虑|从|在)|(?:^|，)要(?=把|由|给|让)|下一步，要|"
    "(?:(?<=[。；”！？])|^)希望(?!全[市省县区州体国]|广大|大家|各[位级地])|[她他也](?:还|也|又|更|最)?(?:希望|要求|请求|盼|劝)|，(?:希望|恳请|请求|盼着?|请(?=[^，。；：]{2,10}(?:把|将|给|出面|加|派|修|装|设|改)))|(?:代表|委员|有人)(?:还)?(?:希望|要求|请求|盼)|"
    "(?:提出|提醒|认为|觉得|主张|接着讲|要求)[，：][^。；]{0,24}(?:应|得|要|须|该|别)(?!求)"
)
_STRONG = re.compile(
    "，请|应(?!对|急|用|该说)|宜(?=提|先|由|把|在|跟|按|选)|不妨|能否|能不能|可否|最好|与其|不如|可由|干脆"
)
"""What opens the words of a proposal behind a clause that tells of facts."""
_TELLS = re.compile("了|已|就有|只有|还有|太|去年|不足|不到|占|达|[0-9]{2}")
_MEASURES = re.compile(
    "由|把|将|让|给|应|得|别|莫|要|可|宜|能不能|能否|何不|一律|统一|优先|(?<!修)改|设|建|纳入|列入|补|免|放|取消|允许|每[年月季周个]|先|再|都|不必|交"
)
_ANSWERS = re.compile(
    "提出了?[^，。；：]{0,14}(?:意见|建议)[。；]?$|(?:答应|回应|答复|回复|解释|透露|承诺|宣布|通报)(?:称|说|道)?，"
)
_IDEA = re.compile(
    "在[^，。；]{1,6}看来，|的(?:意见|想法|主意|药方|设计|设想|思路|看法|办法)[是，]|的药方是|有个(?:主意|想法)|出了个主意"
)
_OPENING = re.compile("(?:至于|还有一条，|此外，|另外，|同时，|干脆)")
_SHORT = 14
"""Characters of an urging clause that wants the one before it to be understood."""


_ENUMERATES = re.compile(f"{_NUMERAL}(?:点|条|张|件|项|个方面|层|招|笔|句)[^，。：；]{{0,8}}(?:：|——)")


class Announcement(NamedTuple):
    """A sentence that announces several proposals; their words begin at ``words``, after ``start``'s clause."""

    start: int
    words: int


def may_list(text: str) -> bool:
    """Whether any sentence of the text may announce a list or count what follows: mostly one look says no."""
    return _LIST_SIGN.search(text) is not None


def announced(text: str, sentence: Span) -> Announcement | None:
    """Whether the sentence announces a list of proposals (三点建议：) rather than of reasons or tasks."""
    found = _LIST.search(text, sentence.start, sentence.end)
    if found is None:
        return None
    before = text[max(sentence.start, found.start() - 24) : found.end()]
    if _NOT_PROPOSED.search(before) or not _ANNOUNCES.search(before):
        return None
    return Announcement(found.start(), found.end())


def enumerates(text: str, sentence: Span) -> bool:
    """Whether the sentence counts what follows it, one after each semicolon."""
    return _ENUMERATES.search(text, sentence.start, sentence.end) is not None


def listed(text: str, sentence: Span) -> Span | None:
    """What was proposed in a sentence that counts proposals and names some of them."""
    if text.find("建议", sentence.start, sentence.end) < 0:
        return None
    found = _LISTED.search(text, sentence.start, sentence.end)
    return Span(found.start("words"), found.end("words")) if found else None


def urges(text: str, sentence: Span) -> bool:
    """Whether the sentence urges something (应当, 不妨, 能否)."""
    return _URGES.search(text, sentence.start, sentence.end) is not None


def measures(text: str, sentence: Span) -> bool:
    """Whether the sentence holds any word that measures are put with."""
    return _MEASURES.search(text, sentence.start, sentence.end) is not None


def answers(text: str, sentence: Span) -> bool:
    """Whether the sentence reports an answer, which promises rather than proposes."""
    return _ANSWERS.search(text, sentence.start, sentence.end) is not None


def has_idea(text: str, sentence: Span) -> bool:
    """Whether the sentence says that somebody has an idea (她的办法是)."""
    return _IDEA.search(text, sentence.start, sentence.end) is not None


def opening(text: str, sentence: Span) -> int:
    """Where the words begin after what joins the sentence to the one before."""
    found = _OPENING.match(text, sentence.start)
    return found.end() if found else sentence.start


def past_the_facts(text: str, start: int, end: int) -> int:
    """Where a proposal begins whose sentence first tells, at greater length, what is the matter."""
    parts = clauses(text, Span(start, end))
    for index, part in enumerate(parts):
        if index and _STRONG.search(text, part.start, part.end):
            first = index - 1 if end - part.start < _SHORT else index
            begin = parts[first].start
            told = begin - start > end - begin and _TELLS.search(text, start, begin)
            return begin if told else start
    return start
