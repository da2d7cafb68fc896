"""Speakers: whom a pronoun, an omitted subject or a bare quotation means, and who has the floor in each sentence."""

import re
from bisect import bisect_right

from streams.analysis.attribution import Attribution, Scene
from streams.analysis.lexicon import Lexicon
from streams.analysis.people import People, Who

WHEN = re.compile(
    "(?:(?:当地时间)?[0-9一二三四五六七八九十]{0,4}年?[0-9]{0,2}月?[0-9]{0,2}日?"
    "(?:上午|下午|晚间?|凌晨|当晚|当天|今天|昨天|昨晚|日前|近日)?(?:（[0-9月日]{4,6}）)?|此外|同时|另外|目前)?[，,]?\\s*"
)
"""What says no more than when, with its comma; it may be empty."""
_AFTER = re.compile(
    "(?:在|当|随着|听[完了]|看[完了]|经过)[^，]{2,}[后时中上下]|[^，]{2,10}(?:结束|完成|闭幕|散场|开始)后"
).fullmatch
"""What says after or at what something happened."""
_ACTING = re.compile(
    "(?P<who>[\u4e00-\u9fff（）]{2,24}?)(?:[0-9]{1,2}日|今天|昨天|当天|当晚|随即|随后|日前|近日|同日|此前|也|还|则|已|立即)*"
    "(?:对此[予表]|发[表布]|公布|召见|约见|召开|举行|致[函信]|否认|予以否认|在[^，。]{2,12}(?:发[表布文]|回应))"
)
"""An office that acts in the clause before the one that says something (总理办公室发表声明，指责…)."""
_PROPOSES = re.compile(
    "(?P<who>[^，。；：“”]{2,24}?)(?:还|则|又|也|就|[^，。；：“”]{0,10}?时)?(?:建议|提议|提出|呼吁|认为|主张|表示)"
)
_FARTHEST = 4
"""Sentences before a pronoun in which the one is looked for whom nothing else tells."""
OFFICE = re.compile(
    "(?P<who>[\u4e00-\u9fff]{2,16}?(?:[省市县区]委会|支部|总支|协会|商会|联合会|工商联|妇联|公司|集团|[部局委院署]))(?=则|也|还|都|就|关注|聚焦)"
)
"""A body that attends to something before it says what it thinks (某市委会关注医疗，认为…)."""
_PASSED = re.compile("通过(?:了)?[^，。]{0,6}?(?P<paper>决议|决定|联合声明|共同声明|联合公报)$")
"""A paper that was passed in the clause before and asks something (通过决议，要求…)."""
_PLURAL = ("他们", "她们")
_NEAR = 120
"""Characters before a plural pronoun in which the group is looked for that it means."""
_HEAD = 12
"""Characters at the head of a sentence that may say when, before somebody is named."""
_LONGEST_SUBJECT = 60
"""Characters at the head of a sentence in which its subject may stand."""


class Speakers:
    """Resolves speakers within a paragraph and its heading."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._collective = lexicon["speech.collective"]
        self._organisations = tuple(lexicon["speech.organisations"].longest_first())
        groups = lexicon["speech.groups"].longest_first()
        self._groups = tuple(groups)
        kind = f"[\u4e00-\u9fff]{{0,2}}(?:{'|'.join(map(re.escape, groups))})们?"
        self._group = re.compile(f"{kind}(?:[和及、与]{kind})*")

    def nearest(self, scene: Scene, place: int, last: Who | None, floor: int = 0) -> Who | None:
        """The person named last before ``place``, else ``last``, else the member of the heading."""
        mention = scene.people.before(place)
        if mention is not None and mention.start >= floor:
            return mention.who
        if last is not None and last.name not in self._people.pronouns:
            return last
        if floor:
            return None
        proposer = scene.context.proposer
        return Who(proposer, scene.context.proposer_role, True) if proposer else self._acting_before(scene, place)

    def _acting_before(self, scene: Scene, place: int) -> Who | None:
        """Who acts in a sentence before ``place`` and is named by a title alone (副总理11日在西部调研) or before a
        verb of proposing (李明委员建议)."""
        index = bisect_right(scene.sentences, (place, len(scene.text))) - 1
        for sentence in scene.sentences[max(0, index - _FARTHEST) : index][::-1]:
            opening = scene.text[sentence.start : min(sentence.end, sentence.start + _LONGEST_SUBJECT)]
            proposes = _PROPOSES.match(opening)
            who = self._people.subject(proposes["who"]) if proposes else None
            if who is not None and self._people.is_somebody(who):
                return who
            title = self._people.opening_title(opening)
            if title is not None:
                return Who(title)
        return None

    def resolve(self, scene: Scene, attribution: Attribution, last: Who | None) -> Who | None:
        """The attribution's own subject; for a pronoun or none, whoever the sentence or the text named before."""
        who = attribution.who
        if who is not None and who.name in _PLURAL:
            return self._group_before(scene, attribution.start)
        if who is not None and who.name not in self._people.pronouns:
            return self._with_role(scene, who)
        start = scene.part(attribution.start, scene.sentences[attribution.sentence].start)
        if who is None:
            subject = self._subject(scene, start, attribution.start, last)
            if subject is not None:
                return subject
        if last is not None and not self._introduced_since(scene, last, attribution.start):
            return last
        return self.nearest(scene, attribution.start, last)

    def _group_before(self, scene: Scene, place: int) -> Who | None:
        """Whom 他们 means: the group named last, with the one before 和 or 及 (学者及居民); not a single person."""
        text, last = scene.text, None
        for match in self._group.finditer(text, max(0, place - _NEAR), place):
            last = match
        return Who(last.group()) if last is not None else None

    def _subject(self, scene: Scene, start: int, end: int, last: Who | None) -> Who | None:
        """Who acts in the clause that opens the sentence; a clause that only says when is passed over."""
        opening = scene.text[start : min(end, start + _LONGEST_SUBJECT)]
        clauses = [clause.strip() for clause in re.split("[，,：]", opening)]
        first = next((clause for clause in clauses if clause and not WHEN.fullmatch(clause) and not _AFTER(clause)), "")
        if first.startswith("《") and "》" in first:
            return Who(first[: first.index("》") + 1])
        collective = self._collective.starting_at(first, 0)
        if collective:
            return Who(collective)
        known = scene.people.starting(start, start + len(opening))
        if known:
            return known[0].who
        named = next((first[:length] for length in (4, 3, 2) if first[:length] in scene.roles), None)
        if named is not None:
            return scene.roles[named]
        if last is not None and first.startswith(last.name):
            return last
        return self._unnamed(first, clauses[-2] if len(clauses) > 1 else "")

    def _unnamed(self, first: str, latest: str) -> Who | None:
        """Who acts in the first clause, or in the latest before the verb, when no person is named there."""
        paper = _PASSED.search(latest)
        if paper is not None:
            return Who(paper["paper"])
        title = self._people.opening_title(first) or self._people.opening_title(latest)
        if title is not None:
            return Who(title)
        group = first.partition("在")[0]
        if group != first and 4 <= len(group) <= 12 and group.endswith(self._groups):
            return Who(group)
        office = OFFICE.match(first)
        if office is not None:
            return Who(office["who"])
        acting = _ACTING.match(first) or _ACTING.match(latest)
        who = self._people.subject(acting["who"]) if acting else None
        if who is not None and (who.role is not None or who.name.endswith(self._organisations)):
            return who
        who = self._people.split(first) if 2 <= len(first) <= 4 else None
        return who if who is not None and self._is_somebody(who) else None

    def _is_somebody(self, who: Who) -> bool:
        return who.name.endswith(self._organisations) or self._people.is_somebody(who) or who.name[0] in "老小阿"

    def _introduced_since(self, scene: Scene, last: Who, place: int) -> bool:
        """Whether the text names somebody with a title at the head of a sentence after it named ``last``."""
        mention = scene.people.before(place)
        if mention is None or scene.text.find(last.name, mention.start, place) >= 0:
            return False
        begin = mention.start - len(mention.who.role or "")
        sentence = scene.sentences[bisect_right(scene.sentences, (mention.start, len(scene.text))) - 1]
        return begin - sentence.start <= _HEAD

    def _with_role(self, scene: Scene, who: Who) -> Who:
        if who.role is not None:
            return who
        return scene.roles.get(who.name, who)
