"""Kinds: what the items of a paragraph say that it holds, which kind is mainly meant, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.classified import Scores
from schemas.items import KINDS, Kind
from streams.analysis.leanings import Leaning
from streams.analysis.sentences import Span

_ORDER: tuple[Kind, ...] = ("proposal", "plan", "statistic", "speech")
"""Which kind is primary on a tie, by the guidelines."""
_FOUND, _NOT_FOUND = 0.9, 0.08
"""How often rules that found speech (statistics) were right, and how often they found none where there was some:
precision and miss rate on the training paragraphs."""
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kinds of a paragraph, in the order of ``KINDS``, with a score for each kind."""

    kinds: tuple[Kind, ...]
    primary: Kind | Literal["other"]
    scores: Scores


def judge(spans: dict[Kind, list[Span]], leanings: list[Leaning]) -> Verdict:
    """Kinds are those with items; primary is the one whose items hold the most characters."""
    kinds = tuple(kind for kind in KINDS if spans[kind])
    lengths = {kind: _covered(spans[kind]) for kind in kinds}
    found = [kind for kind in _ORDER if kind in lengths]
    if not found:
        return Verdict((), "other", _scores((), leanings))
    longest = max(found, key=lengths.__getitem__)
    return Verdict(kinds, longest, _scores(kinds, leanings))


def _scores(kinds: tuple[Kind, ...], leanings: list[Leaning]) -> Scores:
    """For plans and proposals the surest sentence; for the rest how far the rules that found them can be trusted."""
    return Scores.model_construct(
        speech=_FOUND if "speech" in kinds else _NOT_FOUND,
        proposal=round(max((leaning.proposal for leaning in leanings), default=0.0), _DECIMALS),
        statistic=_FOUND if "statistic" in kinds else _NOT_FOUND,
        plan=round(max((leaning.plan for leaning in leanings), default=0.0), _DECIMALS),
    )


def _covered(spans: Iterable[Span]) -> int:
    """Characters in any of the spans."""
    total = end = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        total += max(0, span.end - max(span.start, end))
        end = max(end, span.end)
    return total
