"""Features of a sentence: what the linear models weigh to say whether it is a plan or a proposal.

A feature is a short name. Words are features by themselves (``w:推进``), so are the first word (``1:推进``), the last
(``$:任务``), the heading's words (``s:任务``), and named facts (``tense:future``, ``number``, ``modal``) alone and in
pairs (``modal:member``). Names of people, digits and punctuation are none.
"""

import re
from dataclasses import dataclass

from streams.analysis.context import Context
from streams.analysis.lexicon import Lexicon
from streams.analysis.sentences import Span
from streams.analysis.words import Words

_WORD = re.compile(r"[\u4e00-\u9fff]+")
_PAST = re.compile(
    "了|已|曾|达到|达[0-9]|累计|首次|顺利|圆满|获评|获批|荣获|入选|[居列]全|以来|去年|过去|同比|增长[0-9]|下降[0-9]|增至|成效|取得"
)
_AHEAD = re.compile("将(?!军|近|领|士|帅|来)|拟|力争|争取|打算|准备|计划|下一步|今后|明年|年底前|年内|确保|即将")
_SIGNS = {
    "past": _PAST,
    "ahead": _AHEAD,
    "deadline": re.compile(
        "(?:[0-9一二三四五六七八九十]月[底初中]?(?:上旬|中旬|下旬)?|[日周节年季冬暖]底?|汛期|国庆|春节|日内|年内|小时内)"
        "(?:以|之)?前|下周|明年|来年|下个?月|年内|今后将|定于|下一步|本周|[0-9一二三四五六七八九十]月(?:[0-9]{1,2}日)?起"
    ),
    "will": re.compile(
        "将(?:于|在|通过|把|为|对|继续|写入|会|设立|全面|再|以|进一步|作为|加|推|开|建|实|携|举|组|参)|"
        "拟(?:再|对|于|在|纳入|安排|新)|计划(?:今|明|在|于|新|投|开|到|用|[0-9])|打算|准备(?:跟|在|把|从|用)|"
        "愿(?:同|与|意|继续)|力争|争取|确保|一定(?:要|正|把|会)?"
    ),
    "modal": re.compile(
        "(?<![需只主重首必想就还不])要(?![求素点道么是闻案塞地])|必须|务必|应当|应该|不得|严禁|须|得有|别|莫|不要|不许|不能"
    ),
    "ask": re.compile("建议|提议|呼吁|希望|恳请|能否|能不能|可否|何不|不妨|不如|与其|最好|宜|可以|可由|让|由"),
    "measure": re.compile(
        "一律|统一|优先|纳入|列入|免费|补贴|奖补|试点|先行|由[^，。；]{1,14}?(?:承担|负责|牵头|兜底|出|给予|提供|统筹)|"
        "把[^，。；]{1,24}?(?:改|变|写|纳|列|放|划|做|接|并|合|进)|与其|不如|不妨|增设|增开|设立|建立|给予|开放|取消|允许|鼓励"
    ),
    "we": re.compile("^(?:我们|我省|我市|全省|全市)"),
}
_SPOKEN_SIGNS = ("modal", "ask", "ahead", "past", "deadline", "will", "measure")
"""Signs whose meaning depends on who speaks."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sentence besides its words.

    ``voice`` is the part of whoever speaks in it, ``says`` the verb of saying that opens it, ``named`` whether it
    names the member of the heading; ``position`` is its index among ``count`` sentences.
    """

    in_speech: bool
    voice: str
    proposing: bool
    after_proposing: bool
    says: str | None
    named: bool
    numbers: int
    time_ahead: bool
    position: int
    count: int


class Features:
    """Turns sentences into feature names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._imperatives = lexicon["plans.imperatives"]

    def paragraph(self, text: str, sentences: list[Span], context: Context, numbers: int) -> list[str]:
        """What all sentences of a paragraph share; the genre comes first."""
        past, ahead = min(len(_PAST.findall(text)), 3), min(len(_AHEAD.findall(text)), 2)
        openings = sum(1 for span in sentences if self._imperatives.starting_at(text, span.start))
        genre = f"genre:{_genre(context)}"
        return [
            genre,
            f"{genre}:tense:{context.tense}",
            f"tense:{context.tense}",
            f"p:past{past}",
            f"p:ahead{ahead}",
            f"p:openings{round(4 * openings / max(1, len(sentences)))}",
            f"p:numbers{min(numbers, 3)}",
            f"p:past{past}:numbers{min(numbers, 2)}",
            *(["member"] if context.proposer else []),
            *(f"s:{word}" for word in context.words),
        ]

    def sentence(self, text: str, words: Words, span: Span, facts: Facts, shared: list[str]) -> list[str]:
        """All features of a sentence, each once, in an order that only the paragraph decides."""
        inside = [word for word in words.between(span.start, span.end) if _WORD.match(word)]
        sentence = text[span.start : span.end]
        signs = [name for name, pattern in _SIGNS.items() if pattern.search(sentence)]
        features = [*shared, *signs, *(f"w:{word}" for word in inside), *(f"{sign}:{shared[0]}" for sign in signs)]
        if inside:
            features += (f"1:{inside[0]}", f"$:{inside[-1]}")
        if self._imperatives.starting_at(text, span.start):
            features.append("imperative")
        if "？" in sentence:
            features.append("question")
        features.append(f"length{min(4, (span.end - span.start) // 20)}")
        features += _of_place(facts)
        features += _of_voice(facts, signs)
        features += _of_numbers(facts, signs)
        if "member" in shared:
            features += _of_member(facts, signs)
        return list(dict.fromkeys(features))


def _of_place(facts: Facts) -> list[str]:
    return ["first" if facts.position == 0 else "last" if facts.position == facts.count - 1 else "middle"]


def _of_voice(facts: Facts, signs: list[str]) -> list[str]:
    modal, past = "modal" in signs, "past" in signs
    features = [f"voice:{facts.voice}", *(f"{sign}:{facts.voice}" for sign in signs if sign in _SPOKEN_SIGNS)]
    if facts.in_speech:
        features.extend(("in-speech", f"in-speech:{modal}"))
    if facts.says:
        features.extend((f"says:{facts.says}", f"says:{facts.says}:{facts.voice}", f"says:{modal}"))
    if facts.proposing:
        features.extend(("proposing", f"proposing:{facts.voice}"))
    if facts.after_proposing:
        features.extend(("after-proposing", f"after-proposing:{past}"))
    return features


def _of_numbers(facts: Facts, signs: list[str]) -> list[str]:
    features = ["time-ahead"] if facts.time_ahead else []
    if facts.numbers:
        features.extend(("number", f"number:past:{'past' in signs}"))
    return features


def _of_member(facts: Facts, signs: list[str]) -> list[str]:
    """Under a member's heading everything that is neither told of the past nor of the member is likely proposed."""
    past = "past" in signs
    told = f"past={past}:number={facts.numbers > 0}:speech={facts.in_speech}:named={facts.named}"
    return [f"member:{told}", f"member:named={facts.named}", f"member:past={past}"]


def _genre(context: Context) -> str:
    if context.is_work_report:
        return "work-report"
    return "news" if context.genre == "新闻" else "other"
