"""Leanings: how much each sentence reads like a plan and like a proposal, by the linear models over its features."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from streams.analysis.context import Context
from streams.analysis.features import (
    Facts,
    Signs,
    Surroundings,
    first_and_last,
    genre_of,
    headline_of,
    of_facts,
    of_surroundings,
    of_words,
)
from streams.analysis.lexicon import Lexicon
from streams.analysis.model import LinearModel, Weighing, probability
from streams.analysis.people import Who
from streams.analysis.proposers import Proposing
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.times import Time
from streams.analysis.words import Words

_FACTS, _SURROUNDINGS, _ROLES = 8192, 512, 1024
"""How many combinations of facts, surroundings and titles are remembered: usually some megabytes. Surroundings hold a
heading's words, and a heading may have 2,000 characters, so they are the fewest."""
_PARTS = (
    ("public", ("大家", "嘉宾", "与会", "人士", "民众", "网友")),
    ("member", ("委员", "代表", "常委")),
    ("expert", ("教授", "研究", "专家", "院士", "博士", "师")),
    ("official", ("长", "主席", "书记", "主任", "总理", "总统")),
)


class Leaning(NamedTuple):
    """From 0 to 1 each, with what they were weighed from: features of the paragraph, of the sentence, and its words."""

    plan: float
    proposal: float
    shared: tuple[str, ...]
    own: tuple[str, ...]
    words: Sequence[str]

    @property
    def features(self) -> list[str]:
        """The names of all features, each once, in an order that only the paragraph decides."""
        return [*self.shared, *self.own, *of_words(self.words)]


class Evidence(NamedTuple):
    """What was found so far: numbers, times, words that are attributed, verbs of proposing, and who has the floor."""

    quantities: Placed[Quantity]
    times: Placed[Time]
    spoken: Placed[Utterance]
    proposing: list[Proposing]
    voices: list[Who | None]


class Leanings:
    """Weighs sentences."""

    def __init__(self, lexicon: Lexicon, models: dict[str, LinearModel]) -> None:
        self._imperatives = lexicon["plans.imperatives"]
        self._weighing = Weighing(models["plan"], models["proposal"])
        # Few sentences differ in their facts, and few paragraphs in their surroundings.
        self._of_facts = lru_cache(maxsize=_FACTS)(lambda facts: self._weighed(of_facts(Facts._make(facts))))
        self._of_surroundings = lru_cache(maxsize=_SURROUNDINGS)(lambda around: self._weighed(of_surroundings(around)))

    def of(self, text: str, words: Words, spans: list[Span], context: Context, evidence: Evidence) -> list[Leaning]:
        """One for each sentence."""
        signs = Signs(text)
        imperative = [self._imperatives.starting_at(text, span.start) is not None for span in spans]
        headline = headline_of(text, spans[0], imperative[0]) if spans else "other"
        around = _surroundings(context, signs, imperative, len(evidence.quantities.things), headline)
        shared, weight_shared = self._of_surroundings(around)
        found = []
        for index, facts in enumerate(_facts(text, spans, context, evidence, signs, imperative)):
            own, weight_own = self._of_facts(facts)
            inside = words.between(*spans[index])
            sums = self._weighing.words(weight_shared + weight_own, inside, first_and_last(inside))
            found.append(Leaning(probability(sums.real), probability(sums.imag), shared, own, inside))
        return found

    def _weighed(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], complex]:
        return names, self._weighing.features(names)


def _surroundings(context: Context, signs: Signs, imperative: list[bool], numbers: int, headline: str) -> Surroundings:
    openings = round(4 * sum(imperative) / max(1, len(imperative)))
    return Surroundings(context, min(signs.past, 3), min(signs.ahead, 2), openings, min(numbers, 3), headline)


def _facts(
    text: str, spans: list[Span], context: Context, evidence: Evidence, signs: Signs, imperative: list[bool]
) -> Iterator[tuple[object, ...]]:
    """What is known of each sentence besides its words: the fields of ``Facts``, which takes longer to make."""
    spoken, says = evidence.spoken, _first_verbs(spans, evidence.spoken.things)
    proposing = {verb.sentence for verb in evidence.proposing}
    first, last, genre = min(proposing, default=len(spans)), len(spans) - 1, genre_of(context)
    proposer, quantities, times = context.proposer, evidence.quantities, evidence.times
    # Most paragraphs have no times ahead and no question.
    ahead = Placed([time for time in times.things if time.future], lambda time: (time.start, time.end))
    asks = "？" in text
    for index, (start, end) in enumerate(spans):
        sentence = text[start:end]
        words = spoken.within(start, end)
        yield (
            genre,
            signs.of(sentence),
            imperative[index],
            asks and "？" in sentence,
            min(4, (end - start) // 20),
            "first" if index == 0 else "last" if index == last else "middle",
            bool(words),
            voice(evidence.voices[index]),
            says.get(index),
            index in proposing,
            first < index,
            bool(quantities.starting(start, end)),
            bool(ahead.starting(start, end)),
            proposer is not None,
            proposer is not None and proposer in sentence,
            words[0].verb if words else None,
        )


def voice(who: Who | None) -> str:
    """What the title of whoever speaks says of the speaker's part: public, member, expert, official, other or none."""
    return "none" if who is None else _part(who.role or who.name)


@lru_cache(maxsize=_ROLES)
def _part(role: str) -> str:
    for part, titles in _PARTS:
        if any(title in role for title in titles) and not (part == "member" and "主任" in role):
            return part
    return "other"


def _first_verbs(spans: list[Span], utterances: Sequence[Utterance]) -> dict[int, str]:
    """By sentence the verb of saying of the first attribution in it."""
    if not utterances:
        return {}
    starts = [span.start for span in spans]
    verbs: dict[int, str] = {}
    for utterance in utterances:
        if utterance.verb is not None:
            verbs.setdefault(bisect_right(starts, utterance.attribution.start) - 1, utterance.verb)
    return verbs
