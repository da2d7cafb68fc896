"""Words in quotation marks, and whose they are: named before the marks, behind them, or last of all."""

import re
from bisect import bisect_right
from typing import NamedTuple

from streams.analysis.attribution import Attribution, Attributions, Scene, clause_start
from streams.analysis.people import People, Who
from streams.analysis.sentences import Quotation, Span
from streams.analysis.spans import Placed
from streams.analysis.speakers import Speakers

_SAID = frozenset("。！？!?…")
_OPENS_SENTENCE = ("", "。", "”", "！", "？", "；", "\n")
_NAME_ENDS = re.compile("[，,在把对从又也就用不]")
_MANNER = re.compile("[问说讲答写喊回提念](?:得|了|着|起)")
"""How somebody speaks, before a colon (问得直接：)."""
_BY_HAND = re.compile("出自(?P<who>[^，。；：“”]{2,14}?)(?:之手|之口|的手笔)$")
"""A note of which the text says who wrote it (出自五年级学生之手：)."""
_REPORTER = re.compile("记者(?![从获了在采者们])")
_BEHIND = 80
"""Characters after a closing mark in which its attribution may stand."""
_LONG, _NAMES, _SHORT = 14, 7, 3
"""Characters beyond which marks hold words rather than a name: anywhere; after a colon; when they end a sentence."""


class Utterance(NamedTuple):
    """Words with their attribution. ``attribution`` is the span of speaker and verb."""

    quote: Span
    who: Who | None
    verb: str | None
    direct: bool
    rule: str
    attribution: Span


class Quotes:
    """Finds utterances in quotation marks."""

    def __init__(self, people: People, attributions: Attributions, speakers: Speakers) -> None:
        self._people = people
        self._attributions, self._speakers = attributions, speakers

    def attributed(self, scene: Scene, attributions: list[Attribution]) -> list[Utterance]:
        """Those with an attribution beside them."""
        ends = {attribution.end: attribution for attribution in attributions}
        found: list[Utterance] = []
        for quote in scene.quotes:
            if quote.mark in "“「" and quote.depth == 0 and _is_utterance(scene.text, quote):
                utterance = self._before(scene, quote, ends) or self._behind(scene, quote)
                if utterance is None or utterance.verb is None or _says_more(scene.text, quote, utterance):
                    utterance = self._led(scene, quote) or utterance
                if utterance is None:
                    utterance = self._closing(scene, quote, attributions)
                if utterance is None and found:
                    utterance = _resumed(scene, quote, found[-1])
                if utterance is not None and not (utterance.rule == "speech.direct" and self._is_cited(scene, quote)):
                    found.append(utterance)
        return found

    def _led(self, scene: Scene, quote: Quotation) -> Utterance | None:
        """他话锋一转，“…”: whoever opens the sentence does something, and the words follow after a comma."""
        text = scene.text
        if text[quote.start - 2 : quote.start - 1] != "，" or text[quote.end - 1] not in _SAID:
            return None
        start = scene.sentences[bisect_right(scene.sentences, (quote.start, len(text))) - 1].start
        if quote.start - start > _BEHIND or "“" in text[start : quote.start - 1]:
            return None
        pronoun = text[start] in "他她"
        who = self._speakers.nearest(scene, start, None) if pronoun else scene.opens(start, quote.start)
        span = Span(start, quote.start - 1)
        return Utterance(quote.inside, who, None, True, "speech.led", span) if who is not None else None

    def _closing(self, scene: Scene, quote: Quotation, attributions: list[Attribution]) -> Utterance | None:
        """某某把功劳推给了别人，“他们跑了一个夏天”。: words that close a sentence in which nothing else is said."""
        text = scene.text
        if text[quote.start - 2 : quote.start - 1] != "，" or text[quote.end + 1 : quote.end + 2] not in ("。", ""):
            return None
        if "，" not in text[quote.start : quote.end] or quote.end - quote.start <= _NAMES:
            return None
        index = bisect_right(scene.sentences, (quote.start, len(text))) - 1
        start = scene.sentences[index].start
        said = any(attribution.sentence == index for attribution in attributions)
        if said or "“" in text[start : quote.start - 1] or "：" in text[start : quote.start]:
            return None
        named = scene.people.starting(start, quote.start)
        who = named[0].who if named else None
        if who is None and text[start] in "他她":
            who = self._speakers.nearest(scene, start, None)
        span = Span(start, quote.start - 1)
        return Utterance(quote.inside, who, None, True, "speech.led", span) if who is not None else None

    def _is_cited(self, scene: Scene, quote: Quotation) -> bool:
        """Whether a few words in marks stand in the middle of what somebody is already reported to say."""
        text = scene.text
        if (
            quote.end - quote.start > _LONG
            or text[quote.end - 1] in _SAID
            or text[quote.end + 1 : quote.end + 2] != "，"
        ):
            return False
        sentence = scene.sentences[bisect_right(scene.sentences, (quote.start, len(text))) - 1]
        first = next(iter(self._attributions.verbs(text, sentence.start, quote.start - 1)), None)
        return first is not None and text[first.end() : first.end() + 1] == "，"

    def alone(self, scene: Scene, found: list[Utterance]) -> list[Utterance]:
        """Those that are sentences of their own: they belong to whoever was named last."""
        text = scene.text
        taken = Placed(found, lambda utterance: (utterance.quote.start, utterance.quote.end))
        more = []
        for quote in scene.quotes:
            if quote.mark not in "“「" or quote.depth > 0 or quote.end - quote.start <= _NAMES:
                continue
            own = text[quote.end - 1] in _SAID and text[quote.start - 2 : quote.start - 1] in _OPENS_SENTENCE
            if not own or taken.within(quote.start, quote.end):
                continue
            earlier = taken.before(quote.start)
            who = self._speakers.nearest(scene, quote.start, earlier.who if earlier else None)
            if who is not None:
                span = Span(quote.start - 1, quote.start)
                more.append(Utterance(quote.inside, who, None, True, "speech.alone", span))
        return more

    def _before(self, scene: Scene, quote: Quotation, ends: dict[int, Attribution]) -> Utterance | None:
        """说：“…” and 头一句就是：“…”."""
        attribution = ends.get(quote.start - 2) or ends.get(quote.start - 1)
        if attribution is not None:
            who = self._speakers.resolve(scene, attribution, None)
            span = Span(attribution.start, attribution.end)
            return Utterance(quote.inside, who, attribution.verb, True, "speech.direct", span)
        if scene.text[quote.start - 2 : quote.start - 1] not in ("：", ":"):
            return None
        hand = _BY_HAND.search(scene.text, max(0, quote.start - _BEHIND // 2), quote.start - 2)
        if hand is not None:
            who = self._people.subject(hand["who"]) or Who(hand["who"])
            return Utterance(quote.inside, who, None, True, "speech.colon", Span(hand.start(), quote.start - 1))
        floor = max(0, quote.start - _BEHIND)
        begin = max(scene.text.rfind(end, floor, quote.start - 2) for end in "。！？；”\n") + 1
        begin = max(begin, floor)
        clause = _MANNER.split(re.split("[，,]", scene.text[begin : quote.start - 2])[0])[0]
        who = self._attributions.who(scene, clause, begin)
        if (
            who is not None
            and not self._attributions.is_known(scene, who.name)
            and not self._people.is_person(who.name)
        ):
            who = self._speakers.nearest(scene, quote.start, None, begin) or who
        if who is not None and self._people.pronouns.starting_at(who.name, 0):
            who = self._speakers.nearest(scene, begin, None)
        return Utterance(quote.inside, who, None, True, "speech.colon", Span(begin, quote.start - 1))

    def _behind(self, scene: Scene, quote: Quotation) -> Utterance | None:
        """“…。”某某说: the attribution follows the closing mark."""
        text, start = scene.text, quote.end + 1
        before = text[quote.start - 2 : quote.start - 1]
        if text[quote.end - 1] not in _SAID | {"，"}:
            if text[start : start + 1] != "，" or before not in _OPENS_SENTENCE or quote.end - quote.start <= _LONG:
                return None
            start += 1
        elif before not in _OPENS_SENTENCE and before != "，":
            return None
        places = (text.find(end, start, start + _BEHIND) for end in "。！？；“")
        stop = min((place for place in places if place >= 0), default=min(len(text), start + _BEHIND))
        named = self._named(scene, start, stop)
        for verb in self._attributions.verbs(text, start, stop):
            who = named or self._people.subject(text[clause_start(text, start, verb.start()) : verb.start()])
            if who is not None and who.name in self._people.pronouns:
                who = self._speakers.nearest(scene, quote.start, None)
            if who is not None:
                span = Span(start, verb.end())
                return Utterance(quote.inside, who, verb.group(), True, "speech.direct-after", span)
            break
        mention = scene.people.starting(start, stop)
        # Somebody further on is not the one who spoke where somebody was named before.
        far = bool(mention) and "，" in text[start : mention[0].start] and scene.people.before(quote.start) is not None
        if named is None or far:
            return None
        return Utterance(quote.inside, named, None, True, "speech.bare-quote", Span(start, stop))

    def _named(self, scene: Scene, start: int, stop: int) -> Who | None:
        """The person named right after a closing mark, with a title or by name alone."""
        if _REPORTER.match(scene.text, start):
            return Who("记者")
        mentions = scene.people.starting(start, min(stop, start + _BEHIND // 2))
        if mentions:
            return mentions[0].who
        opening = _NAME_ENDS.split(scene.text[start:stop])[0]
        if opening in scene.roles:
            return scene.roles[opening]
        if 2 <= len(opening) <= 4 and opening in scene.context.section:
            return Who(opening, None, True)
        end = self._people.name_at(scene.text, start, scene.words)
        if end is not None and end - start >= 3 and end <= stop:
            return Who(scene.text[start:end], None, True)
        return None


def _says_more(text: str, quote: Quotation, utterance: Utterance) -> bool:
    """“…”某某回应，…: the attribution behind the marks has words of its own."""
    return (
        utterance.attribution.start > quote.end
        and text[utterance.attribution.end : utterance.attribution.end + 1] == "，"
    )


def _resumed(scene: Scene, quote: Quotation, last: Utterance) -> Utterance | None:
    """“…”某某没有绕弯子，“…”: whoever is named between goes on after a comma, else the same speaker."""
    text = scene.text
    between = text[last.quote.end + 1 : quote.start - 1]
    goes_on = last.direct and len(between) <= _BEHIND // 2 and between.endswith("，")
    if not goes_on or set(between) & set("。！？；：“") or text[quote.end - 1] not in _SAID:
        return None
    named = scene.people.starting(last.quote.end, quote.start)
    who = named[-1].who if named else last.who
    return Utterance(quote.inside, who, None, True, "speech.resumed", Span(last.quote.end + 1, quote.start - 1))


def _is_utterance(text: str, quote: Quotation) -> bool:
    length = quote.end - quote.start
    closes = text[quote.start - 2 : quote.start - 1] == "，" and "，" in text[quote.start : quote.end]
    if length > _LONG or (closes and length > _NAMES) or (length > _SHORT and text[quote.end - 1] in "。！？，…"):
        return True
    return length > _NAMES and text[quote.start - 2 : quote.start - 1] == "："
