"""Plans: which sentences set out something for the future, and by when."""

import re
from typing import NamedTuple

from streams.analysis.attribution import clause_start
from streams.analysis.context import Context
from streams.analysis.horizons import Horizons
from streams.analysis.leanings import Leaning
from streams.analysis.lexicon import Lexicon
from streams.analysis.officials import Officials
from streams.analysis.people import Who
from streams.analysis.proposals import Motion
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Span, is_joined, lists, trim
from streams.analysis.spans import Placed
from streams.analysis.times import Time

LEAST = 0.5
"""From this leaning on a sentence of a work report is taken for a plan."""
REVIEWED = 0.8
"""The same where its heading says that the section looks back, in the same verbs."""
ELSEWHERE = 0.4
"""From this leaning on one of any other report is: plans are rarer there, and the model surer of none."""
CHARGED = 0.01
"""From this leaning on a sentence is one in which somebody in charge says what is to be done."""
LINKED = 0.03
"""From this leaning on it is one when a semicolon joins it to one."""
DATED = 0.02
"""From this leaning on it is one when it says by when something will be done."""
_SET = re.compile(
    "(?:[0-9一二三四五六七八九十]月[底初中]?(?:[上中下]旬|[0-9]{1,2}日)?|[年月季周]底|汛期|国庆节?|春节|[日月年周]内|入冬|供暖|开学)(?:以|之)?前|"
    "本[月周]内|下周|下个?月|明年|来年|(?:拟|计划|打算|准备|定于|预计)(?!划|的|金|性|定)"
    "[^，。；]{0,16}(?:前|底|内|出台|启动|开工|完成|建成|公布|新增|动手)|"
    "[0-9一二三四五六七八九十]月(?:份|[上中下]旬|[0-9]{1,2}日)?(?:先|起)?(?:出台|动工|开工|挂牌|见|进场|通车|开闸|公布|上线|试行|拿出)|"
    "将(?:于[0-9一二三四五六七八九十明后今]|在[^，。；]{2,12}(?:举行|举办|开|召开|启动|进行)|举办|举行|访问|赴|支持|会同|携手|多措并举|"
    "一如既往|作为[^，。；]{2,16}出席|继续(?:支持|推|加|深))"
)
_WISHES = re.compile("愿(?:同|与|意同|意与|继续|拉紧|进一步)")
"""A government says what it is willing to do; in news that is a plan, from its clause on."""
_TOLD = re.compile("(?:要|必须|务必)(?![是求么说我知])[\u4e00-\u9fff]{2}")
"""How an instruction begins: with the sentence, or right after the attribution."""
_DONE = re.compile("了(?!解)|已|曾|去年|上年|同比|实现了|完成了")
_STANDS = re.compile(_DONE.pattern + "|暂未|尚未|目前|[0-9]成")
"""Tells how things stand, in the clauses before the one that says what will be done."""
_NOTE = re.compile("[0-9]{1,3}[.．] ?[^，。；：]{1,30}：")
"""A note at the end of a report says what a name of the text means."""
_HEADED = re.compile("[^。；“”]{2,60}(?<!目标是)：")
"""Announces tasks in a newspaper (今年要办的事包括：)."""
_IN_CHARGE = re.compile("（(?:牵头|责任|负责)单位[：:][^（）]*）$")
_FACT = re.compile(
    "截至|年内已|目前已|整改完成|已办结|受到处分|^今年(?:前[一二三两]|一季度|上半年|以来|1[至到—-])|^一年来|^五年来|^去年|"
    "^(?:上半年|[一二三]季度|前[一二三两]个?季度|前[0-9一二三四五六七八九十]{1,3}个?月|1[至到—-][0-9]{1,2}月)，|"
    "^到[^，。；]{1,6}底，[^。；]*(?:完成[0-9]|办结|实际)|目前[^，。；]{0,8}(?:只有|仅有)|惠及[^，。；]{0,6}[0-9]"
)
"""Tells what is or was, as long as no word of intention stands beside it."""
_INTENT = re.compile(
    "将(?!军|近|领|士)|拟|计划(?!单列)|要(?!求|点|闻|道|素)|力争|争取|确保|打算|准备|下一步|明年|必须|须|应当|年底前|希望"
)
_INTENDS = re.compile(
    "将(?!军|近|领|士|会|使|让|有助|帮助|面临|造成|导致|达到|成为|推动|促进|进一步|带来|极大|大大)|今后|拟(?!定)|力争|争取|确保|必须|务必|不得|"
    "要(?=把|让|在|以|用|尽|坚|做|抓|对|加|落|深|认|牢|全|进|扎|切|持|逐|主|从)|计划(?:再|今|明|在|于|新)|[月日季度年]底?前|月底|明年|下一步|"
    "[0-9一二三四五六七八九十两]个?(?:月|天|日|年|周)(?:之?内|后)|今年(?:先|再|计划)|先[^，。；]{0,12}(?:开|试|拿|建)|半年之?后|随后(?:将|再)"
)
"""Words in which those in charge say what they will do or what is to be done."""
_CHARGES = frozenset(["要求", "承诺", "部署", "叮嘱"])
"""Verbs after which the words of those in charge are instructions or promises."""
_INTRODUCTION = re.compile(
    "(?:此外|另外|同时|对此|为此|按照?(?:计划|规划|安排)|根据(?:计划|方案|规划|安排|部署|通知|意见)|据悉|据了解|据介绍|"
    "记者[^，。；]{2,30}(?:获悉|了解到))，"
)
"""What stands before the words of a plan and is none of them."""
_SHORTEST = 4
_NUMBERING = re.compile(
    r"(?:[—\-]{1,2}|[0-9]{1,2}[.．、](?![0-9])|[（(][一二三四五六七八九十0-9]{1,3}[）)]|[一二三四五六七八九十]{1,3}、"
    r"|[一二三四五六七八九十]{1,2}是(?:要)?|各位代表！|[●•·])\s{0,4}"
)
_ISSUER = re.compile(
    r"^(?:[^，。；]{0,12}，)?(?P<who>我们|中方|俄方|双方|我国|协会|县里|市里|省里|区里|镇里|乡里|村里|街道|常委会|该局)"
)


class Intention(NamedTuple):
    """A sentence that is a plan."""

    span: Span
    issuer: str | None
    horizon: str | None
    rule: str


class Plans:
    """Finds plans."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._horizons, self._imperatives = Horizons(lexicon), lexicon["plans.imperatives"]
        self._officials = Officials(lexicon)

    def find(
        self,
        text: str,
        sentences: list[Span],
        leanings: list[Leaning],
        proposed: Placed[Motion],
        spoken: Placed[Utterance],
        times: Placed[Time],
        context: Context,
    ) -> list[Intention]:
        """Every sentence that leans to a plan and is not, for its greater part, proposed."""
        found = []
        sure = _linked(text, sentences, [leaning.plan for leaning in leanings])
        announced: str | None = None
        for sentence, leaning in zip(sentences, sure, strict=True):
            if not is_joined(text, sentence.start):
                announced = None
            rule = self._rule(text, sentence, leaning, spoken, context)
            if rule is None:
                continue
            words = spoken.within(sentence.start, sentence.end)
            span = _intended(text, sentence, rule, words[0] if words else None, context)
            headed = None if context.is_work_report else _HEADED.match(text, span.start, span.end - _SHORTEST)
            if headed:
                announced = self._horizons.within(text, Span(span.start, headed.end()), times)
                span = Span(headed.end(), span.end)
            size = span.end - span.start
            if size < _SHORTEST or 2 * sum(overlap(m.span, span) for m in proposed.within(span.start, span.end)) > size:
                continue
            issuer = _issuer(span.slice(text), words[0].who if words else None)
            found.append(Intention(span, issuer, self._horizons.of(text, span, times, context, announced), rule))
        return found

    def _rule(
        self, text: str, sentence: Span, leaning: float, spoken: Placed[Utterance], context: Context
    ) -> str | None:
        """Why the sentence is a plan; None when it is none."""
        if context.is_work_report:
            if leaning < (REVIEWED if context.tense == "past" else LEAST):
                return None
            note = _NOTE.match(text, sentence.start, sentence.end)
            task = note is None or self._imperatives.starting_at(text, note.end()) is not None
            return "plan.leaning" if task else None
        news = context.genre == "新闻"
        if news and _WISHES.search(text, sentence.start, sentence.end):
            return "plan.wish"
        if leaning < CHARGED:
            return None
        part = text[sentence.start : sentence.end]
        if context.tense != "future" and _FACT.search(part) and not _INTENT.search(part):
            return None
        if leaning >= ELSEWHERE:
            return "plan.leaning"
        if self._is_charged(part, sentence, spoken):
            return "plan.charged"
        if leaning < DATED:
            return None
        dated = _is_dated(text, sentence) or (news and _is_told(text, sentence, spoken))
        return "plan.dated" if dated else None

    def _is_charged(self, part: str, sentence: Span, spoken: Placed[Utterance]) -> bool:
        """Whether somebody in charge says in the sentence what is to be done (市长表示，将…; 局长要求，…)."""
        words = spoken.within(sentence.start, sentence.end)
        if not words or words[0].who is None or not self._officials.in_charge(words[0].who):
            return False
        return words[0].verb in _CHARGES or _INTENDS.search(part) is not None


def _intended(text: str, sentence: Span, rule: str, utterance: Utterance | None, context: Context) -> Span:
    """The part of a sentence that tells of the future."""
    span = body(text, sentence, utterance)
    if rule == "plan.wish":
        return Span(max(span.start, _wish(text, sentence)), span.end)
    if rule == "plan.charged" or context.is_work_report:
        return span
    return Span(_undone(text, span), span.end)


def body(text: str, sentence: Span, utterance: Utterance | None) -> Span:
    """The sentence without numbering, white space and the mark that ends it, and without the attribution before it."""
    span = trim(text, sentence.start, sentence.end, "。；！？”;")
    charge = _IN_CHARGE.search(text, span.start, span.end)
    span = Span(span.start, charge.start()) if charge else span
    if utterance is not None and sentence.start <= utterance.attribution.start < utterance.quote.start < span.end:
        return Span(utterance.quote.start, span.end)
    opening = _INTRODUCTION.match(text, span.start, span.end - _SHORTEST)
    span = Span(opening.end(), span.end) if opening else span
    numbering = _NUMBERING.match(text, span.start, span.end)
    return Span(numbering.end(), span.end) if numbering else span


def _linked(text: str, sentences: list[Span], leanings: list[float]) -> list[float]:
    """Sentences that semicolons join share what the surest of them says: a list of tasks is one plan."""
    linked = list(leanings)
    for run in lists(text, sentences):
        best = max(leanings[index] for index in run)
        for index in run:
            start, end = sentences[index]
            if leanings[index] >= LINKED and not _DONE.search(text, start, end):
                linked[index] = best
    return linked


def _is_dated(text: str, sentence: Span) -> bool:
    """Whether the sentence says that something is to be done by a time ahead, in a clause that tells nothing done."""
    found = _SET.search(text, sentence.start, sentence.end)
    if found is None:
        return False
    comma = text.find("，", found.end(), sentence.end)
    end = comma if comma >= 0 else sentence.end
    return _DONE.search(text, clause_start(text, sentence.start, found.start()), end) is None


def _undone(text: str, span: Span) -> int:
    """Where the clause begins that says by when, if the ones before it tell what was done."""
    found = _SET.search(text, span.start, span.end)
    clause = clause_start(text, span.start, found.start()) if found else span.start
    return clause if _STANDS.search(text, span.start, clause) else span.start


def _wish(text: str, sentence: Span) -> int:
    """Where the clause begins that says what somebody is willing to do."""
    found = _WISHES.search(text, sentence.start, sentence.end)
    return clause_start(text, sentence.start, found.start()) if found else sentence.start


def _is_told(text: str, sentence: Span, spoken: Placed[Utterance]) -> bool:
    """Whether the sentence is an instruction in somebody's words (会议要求，要…)."""
    words = spoken.within(sentence.start, sentence.end)
    places = (sentence.start, words[0].quote.start) if words else ()
    return any(_TOLD.match(text, place) for place in places if place >= sentence.start)


def overlap(a: Span, b: Span) -> int:
    """How many characters two spans share."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def _issuer(text: str, speaker: Who | None) -> str | None:
    named = _ISSUER.match(text)
    if named:
        return named["who"]
    return speaker.name if speaker else None
