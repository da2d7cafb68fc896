"""Plans: which sentences set out something for the future, and by when."""

import re
from dataclasses import dataclass

from streams.analysis.context import Context
from streams.analysis.leanings import Leaning
from streams.analysis.lexicon import Lexicon
from streams.analysis.people import Who
from streams.analysis.proposals import Motion
from streams.analysis.quotes import Utterance
from streams.analysis.sentences import Span, trim
from streams.analysis.spans import Placed
from streams.analysis.times import Time

LEAST = 0.5
"""From this leaning on a sentence is taken for a plan."""
_SHORTEST = 4
_NUMBERING = re.compile(
    r"(?:[—\-]{1,2}|[0-9]{1,2}[.．、](?![0-9])|[（(][一二三四五六七八九十0-9]{1,3}[）)]|[一二三四五六七八九十]{1,3}、"
    r"|[一二三四五六七八九十]{1,2}是(?:要)?|各位代表！|[●•·])\s{0,4}"
)
_ISSUER = re.compile(
    r"^(?:[^，。；]{0,12}，)?(?P<who>我们|中方|俄方|双方|我国|协会|县里|市里|省里|区里|镇里|乡里|村里|街道|常委会|该局)"
)


@dataclass(frozen=True, slots=True)
class Intention:
    """A sentence that is a plan."""

    span: Span
    issuer: str | None
    horizon: str | None
    rule: str


class Plans:
    """Finds plans."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._futures = lexicon["times.futures"]

    def find(
        self,
        text: str,
        sentences: list[Span],
        leanings: list[Leaning],
        motions: list[Motion],
        utterances: list[Utterance],
        times: Placed[Time],
        context: Context,
    ) -> list[Intention]:
        """Every sentence that leans to a plan and is not, for its greater part, proposed."""
        proposed = Placed(motions, lambda motion: (motion.span.start, motion.span.end))
        spoken = Placed(utterances, lambda utterance: (utterance.quote.start, utterance.quote.end))
        found = []
        for sentence, leaning in zip(sentences, leanings, strict=True):
            if leaning.plan < LEAST:
                continue
            words = spoken.within(sentence.start, sentence.end)
            span = body(text, sentence, words[0] if words else None)
            size = span.end - span.start
            if size < _SHORTEST or 2 * sum(overlap(m.span, span) for m in proposed.within(span.start, span.end)) > size:
                continue
            issuer = _issuer(span.slice(text), words[0].who if words else None)
            found.append(Intention(span, issuer, self._horizon(span, times, context), "plan.leaning"))
        return found

    def _horizon(self, span: Span, times: Placed[Time], context: Context) -> str | None:
        """The first expression of time ahead within the span, else the one time of a heading on the future."""
        for time in times.starting(span.start, span.end):
            if not time.clock and (time.future or time.text in self._futures):
                return time.text
        return context.time if context.tense == "future" else None


def body(text: str, sentence: Span, utterance: Utterance | None) -> Span:
    """The sentence without numbering, white space and the mark that ends it, and without the attribution before it."""
    span = trim(text, sentence.start, sentence.end, "。；！？”;")
    if utterance is not None and sentence.start <= utterance.attribution.start < utterance.quote.start < span.end:
        return Span(utterance.quote.start, span.end)
    numbering = _NUMBERING.match(text, span.start, span.end)
    return Span(numbering.end(), span.end) if numbering else span


def overlap(a: Span, b: Span) -> int:
    """How many characters two spans share."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def _issuer(text: str, speaker: Who | None) -> str | None:
    named = _ISSUER.match(text)
    if named:
        return named["who"]
    return speaker.name if speaker else None
