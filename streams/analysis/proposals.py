"""Proposals: what is put to others to act on, by a verb of proposing, in a named motion, or by its wording."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from streams.analysis.attribution import clause_start
from streams.analysis.lexicon import Lexicon
from streams.analysis.people import People, Who
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Quotation, Span, trim
from streams.analysis.spans import Placed

_OPEN = re.compile(r"[，,：:]?[“「]?")
_TITLE_BEFORE = re.compile(
    r"(?P<who>[^，。；：“”《》]{2,40}?)(?:再次|又|还|也|共同|联合|牵头|领衔|带来|联名|两次|曾|已|今年|去年)*"
    r"(?:领衔提交|提出|提交|递交|提了|带来|撰写|起草|附议)(?:了|的)?(?:一件|一份|一篇)?$"
)
_TITLE_AFTER = re.compile(
    r"》(?:由|是)(?P<who>[^，。；：“”《》]{2,24}?)(?:联名|牵头|领衔|共同)?(?:提出|提交|撰写|带来)"
)
_OPENING = re.compile(r"(?:至于|还有一条，|此外，|另外，|同时，)")
_URGES = re.compile(
    "应当|应该|不妨|何不|能否|能不能|可否|最好|宜(?=提|先|由|把|在|跟|按)|应(?=由|把|从|在|先|尽快|纳入|优先|允许|统一|单独|单列|加|建|设|给)|"
    "[她他](?:希望|要求|请求|盼)|，(?:希望|恳请|请求|盼着?)"
)
_IDEA = re.compile("的(?:意见|想法|主意|药方|设计|设想|思路)[是，]|的药方是|有个(?:主意|想法)|出了个主意")
_ENUMERATED = re.compile("[一两二三四五六七八几0-9](?:点|条|张|件|项|个方面|层|招|笔|句)[^，。：；]{0,8}：")
"""Announces several proposals, one after each semicolon."""
_INTRODUCED = re.compile(
    "(?P<who>[^。；“”]{0,40}?)(?:(?:的|个)(?:意见|想法|主意|药方|办法|思路|设想|看法|点子)(?:就?是|，)[，：]?"
    "|按(?:照)?(?P<designer>[^，。；]{2,8}?)的(?:设计|设想|思路|想法|算法)，"
    "|(?:提出|认为|希望|要求|附议，并提出|倡议|写道|写明|写着|还?提了一条)[，：]"
    "|(?<=[她他])希望|：|——)"
)
"""What stands before the words of a proposal when no verb of proposing does."""
_NUMBERED = re.compile(
    "(?:[一二三四五六七八九]是|第[一二三四五六七八九](?:[件条点]|，)|其[一二三四五]|另?一[件条]是|另一[件条])(?:要|，|是)?[，：]?"
)
"""Opens one of several proposals that are counted."""
_DEMAND = re.compile("由(?!此)|把|与|不要|对|在|给|将|别")
"""Opens a demand of its own after a semicolon; what begins with a noun goes on with the one before."""
_AFTER_TITLE = re.compile("(?:[，：]?(?:里|中)?(?:提出|建议|认为|要求|主张|呼吁)?[，：]?)")
_PAPER = re.compile("(?P<who>[^，。；：]{2,16}?)的?(?:主|专题|书面)?(?:调研报告|发言材料|提案|议案|建议案|建议书)$")
_CONTENT = 10
"""Characters after a title from which on the content of the motion is told, rather than what became of it."""
_NEVER_AFTER = frozenset("的、。；》”了和案书与")
_LONGEST_NAME = 12
LEAST = 0.4
"""From this leaning on a sentence is taken for a proposal."""
VERBAL = 0.05
"""The same where a verb of proposing stands in it."""
OWN = 0.02
"""The same where that verb has a subject of its own."""
URGED = 0.03
"""The same where somebody who is no official urges something (应当, 不妨, 能否)."""
LINKED = 0.04
"""From this leaning on it is one when a semicolon joins it to one."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A proposal: its words, who makes it, and the title of the motion when it is named."""

    span: Span
    who: Who | None
    title: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Proposing:
    """A verb of proposing: where its words begin, and the subject before it."""

    start: int
    words: int
    who: Who | None
    sentence: int


class Proposals:
    """Finds proposals."""

    def __init__(self, lexicon: Lexicon, people: People) -> None:
        self._people = people
        self._verbs = lexicon["proposals.verbs"]
        alike = lexicon["proposals.look_alikes"]
        ordered = sorted(self._verbs.words | alike.words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, ordered)))
        self._titles = tuple(lexicon["proposals.titles"].longest_first())
        self._officials = lexicon["proposals.officials"]
        self._not_titles = lexicon["proposals.not_titles"].longest_first()

    def verbs(self, text: str, sentences: list[Span], quotes: list[Quotation]) -> list[Proposing]:
        """Every verb of proposing with content after it."""
        found: list[Proposing] = []
        masked = _names(len(text), quotes)
        index = 0
        for match in self._pattern.finditer(text):
            if match.group() not in self._verbs or text[match.end() : match.end() + 1] in ("", *_NEVER_AFTER):
                continue
            if masked[match.start()]:
                continue
            while sentences[index].end <= match.start():
                index += 1
            begin = clause_start(text, sentences[index].start, match.start())
            opening = _OPEN.match(text, match.end())
            start = opening.end() if opening else match.end()
            found.append(Proposing(match.start(), start, self._people.subject(text[begin : match.start()]), index))
        return found

    def find(
        self,
        text: str,
        sentences: list[Span],
        quotes: list[Quotation],
        utterances: list[Utterance],
        verbs: list[Proposing],
        leanings: list[float],
        voices: list[Who | None],
    ) -> list[Motion]:
        """All proposals in the order of their words.

        ``leanings`` says of each sentence how much it reads like a proposal, ``voices`` who speaks in it.
        """
        starts = [sentence.start for sentence in sentences]
        titles = [
            replace(title, who=_known(title.who, voices[bisect_right(starts, title.span.start) - 1]))
            for title in self._named(text, quotes)
        ]
        found = self._worded(text, sentences, quotes, utterances, verbs, leanings, voices)
        if not found:
            return titles
        if len(titles) == 1:
            who = titles[0].who or found[0].who
            return [Motion(found[0].span, who, titles[0].title, found[0].rule), *found[1:]]
        return _with_titles(found, titles)

    def _worded(
        self,
        text: str,
        sentences: list[Span],
        quotes: list[Quotation],
        utterances: list[Utterance],
        verbs: list[Proposing],
        leanings: list[float],
        voices: list[Who | None],
    ) -> list[Motion]:
        found: list[Motion] = []
        last, enumerated = -2, False
        titled = [quote for quote in quotes if quote.mark == "《" and quote.inside.slice(text).endswith(self._titles)]
        named = Placed(titled, lambda quote: (quote.start, quote.end))
        first_verbs: dict[int, Proposing] = {}
        for each in verbs:
            first_verbs.setdefault(each.sentence, each)
        attributed = Placed(utterances, lambda utterance: (utterance.quote.start, utterance.quote.end))
        leanings = _linked(text, sentences, leanings)
        for index, sentence in enumerate(sentences):
            verb = first_verbs.get(index)
            if leanings[index] < self._least(text, sentence, verb, voices[index]):
                continue
            start, introduced = self._begin(text, sentence, verb, attributed, named)
            span = trim(text, start, sentence.end, "。；，”")
            who = introduced or self._proposer(verb, voices[index])
            if last < index - 1 or text[sentences[index - 1].end - 1] not in "；;":
                enumerated = _ENUMERATED.search(text, sentence.start, sentence.end) is not None
            if span.end - span.start < 4:
                continue
            rule = "proposal.verb" if verb else "proposal.wording"
            listed = index > 0 and text[sentences[index - 1].end - 1] in "；;"
            apart = listed and (enumerated or _DEMAND.match(text, start) is not None)
            continues = last == index - 1 and not apart
            numbered = _NUMBERED.match(text, start)
            span = Span(numbered.end(), span.end) if numbered and numbered.end() < span.end else span
            if found and continues and not numbered and verb is None and _same(found[-1].who, who):
                found[-1] = Motion(Span(found[-1].span.start, span.end), found[-1].who, None, found[-1].rule)
            else:
                found.append(Motion(span, who, None, rule))
            last = index
        return found

    def _least(self, text: str, sentence: Span, verb: Proposing | None, voice: Who | None) -> float:
        """The leaning from which on the sentence is a proposal: lower where its wording says so by itself."""
        if verb is not None:
            return OWN if verb.who is not None else VERBAL
        title = (voice.role or voice.name) if voice else ""
        member = title and self._officials.ending_at(title, len(title)) is None
        if member and _URGES.search(text, sentence.start, sentence.end):
            return URGED
        return VERBAL if _IDEA.search(text, sentence.start, sentence.end) else LEAST

    def _begin(
        self,
        text: str,
        sentence: Span,
        verb: Proposing | None,
        attributed: Placed[Utterance],
        titles: Placed[Quotation],
    ) -> tuple[int, Who | None]:
        """Where the words of the proposal begin, and who is said there to propose them.

        They begin after the verb, a title, an attribution that opens the sentence, or an introduction (三点：).
        """
        if verb is not None:
            return verb.words, None
        for title in titles.within(sentence.start, sentence.end):
            after = _AFTER_TITLE.match(text, title.end + 1)
            if after and after.group() and sentence.end - after.end() > _CONTENT:
                return after.end(), None
        for utterance in attributed.within(sentence.start, sentence.end):
            if sentence.start <= utterance.attribution.start and utterance.attribution.end <= utterance.quote.start:
                return utterance.quote.start, None
        introduced = _INTRODUCED.match(text, sentence.start, sentence.end)
        if introduced and sentence.end - introduced.end() > _CONTENT // 2:
            return introduced.end(), self._introduced(introduced)
        opening = _OPENING.match(text, sentence.start)
        return opening.end() if opening else sentence.start, None

    def _introduced(self, introduced: re.Match[str]) -> Who | None:
        """The one named in an introduction: 按某某的设计，; 某委员会的调研报告提出，."""
        if introduced["designer"]:
            return self._people.split(introduced["designer"])
        paper = _PAPER.match(introduced["who"])
        return self._people.split(paper["who"]) if paper else None

    def _proposer(self, verb: Proposing | None, voice: Who | None) -> Who | None:
        if verb is not None and verb.who is not None and verb.who.name not in self._people.pronouns:
            return verb.who
        return voice

    def _named(self, text: str, quotes: list[Quotation]) -> list[Motion]:
        found = []
        for quote in quotes:
            title = quote.inside.slice(text)
            if quote.mark != "《" or not title.endswith(self._titles) or len(title) < 8:
                continue
            if any(word in title for word in self._not_titles):
                continue
            found.append(
                Motion(Span(quote.start - 1, quote.end + 1), self._title_by(text, quote), title, "proposal.title")
            )
        return found

    def _title_by(self, text: str, quote: Quotation) -> Who | None:
        before = _TITLE_BEFORE.search(text, max(0, quote.start - 50), quote.start - 1)
        if before:
            return self._people.subject(before["who"])
        after = _TITLE_AFTER.match(text, quote.end)
        return self._people.subject(after["who"]) if after else None


def _names(length: int, quotes: list[Quotation]) -> bytearray:
    """1 inside titles and short names in quotation marks."""
    masked = bytearray(length + 1)
    for quote in quotes:
        if quote.mark == "《" or quote.end - quote.start <= _LONGEST_NAME:
            masked[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
    return masked


def _linked(text: str, sentences: list[Span], leanings: list[float]) -> list[float]:
    """Sentences that semicolons join share what the surest of them says: a list of measures is one proposal."""
    linked = list(leanings)
    start = 0
    for index, sentence in enumerate(sentences):
        if text[sentence.end - 1] in "；;" and index + 1 < len(sentences):
            continue
        best = max(linked[start : index + 1])
        linked[start : index + 1] = [max(own, best if own >= LINKED else own) for own in linked[start : index + 1]]
        start = index + 1
    return linked


def _known(who: Who | None, voice: Who | None) -> Who | None:
    """Whoever hands in a motion; a pronoun (她和11名代表) is whoever has the floor there."""
    return who if who is None or who.name[0] not in "他她" else voice


def _with_titles(found: list[Motion], titles: list[Motion]) -> list[Motion]:
    """Several titles are motions of their own; wording around them only tells what became of them."""
    placed = Placed(titles, lambda title: (title.span.start, title.span.end))
    kept = [each for each in found if not placed.within(each.span.start, each.span.end)]
    return sorted([*kept, *titles], key=lambda motion: motion.span.start)


def _same(a: Who | None, b: Who | None) -> bool:
    return a is None or b is None or a.name == b.name
