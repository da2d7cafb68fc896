"""Speech: who says what, where. Words follow a verb of saying, or stand in quotation marks beside one or alone.

Consecutive sentences by one speaker are one utterance. ``quotes`` holds what stands in quotation marks.
"""

import re

from streams.analysis.attribution import Attribution, Attributions, Scene, clause_start
from streams.analysis.context import Context
from streams.analysis.lexicon import Lexicon
from streams.analysis.people import People, Who, again, heads, mentions, openings
from streams.analysis.quotes import Quotes, Utterance
from streams.analysis.sentences import Quotation, Span, trim
from streams.analysis.spans import Placed
from streams.analysis.speakers import Speakers
from streams.analysis.words import Words

_OPEN = re.compile(r"[，,：:]?[“「]?")
_LABEL = re.compile(r"(?:^|(?<=[。！？”\n]))[ \u3000]{0,4}(?P<name>[\u4e00-\u9fff·]{1,14}?)[：:](?=\S)")
_LABEL_ENDS = ("总支", "支部", "委员会", "界别", "委员", "代表", "协会", "小组", "工商联")
_INTERVIEW = frozenset(["记者", "问", "答", "主持人"])
_CONTINUES = re.compile(
    "我|双方|中方|各方|但|并|同时|其(?!中)|该|如果|(?:[\u4e00-\u9fff]{2})?(?:愿|希望|(?<![主重需必])要|将|应|必须)"
)
_PROPOSES = re.compile("建议|提议")
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
        self._narrative = lexicon["speech.narrative"]
        self._proposing = lexicon["proposals.verbs"]
        self._meeting = re.compile("|".join(map(re.escape, lexicon["speech.meetings"].longest_first())))

    def scene(self, text: str, words: Words, sentences: list[Span], quotes: list[Quotation], context: Context) -> Scene:
        """The paragraph with the people whom it names; in work reports nobody who is named matters here."""
        named = [] if context.is_work_report and not quotes else mentions(text, self._people, words)
        if not context.is_work_report and context.genre != "新闻":
            starts = heads(text, [sentence.start for sentence in sentences])
            taken = {mention.start for mention in named}
            bare = [each for each in openings(text, starts, self._people, words) if each.start not in taken]
            named = sorted([*named, *bare], key=lambda mention: mention.start)
            named = again(text, named)
        roles: dict[str, Who] = {}
        for mention in named:
            roles.setdefault(mention.who.name, mention.who)
        people = Placed(named, lambda mention: (mention.start, mention.start + len(mention.who.name)))
        return Scene(text, words, sentences, quotes, context, people, roles)

    def voices(self, scene: Scene, utterances: list[Utterance]) -> list[Who | None]:
        """Who has the floor in each sentence."""
        return self._speakers.voices(scene, [(utterance.quote, utterance.who) for utterance in utterances])

    def find(self, scene: Scene) -> list[Utterance]:
        """All utterances, in the order of their quotes; none overlaps another."""
        if scene.context.is_work_report and not scene.quotes:
            return []
        labelled = self._labelled(scene)
        if labelled:
            return labelled
        spoken = self._attributions.find(scene)
        attributions = sorted([*spoken, *self._colons(scene, spoken)], key=lambda attribution: attribution.start)
        direct = self._quotes.attributed(scene, spoken)
        found = _apart([*direct, *self._indirect(scene, attributions, direct)])
        return _apart([*found, *self._quotes.alone(scene, found)])

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
        if scene.context.is_work_report or scene.context.genre == "新闻":
            return []
        taken = {attribution.sentence for attribution in spoken}
        found = []
        for index, sentence in enumerate(scene.sentences):
            colon = scene.text.find("：", sentence.start, min(sentence.end, sentence.start + 2 * _BEFORE_COLON))
            if colon < 0 or scene.text[colon + 1 : colon + 2] in ("“", "") or sentence.end - colon <= _NAMES:
                continue
            begin = clause_start(scene.text, sentence.start, colon)
            if index not in taken and colon < sentence.start + _BEFORE_COLON:
                who = self._who_opens(scene, sentence.start, colon)
                if who is not None:
                    found.append(Attribution(sentence.start, colon, who, "", index, True))
                    continue
            named = scene.people.starting(begin, begin + 1)
            if named and begin > sentence.start:
                found.append(Attribution(begin, colon, named[0].who, "", index, True))
        return found

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
        return None

    def _indirect(self, scene: Scene, attributions: list[Attribution], direct: list[Utterance]) -> list[Utterance]:
        """Words after a verb, up to where somebody else speaks or the telling goes on."""
        text = scene.text
        taken = Placed(direct, lambda utterance: (utterance.quote.start, utterance.quote.end))
        openings = {quote.start: quote.end for quote in scene.quotes}
        nearest = _next_own(attributions, scene.sentences)
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
            if not self._goes_on(scene, attribution, sentence, taken, who):
                break
            end = sentence.end
        return end

    def _goes_on(
        self, scene: Scene, attribution: Attribution, sentence: Span, taken: Placed[Utterance], who: Who | None
    ) -> bool:
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
        if any(text[place : place + length] in scene.roles for place in heads for length in (4, 3, 2)):
            return False
        if who is not None and who.named and text.startswith(who.name, start):
            return False
        if scene.context.genre != "新闻" or self._is_address(scene, who):
            return True
        # News run separate reports together: only what clearly speaks on belongs to the speaker.
        alike = text[start : start + 2] == text[attribution.end + 1 : attribution.end + 3]
        return alike or _CONTINUES.match(text, start) is not None

    def _is_address(self, scene: Scene, who: Who | None) -> bool:
        """A meeting, a letter or a document is reported as a whole."""
        return who is not None and (who.name.startswith("《") or self._meeting.search(scene.text) is not None)


def _interrupts(attribution: Attribution, following: Attribution) -> bool:
    """Whether somebody else begins to speak within the sentence."""
    same = following.sentence == attribution.sentence and following.start > attribution.end
    return same and following.who is not None and following.strong


def _next_own(attributions: list[Attribution], sentences: list[Span]) -> list[int]:
    """For each attribution the next sentence in which somebody else is reported to speak.

    A verb with neither a comma nor a place at the head of its sentence belongs to the words (全会提出的).
    """
    nearest, following, after = [], len(sentences), len(sentences)
    for place in range(len(attributions) - 1, -1, -1):
        attribution = attributions[place]
        if place + 1 < len(attributions) and attributions[place + 1].sentence > attribution.sentence:
            after = following
        nearest.append(after)
        head = attribution.start == sentences[attribution.sentence].start
        if attribution.strong or (head and attribution.who is not None):
            following = attribution.sentence
    return nearest[::-1]


def _apart(found: list[Utterance]) -> list[Utterance]:
    """In order, without those that begin within an earlier one."""
    kept: list[Utterance] = []
    for utterance in sorted(found, key=lambda utterance: (utterance.quote.start, -utterance.quote.end)):
        if not kept or utterance.quote.start >= kept[-1].quote.end:
            kept.append(utterance)
    return kept
