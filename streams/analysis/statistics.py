"""Statistics: what each quantity measures, and the shortest text that shows it."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from streams.analysis.lexicon import Lexicon
from streams.analysis.phrase_model import Passage, PhraseModel, Weights, load_weights
from streams.analysis.phrases import Candidate, Carried, Question, Traits, word_traits
from streams.analysis.sentences import Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.times import Time
from streams.analysis.tokens import QUANTITY, tokens
from streams.analysis.words import Words, load_tagger

_SHARES = frozenset(("%", "％", "个百分点", "百分点", "倍", "个点", "‰", "折"))
_LIST = frozenset("、和与及")
_CLAUSE = frozenset("，。；：！？")
_BETWEEN = "、和，与及 "
LISTS = {"t": "tail", "h": "head", "s": "stop", "k": "cutters"}
_CARRIED = 3
"""How many phrases of the numbers before one may hold for it as well."""
_FARTHEST = 200
"""Characters from such a phrase to the number: in 2,400 statistics of real reports the farthest is 70 away. Without an
end, a text of nothing but numbers would be held whole by each of their items."""
_LONGEST_LIST = 24
"""Tokens before 分别 among which the parts of its list stand."""


class Metric(NamedTuple):
    """The phrase that says what is measured, as a place in the text."""

    start: int
    end: int


class Metrics:
    """Finds what quantities measure, left to right, so that a later one may share the metric of an earlier one."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None) -> None:
        self._model = PhraseModel(load_weights() if weights is None else weights, load_traits(lexicon))

    def find(
        self, text: str, words: Words, sentences: list[Span], quantities: list[Quantity], times: Placed[Time]
    ) -> list[Metric | None]:
        """For each quantity its metric, or None when only the unit says it."""
        if not quantities:
            return []
        answers: list[Candidate] = []
        asking = Asking(text, words, sentences, quantities, times.things)
        passages: dict[str, Passage] = {}
        parts: list[Candidate] = []
        for index, (part, of) in enumerate(asking.runs):
            question = asking.question(index, answers)
            if part == 0:
                parts = self._parts(question, of) if of > 1 else []
            answers.append(parts[part] if parts else self._best(question, passages))
        return [asking.metric(answer) for answer in answers]

    def _best(self, question: Question, passages: dict[str, Passage]) -> Candidate:
        """The answer to a question; ``passages`` are the paragraph's, by the kinds of units that were asked for."""
        passage = passages.get(question.kind)
        if passage is None:
            passage = passages[question.kind] = self._model.passage(question)
        return self._model.best(question, passage)

    def _parts(self, question: Question, of: int) -> list[Candidate]:
        """A、B分别为1和2: the phrases that go to the numbers in turn; none where as many are not found."""
        marks = list_marks(question, of)
        if marks:
            head, whole = self._model.ending(question, marks[0]), self._model.best(question)
            edges = [*marks, whole.end if whole.kind == "B" and whole.end > marks[-1] + 1 else _list_end(question)]
            return [head, *(Candidate("B", a + 1, b) for a, b in pairwise(edges))]
        said = [Candidate("C", start, end) for start, end, *_ in reversed(question.carried[:of])]
        return said if len(said) == of else []


def load_traits(lexicon: Lexicon) -> Traits:
    """What the model knows of words: jieba's parts of speech and the lists of ``metrics.toml``."""
    return word_traits(load_tagger(), {mark: lexicon[f"metrics.{name}"].words for mark, name in LISTS.items()})


class Asking:
    """The questions of a paragraph's quantities.

    ``runs`` says of each which part it is of how many numbers after one 分别.
    """

    def __init__(
        self, text: str, words: Words, sentences: list[Span], quantities: list[Quantity], times: Sequence[Time]
    ) -> None:
        places = [_place(quantity) for quantity in quantities]
        self._quantities = quantities
        self.cut = tokens(words, len(text), places, [(time.start, time.end) for time in times])
        self._at = [self.cut.index_at(start) for start, _ in places]
        starts = [sentence.start for sentence in sentences]
        held = [sentences[bisect_right(starts, start) - 1] for start, _ in places]
        self._bounds = [(self.cut.index_at(span.start), self.cut.index_at(span.end)) for span in held]
        self.runs = _runs(text, quantities)

    def question(self, index: int, answers: Sequence[Candidate]) -> Question:
        """The question of a quantity; ``answers`` are those of the quantities before it."""
        quantity = self._quantities[index]
        floor, limit = self._bounds[index]
        if index + 1 < len(self._at):
            limit = min(limit, self._at[index + 1])
        return Question(
            self.cut.words,
            self.cut.starts,
            self._at[index],
            floor,
            limit,
            kind(quantity),
            quantity.unit or "",
            self._carried(index, answers),
        )

    def _carried(self, index: int, answers: Sequence[Candidate]) -> tuple[Carried, ...]:
        found: dict[tuple[int, int], Carried] = {}
        unit, floor = self._quantities[index].unit, self.cut.starts[self._at[index]] - _FARTHEST
        for before in range(index - 1, max(-1, index - 1 - 2 * _CARRIED), -1):
            _, start, end, _ = answers[before]
            if end and (start, end) not in found and self.cut.starts[start] >= floor:
                found[start, end] = Carried(start, end, self._at[before], self._quantities[before].unit == unit)
        return tuple(found.values())[:_CARRIED]

    def metric(self, answer: Candidate) -> Metric | None:
        """An answer's place in the text."""
        return None if answer.kind == "0" else Metric(self.cut.starts[answer.start], self.cut.starts[answer.end])


def kind(quantity: Quantity) -> str:
    """The kind of a quantity's unit, as the model knows them."""
    if quantity.rule == "quantity.rank":
        return "rank"
    return "share" if quantity.unit in _SHARES else "count" if quantity.counts else "measure"


def list_marks(question: Question, of: int) -> list[int]:
    """The tokens between the ``of`` parts of the list before 分别; none where it has another number of parts."""
    words = question.words
    marks: list[int] = []
    end = _list_end(question)
    floor = max(question.floor, end - _LONGEST_LIST)
    for wanted in ("、", _LIST):
        marks = []
        for index in range(end - 1, floor - 1, -1):
            if words[index] in _CLAUSE or words[index] == QUANTITY:
                break
            if words[index] in wanted:
                marks.append(index)
        if len(marks) == of - 1:
            return marks[::-1]
    return []


def _list_end(question: Question) -> int:
    """Where the list before 分别 ends: at 分别, or at the adverb before it."""
    words, index = question.words, question.at - 1
    while index > question.floor and words[index] != "分别":
        index -= 1
    while index > question.floor and words[index - 1] in ("同比", "环比", "年均", "较", "，"):
        index -= 1
    return index


def _place(quantity: Quantity) -> tuple[int, int]:
    return quantity.number_start, quantity.unit_end or quantity.end


def _runs(text: str, quantities: list[Quantity]) -> list[tuple[int, int]]:
    """Of each quantity which part it is of how many numbers in a row after 分别; (0, 1) for one that stands alone."""
    runs = [(0, 1)] * len(quantities)
    index = 0
    while index < len(quantities):
        floor = quantities[index - 1].end if index else 0
        last = index
        if "分别" in text[max(floor, quantities[index].number_start - 16) : quantities[index].number_start]:
            while last + 1 < len(quantities) and not text[quantities[last].end : quantities[last + 1].start].strip(
                _BETWEEN
            ):
                last += 1
            for part in range(last - index + 1):
                runs[index + part] = (part, last - index + 1)
        index = last + 1
    return runs


def evidence(quantity: Quantity, metric: Metric | None) -> Span:
    """The shortest span with number, unit and metric."""
    if metric is None:
        return Span(quantity.start, quantity.end)
    return Span(min(metric.start, quantity.start), max(metric.end, quantity.end))
