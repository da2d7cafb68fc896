"""Speech: who says what, where. Words follow a verb of saying, or stand in quotation marks beside one or alone.

Consecutive sentences by one speaker are one utterance. ``quotes`` holds what stands in quotation marks.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from streams.analysis.attribution import Attribution, Attributions, Scene, clause_start
from streams.analysis.context import Context
from streams.analysis.headlines import Headlines
from streams.analysis.lexicon import Lexicon
from streams.analysis.mentions import again, heads, mentions, openings, recurring
from streams.analysis.people import Mention, People, Who
from streams.analysis.quotes import Quotes, Utterance
from streams.analysis.sentences import Quotation, Span, trim
from streams.analysis.spans import Placed
from streams.analysis.speakers import OFFICE, WHEN, Speakers
from streams.analysis.words import Words

_OPEN = re.compile(r"[，,：:]?[“「]?")
_LABEL = re.compile(r"(?:^|(?<=[。！？”\n]))[ \u3000]{0,4}(?P<name>[\u4e00-\u9fff·]{1,14}?)[：:](?=\S)")
_LABEL_ENDS = ("总支", "支部", "委员会", "界别", "委员", "代表", "协会", "小组", "工商联")
_INTERVIEW = frozenset(["记者", "问", "答", "主持人"])
_CONTINUES = re.compile(
    "我|双方|中方|各方|但|并|同时|其(?!中)|该|如果|尽管|即使|在|这(?!里|次|天|是)|此次|因此|为此|更加|相信|期待|希望|祝愿|欢迎|[要必][须]?(?!闻)|"
    "各级|各地|各部门|各有关|加大|加强|坚持|[\u4e00-\u9fff][军方]|(?:[\u4e00-\u9fff]{2})?(?:愿|希望|(?<![主重需必])要|将|应|必须)"
)
"""What opens a sentence by which somebody speaks on."""
_MOREOVER = re.compile("(?:此外|同时|另外)，")
_DEFINES = re.compile("是|全长|位于|曾|已|由|有着|拥有")
"""What tells of something that was named what it is: the report explains, nobody speaks."""
_OPENING, _LEAD = 14, 400
"""Characters at the head of a sentence that defines, and before words in which a meeting is named."""
_ASIDE = re.compile("参加会见|参加活动|未(?:作|做)?(?:出)?回应|有待调查|进行了座谈|正在(?:进一步)?调查")
"""Says of somebody that he was there or said nothing."""
_ACTS_LATER = re.compile(
    "(?=[^。；]{0,21}?(?:打算|拟|计划|准备))"
    "(?:[^，。；“”]{1,8}，)?[^，。；“”我你您咱他她]{0,8}(?:协会|街道|社区|[镇县市区村州省]里|局|办|公司|集团|政协|人大|草案|法院|检察院)"
    "(?:还|也)?(?:打算|拟于|拟在|计划于|计划(?=明年|[0-9]{1,2}月)|准备(?=明年|[0-9]{1,2}月|在))"
)
"""What an office means to do next, told by the report; a look for the verb spares looking for an office."""
_IN_CHARGE = ("长", "书记", "主任")
"""What the titles end with of those whose deeds a report tells of (镇长没有马上表态)."""
_SETTLED = re.compile("经(?!济|过|营|常|费|验)[^，。；]{2,20}(?:协调|审议|研究|协商|讨论|同意|批准|审查)，")
_ON_THIS = re.compile("据此(?!次)|把(?:它|这[些几两三]?[条件项])|将其[纳列写]|写进了?会议|记[进入]了?会议")
"""What is done with the words, told by the report."""
_ELSEWHERE = re.compile("[^，。]{2,14}(?:部|院|委|局|署|方|军|府|室)(?:随即|随后|立即|当天|当晚|同日)|来自|受此")
"""What opens a sentence of broadcast news that tells what others did."""
_DATED = re.compile("(?:[0-9]{1,2}月)?[0-9]{1,2}日|今年[0-9]{1,2}月|昨晚|当晚|[^，。]{2,16}今天（|[^，。]{0,12}媒体")
_TITLE = 3
_STANCES = frozenset(["反对", "谴责", "支持", "欢迎", "坚决反对", "表示反对", "表示支持"])
"""What the own side does, said by whoever speaks for it (中方对此坚决反对，)."""
_OWN = frozenset(["中方", "我方", "我们", "双方", "我国", "中国"])
_TELLS = re.compile("[念讲说提写列答报](?!名|高|升|出|供|前|议|案)")
_PAPER = re.compile(
    "(?P<name>[^，。；：“”]{0,12}(?:报告|材料|提案|来信|建议书|通知|说明|倡议书))(?:里|中)?[写说提列讲也还则只开最]"
)
"""A document that says something, up to a colon."""
_REPLY = re.compile(
    "(?P<who>[^，。；：“”、的]{2,20}?)的(?P<verb>回答|答复|回应|回复|解释|说法|态度|反应|体会|感受|想法|看法|意见|理由|担心|判断|结论|答案|总结)"
    "(?:[^，。；：“”的]{0,8}|[^，。；：“”的]{0,4}是)$"
)
"""县局的答复没有绕弯子：: an answer, what it was like, and a colon."""
_ANSWERED = re.compile("[问说讲答回]得[^，。；：]{1,4}$")
"""How somebody answers, before words that may be short (答得干脆：不是。)."""
_DECIDES = re.compile(
    "拍板|定下|决定|部署|布置|安排|确定|商定|议定|随身|带着|日程|提交|附|加了|写下|落款|带来|数字让|面前"
)
"""What is done before a colon without saying anything."""
_PROPOSES = re.compile("建议|提议")
_LABEL_LENGTH = 14
"""Characters of whoever a headline names before a colon."""
_SETTING = 10
"""Characters at the head of a sentence that say where or when (在贺信中，)."""
_BEFORE_COLON = 40
"""Characters before a colon in which the one who speaks may be named."""
_SHORTEST, _NAMES = 3, 8
"""Characters of the shortest words that are reported, and of the shortest after a bare colon."""


class Speeches:
    """Finds utterances."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._attributions, self._speakers = Attributions(lexicon, people), Speakers(lexicon, people)
        self._quotes = Quotes(people, self._attributions, self._speakers)
        self._headlines = Headlines(lexicon)
        self._narrative = lexicon["speech.narrative"]
        self._reports, self._addressing = lexicon["speech.reports"], lexicon["speech.addressing"]
        self._collective = lexicon["speech.collective"].words
        self._meeting = re.compile("|".join(map(re.escape, lexicon["speech.meetings"].longest_first())))

    def scene(self, text: str, words: Words, sentences: list[Span], quotes: list[Quotation], context: Context) -> Scene:
        """The paragraph with the people whom it names; in work reports nobody who is named matters here."""
        named = [] if context.is_work_report and not quotes else mentions(text, self._people, words)
        if not context.is_work_report and context.genre != "新闻":
            starts = heads(text, [sentence.start for sentence in sentences], self._people)
            taken = {mention.start for mention in named}
            bare = {each.start: each for each in recurring(text, starts, self._people, words)}
            bare |= {each.start: each for each in openings(text, starts, self._people, words)}
            more = [each for start, each in bare.items() if start not in taken]
            named = sorted([*named, *more], key=lambda mention: mention.start)
        if not context.is_work_report:
            named = again(text, named)
        joints = self._headlines.joints(text, sentences) if context.genre == "新闻" else []
        if joints:
            named = _without_headlines(named, joints)
        roles: dict[str, Who] = {}
        for mention in named:
            roles.setdefault(mention.who.name, mention.who)
        people = Placed(named, lambda mention: (mention.start, mention.start + len(mention.who.name)))
        return Scene(text, words, sentences, quotes, context, people, roles, joints)

    def find(self, scene: Scene) -> list[Utterance]:
        """All utterances, in the order of their quotes; none overlaps another."""
        if scene.context.is_work_report and not scene.quotes:
            return []
        labelled = self._labelled(scene)
        if labelled:
            return labelled
        spoken = self._without_own(scene, self._attributions.find(scene))
        attributions = sorted([*spoken, *self._colons(scene, spoken)], key=lambda attribution: attribution.start)
        if not attributions and not scene.quotes:
            return []
        direct = self._quotes.attributed(scene, spoken)
        behind = {utterance.attribution.end for utterance in direct if utterance.rule == "speech.direct-after"}
        attributions = [each for each in attributions if each.strong or each.end not in behind]
        found = _apart([*direct, *self._indirect(scene, attributions, direct)])
        return _apart([*found, *self._quotes.alone(scene, found)])

    def _without_own(self, scene: Scene, attributions: list[Attribution]) -> list[Attribution]:
        """Without those by which a person who is speaking says what the own side says (中方呼吁…, 我们希望…)."""
        kept: list[Attribution] = []
        for attribution in attributions:
            who, last = attribution.who, kept[-1].who if kept else None
            own = who is not None and who.name in _OWN and (not attribution.strong or attribution.verb in _STANCES)
            speaks = last is not None and (last.role is not None or last.name in scene.roles)
            if not own or last is None or not (speaks or self._people.ends_with_title(last.name)):
                kept.append(attribution)
        return kept

    def _labelled(self, scene: Scene) -> list[Utterance]:
        """记者：… 卞若谷：…, and 民盟梅岩县总支：… at the head of a paragraph."""
        if "：" not in scene.text and ":" not in scene.text:
            return []
        labels = [match for match in _LABEL.finditer(scene.text) if self._is_label(match, scene.context)]
        found = []
        for label, following in zip(labels, [*labels[1:], None], strict=False):
            end = following.start() if following else len(scene.text)
            quote = trim(scene.text, label.end(), end)
            if quote.end - quote.start <= _SHORTEST or scene.text[quote.start] == "“":
                continue
            who = self._people.split(label["name"]) or Who(label["name"])
            span = Span(label.start("name"), label.end())
            found.append(Utterance(quote, who, None, False, "speech.label", span))
        return found

    def _is_label(self, match: re.Match[str], context: Context) -> bool:
        name = match["name"]
        if name in _INTERVIEW:
            return not context.is_work_report
        if context.is_work_report or any(self._attributions.verbs(name, 0, len(name))):
            return False
        known = len(name) >= 2 and name in context.section
        interview = "访谈" in context.genre and 2 <= len(name) <= 4
        return known or interview or (match.start("name") == 0 and name.endswith(_LABEL_ENDS))

    def _colons(self, scene: Scene, spoken: list[Attribution]) -> list[Attribution]:
        """侬志岚扳着手指头：…: a person, what the person does, and a colon."""
        if scene.context.is_work_report or "：" not in scene.text:
            return []
        if scene.context.genre == "新闻":
            return list(self._headline_colons(scene))
        taken = {attribution.sentence for attribution in spoken}
        found = []
        for index, sentence in enumerate(scene.sentences):
            colon = scene.text.find("：", sentence.start, min(sentence.end, sentence.start + 2 * _BEFORE_COLON))
            if colon < 0 or scene.text[colon + 1 : colon + 2] in ("“", ""):
                continue
            if sentence.end - colon <= _NAMES and _ANSWERED.search(scene.text, sentence.start, colon) is None:
                continue
            told = self._before_colon(scene, index, colon, index in taken)
            if told is not None:
                found.append(told)
        return found

    def _before_colon(self, scene: Scene, index: int, colon: int, taken: bool) -> Attribution | None:
        """Who tells what follows the colon; ``taken`` where a verb of the sentence says it already."""
        start = scene.sentences[index].start
        begin = clause_start(scene.text, start, colon)
        reply = _REPLY.match(scene.text, begin, colon)
        who = self._attributions.who(scene, reply["who"], begin) if reply else None
        if reply is not None and who is not None:
            return Attribution(begin, colon, who, reply["verb"], index, True)
        if _DECIDES.search(scene.text, begin, colon):
            return None
        who = self._who_opens(scene, start, colon) if not taken and colon < start + _BEFORE_COLON else None
        if who is not None:
            return Attribution(start, colon, who, "", index, True)
        named = scene.people.starting(begin, begin + 1) if begin > start else ()
        return Attribution(begin, colon, named[0].who, "", index, True) if named else None

    def _headline_colons(self, scene: Scene) -> Iterator[Attribution]:
        """美国人士：…美国人士指出，: a headline that says whose words it gives."""
        for index, sentence in enumerate(scene.sentences):
            colon = scene.text.find("：", sentence.start, min(sentence.end, sentence.start + _LABEL_LENGTH))
            joint = scene.joint_within(colon, sentence.end) if colon > sentence.start else None
            if joint is not None:
                who = self._people.split(scene.text[sentence.start : colon])
                yield Attribution(sentence.start, colon, who, "", index, True, joint)

    def _who_opens(self, scene: Scene, start: int, colon: int) -> Who | None:
        if scene.text[start] in "他她":
            return self._speakers.nearest(scene, start, None)
        named = scene.people.starting(start, colon)
        if named:
            return named[0].who
        stop = self._people.name_at(scene.text, start, scene.words)
        name = scene.text[start:stop] if stop else ""
        if name in scene.roles or len(name) >= 3 or (name and name == scene.context.proposer):
            return scene.roles.get(name) or Who(name, None, True)
        opening = scene.text[start:colon]
        told = _TELLS.search(opening)
        if told is None:
            return None
        paper = _PAPER.match(opening)
        title = paper["name"] if paper else self._people.opening_title(opening)
        return Who(title) if title else None

    def _indirect(self, scene: Scene, attributions: list[Attribution], direct: list[Utterance]) -> list[Utterance]:
        """Words after a verb, up to where somebody else speaks or the telling goes on."""
        text = scene.text
        taken = Placed(direct, lambda utterance: (utterance.quote.start, utterance.quote.end))
        openings = {quote.start: quote.end for quote in scene.quotes}
        nearest = _next_own(text, attributions, scene.sentences)
        found: list[Utterance] = []
        last: Who | None = None
        open_until = -1
        for place, attribution in enumerate(attributions):
            who = self._speakers.resolve(scene, attribution, last)
            opening = _OPEN.match(text, attribution.end)
            start = opening.end() if opening else attribution.end
            own = attribution.strong and attribution.who is not None
            if taken.within(start, start + 1):
                last = who or last
            elif own or attribution.start >= open_until:
                following = attributions[place + 1] if place + 1 < len(attributions) else None
                end = open_until = self._end(scene, attribution, following, nearest[place], taken, who)
                if text[start - 1] in "“「" and openings.get(start, 0) < end - 3:
                    start -= 1
                quote = trim(text, start, end, "。，；：")
                if quote.end - quote.start >= _SHORTEST:
                    span = Span(attribution.start, attribution.end)
                    rule = "speech.indirect" if attribution.verb else "speech.person-colon"
                    found.append(Utterance(quote, who, attribution.verb or None, False, rule, span))
                last = who or last
        return found

    def _end(
        self,
        scene: Scene,
        attribution: Attribution,
        following: Attribution | None,
        nearest: int,
        taken: Placed[Utterance],
        who: Who | None,
    ) -> int:
        if attribution.until is not None:
            return attribution.until
        if following is not None and _interrupts(attribution, following):
            return following.start
        end = scene.sentences[attribution.sentence].end
        for sentence in scene.sentences[attribution.sentence + 1 : nearest]:
            if not self._goes_on(scene, sentence, Span(attribution.end, end), taken, who):
                break
            end = sentence.end
        return end

    def _goes_on(self, scene: Scene, sentence: Span, quote: Span, taken: Placed[Utterance], who: Who | None) -> bool:
        """Whether the sentence still belongs to the words that the attribution opened."""
        text, start = scene.text, sentence.start
        if scene.context.proposer and who is not None and who.name != scene.context.proposer:
            return False
        if text[start] in "他她" or self._narrative.starting_at(text, start) or text[start - 1] == "\n":
            return False
        if taken.within(start, sentence.end) or _PROPOSES.search(text, start, start + 12):
            return False
        comma = text.find("，", start, start + _SETTING)
        heads = (start, comma + 1) if comma >= 0 else (start,)
        if any(text[place] in "他她" or scene.acts_at(place) for place in heads if place < len(text)):
            return False
        title = self._people.opening_title(text[start : start + _OPENING])
        if title is not None and title.endswith(_IN_CHARGE):
            return False
        if _tells_on(text, sentence) or (who is not None and self._is_about(text, sentence, who)):
            return False
        if scene.context.genre != "新闻":
            return True
        return who is not None and self._goes_on_in_news(scene, sentence, quote, who)

    def _is_about(self, text: str, sentence: Span, who: Who) -> bool:
        """Whether the sentence tells of the one who spoke."""
        if who.name in self._collective and text.startswith(who.name, sentence.start):
            return True
        return text.find(who.name, sentence.start, sentence.end) >= 0 and self._people.is_somebody(who)

    def _goes_on_in_news(self, scene: Scene, sentence: Span, quote: Span, who: Who) -> bool:
        """News run separate reports together: what opens like a report of its own does not go on.

        Words at a meeting and documents are reported at length; all others go on with what speaks on: by its first
        word, or by naming again what the words are about or whose they are.
        """
        text, (start, end) = scene.text, sentence
        if scene.joint_within(start, end) or self._reports.starting_at(text, start):
            return False
        if who.role is not None and text.startswith(who.role[-_TITLE:], start):
            return False
        address = self._is_address(scene, quote, who)
        if _ELSEWHERE.match(text, start) or (_DATED.match(text, start) and not address):
            return False
        if address or who.name in self._addressing or text[start - 1] == "；" or _CONTINUES.match(text, start):
            return True
        first = _MOREOVER.match(text, start)
        if text.startswith(who.name[0], first.end() if first else start):
            return True
        again = text.find(text[start : start + 2], quote.start, start) >= 0
        return again and _DEFINES.search(text, start, start + _OPENING) is None

    def _is_address(self, scene: Scene, quote: Span, who: Who) -> bool:
        """Whether the words are a document's, or said at a meeting or in a letter of which the text told before."""
        sentence = scene.sentences[bisect_right(scene.sentences, (quote.start, len(scene.text))) - 1]
        return who.name.startswith("《") or bool(
            self._meeting.search(scene.text, max(0, sentence.start - _LEAD), sentence.start)
        )


def speaking(scene: Scene, spoken: Placed[Utterance]) -> list[Who | None]:
    """For each sentence who speaks in it, or was named last; under a member's heading the member."""
    context = scene.context
    if context.is_work_report:
        return [None] * len(scene.sentences)
    voice = member = Who(context.proposer, context.proposer_role, True) if context.proposer else None
    found = []
    for start, end in scene.sentences:
        speakers = [utterance.who for utterance in spoken.within(start, end) if utterance.who]
        named = scene.people.starting(start, end)
        heard = speakers[0] if speakers else named[0].who if named else voice
        found.append(heard)
        if member is None:
            voice = heard
    return found


def _without_headlines(named: list[Mention], joints: list[int]) -> list[Mention]:
    """The persons with their titles from where the headline ends that runs into them."""
    titled: dict[str, Who] = {}
    for start, who in named:
        begin = start - len(who.role or "")
        index = bisect_right(joints, start) - 1
        if who.role is not None and index >= 0 and begin < joints[index] < start:
            titled.setdefault(who.name, who._replace(role=who.role[joints[index] - begin :]))
    return [Mention(start, titled.get(who.name, who)) for start, who in named]


def _tells_on(text: str, sentence: Span) -> bool:
    """Whether the report tells on: what offices do next, what was settled, and what is done with the words."""
    if _ACTS_LATER.match(text, *sentence) or _SETTLED.match(text, *sentence) or OFFICE.match(text, *sentence):
        return True
    return bool(_ON_THIS.search(text, *sentence) or _ASIDE.search(text, *sentence))


def _interrupts(attribution: Attribution, following: Attribution) -> bool:
    """Whether somebody else begins to speak within the sentence."""
    same = following.sentence == attribution.sentence and following.start > attribution.end
    if not same or following.who is None:
        return False
    return following.strong or (following.who.name in ("他", "她") and following.verb in ("说", "表示", "指出"))


def _next_own(text: str, attributions: list[Attribution], sentences: list[Span]) -> list[int]:
    """For each attribution the next sentence in which somebody else is reported to speak.

    A verb with neither a comma nor a place at the head of its sentence belongs to the words (全会提出的).
    """
    nearest, following, after = [], len(sentences), len(sentences)
    for place in range(len(attributions) - 1, -1, -1):
        attribution = attributions[place]
        if place + 1 < len(attributions) and attributions[place + 1].sentence > attribution.sentence:
            after = following
        nearest.append(after)
        head = sentences[attribution.sentence].start
        named = attribution.who is not None
        if attribution.strong or (named and WHEN.fullmatch(text, head, attribution.start)):
            following = attribution.sentence
    return nearest[::-1]


def _apart(found: list[Utterance]) -> list[Utterance]:
    """In order, without those that begin within an earlier one."""
    if len(found) < 2:
        return found
    kept: list[Utterance] = []
    for utterance in sorted(found, key=lambda utterance: (utterance.quote.start, -utterance.quote.end)):
        if not kept or utterance.quote.start >= kept[-1].quote.end:
            kept.append(utterance)
    return kept
