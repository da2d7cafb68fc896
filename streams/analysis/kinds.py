"""Kinds: what the items of a paragraph say that it holds, which kind is mainly meant, and how sure that is."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from schemas.classified import Scores
from schemas.items import KINDS, Item, Kind
from streams.analysis.leanings import Leaning

_ORDER: tuple[Kind, ...] = ("proposal", "plan", "statistic", "speech")
"""Which kind is primary on a tie, by the guidelines."""
_RULES: dict[Kind, tuple[float, float]] = {"speech": (0.94, 0.05), "statistic": (0.91, 0.06)}
"""How often a paragraph has the kind where the rules found it, and where they found none."""
_Found = Sequence[tuple[Item, str]]
"""The items of a kind, each with its rule."""
_Shares = tuple[tuple[float, float], ...]
_FOUND: dict[Kind, _Shares] = {
    "proposal": ((0.2, 0.95), (0.95, 0.82), (1.01, 0.98)),
    "plan": ((0.9, 0.72), (0.99, 0.93), (1.01, 0.98)),
}
_NOT_FOUND: dict[Kind, _Shares] = {
    "proposal": ((0.2, 0.01), (1.01, 0.2)),
    "plan": ((0.2, 0.05), (1.01, 0.2)),
}
"""The same for plans and proposals, by the leaning of the surest sentence: upper bound, share of paragraphs.

All come from cross-validation over the training paragraphs, folds by report. A proposal that was found although no
sentence leans to one was found by a verb of proposing or a title, which are surer than the weights.
"""


class Verdict(NamedTuple):
    """The kinds of a paragraph, in the order of ``KINDS``, with a score for each kind."""

    kinds: tuple[Kind, ...]
    primary: Kind | Literal["other"]
    scores: Scores


def judge(items: Mapping[Kind, _Found], leanings: list[Leaning]) -> Verdict:
    """Kinds are those with items; primary is the one whose items hold the most characters."""
    kinds = tuple([kind for kind in KINDS if items[kind]])
    scores = _scores(
        _RULES["speech"][not items["speech"]],
        _share("proposal", items, max([leaning.proposal for leaning in leanings], default=0.0)),
        _RULES["statistic"][not items["statistic"]],
        _share("plan", items, max([leaning.plan for leaning in leanings], default=0.0)),
    )
    if len(kinds) < 2:
        return Verdict(kinds, kinds[0] if kinds else "other", scores)
    found = [kind for kind in _ORDER if kind in kinds]
    longest = max(found, key=lambda kind: _covered(items[kind]))
    return Verdict(kinds, longest, scores)


@cache
def _scores(speech: float, proposal: float, statistic: float, plan: float) -> Scores:
    """How often paragraphs like this one have each kind: one of a hundred records, which paragraphs share."""
    return Scores.of_valid(speech=speech, proposal=proposal, statistic=statistic, plan=plan)


def _share(kind: Kind, items: Mapping[Kind, _Found], leaning: float) -> float:
    for bound, share in _FOUND[kind] if items[kind] else _NOT_FOUND[kind]:
        if leaning < bound:
            return share
    raise ValueError(f"a leaning is at most 1, and this one is {leaning}")


def _covered(items: _Found) -> int:
    """Characters in any of the items."""
    total = reached = 0
    for start, end in sorted([(item.start, item.end) for item, _ in items]):
        if end > reached:
            total += end - (start if start > reached else reached)
            reached = end
    return total
