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
_RULES: dict[Kind, tuple[float, float]] = {"speech": (0.94, 0.05), "statistic": (0.91, 0.06)}
"""How often a paragraph has the kind where the rules found it, and where they found none."""
_FOUND = ((0.5, 0.7), (0.8, 0.75), (0.95, 0.93), (1.01, 0.96))
_NOT_FOUND = ((0.02, 0.03), (0.1, 0.06), (0.3, 0.13), (1.01, 0.15))
"""The same for plans and proposals, by the leaning of the surest sentence: upper bound, share of paragraphs.

Both come from cross-validation over the training paragraphs, folds by report; plans and proposals are pooled.
"""


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
    """How often paragraphs like this one have each kind."""
    return Scores.of_valid(
        speech=_RULES["speech"]["speech" not in kinds],
        proposal=_share("proposal" in kinds, max((leaning.proposal for leaning in leanings), default=0.0)),
        statistic=_RULES["statistic"]["statistic" not in kinds],
        plan=_share("plan" in kinds, max((leaning.plan for leaning in leanings), default=0.0)),
    )


def _share(found: bool, leaning: float) -> float:
    return next(share for bound, share in (_FOUND if found else _NOT_FOUND) if leaning < bound)


def _covered(spans: Iterable[Span]) -> int:
    """Characters in any of the spans."""
    total = end = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        total += max(0, span.end - max(span.start, end))
        end = max(end, span.end)
    return total
