"""Proposers: whom a proposal names, or leaves to be found around it."""

import re
from typing import NamedTuple

from streams.analysis.attribution import Scene, clause_start
from streams.analysis.people import People, Who

_TITLE_BEFORE = re.compile(
    r"(?P<who>[^，。；：“”《》]{2,40}?)(?:再次|又|还|也|共同|联合|牵头|领衔|带来|联名|两次|曾|已|今年|去年|正式|当场|当天|分别|先后|郑重|[0-9]{4}年)*"
    r"(?:领衔提交|提出|提交|递交|递上|提了|带来|撰写|起草|附议)(?:了|的)?(?:一件|一份|一篇)?(?:手写的)?$"
)
_WRITTEN_BY = re.compile("[被由](?P<who>[^，。；：]{2,12}?)(?:整理|写|汇总|转)成[^，。；：]{0,8}$")
_TITLE_AFTER = re.compile(
    r"》(?:由|是)(?P<who>[^，。；：“”《》]{2,24}?)(?:联名|牵头|领衔|共同)?(?:提出|提交|撰写|带来)"
)
_PAPERS = (
    "调研报告|书面意见|发言材料|分析材料|建议书|建议案|倡议书|纸条|条子|提案|议案|报告|信息|材料|建议|来信|信里|信中"
)
_PAPER = re.compile(
    f"(?:(?:一份|这份|这件|这项)?由)?(?P<who>[^，。；：]{{0,16}}?)(?:联名|提交|牵头)?的?(?:大会|主|专题|书面|四页){{0,2}}(?:{_PAPERS})(?:里|中)?$"
)
_PAPER_SAYS = re.compile(
    f"(?:[这一][项件份])?由?(?P<who>[^，。；：“”]{{2,20}}?)(?:联名|提交|牵头){{0,2}}的(?:大会|主|专题|书面|四页){{0,2}}(?:{_PAPERS})(?:里|中)?"
    "(?:还)?(?:提出|认为|写道|写明|主张|建议|提议|呼吁)"
)
_OFFICES = tuple("室组会委局部院社站所厂方队司家员们人者长")
"""Last characters of bodies and titles, which no name is taken to end with."""
_DID = re.compile("(?P<name>[\u4e00-\u9fff]{2,3}?)[看听接拿翻想读][^，。]{0,6}$")
_AUTHORS = frozenset(["建议人", "提案人", "提案者", "议案人"])
_OF_IDEA = re.compile(
    "(?:按照?|照)?(?P<who>[^，。；：“”]{1,30}?)(?:[给提开拿想]出)?的(?:意见|想法|主意|药方|办法|思路|设想|看法|点子|建议|要求|请求|心愿|主张|设计|算法)"
    "(?:就?是|也?很?简单|有|，|：)"
)
_OFFERS = re.compile(
    "(?P<who>[^，。；：“”]{2,30}?)(?:提交|准备|提出|提|开出|拿出|给出|列出|归纳|整理|递上|出)了?(?:一份|四页)?"
    "[^，。；：]{0,8}(?:办法|对策|方子|药方|主意|点子|意见|想法|建议|材料)"
)
_SAID_BEHIND = re.compile("(?:说这话|提出?这[^，。；]{1,8}|出这个?主意)的，?(?:是|正是|叫)(?P<who>[^。；]{2,30})")
_PUBLIC = re.compile("(?:广大|各位|外出)?(?:市民|公众|游客|司机|驾驶员|老年人|消费者|旅客|考生|家长|网友|读者|患者)")
_SOMEONE = re.compile(
    "(?:有|还有)?(?P<who>一[位名][^，。；：]{0,10}?"
    "(?:住户|居民|妈妈|村民|老人|市民|业主|家长|学生|职工|司机|摊主|商户|代表|委员))"
)
_SOME_OF = re.compile("^(?:还有|也有|有|还|也)?的?(?=(?:委员|代表|会员|居民|村民|企业)$)")
_JOINED_BY = re.compile("(?:联合|会同|携手|牵头)[^，。；：]{0,16}$")
_SEVERAL = re.compile("(?:等|和|与)[^，。；：]{1,10}$")
_NAME_MAY_FOLLOW = re.compile("(?:^|[，。；”的])(?=[\u4e00-\u9fff]{3})")
_ACTS = re.compile("[站拿接把说提递指又也还则重更在从带举写快不翻掏坐起插补]|委员|代表")
_LEAST_NAME = 3
_LONG_TITLE = 8
"""Characters of a phrase that ends in a name (某某商会秘书处牵头人方正平) rather than being one."""
_NEAR, _FAR = 60, 400
"""Characters behind a sentence, and from the paragraph's beginning, in which a proposer is looked for."""


class Proposing(NamedTuple):
    """A verb of proposing: where its words begin, and the subject before it."""

    start: int
    words: int
    who: Who | None
    sentence: int


class Proposers:
    """Says who makes a proposal."""

    def __init__(self, people: People) -> None:
        self._people = people

    def of_title(self, text: str, start: int, end: int) -> Who | None:
        """Who hands in a motion whose title is ``text[start:end]``."""
        floor = max(0, start - 50)
        written = _WRITTEN_BY.search(text, floor, start - 1)
        if written and written["who"].endswith(_OFFICES):
            return Who(written["who"])
        found = _TITLE_BEFORE.search(text, floor, start - 1) or _TITLE_AFTER.match(text, end)
        who = self._people.subject(found["who"]) if found else None
        return self._tidied(who) if who else None

    def advises(self, text: str, verb: Proposing) -> bool:
        """Whether the public is advised (建议市民…), which puts nothing to anybody to act on."""
        return _PUBLIC.match(text, verb.words) is not None

    def introduced(self, text: str, start: int, end: int) -> Who | None:
        """The one named before the words: 某某的意见是, 某协会准备了三条办法."""
        paper = _PAPER_SAYS.match(text, start)
        if paper and paper.end() <= end:
            return Who(paper["who"])
        found = _OF_IDEA.match(text, start, end) or _OFFERS.match(text, start, end)
        who = self._people.subject(found["who"]) if found else None
        return None if who is None or who.name in self._people.pronouns else who

    def resolve(self, scene: Scene, place: int, who: Who | None) -> Who | None:
        """A person or body for a pronoun, a paper (提案认为) or nobody, as the text around ``place`` names them."""
        who = self._author(scene, place, who) if who else None
        if who is not None and who.name not in self._people.pronouns:
            return who
        return self._around(scene, place)

    def _author(self, scene: Scene, place: int, who: Who) -> Who | None:
        """Who wrote the paper that a subject names; nobody when the subject is the paper alone."""
        if who.name in _AUTHORS:
            return None
        paper = _PAPER.match(who.name)
        if paper is None:
            return self._tidied(who)
        writer = paper["who"] or _possessor(scene.text, who.name, place)
        if len(writer) < 2:
            return None
        person = self._people.split(writer)
        return person if person and person.role else Who(writer)

    def _tidied(self, who: Who) -> Who:
        """The name without what else a subject holds: 有, a title before 等11人, 联合三名委员, a deed."""
        if who.role is None and "的" in who.name[2:-2]:
            last = self._people.split(who.name.rpartition("的")[2])
            who = last if last is not None and last.role else who
        if who.role is None:
            who = Who(_SOME_OF.sub("", who.name), None, who.named)
            alone = self._people.split(_JOINED_BY.sub("", who.name))
            if alone is not None and alone.name != who.name and (alone.role or self._people.is_person(alone.name)):
                return alone
        did = _DID.match(who.name) if who.role is None else None
        if did and self._people.is_person(did["name"]):
            return Who(did["name"], None, named=True)
        name = who.name[-_LEAST_NAME:]
        titled = who.role is None and len(who.name) >= _LONG_TITLE and not name.endswith(_OFFICES)
        if titled and self._people.is_person(name):
            return Who(name, who.name[:-_LEAST_NAME], named=True)
        several = None if who.role else _SEVERAL.search(who.name)
        person = self._people.split(who.name[: several.start()]) if several else None
        if several is None or person is None or person.role is None:
            return who
        return Who(person.name + several.group(), person.role)

    def _around(self, scene: Scene, place: int) -> Who | None:
        """The person named last before ``place``, by a title or without, or right behind the sentence."""
        someone = _SOMEONE.match(scene.text, place)
        if someone:
            return Who(someone["who"])
        mention = scene.people.before(place)
        return mention.who if mention else self._named(scene, place) or self._behind(scene, place)

    def _behind(self, scene: Scene, place: int) -> Who | None:
        found = _SAID_BEHIND.search(scene.text, place, place + _NEAR)
        return self._people.subject(found["who"]) if found else None

    def _named(self, scene: Scene, place: int) -> Who | None:
        """A name that opens a clause or follows 的, with what a person does or is behind it."""
        text, found = scene.text, None
        for match in _NAME_MAY_FOLLOW.finditer(text, 0, min(place + _NEAR, _FAR)):
            start = match.end()
            stop = self._people.name_at(text, start, scene.words) if scene.words.is_boundary(start) else None
            if stop is not None and _ACTS.match(text, stop) and stop - start >= _LEAST_NAME:
                found = Who(text[start:stop], None, named=True)
            if found and start >= place:
                break
        return found


def _possessor(text: str, paper: str, place: int) -> str:
    """Whose paper it is, as the sentence at ``place`` says (专家组的书面意见) or the text before."""
    for at in (text.find(paper, place), text.rfind(paper, 0, place)):
        begin = clause_start(text, 0, at) if at > 0 else at
        if at > 0 and begin < at and text[at - 1] == "的":
            return text[begin : at - 1]
    return ""
