"""Phrases: which runs of words may name what a number measures, and what is weighed of each.

A candidate is a run of tokens before the number, one right after its unit, the phrase of a number before, or none. Its
features are the roles that tokens play beside it, pairs of neighbours at its edges, and a few of the whole. This is the
readable form, which the training uses; ``phrase_model`` sums the same in one pass over the tokens.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from streams.analysis.tokens import QUANTITY, TIME

BEFORE, AFTER, CARRIED, NONE = "B", "A", "C", "0"
"""Kinds of candidates: before the number, after its unit, the phrase of a number before, none."""
ROLES = (
    *("<B", "[B", "B", "B]", "B>", "B.."),
    *("<A", "[A", "A", "A]", "A>", "A.."),
    "C..",
    *("B prev", "A prev", "C prev", "0 prev", "B next", "A next", "C next", "0 next"),
    "B,,",
)
"""What a token is beside a candidate: left of it, its first, inside it, its last, right of it, between it and the
number (of a carried one: before the number); beside the number, where such a candidate is weighed; and between a
candidate in an earlier clause and the end of that clause."""
KINDS = ("share", "count", "measure", "rank")
"""Kinds of units; every weight may be of all kinds or of one."""
REACH = 36
"""Tokens before a number among which its phrase is looked for."""
LONGEST = 12
"""Tokens of the longest candidate."""
WIDEST = 12
"""Characters from which on all candidates are equally long."""
_NEVER = frozenset("，。；：！？、,;:!?()（） \n　")
MARKS = frozenset(("，", "。", "；", "：", "！", "？", ",", ";", "!", "?", "\n"))
CUT = MARKS | {QUANTITY}
NO_EDGE = _NEVER | {QUANTITY, TIME, "将", "把", "连", "同比", "环比"}
OPENING, CLOSING = frozenset("“（《"), frozenset("”）》")
Traits = Callable[[str], tuple[str, ...]]
"""What is known of a word; its part of speech comes first."""


class Candidate(NamedTuple):
    """Tokens ``start`` to ``end``; ``age`` of a carried one counts the numbers back to the one that had it."""

    kind: str
    start: int
    end: int
    age: int = 0


class Carried(NamedTuple):
    """The phrase of a number before: its tokens, the number's token, and whether its unit is the same."""

    start: int
    end: int
    at: int
    same: bool


class Question(NamedTuple):
    """A number whose phrase is asked for: token ``at`` of ``words``, searched from token ``floor`` up to ``limit``.

    ``kind`` and ``unit`` are of the number's unit; ``carried`` begins with the nearest.
    """

    words: list[str]
    starts: list[int]
    at: int
    floor: int
    limit: int
    kind: str
    unit: str
    carried: tuple[Carried, ...]

    def clause(self) -> int:
        """The first token of the number's own clause."""
        start = self.at
        while start > self.lowest and self.words[start - 1] not in MARKS:
            start -= 1
        return start

    @property
    def lowest(self) -> int:
        """The first token that a candidate may begin with."""
        return max(self.floor, self.at - REACH)


def features(question: Question, candidate: Candidate, traits: Traits) -> list[str]:
    """What is weighed of a candidate, one by one; each for all kinds of units and for the number's own."""

    def known(index: int) -> tuple[str, ...]:
        return token_traits(question.words[index] if 0 <= index < len(question.words) else "", traits)

    named = [f"{role}:{trait}" for role, index in _placed(question, candidate) for trait in known(index)]
    named.extend(f"{edge}:{known(left)[0]}|{known(right)[0]}" for edge, left, right in _edges(question, candidate))
    named.extend(_whole(question, candidate, traits))
    return [form for feature in named for form in (feature, f"{question.kind}/{feature}")]


def token_traits(word: str, traits: Traits) -> tuple[str, ...]:
    """What is known of a token: of a word its traits, else that it is a quantity, a time or the text's edge."""
    return traits(word) if word and word[0] != QUANTITY[0] else (word or "edge",)


def _placed(question: Question, candidate: Candidate) -> Iterator[tuple[str, int]]:
    """The roles that tokens play beside a candidate."""
    kind, start, end, age = candidate
    at, clause = question.at, question.clause()
    yield from ((f"{kind} prev", at - 1), (f"{kind} next", at + 1))
    if kind == CARRIED:
        yield from (("C..", index) for index in range(max(question.carried[age - 1].at + 1, clause), at))
    if kind in (BEFORE, AFTER):
        yield from ((f"<{kind}", start - 1), (f"[{kind}", start), (f"{kind}]", end - 1), (f"{kind}>", end))
        yield from ((kind, index) for index in range(start, end))
        gap = range(max(end, clause), at) if kind == BEFORE else range(at + 1, start)
        yield from ((f"{kind}..", index) for index in gap)
    if kind == BEFORE and end < clause:
        stop = next(index for index in range(end, at) if question.words[index] in MARKS)
        yield from (("B,,", index) for index in range(end, stop + 1))


def _edges(question: Question, candidate: Candidate) -> list[tuple[str, int, int]]:
    """The pairs of neighbours at the edges of a candidate."""
    kind, start, end, _ = candidate
    if kind == NONE:
        return [("0<>", question.at - 1, question.at + 1)]
    return [(f"<[{kind}", start - 1, start), (f"{kind}]>", end - 1, end)] if kind != CARRIED else []


def _whole(question: Question, candidate: Candidate, traits: Traits) -> list[str]:
    """Features of a candidate as a whole."""
    kind, start, end, age = candidate
    named = [kind, f"{kind} unit={question.unit}"]
    clause = question.clause()
    nouns = any(
        token_traits(question.words[index], traits)[0].startswith("p=n") for index in range(clause, question.at)
    )
    far = kind == BEFORE and end < clause
    named.append(f"{'F' if far else kind} {own_clause(question.at - clause, nouns=nouns)}")
    if kind == CARRIED:
        named.extend(whole_carried(question, age))
    if kind in (BEFORE, AFTER):
        gap = question.at - end if kind == BEFORE else start - question.at - 1
        size = min(WIDEST, question.starts[end] - question.starts[start])
        named.extend((f"{kind} size={size}", f"{kind} gap={min(gap, 3)}"))
    if far:
        clauses = sum(word in MARKS for word in question.words[end : question.at])
        named.append(f"F clauses={min(clauses, 4)}")
    return named


def own_clause(length: int, *, nouns: bool) -> str:
    """How much of the number's own clause stands before it, and whether a noun is there."""
    return f"own={min(length, 5)}{'n' if nouns else ''}"


def whole_carried(question: Question, age: int) -> tuple[str, str]:
    """How far back the phrase of a number before was said."""
    carried = question.carried[age - 1]
    return f"C age={age} same={carried.same:d}", f"C far={carried.at < question.floor:d}"


def word_traits(tag: Callable[[str], str], lists: dict[str, frozenset[str]]) -> Traits:
    """The sort of a word (a mark is its own), the word, its last character.

    A sort is the part of speech with the lists that hold the word, and 1 for one of a single character.
    """

    def traits(word: str) -> tuple[str, ...]:
        part = tag(word)
        if part == "x" and not word[0].isalnum():
            return (word,)
        held = "".join(name for name, listed in lists.items() if word in listed)
        short = "1" if len(word) == 1 else ""
        return (f"p={part}{short}{held}", f"w={word}", f"c={word[-1]}", f"q={part}")

    return traits
