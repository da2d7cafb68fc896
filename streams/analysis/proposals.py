"""Proposals: what is put to others to act on, by a verb of proposing, in a named motion, or by its wording."""

import re
from dataclasses import dataclass

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
_OPENING = re.compile(r"(?:至于|还有一条，|此外，|另外，|同时，|一是|二是|三是)")
_NEVER_AFTER = frozenset("的、。；》”了和案书与")
_LONGEST_NAME = 12
LEAST = 0.4
"""From this leaning on a sentence is taken for a proposal."""
LINKED = 0.1
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
        titles = self._named(text, quotes)
        found = self._worded(text, sentences, utterances, verbs, leanings, voices)
        if not found:
            return titles
        if len(titles) == 1:
            who = titles[0].who or found[0].who
            found = [Motion(found[0].span, who, titles[0].title, found[0].rule), *found[1:]]
        return found

    def _worded(
        self,
        text: str,
        sentences: list[Span],
        utterances: list[Utterance],
        verbs: list[Proposing],
        leanings: list[float],
        voices: list[Who | None],
    ) -> list[Motion]:
        found: list[Motion] = []
        last = -2
        first_verbs: dict[int, Proposing] = {}
        for each in verbs:
            first_verbs.setdefault(each.sentence, each)
        attributed = Placed(utterances, lambda utterance: (utterance.quote.start, utterance.quote.end))
        leanings = _linked(text, sentences, leanings)
        for index, sentence in enumerate(sentences):
            verb = first_verbs.get(index)
            if leanings[index] < LEAST:
                continue
            start = self._begin(text, sentence, verb, attributed)
            span = trim(text, start, sentence.end, "。；，”")
            who = self._proposer(verb, voices[index])
            if span.end - span.start < 4:
                continue
            rule = "proposal.verb" if verb else "proposal.wording"
            if found and last == index - 1 and (verb is None or verb.who is None) and _same(found[-1].who, who):
                found[-1] = Motion(Span(found[-1].span.start, span.end), found[-1].who, None, found[-1].rule)
            else:
                found.append(Motion(span, who, None, rule))
            last = index
        return found

    def _begin(self, text: str, sentence: Span, verb: Proposing | None, attributed: Placed[Utterance]) -> int:
        """Where the words of the proposal begin: after the verb, or after the attribution that opens the sentence."""
        if verb is not None:
            return verb.words
        for utterance in attributed.within(sentence.start, sentence.end):
            if sentence.start <= utterance.attribution.start and utterance.attribution.end <= utterance.quote.start:
                return utterance.quote.start
        opening = _OPENING.match(text, sentence.start)
        return opening.end() if opening else sentence.start

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


def _same(a: Who | None, b: Who | None) -> bool:
    return a is None or b is None or a.name == b.name
