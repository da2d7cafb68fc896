"""Attributions: a verb of saying with its subject, and where the words that it reports begin."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from streams.analysis.context import Context
from streams.analysis.lexicon import Lexicon, finder
from streams.analysis.people import Mention, People, Who
from streams.analysis.sentences import Quotation, Span
from streams.analysis.spans import Placed
from streams.analysis.words import Words

_STRONG_AFTER = frozenset("，,：:“「")
_NEVER_AFTER = frozenset("的了过着和与、。；！？等得精神书员率权力）》”")
_NEVER_SUBJECT = (
    *("据", "记者从", "按", "按照", "根据", "落实", "符合", "通过", "经", "针对", "围绕", "对照", "达到", "满足"),
    *("以更", "有关", "第一次", "第二次", "第三次", "每次"),
)
_NEVER_BEFORE = (
    "的",
    "所",
    "被",
    "可",
    "以",
    "新",
    "各项",
    "目标",
    "工作",
    "标准",
    "等",
    "和",
    "严",
    "高",
    "第",
    "无法",
    "不",
    "没",
    "没有",
    "急着",
    "忙着",
    "拒绝",
    "未",
)
_ON_BEHALF = ("代为", "代她", "代他", "替她", "替他")
_STATES = frozenset("俄乌以美以巴日韩朝德英法加印伊欧")
"""States in the headlines of broadcast news (俄称…，乌称…)."""
_DOCUMENTS = (
    "批复",
    "决议",
    "公告",
    "公报",
    "白皮书",
    "声明",
    "文件",
    "倡议",
    "纲要",
    "条例",
    "办法",
    "规划",
    "预案",
    "细则",
)
"""What documents that lay something down are called (批复明确，)."""
_PAPERS = frozenset(["报告", "声明", "讲话", "通报"])
_FORECASTS = frozenset(["预计", "预测", "估计"])
_ATTENDED = ("参加", "听取", "出席")
"""What opens no subject unless somebody is told by it (参加集训的学员…)."""
_SURVEYED = re.compile("[一二三四五六七八九两0-9]成|[%％]")
"""青年中有两成三表示: a survey, which nobody speaks in."""
_REPORTED = ("据", "对于", "针对")
_TOLD = frozenset(["称", "说", "表示", "透露", "报道称", "通报称", "警告称", "指出", "认为"])
"""Verbs whose subject may stand after 据 (据当地负责人称，)."""
_LONGEST_QUOTED = 8
_SURE = frozenset(
    ["提醒", "认为", "坦言", "坦承", "承认", "透露", "直言", "叮嘱", "主张", "觉得", "反驳", "抱怨", "担心"]
)
"""Verbs whose words follow without a comma when a person's name stands before them."""
_DEMANDS = frozenset(["指责", "敦促", "呼吁", "重申", "警告", "要求"])
"""Verbs whose words follow without a comma even when the subject is only a name (哈马斯还指责…)."""
_ABOVE = frozenset(["省委", "市委", "县委", "区委", "自治区党委", "党中央", "报告"])
_LAYS_DOWN = ("提出", "指出", "强调", "要求", "坦承")
"""Whose words a work report gives, and how (省委提出，)."""
_ACTS = re.compile(
    r"(?:[^，。；：]{0,12}[，])?(?P<who>[^，。；：“”]{2,20}?)"
    r"(?:接过|接着|送来|作出|给出|回函|发来|递来|送上|拿出|把|指着|翻开|站起|掏出|打开|摊开|叹了|点了|摇头|摆摆手|不同意|笑了)"
)
"""Who acts in a clause before one that says (农技站站长翻开本子，说)."""
_IN_HEADLINES = frozenset(["预计"])
"""Weak verbs that report words in a headline."""
_TOPICS = frozenset(["谈到", "谈起", "说起", "说到", "问起", "提到", "提起"])
"""Verbs that only say what the talk is about when they open a sentence (谈到撤并，)."""
_OPINIONS = frozenset(["看来", "的看法", "的说法", "的观点", "的判断", "的估算"])
"""What stands for a verb when an opinion is given (在某某看来，按他的看法，)."""
_OPINION = re.compile(
    r"(?:在(?P<who>[^，。；]{1,16}?)看来|(?:按照?|依|照|用)(?P<whose>[^，。；]{1,12}?)的(?:看法|说法|观点|判断|估算))$"
)
_CLAUSE_ENDS = frozenset("，,。；：:！？“” ")
_LONGEST_CLAUSE = 120
"""Characters before a verb in which its clause may begin; more would make the search quadratic."""
_LISTENER = 12
"""Characters between 告诉 and the comma after the listener."""


_SPOKEN_OF = ("主席", "总书记", "总统", "总理")


class Scene(NamedTuple):
    """What finding speech needs of a paragraph; ``people`` are those whom it names with a title.

    ``roles`` has them by name, as they are named first; ``joints`` are the places where a headline runs into the text.
    """

    text: str
    words: Words
    sentences: list[Span]
    quotes: list[Quotation]
    context: Context
    people: Placed[Mention]
    roles: dict[str, Who]
    joints: list[int]

    def part(self, place: int, floor: int) -> int:
        """Where the part of a sentence begins that holds ``place``: after a headline, or at ``floor``."""
        index = bisect_right(self.joints, place) - 1
        return max(floor, self.joints[index]) if index >= 0 else floor

    def acts_at(self, place: int) -> bool:
        """Whether somebody is named at ``place``, without a title after the name as those have who are spoken of."""
        lengths = [length for length in (4, 3, 2) if self.text[place : place + length] in self.roles]
        return bool(lengths) and not self.text.startswith(_SPOKEN_OF, place + lengths[0])

    def opens(self, start: int, end: int) -> Who | None:
        """The person with a title who opens ``text[start:end]``; broadcast news put too much before a name to tell."""
        named = () if self.context.genre == "新闻" else self.people.starting(start, end)
        role = named[0].who.role if named else None
        return named[0].who if role is not None and named[0].start - len(role) <= start else None

    def joint_within(self, start: int, end: int) -> int | None:
        """The first end of a headline after ``start`` and before ``end``."""
        index = bisect_right(self.joints, start)
        return self.joints[index] if index < len(self.joints) and self.joints[index] < end else None


class Attribution(NamedTuple):
    """``text[start:end]`` is subject and verb; ``strong`` when a comma, colon or quotation mark follows.

    ``sentence`` is the sentence's index, ``until`` where the words end if that is known already. An empty ``verb``
    stands for a bare colon.
    """

    start: int
    end: int
    who: Who | None
    verb: str
    sentence: int
    strong: bool
    until: int | None = None


class Attributions:
    """Finds attributions."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._weak = lexicon["speech.weak"].words
        self._never_in_headlines = self._weak - _IN_HEADLINES
        self._weak_before_words = lexicon["speech.weak_before_words"].words
        self._only_before_marks = self._weak - self._weak_before_words - _FORECASTS
        self._collective = lexicon["speech.collective"]
        self._organisations = tuple(lexicon["speech.organisations"].longest_first())
        self._verbs = lexicon["speech.verbs"] | lexicon["speech.weak"]
        self._pattern = finder((self._verbs | lexicon["proposals.verbs"] | lexicon["speech.look_alikes"]).words)

    def verbs(self, text: str, start: int, end: int) -> Iterable[re.Match[str]]:
        """Every verb of saying in ``text[start:end]``."""
        return (match for match in self._pattern.finditer(text, start, end) if match.group() in self._verbs)

    def find(self, scene: Scene) -> list[Attribution]:
        """All attributions outside of quotation marks, left to right."""
        length = len(scene.text)
        covered = _covered(length, scene.quotes)
        found: list[Attribution] = []
        for match in self.verbs(scene.text, 0, length):
            if covered[match.start()]:
                continue
            index = bisect_right(scene.sentences, (match.start(), length)) - 1
            floor = scene.part(match.start(), scene.sentences[index].start)
            begin = clause_start(scene.text, floor, match.start())
            if found and found[-1].start == begin:
                continue
            attribution = self._attribution(scene, match, index, begin)
            if attribution is not None:
                found.append(attribution)
        return found

    def _attribution(self, scene: Scene, match: re.Match[str], index: int, begin: int) -> Attribution | None:
        text, verb = scene.text, match.group()
        end = _after_listener(text, match.end()) if verb == "告诉" else match.end()
        following = text[end : end + 1]
        if not following or following in _NEVER_AFTER or (following == "《" and verb == "提出"):
            return None
        if verb in self._only_before_marks and following not in _STRONG_AFTER:
            return None
        phrase = _phrase(text[begin : match.start()], verb, following)
        if phrase is None or (not phrase and verb in _TOPICS and following not in _STRONG_AFTER):
            return None
        bare = self._people.bare(phrase)
        if not bare:
            phrase = ""
        sentence = scene.sentences[index]
        who = self._subject(scene, phrase, bare, verb, begin, sentence.start)
        headline = scene.joint_within(begin, sentence.end)
        if headline is not None and who is not None and verb not in self._never_in_headlines:
            blank = text.find(" ", end, headline)
            return Attribution(begin, end, who, verb, index, True, blank if blank > end else headline)
        acting = who is not None and not phrase and verb not in self._weak
        if not acting and not self._is_likely(scene, phrase, who, verb, following):
            return None
        return Attribution(begin, end, who, verb, index, following in _STRONG_AFTER or acting)

    def _subject(self, scene: Scene, phrase: str, bare: str, verb: str, begin: int, floor: int) -> Who | None:
        """Who speaks by the words before the verb, or by what stands before them in the sentence from ``floor``."""
        if verb in _OPINIONS:
            opinion = _OPINION.match(phrase + verb)
            return self._people.split(opinion["who"] or opinion["whose"]) if opinion else None
        if phrase.endswith(_ON_BEHALF):
            # Whose words somebody reads out (请旁边的代表代为宣读): the person named first in the sentence.
            mentions = scene.people.starting(floor, begin)
            return mentions[0].who if mentions else None
        if phrase:
            return self._who(scene, phrase, bare, begin)
        return _named_in(verb) or _quoted_name(scene.text, begin) or self._acting(scene, floor, begin)

    def who(self, scene: Scene, phrase: str, begin: int) -> Who | None:
        """The subject of a phrase: a person whom the text names there, or what the phrase itself says."""
        return self._who(scene, phrase, self._people.bare(phrase), begin)

    def _who(self, scene: Scene, phrase: str, bare: str, begin: int) -> Who | None:
        if phrase in _STATES and scene.context.genre == "新闻":
            return Who(phrase)
        who = self._people.acting(bare)
        if who is not None and (who.named or who.role):
            return who
        within = scene.people.starting(begin, begin + len(phrase))
        return within[-1].who if within else who

    def _is_likely(self, scene: Scene, phrase: str, who: Who | None, verb: str, following: str) -> bool:
        """Whether verb and subject make an attribution, given what follows the verb."""
        known = who is not None and (who.role is not None or self.is_known(scene, who.name))
        if scene.context.is_work_report:
            told = following == "，" and verb.endswith(_LAYS_DOWN) and who is not None and who.name in _ABOVE
            return told or (following in "：“" and known)
        if verb in self._weak:
            likely = known or (who is not None and self._acts(who))
            if following in "：“":
                return who is not None or not phrase
            if following == "，":
                return likely
            forecast = who is not None and verb in _FORECASTS and who.name.endswith(self._organisations)
            asks = verb == "问" and who is not None and who.name == "记者"
            return forecast or (known and verb in self._weak_before_words and not asks)
        if following in _STRONG_AFTER:
            return who is not None or len(phrase) <= 4
        if who is None:
            return not phrase.strip()
        sure = who.named and (verb in _DEMANDS or (verb in _SURE and self._people.is_person(who.name)))
        return known or who.name.endswith(self._organisations) or sure

    def _acting(self, scene: Scene, start: int, begin: int) -> Who | None:
        """Who acts in the clause before one that opens with the verb, when that is clearly somebody."""
        floor = clause_start(scene.text, start, begin - 1) if begin > start else begin
        acts = _ACTS.match(scene.text, floor, begin)
        who = self.who(scene, acts["who"], floor) if acts else None
        if who is None:
            return scene.opens(start, begin)
        return who if who.role is not None or who.name in self._collective or self._acts(who) else None

    def _acts(self, who: Who) -> bool:
        """Whether the name is an organisation's, a group's or a person's."""
        name = who.name
        called = name[0] in "老小阿" and len(name) in (2, 3)
        return (
            name.endswith(self._organisations)
            or name.endswith(_DOCUMENTS)
            or self._people.is_person(name)
            or called
            or (self._people.ends_with_title(name))
        )

    def is_known(self, scene: Scene, name: str) -> bool:
        """Whether the name is a pronoun, a group, the heading's member or somebody named with a title."""
        if name in self._people.pronouns or name in self._collective:
            return True
        return name == scene.context.proposer or name in scene.roles


def _phrase(phrase: str, verb: str, following: str) -> str | None:
    """The words before a verb in which its subject is named; None when they make it no verb of saying."""
    if verb in _OPINIONS:
        return phrase if _OPINION.match(phrase + verb) is not None and following == "，" else None
    if phrase.startswith(_REPORTED) and verb in _TOLD and following in _STRONG_AFTER:
        phrase = phrase.removeprefix("据").removeprefix("对于").removeprefix("针对")
    if "（" in phrase and phrase.rfind("（") > phrase.rfind("）"):
        return None
    if (phrase.startswith(_ATTENDED) and "的" not in phrase) or _SURVEYED.search(phrase):
        return None
    never = phrase.startswith(_NEVER_SUBJECT) or phrase.endswith(_NEVER_BEFORE)
    return None if never and phrase not in _STATES else phrase


def _named_in(verb: str) -> Who | None:
    """报告说，: the document that speaks is part of the verb when nothing stands before it."""
    return Who(verb[:2]) if verb[:2] in _PAPERS and len(verb) > 2 else None


def _quoted_name(text: str, begin: int) -> Who | None:
    """“三年行动”要求: what is named in quotation marks right before the verb."""
    if text[begin - 1 : begin] != "”":
        return None
    opening = text.rfind("“", max(0, begin - _LONGEST_QUOTED - 2), begin)
    return (
        Who(text[opening + 1 : begin - 1]) if 0 <= opening < begin - 2 and text[begin - 2] not in "。！？，" else None
    )


def _covered(length: int, quotes: list[Quotation]) -> bytearray:
    covered = bytearray(length + 1)
    for quote in quotes:
        if quote.depth == 0:
            covered[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
    return covered


def clause_start(text: str, floor: int, place: int) -> int:
    """Where the clause that holds ``place`` begins, at ``floor`` or later."""
    floor = max(floor, place - _LONGEST_CLAUSE)
    while place > floor and text[place - 1] not in _CLAUSE_ENDS:
        place -= 1
    return max(floor, place)


def _after_listener(text: str, place: int) -> int:
    """告诉记者，: the words begin after the listener."""
    comma = text.find("，", place, place + _LISTENER)
    return comma if comma >= 0 else place
