"""Features of a sentence: what the linear models weigh to say whether it is a plan or a proposal.

A feature is a short name. Words are features by themselves (``w:推进``), so are the first word (``1:推进``), the last
(``$:任务``), the heading's words (``s:任务``), and named facts (``tense:future``, ``number``, ``modal``) alone and in
pairs (``modal:member``). Names of people, digits and punctuation are none.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from streams.analysis.context import Context
from streams.analysis.model import FIRST, LAST, WORD

Place = Literal["first", "middle", "last"]

_PAST = re.compile(
    "了|已|曾|达到|达[0-9]|累计|首次|顺利|圆满|获评|获批|荣获|入选|居全|列全|以来|去年|过去|同比|增长[0-9]|下降[0-9]|增至|成效|取得"
)
_AHEAD = re.compile("将(?!军|近|领|士|帅|来)|拟|力争|争取|打算|准备|计划|下一步|今后|明年|年底前|年内|确保|即将")
_SIGNS = {
    "past": _PAST,
    "ahead": _AHEAD,
    "deadline": re.compile(
        "(?:[0-9一二三四五六七八九十]月[底初中]?(?:上旬|中旬|下旬)?|[日周节年季冬暖学]底?|汛期|国庆|春节|日内|年内|小时内)"
        "(?:以|之)?前|下周|明年|来年|下个?月|年内|今后将|定于|下一步|本周|[0-9一二三四五六七八九十两]个?[月天周年]内|"
        "[0-9一二三四五六七八九十]月(?:[0-9]{1,2}日)?起|(?<![去前])(?:上|下)半年(?!来|以)|月(?:份|[上中下]旬)?(?:出台|动工|开工|挂牌|见|进场|先)"
    ),
    "will": re.compile(
        "将(?:于|在|通过|把|为|对|继续|写入|会|设立|全面|再|以|进一步|作为|加|推|开|建|实|携|举|组|参)|"
        "拟(?:再|对|于|在|纳入|安排|新)|计划(?:今|明|在|于|新|投|开|到|用|[0-9])|打算|准备(?:跟|在|把|从|用)|"
        "愿(?:同|与|意|继续)|力争|争取|确保|一定(?:要|正|把|会)?"
    ),
    "modal": re.compile(
        "要(?<![需只主重首必想就还不]要)(?![求素点道么是闻案塞地])|必须|务必|应当|应该|不得|严禁|须|得有|别(?<![分特个级区性类差识辨鉴告派]别)|莫|不要|不许|不能"
    ),
    "ask": re.compile("建议|提议|呼吁|希望|恳请|能否|能不能|可否|何不|不妨|不如|与其|最好|宜|可以|可由|让|由"),
    "urge": re.compile(
        "应(?!对|急|用|邀|变|收|届|答)|宜(?=提|先|由|把|在|跟|按|选)|得(?=先|由|把|有人|配|趁|往|赶|尽|改|提|留|给|让)|该(?=由|把|给|收|拆|管)|"
        "别(?<![分特个级区性类差识辨鉴告派]别)(?![的人处墅致])|莫(?!名|过)|不妨|何不|能否|能不能|可否|可由|最好|干脆|不如|不许|不再|不该|建议|希望|请(?=[^求问假客教示])"
    ),
    "vow": re.compile("我们(?:一定|要|将|必须)|让我们|一定(?:要|把|能)|答应|承诺|保证|表态"),
    "wish": re.compile("愿(?:同|与|意同|继续|为|以|在)"),
    "is": re.compile("^[^，。；：]{1,30}(?<![但而就还不即只都也凡总于若])(?:是|关乎|来源于|源于)(?!否)"),
    "note": re.compile("“[^”]{1,12}”(?:是指|即|指)|^[0-9]{1,2}[.．] ?[^，。；：]{1,30}：|^[^，。；：]{1,16}是指"),
    "narrates": re.compile(
        "她(?<=^她)(?!们)|他(?<=^他)(?!们)|，[她他](?:能|正|就|说|曾)|岁，|回忆|笑|掏出|翻开|摇头|点头|附和|记下|记进|写进了"
    ),
    "measure": re.compile(
        "一律|统一|优先|纳入|列入|免费|补贴|奖补|试点|先行|由[^，。；]{1,14}?(?:承担|负责|牵头|兜底|出|给予|提供|统筹)|"
        "把[^，。；]{1,24}?(?:改|变|写|纳|列|放|划|做|接|并|合|进)|与其|不如|不妨|增设|增开|设立|建立|给予|开放|取消|允许|鼓励"
    ),
}
_HINTS = {
    "deadline": re.compile("前|内|半年|月|下周|明年|来年|下月|下个月|年内|今后将|定于|下一步|本周|起"),
    "note": re.compile("是指|即|指|："),
}
"""What every deadline and every note holds: cheap to look for, and mostly not there."""
_PAST_SIGN, _AHEAD_SIGN, *_OTHERS = (
    (name, _HINTS[name].search if name in _HINTS else None, pattern.search) for name, pattern in _SIGNS.items()
)
"""Each sign's name with the searches for its hint, if it has one, and for itself."""
_WE = ("我们", "我省", "我市", "全省", "全市")
_SPOKEN_SIGNS = ("modal", "ask", "ahead", "past", "deadline", "will", "measure", "urge", "vow", "wish")
"""Signs whose meaning depends on who speaks."""
_PROPOSES = frozenset(["modal", "ask", "measure", "urge"])
"""Signs without which a sentence hardly proposes anything."""
_RESULT = re.compile(
    "(?:扎实|有效|深入|纵深|稳步|持续|不断|全面|加快|明显|显著|有序|顺利|蓬勃|更加|深化|加速|圆满)"
    "(?:开展|激发|推进|实施|提升|增强|改善|优化|发展|释放|突破|巩固|完善|建设|向好|显现|展开|深化|彰显|收官|直达|贯彻|落实)?。?$"
)
_HEADLINE = 26
"""Characters of a sentence that sums up its paragraph, at the most."""


class Facts(NamedTuple):
    """What decides the features of a sentence besides its words; few sentences differ in it.

    ``signs`` are the names of those that it has, ``length`` counts 20 characters each, up to 4, ``voice`` is the part
    of whoever speaks in it, ``says`` the verb of saying that opens it, ``told_with`` the verb of
    the words that it is part of; ``member`` tells that the heading names a
    member, ``named`` that the sentence does so too.
    """

    genre: str
    signs: tuple[str, ...]
    imperative: bool
    question: bool
    length: int
    place: Place
    in_speech: bool
    voice: str
    says: str | None
    proposing: bool
    after_proposing: bool
    number: bool
    time_ahead: bool
    member: bool
    named: bool
    told_with: str | None


class Surroundings(NamedTuple):
    """What decides the features that all sentences of a paragraph share.

    ``past`` and ``ahead`` count signs, ``numbers`` quantities, up to 3, 2 and 3; ``openings`` is how many quarters of
    the sentences begin with a verb of doing; ``headline`` is what the first sentence sums up.
    """

    context: Context
    past: int
    ahead: int
    openings: int
    numbers: int
    headline: str


def of_surroundings(around: Surroundings) -> tuple[str, ...]:
    """The features of a paragraph, each name once."""
    context, genre = around.context, f"genre:{genre_of(around.context)}"
    return (
        genre,
        f"{genre}:tense:{context.tense}",
        f"tense:{context.tense}",
        f"p:past{around.past}",
        f"p:ahead{around.ahead}",
        f"p:openings{around.openings}",
        f"p:numbers{around.numbers}",
        f"p:past{around.past}:numbers{min(around.numbers, 2)}",
        f"p:headline:{around.headline}",
        f"p:headline:{around.headline}:{context.tense}",
        *(["member"] if context.proposer else []),
        *dict.fromkeys(f"s:{word}" for word in context.words),
    )


def of_facts(facts: Facts) -> tuple[str, ...]:
    """The features of a sentence besides its words, each name once."""
    features = [*facts.signs, *(f"{sign}:genre:{facts.genre}" for sign in facts.signs)]
    if facts.imperative:
        features.append("imperative")
    if facts.question:
        features.append("question")
    features.extend((f"length{facts.length}", facts.place, *_of_voice(facts), *_of_numbers(facts)))
    if facts.member:
        features += _of_member(facts)
    return tuple(features)


def of_words(words: Sequence[str]) -> list[str]:
    """The features of a sentence's words, each name once."""
    ends = first_and_last(words)
    if ends is None:
        return []
    telling = dict.fromkeys(word for word in words if _is_chinese(word))
    return [FIRST + ends[0], LAST + ends[1], *(WORD + word for word in telling)]


class Signs:
    """The signs of a text and of its sentences."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.past, self.ahead = len(_PAST.findall(text)), len(_AHEAD.findall(text))
        # What the whole text does not have none of its sentences has.
        self._here = [_PAST_SIGN] if self.past else []
        if self.ahead:
            self._here.append(_AHEAD_SIGN)
        self._here += [sign for sign in _OTHERS if (sign[1] is None or sign[1](text)) and sign[2](text)]

    def of(self, sentence: str) -> tuple[str, ...]:
        """The names of a sentence's signs."""
        if sentence == self._text:
            found = [name for name, _, _ in self._here]
        else:
            found = [name for name, hint, search in self._here if (hint is None or hint(sentence)) and search(sentence)]
        if sentence.startswith(_WE):
            found.append("we")
        return tuple(found)


def headline_of(text: str, first: tuple[int, int], imperative: bool) -> str:
    """What a short first sentence sums up: tasks, results or neither; of a long one nothing is said."""
    start, end = first
    if end - start > _HEADLINE:
        return "long"
    if imperative:
        return "task"
    return "result" if _RESULT.search(text, start, end) else "other"


def first_and_last(words: Sequence[str]) -> tuple[str, str] | None:
    """The first and the last word that begins with a Chinese character."""
    for first in words:
        if "\u4e00" <= first[0] <= "\u9fff":
            break
    else:
        return None
    for last in reversed(words):
        if "\u4e00" <= last[0] <= "\u9fff":
            break
    return first, last


def _of_voice(facts: Facts) -> list[str]:
    signs = facts.signs
    modal, past = "modal" in signs, "past" in signs
    features = [f"voice:{facts.voice}", *(f"{sign}:{facts.voice}" for sign in signs if sign in _SPOKEN_SIGNS)]
    if facts.in_speech:
        features.extend(("in-speech", f"in-speech:{modal}"))
    if facts.told_with:
        features.append(f"told:{facts.told_with}")
    if facts.says:
        features.extend((f"says:{facts.says}", f"says:{facts.says}:{facts.voice}", f"says:{modal}"))
    if facts.proposing:
        features.extend(("proposing", f"proposing:{facts.voice}"))
    if facts.after_proposing:
        features.extend(("after-proposing", f"after-proposing:{past}"))
    return features


def _of_numbers(facts: Facts) -> list[str]:
    features = ["time-ahead"] if facts.time_ahead else []
    if facts.number:
        features.extend(("number", f"number:past:{'past' in facts.signs}"))
    return features


def _of_member(facts: Facts) -> list[str]:
    """Under a member's heading everything that is neither told of the past nor of the member is likely proposed."""
    past = "past" in facts.signs
    plain = not _PROPOSES.intersection(facts.signs)
    told = f"past={past}:number={facts.number}:speech={facts.in_speech}:named={facts.named}"
    return [
        f"member:{told}",
        f"member:named={facts.named}",
        f"member:past={past}",
        f"member:plain={plain}",
        f"member:plain={plain}:number={facts.number}:{facts.place}",
    ]


def genre_of(context: Context) -> str:
    """Work reports, news and all else are written differently."""
    if context.is_work_report:
        return "work-report"
    return "news" if context.genre == "新闻" else "other"


def _is_chinese(word: str) -> bool:
    return "\u4e00" <= word[0] <= "\u9fff"
