"""Leanings: how much each sentence reads like a plan and like a proposal, by the linear models over its features."""

from bisect import bisect_right
from dataclasses import dataclass

from streams.analysis.context import Context
from streams.analysis.features import Facts, Features
from streams.analysis.lexicon import Lexicon
from streams.analysis.model import LinearModel
from streams.analysis.people import Who
from streams.analysis.proposals import Proposing
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.times import Time
from streams.analysis.words import Words

_PARTS = (
    ("member", ("委员", "代表", "常委")),
    ("expert", ("教授", "研究", "专家", "院士", "博士", "师")),
    ("official", ("长", "主席", "书记", "主任", "总理", "总统")),
)


@dataclass(frozen=True, slots=True)
class Leaning:
    """From 0 to 1 each, with the features that they were weighed from."""

    plan: float
    proposal: float
    features: list[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found so far: numbers, times, words that are attributed, verbs of proposing, and who has the floor."""

    quantities: Placed[Quantity]
    times: Placed[Time]
    utterances: list[Utterance]
    proposing: list[Proposing]
    voices: list[Who | None]


class Leanings:
    """Weighs sentences."""

    def __init__(self, lexicon: Lexicon, models: dict[str, LinearModel]) -> None:
        self._features = Features(lexicon)
        self._plan, self._proposal = models["plan"], models["proposal"]

    def of(self, text: str, words: Words, spans: list[Span], context: Context, evidence: Evidence) -> list[Leaning]:
        """One for each sentence."""
        shared = self._features.paragraph(text, spans, context, len(evidence.quantities.things))
        spoken = Placed(evidence.utterances, lambda utterance: (utterance.quote.start, utterance.quote.end))
        says = _first_verbs(spans, evidence.utterances)
        proposing = {verb.sentence for verb in evidence.proposing}
        first = min(proposing, default=len(spans))
        found = []
        for index, span in enumerate(spans):
            facts = Facts(
                in_speech=bool(spoken.within(span.start, span.end)),
                voice=voice(evidence.voices[index]),
                proposing=index in proposing,
                after_proposing=first < index,
                says=says.get(index),
                named=bool(context.proposer and text.find(context.proposer, span.start, span.end) >= 0),
                numbers=len(evidence.quantities.starting(span.start, span.end)),
                time_ahead=any(time.future for time in evidence.times.starting(span.start, span.end)),
                position=index,
                count=len(spans),
            )
            features = self._features.sentence(text, words, span, facts, shared)
            found.append(Leaning(self._plan.probability(features), self._proposal.probability(features), features))
        return found


def voice(who: Who | None) -> str:
    """What the title of whoever speaks says of the speaker's part: member, expert, official, other or none."""
    if who is None:
        return "none"
    role = who.role or who.name
    for part, titles in _PARTS:
        if any(title in role for title in titles) and not (part == "member" and "主任" in role):
            return part
    return "other"


def _first_verbs(spans: list[Span], utterances: list[Utterance]) -> dict[int, str]:
    """By sentence the verb of saying of the first attribution in it."""
    starts = [span.start for span in spans]
    verbs: dict[int, str] = {}
    for utterance in utterances:
        if utterance.verb is not None:
            verbs.setdefault(bisect_right(starts, utterance.attribution.start) - 1, utterance.verb)
    return verbs
