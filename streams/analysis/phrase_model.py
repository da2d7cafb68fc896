"""The linear model that says which phrase names what a number measures.

Each token is looked up once for a paragraph and a kind of units: its weights in every role are a row. The scores of
all candidates are sums of these, and what does not depend on the number (how well a phrase begins, ends and hangs
together) is summed once for all numbers of a paragraph. The weights are learnt by ``benchmarks/train_metrics.py`` and
stand in ``metric_weights.tsv``.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from itertools import chain
from operator import itemgetter
from typing import TypeVar

from streams.analysis.phrases import (
    AFTER,
    BEFORE,
    CARRIED,
    CLOSING,
    CUT,
    KINDS,
    LONGEST,
    MARKS,
    NO_EDGE,
    NONE,
    OPENING,
    REACH,
    ROLES,
    WIDEST,
    Candidate,
    Question,
    Traits,
    token_traits,
)

ENDS = 5
"""The likeliest ends of a candidate, for which beginnings are tried."""
Weights = Mapping[str, float]
Plain = tuple[str, int, int, int]
"""A candidate's kind, start, end and age; most of them need no more."""
Scored = tuple[float, Plain]
T = TypeVar("T")
_KNOWN = 20_000
"""How many words are remembered with their weights: some twenty megabytes."""
_PLACES = {role: place for place, role in enumerate(ROLES)}
_NOTHING = (0,) * len(ROLES)
_EDGES = ("<[B", "B]>", "<[A", "A]>", "0<>")
_NO_PAIRS: dict[str, float] = {}
_NONE: Plain = (NONE, 0, 0, 0)
_score = itemgetter(0)
"""Of equal scores ``max`` keeps the first, so the order of candidates decides."""
_WORD = 1
"""Which of a word's traits is the word itself."""
_SPECIAL = CUT | NO_EDGE | OPENING | CLOSING
"""Tokens that rows tell apart by more than their traits."""


class Row:
    """A token as the model sees it for one kind of units: its weights in every role, and those of its right neighbours.

    A look at an attribute is the fastest that Python has, and these are looked at some hundred times for a number.
    ``pairs`` have for the edges ``<[B``, ``B]>``, ``<[A``, ``A]>`` and ``0<>`` the weights of the sorts that follow.
    """

    __slots__ = (
        *("left", "first", "inside", "last", "right", "gap", "far"),
        *("a_left", "a_first", "a_inside", "a_last", "a_right", "a_gap", "between", "prev", "next"),
        *("sort", "noun", "mark", "cut", "edge", "opens"),
        *("b_starts", "b_ends", "a_starts", "a_ends", "alone"),
    )

    def __init__(self, word: str, sort: str, weights: tuple[float, ...], pairs: list[dict[str, float]]) -> None:
        self.left, self.first, self.inside, self.last, self.right, self.gap = weights[:6]
        self.a_left, self.a_first, self.a_inside, self.a_last, self.a_right, self.a_gap = weights[6:12]
        self.between, self.far = weights[12], weights[21]
        self.prev, self.next = (
            dict(zip("BAC0", weights[13:17], strict=True)),
            dict(zip("BAC0", weights[17:21], strict=True)),
        )
        self.sort, self.noun = sort, sort.startswith("p=n")
        self.mark, self.cut, self.edge = word in MARKS, word in CUT, word not in NO_EDGE
        self.opens = (word in OPENING) - (word in CLOSING)
        self.b_starts, self.b_ends, self.a_starts, self.a_ends, self.alone = pairs


class Made(dict[str, T]):
    """What belongs to words, made when it is asked for first; at most ``_KNOWN`` of them are kept."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> T:
        if len(self) >= _KNOWN:
            self.clear()
        made = self[word] = self._make(word)
        return made


class KindModel:
    """The weights for one kind of units: the plain ones and those of the kind are added when it is made."""

    def __init__(self, weights: Iterable[tuple[str, float]], traits: Traits) -> None:
        self._traits = traits
        self.rows = Made(self._row)
        self._alike: dict[tuple[str, ...], Row] = {}
        self._of_trait: dict[str, list[float]] = {}
        self._pairs: dict[str, dict[str, dict[str, float]]] = {edge: {} for edge in _EDGES}
        self._whole: dict[str, float] = {}
        for feature, weight in weights:
            self._add(feature, weight)
        self.sizes = {side: self._counted(f"{side} size=", WIDEST, LONGEST * WIDEST) for side in (BEFORE, AFTER)}
        self.gaps = {side: self._counted(f"{side} gap=", 3, REACH + LONGEST) for side in (BEFORE, AFTER)}
        self.clauses = self._counted("F clauses=", 4, REACH)
        self.own = {
            side: [self._counted(f"{side} own=", 5, REACH, noun) for noun in ("", "n")]
            for side in (BEFORE, AFTER, CARRIED, NONE, "F")
        }

        self.ages = [[self.whole(f"C age={age} same={same}") for age in range(REACH)] for same in (0, 1)]
        self.fars = [self.whole(f"C far={far}") for far in (0, 1)]
        self.units = Made(self._of_unit)

    def _of_unit(self, unit: str) -> dict[str, float]:
        """What candidates of each kind weigh beside a unit."""
        return {side: self.whole(side) + self.whole(f"{side} unit={unit}") for side in (NONE, CARRIED, BEFORE, AFTER)}

    def _add(self, feature: str, weight: float) -> None:
        role, _, trait = feature.partition(":")
        if trait and role in _PLACES:
            self._of_trait.setdefault(trait, list(_NOTHING))[_PLACES[role]] += weight
        elif trait and role in self._pairs:
            left, _, right = trait.partition("|")
            pairs = self._pairs[role].setdefault(left, {})
            pairs[right] = pairs.get(right, 0) + weight
        else:
            self._whole[feature] = self._whole.get(feature, 0) + weight

    def _counted(self, name: str, most: int, length: int, mark: str = "") -> list[float]:
        """The weights of counts from 0 to ``length``, those beyond ``most`` weighing as much."""
        return [self.whole(f"{name}{min(count, most)}{mark}") for count in range(length + 1)]

    def whole(self, feature: str) -> float:
        """The weight of a feature of a candidate as a whole."""
        return self._whole.get(feature, 0)

    def _row(self, word: str) -> Row:
        traits = token_traits(word, self._traits)
        if word in _SPECIAL or len(traits) == 1 or traits[_WORD] in self._of_trait:
            return self._summed(word, traits)
        # Most words have no weights of their own: they are like all others whose other traits are the same.
        alike = (*traits[:_WORD], *traits[_WORD + 1 :])
        row = self._alike.get(alike)
        if row is None:
            row = self._alike[alike] = self._summed(word, traits)
        return row

    def _summed(self, word: str, traits: tuple[str, ...]) -> Row:
        known = [self._of_trait[trait] for trait in traits if trait in self._of_trait]
        sums = tuple(map(sum, zip(*known, strict=True))) if known else _NOTHING
        pairs = [self._pairs[edge].get(traits[0], _NO_PAIRS) for edge in _EDGES]
        return Row(word, traits[0], sums, pairs)


class Passage:
    """The tokens of a paragraph for one kind of units, with what was summed of them so far."""

    def __init__(self, model: KindModel, words: list[str], starts: list[int]) -> None:
        self.model, self._words, self._starts = model, words, starts
        # An edge stands behind the last token, before the first one (as index -1), and behind a number without a token.
        self.rows = [model.rows[""]] * (len(words) + 2)
        self.ends: list[float | None] = [None] * len(self.rows)
        self._begins = self.ends.copy()
        self._looked = 0
        self._best: dict[tuple[int, int], Phrase | None] = {}

    def look(self, start: int, end: int) -> None:
        """Look up the rows of tokens, left to right: those that numbers reach are few in a long paragraph.

        Numbers are asked for in their order, so that ``start`` never goes back.
        """
        if end > self._looked:
            start = max(start, self._looked)
            words = self._words[start:end]
            self.rows[start : start + len(words)] = map(self.model.rows.__getitem__, words)
            self._looked = end

    def best(self, end: int, floor: int) -> "Phrase | None":
        """The best of ``phrases``, of equal ones the shortest: found once for all numbers that reach as far back."""
        lowest = floor if floor > end - LONGEST else end - LONGEST
        best = self._best
        if (end, lowest) not in best:
            best[end, lowest] = max(self.phrases(end, lowest), default=None)
        return best[end, lowest]

    def phrases(self, end: int, floor: int) -> "list[Phrase]":
        """Phrases before a number that end at a token, the shortest first; their end weighs nothing here."""
        rows, starts, begins, sizes = self.rows, self._starts, self._begins, self.model.sizes[BEFORE]
        found: list[Phrase] = []
        inside: float = 0
        depth, stop = 0, starts[end]
        lowest = floor if floor > end - LONGEST else end - LONGEST
        for start in range(end - 1, lowest - 1, -1):
            first = rows[start]
            depth -= first.opens
            if first.cut or depth < 0:
                break
            inside += first.inside
            if depth == 0 and first.edge:
                begin = begins[start]
                if begin is None:
                    left = rows[start - 1]
                    begin = begins[start] = left.left + first.first + left.b_starts.get(first.sort, 0)
                size = stop - starts[start]
                found.append((inside + begin + sizes[size if size < WIDEST else WIDEST], start))
        return found


Phrase = tuple[float, int]
"""A weight, and the token with which the phrase begins."""


class PhraseModel:
    """Weighs candidates. ``traits`` tells what is known of a word."""

    def __init__(self, weights: Weights, traits: Traits) -> None:
        plain, own = _by_kind(weights)
        self._kinds = {kind: KindModel(chain(plain, own[kind]), traits) for kind in KINDS}

    def passage(self, question: Question) -> Passage:
        """The tokens of a question's paragraph, for all its questions of the same kind."""
        return Passage(self._kinds[question.kind], question.words, question.starts)

    def best(self, question: Question, passage: Passage | None = None) -> Candidate:
        """The candidate with the highest score; of equal ones the first."""
        asked = _Asked(passage or self.passage(question), question)
        return Candidate(*max(asked.best(ENDS), key=_score)[1])

    def scored(self, question: Question, ends: int) -> list[tuple[float, Candidate]]:
        """Candidates with their scores; of those before the number only those with the likeliest ``ends``."""
        asked = _Asked(self.passage(question), question)
        return [(score, Candidate(*plain)) for score, plain in asked.all(ends)]

    def ending(self, question: Question, end: int) -> Candidate:
        """The best candidate before the number that ends at a token; the token before it when there is none."""
        passage = self.passage(question)
        passage.look(max(0, question.lowest - 1), question.at)
        found = max(passage.phrases(end, question.lowest), default=None)
        return Candidate(BEFORE, found[1] if found else end - 1, end)


class _Asked:
    """A question put to the model: the candidates for one number with their scores."""

    def __init__(self, passage: Passage, question: Question) -> None:
        self.passage, self._question, self._model, self._rows = passage, question, passage.model, passage.rows
        self.floor = floor = question.lowest
        self._limit = min(question.limit, question.at + 1 + LONGEST)
        passage.look(max(0, floor - 1), question.at + 2)
        clause, nouns, rows = question.at, False, passage.rows
        while clause > floor and not rows[clause - 1].mark:
            clause -= 1
            nouns = nouns or rows[clause].noun
        self._clause, self._nouns = clause, nouns

    def all(self, ends: int) -> list[Scored]:
        """None, the carried ones, those before the number with the likeliest ``ends``, and those after it."""
        return [(self.base(NONE), _NONE), *self.carried(), *self.before(ends), *self.after()]

    def best(self, ends: int) -> list[Scored]:
        """All but those before the number that a better one with the same end beats."""
        floor, best = self.floor, self.passage.best
        before: list[Scored] = []
        for score, end in sorted(self.ends(), reverse=True)[:ends]:
            phrase = best(end, floor)
            if phrase is not None:
                before.append((score + phrase[0], (BEFORE, phrase[1], end, 0)))
        return [(self.base(NONE), _NONE), *self.carried(), *before, *self.after()]

    def base(self, kind: str) -> float:
        """What all candidates of a kind share."""
        at, model = self._question.at, self._model
        before, after = self._rows[at - 1], self._rows[at + 1]
        total = before.prev[kind] + after.next[kind] + model.units[self._question.unit][kind]
        if kind == NONE:
            total += before.alone.get(after.sort, 0)
        return total if kind == BEFORE else total + self._own(kind)

    def _own(self, side: str) -> float:
        return self._model.own[side][self._nouns][self._question.at - self._clause]

    def carried(self) -> list[Scored]:
        """The phrases of the numbers before."""
        question, rows, found = self._question, self._rows, []
        if question.carried:
            base, ages, fars = self.base(CARRIED), self._model.ages, self._model.fars
            for age, (start, end, at, same) in enumerate(question.carried, 1):
                score = base + ages[same][age] + fars[at < question.floor]
                for index in range(max(at + 1, self._clause), question.at):
                    score += rows[index].between
                found.append((score, (CARRIED, start, end, age)))
        return found

    def before(self, ends: int) -> list[Scored]:
        """Candidates before the number that end at one of the likeliest ``ends``."""
        floor, phrases = self.floor, self.passage.phrases
        return [
            (score + weight, (BEFORE, start, end, 0))
            for score, end in sorted(self.ends(), reverse=True)[:ends]
            for weight, start in phrases(end, floor)
        ]

    def ends(self) -> list[tuple[float, int]]:
        """Where candidates before the number may end, with what the end and the gap weigh."""
        at, rows, model, edges = self._question.at, self._rows, self._model, self.passage.ends
        base, gaps, found = self.base(BEFORE), model.gaps[BEFORE], []
        score, far, clauses = base + self._own(BEFORE), base + self._own("F"), 0
        gap: float = 0
        own_gap: float = 0
        right = rows[at]
        for end in range(at, self.floor, -1):
            last = rows[end - 1]
            if last.mark:
                own_gap, clauses = own_gap if clauses else gap, clauses + 1
                score, gap = far + own_gap + model.clauses[clauses], 0
            elif last.edge:
                edge = edges[end]
                if edge is None:
                    edge = edges[end] = last.last + right.right + last.b_ends.get(right.sort, 0)
                found.append((score + gap + edge + gaps[at - end], end))
            gap += last.far if clauses else last.gap
            right = last
        return found

    def after(self) -> list[Scored]:
        """Candidates right after the unit, or after a 的 behind it."""
        rows, words, first = self._rows, self._question.words, self._question.at + 1
        found: list[Scored] = []
        if first >= self._limit or rows[first].cut:
            return found
        self.passage.look(first, self._limit + 1)
        score = self.base(AFTER)
        for start in range(first, self._limit):
            if rows[start].cut:
                break
            if start == first or words[start - 1] == "的":
                self._runs(score, start, found)
            score += rows[start].a_gap
        return found

    def _runs(self, score: float, start: int, found: list[Scored]) -> None:
        """Add the candidates after the number that begin at a token."""
        rows, starts, depth = self._rows, self._question.starts, 0
        left, last = rows[start - 1], rows[start]
        score += left.a_left + last.a_first + left.a_starts.get(last.sort, 0)
        score += self._model.gaps[AFTER][start - self._question.at - 1]
        sizes, begin = self._model.sizes[AFTER], starts[start]
        for end in range(start + 1, self._limit + 1):
            right = rows[end]
            depth += last.opens
            if last.cut or depth < 0:
                return
            score += last.a_inside
            if depth == 0 and last.edge:
                size = starts[end] - begin
                edge = last.a_last + right.a_right + last.a_ends.get(right.sort, 0)
                weight = score + edge + sizes[size if size < WIDEST else WIDEST]
                found.append((weight, (AFTER, start, end, 0)))
            last = right


def _by_kind(weights: Weights) -> tuple[list[tuple[str, float]], dict[str, list[tuple[str, float]]]]:
    """Features with their weights: those of all kinds of units, and those of each."""
    plain: list[tuple[str, float]] = []
    own: dict[str, list[tuple[str, float]]] = {kind: [] for kind in KINDS}
    for feature, weight in weights.items():
        kind, slash, rest = feature.partition("/")
        if slash and kind in own:
            own[kind].append((rest, weight))
        else:
            plain.append((feature, weight))
    return plain, own


def load_weights() -> dict[str, int]:
    """The weights of ``metric_weights.tsv`` in hundredths, so that sums are exact in whatever order they are made.

    Lines hold feature and weight; comments begin with #.
    """
    text = resources.files("streams.analysis").joinpath("metric_weights.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("# "))
    return {feature: round(100 * float(weight)) for feature, weight in pairs}
