"""Who a phrase names: a person with a title on either side, or an organisation or group as written."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from streams.analysis.lexicon import Lexicon, finder
from streams.analysis.names import FULL_NAME, NEVER_IN, PersonNames, is_name
from streams.analysis.words import Words

_FRAME = re.compile(
    r"(?:在|就|对|向|于|针对|围绕|通过|用|以|从|当(?![地事庭])|随|经|面对|为)[^，。；：]{1,24}?"
    r"(?:上|中|时|里|末|外|后|间|下|内|前|期间|时候|过程中|之际|采访|记者|问题|情况|现状|字|此|事|会议|讲话|部门|总统|总理|报告)$"
)
_SCENE_FIRST = re.compile(
    "^(?:在|从)[^，。；：]{0,8}?(?:采访|座谈|会议|现场|会场|电话|会|审议|讨论|调研)(?:[中上里时]|过程中)(?=..)"
)
"""Where somebody said it, before the one who did (在采访中多位住户)."""
_LISTENER = re.compile("(?:给|跟|对|向)(?:[^，。]{0,6}记者|媒体|大家|我们|代表们|委员们|在座的[^，。]{2,4}|众人)$")
_PLACE_LAST = re.compile("在(?:(?<=...)|(?<=[他她]在))(?<![存现正所]在)[^，。；：的在了着]{2,10}$")
"""土耳其外长在安卡拉: where somebody says it, after the one who does."""
_AFTERWARDS = re.compile("(?<=..)(?:[下上出看听读试离到]|体验|了解|参观)[^，。；：]{0,5}?后$")
"""有乘客下机后: after what somebody says it."""
_PRESSED = re.compile("(?:召开|举行)[^，。的]{0,12}?(?:发布会|吹风会|记者会|通气会)$")
"""民政部今天召开新闻发布会: where an office makes known what follows."""
_SOME = re.compile("有(?:的|些)?(?!人|关|的|些)[^的一二两三几多]{2,5}")
_DOING = re.compile(
    r"(?:拿着|带着|掰着|扳着|笑着|指着|捧着|举着|接过|站起|听完|说完)[^，。；：]{0,12}$|一?边[^，。；：边]{1,8}一?边$|(?:想了想|愣了愣|顿了顿|笑了笑|摇摇头|摇了摇头|点点头|点了点头|摆摆手|摆了摆手|叹了口气|清清嗓子)$"
)
_DATE = (
    r"(?:(?:在|于)?(?:当地时间)?(?:[0-9]{4}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:上午|下午|晚间?|凌晨)?"
    r"|(?:今|昨)天（[0-9月日]{4,6}）|今天|昨天|此前|日前|近日|当天|同一天|[上本]周|[上本]月)"
)
_PUBLISHED = re.compile(
    "(?:就此|就[^，]{1,12}|联合)?(?:联合)?(?:发布|发表|公布)[^，的]{0,6}?(?:消息|声明|报告|公告|通报|文章|讲话|评论|调查)?$|再[次度][^，]{2,4}$"
)
"""How somebody makes known what follows (发布消息称), or does so once more (再次集会要求)."""
_DATE_LAST = re.compile(_DATE + "$")
_DATE_FIRST = re.compile("^" + _DATE + "，?")
_BESIDE = (
    *(_PRESSED, _PUBLISHED, _DATE_LAST, _DATE_FIRST, _SCENE_FIRST),
    *(_LISTENER, _PLACE_LAST, _AFTERWARDS, _FRAME, _DOING),
)
"""What stands beside a subject, in the order of taking it away."""
_SIGNS = re.compile("[会发公再日天前周月在从给跟对向后就于针围通用以当随经面为着过起完边了头手嗓]")
"""Each of them holds one of these characters, and most phrases hold none."""
_MARKS = frozenset("，。；：“”！？")
_PREPOSITIONS = frozenset("在到从对为按据将把被以用")
_UNFINISHED = ("在", "的", "了", "着")
_LONGEST_PHRASE = 40
_LONGEST_NAME = 24
_LONGEST_HAN = 4
_SOMEBODY = frozenset("人员长手师")
_GROUNDS = (
    "基地",
    "当地",
    "工地",
    "属地",
    "驻地",
    "营地",
    "场地",
    "产地",
    "各地",
    "本地",
    "外地",
    "实地",
    "两地",
    "土地",
)
_ISRAELI = ("军", "方", "办公室", "总理", "总统", "外长", "防长", "外交部", "国防部", "政府")
"""What follows 以 where it stands for a state and is no preposition (以总理办公室)."""
_WHOLE = ("联合国", "来信人")
"""Names that begin like an adverb."""
_OPENING = 14
"""Characters at the head of a clause in which a title that acts may end."""
_AFTER_SUBJECT = frozenset(
    "0123456789出来走进抬翻掏摸起坐蹲当昨今一再纷把在从没主也又还就却先则对向不拿指站接递边笑点摇叹翻打只将听"
)
_WORKPLACES = frozenset("所院会局部厅委校司社队镇乡村站处室厂学馆行团")


_GROUPS = frozenset(
    [
        "与会",
        "企业家",
        "多国",
        "各国",
        "有关",
        "部分",
        "相关",
        "两国",
        "参会",
        "一些",
        "几位",
        "几名",
        "多位",
        "多名",
        "不少",
        "许多",
    ]
)


class Who(NamedTuple):
    """A speaker or proposer; ``named`` when it is a person's name rather than a group or an organisation."""

    name: str
    role: str | None = None
    named: bool = False


class Mention(NamedTuple):
    """A person with a title, where the name stands."""

    start: int
    who: Who


class People:
    """Reads names out of phrases, and remembers nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._roles = lexicon["speech.roles"]
        self._adverbs = lexicon["speech.adverbs"]
        self.pronouns = lexicon["speech.pronouns"]
        self._collective = lexicon["speech.collective"]
        self.names = PersonNames(lexicon)
        self._title = finder(self._roles.words)

    def titles(self, text: str) -> Iterator[re.Match[str]]:
        """Every title in the text."""
        return self._title.finditer(text)

    def subject(self, phrase: str) -> Who | None:
        """The one who acts in the phrase that stands before a verb; None when it names nobody."""
        return self.acting(self.bare(phrase))

    def acting(self, phrase: str) -> Who | None:
        """The same for a phrase that is ``bare`` already."""
        if not phrase or len(phrase) > _LONGEST_PHRASE:
            return None
        if phrase.startswith("也有"):
            phrase = phrase[1:]
        if phrase.startswith("有") and (self._roles.starting_at(phrase, 1) or phrase[1:] in self._roles):
            phrase = phrase[1:]
        if phrase.startswith("有") and _SOME.fullmatch(phrase):
            phrase = phrase[1:]
        return self.split(phrase)

    def split(self, phrase: str) -> Who | None:
        """国务院总理李强 -> 李强 (国务院总理); 毕嘉陵研究员 -> 毕嘉陵 (研究员); 俄罗斯国防部 as it is."""
        if phrase in self._collective or phrase in self.pronouns:
            return Who(phrase)
        foreign = self.names.foreign.last(phrase)
        if foreign is not None:
            return Who(phrase[foreign:], phrase[:foreign], named=True)
        called = self.names.called(phrase)
        if called is not None:
            return Who(phrase[called:], phrase[:called] or None, named=True)
        titled = self._titled(phrase)
        if titled is not None and len(titled.name) <= _LONGEST_HAN:
            return titled
        if not 2 <= len(phrase) <= _LONGEST_PHRASE or not _MARKS.isdisjoint(phrase):
            return None
        somebody = self._after_somebody(phrase)
        if somebody is not None or titled is not None:
            return somebody or titled
        _, of, person = phrase.rpartition("的")
        if of and 2 <= len(person) <= 4 and "一" not in person:
            whole = person in self._roles or person[-1] in _WORKPLACES or person[-1] == "方"
            if not whole:
                return Who(person, None, named=True)
        if (
            len(phrase) > _LONGEST_NAME
            or (phrase[0] in _PREPOSITIONS and not phrase.endswith(_ISRAELI) and not phrase.startswith("以色列"))
            or phrase.endswith(_UNFINISHED)
        ):
            return None
        return Who(phrase, None, named=len(phrase) <= 4)

    def _titled(self, phrase: str) -> Who | None:
        """A name after the last title, before it, or between two of them."""
        last = None
        for match in self._title.finditer(phrase):
            last = match
        if last is None:
            return None
        name, before = phrase[last.end() :], phrase[: last.start()]
        if name and not self.names.is_person(name) and self._ends_with_person(before):
            return Who(before[-FULL_NAME:], last.group(), named=True)
        if self.names.foreign.is_name(name) or (len(name) >= 2 and is_name(name) and name not in self.names.not_names):
            return Who(name, phrase[: last.end()], named=True)
        if name:
            return None
        between = self._title_between(before)
        family = self.names.has_family(before)
        known = before in _GROUPS or self.names.is_word(before)
        if between is None and family and 2 <= len(before) <= 3 and not known and is_name(before):
            return Who(before, last.group(), named=True)
        return between or self._after_place_of_work(before, last.group())

    def _after_place_of_work(self, phrase: str, title: str) -> Who | None:
        """省农科院卫一舟 before a title (研究员): the three characters after the end of an organisation's name."""
        name, place = phrase[-FULL_NAME:], phrase[-FULL_NAME - 1 : -FULL_NAME]
        if place not in _WORKPLACES or not place or not self.names.has_family(name) or not is_name(name):
            return None
        return Who(name, title, named=True)

    def opening_title(self, clause: str) -> str | None:
        """物业经理把进展念了一遍 -> 物业经理: whoever a clause opens with by a title, followed by what is done."""
        for match in self._title.finditer(clause, 0, _OPENING):
            if clause[match.end() : match.end() + 1] in _AFTER_SUBJECT and not set(clause[: match.start()]) & NEVER_IN:
                return clause[: match.end()]
        return None

    def ends_with_title(self, name: str) -> bool:
        """Whether a phrase says by a title who somebody is, without a name (某厂的财务总监)."""
        return self._roles.ending_at(name, len(name)) is not None

    def is_person(self, name: str) -> bool:
        """Whether a name of two to four characters begins like a person's."""
        return self.names.is_person(name)

    def name_at(self, text: str, start: int, words: Words) -> int | None:
        """Where the personal name that begins at ``start`` ends."""
        return self.names.end(text, start, words)

    def is_somebody(self, who: Who) -> bool:
        """Whether it is a person: named with a title, or by a name that looks like one."""
        return who.role is not None or self.names.is_person(who.name) or self.names.foreign.is_name(who.name)

    def _ends_with_person(self, phrase: str) -> bool:
        return phrase[-1:] not in _WORKPLACES and self.names.is_person(phrase[-FULL_NAME:])

    def _after_somebody(self, phrase: str) -> Who | None:
        """消费者参加人殷明: a personal name after a word for somebody that is in no list."""
        for length in (3, 2):
            if len(phrase) < length + 3 or phrase[-length - 1] not in _SOMEBODY:
                continue
            name = phrase[-length:]
            if self.names.is_person(name) or self.names.is_called(name):
                return Who(name, phrase[:-length], named=True)
        return None

    def _title_between(self, phrase: str) -> Who | None:
        """穗围村党总支书记钟沛玲 before another title (代表): the name after the first one."""
        last = None
        for match in self._title.finditer(phrase):
            last = match
        if last is None:
            return None
        name = phrase[last.end() :]
        return Who(name, phrase[: last.end()], named=True) if 2 <= len(name) <= 4 and is_name(name) else None

    def _without_manner(self, phrase: str) -> str:
        """他兴致勃勃地 -> 他: how somebody speaks stands between subject and verb."""
        if not phrase.endswith("地") or phrase.endswith(_GROUNDS):
            return phrase
        for length in (5, 3, 4, 6):
            before = phrase[:-length]
            if before in self.pronouns or before in self._collective or self._roles.ending_at(before, len(before)):
                return before
            if self.names.is_person(before) or self.names.foreign.is_name(before) or (before and self._titled(before)):
                return before
        return phrase

    def bare(self, phrase: str) -> str:
        """The phrase without adverbs, times and frames at either end: of what says only how or when (末了) nothing.

        One that is far too long to name anybody stays as it is.
        """
        if len(phrase) > 2 * _LONGEST_PHRASE:
            return phrase
        phrase = phrase.strip().strip("、")
        for _ in range(6):
            before = phrase
            if _SIGNS.search(phrase):
                for pattern in _BESIDE:
                    phrase = pattern.sub("", phrase)
            phrase = self._without_manner(phrase)
            word = self._adverbs.ending_at(phrase, len(phrase))
            if word:
                phrase = phrase[: -len(word)]
            word = self._adverbs.starting_at(phrase, 0)
            if (
                word
                and word not in ("先", "会上")
                and not phrase.startswith(_WHOLE)
                and len(word) < len(phrase)
                and len(word) > 1
            ):
                phrase = phrase[len(word) :]
            if phrase == before:
                break
        return phrase.strip().strip("、—")
