"""Speakers: whom a pronoun, an omitted subject or a bare quotation means, and who has the floor in each sentence."""

import re

from streams.analysis.attribution import Attribution, Scene
from streams.analysis.lexicon import Lexicon
from streams.analysis.people import People, Who
from streams.analysis.sentences import Span
from streams.analysis.spans import Placed

_WHEN = re.compile(
    "[0-9一二三四五六七八九十]{0,4}[年月日]?[0-9]{0,2}[月日]?(?:上午|下午|晚|凌晨|当晚|当天|今天|昨天|昨晚|日前|近日)?"
)
_GROUPS = ("民众", "人士", "部门", "媒体", "代表", "学者", "官员", "居民", "村民", "委员", "专家", "机构", "组织")
_LONGEST_SUBJECT = 60
"""Characters at the head of a sentence in which its subject may stand."""


class Speakers:
    """Resolves speakers within a paragraph and its heading."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._collective = lexicon["speech.collective"]

    def nearest(self, scene: Scene, place: int, last: Who | None, floor: int = 0) -> Who | None:
        """The person named last before ``place``, else ``last``, else the member of the heading."""
        mention = scene.people.before(place)
        if mention is not None and mention.start >= floor:
            return mention.who
        if last is not None and last.name not in self._people.pronouns:
            return last
        proposer = scene.context.proposer
        return Who(proposer, scene.context.proposer_role, True) if proposer and not floor else None

    def resolve(self, scene: Scene, attribution: Attribution, last: Who | None) -> Who | None:
        """The attribution's own subject; for a pronoun or none, whoever the sentence or the text named before."""
        who = attribution.who
        if who is not None and who.name not in self._people.pronouns:
            return self._with_role(scene, who)
        start = scene.sentences[attribution.sentence].start
        if who is None:
            subject = self._subject(scene, start, attribution.start, last)
            if subject is not None:
                return subject
        if last is not None and not self._introduced_since(scene, last, attribution.start):
            return last
        return self.nearest(scene, attribution.start, last)

    def _subject(self, scene: Scene, start: int, end: int, last: Who | None) -> Who | None:
        """Who acts in the clause that opens the sentence; a clause that only says when is passed over."""
        opening = scene.text[start : min(end, start + _LONGEST_SUBJECT)]
        clauses = [clause.strip() for clause in re.split("[，,：]", opening)]
        first = next((clause for clause in clauses if clause and not _WHEN.fullmatch(clause)), "")
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
        group = first.partition("在")[0]
        if group != first and 4 <= len(group) <= 12 and group.endswith(_GROUPS):
            return Who(group)
        return self._people.split(first) if 2 <= len(first) <= 4 else None

    def _introduced_since(self, scene: Scene, last: Who, place: int) -> bool:
        """Whether the text names somebody with a title at the head of a sentence after it named ``last``."""
        mention = scene.people.before(place)
        return mention is not None and scene.text.find(last.name, mention.start, place) < 0

    def _with_role(self, scene: Scene, who: Who) -> Who:
        if who.role is not None:
            return who
        return scene.roles.get(who.name, who)

    def voices(self, scene: Scene, spoken: list[tuple[Span, Who | None]]) -> list[Who | None]:
        """For each sentence who speaks in it, or was named last; under a member's heading the member.

        ``spoken`` holds the words that are attributed, with their speakers.
        """
        context = scene.context
        if context.is_work_report:
            return [None] * len(scene.sentences)
        member = Who(context.proposer, context.proposer_role, True) if context.proposer else None
        attributed = Placed(spoken, lambda pair: (pair[0].start, pair[0].end))
        voice, found = member, []
        for sentence in scene.sentences:
            named = scene.people.starting(sentence.start, sentence.end)
            speaking = next((who for _, who in attributed.within(sentence.start, sentence.end) if who), None)
            heard = speaking or (named[0].who if named else voice)
            found.append(heard)
            if member is None:
                voice = heard
        return found
