"""What looked like something to be found and was not taken, with the reason: for ``explain`` alone.

The rules themselves keep no record of what they pass by. Here the numerals of a text that became no quantity are held
against the same lists once more, in the order in which ``quantities`` asks them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.items import PlanItem, SpeechItem, StatisticItem, Target
from streams.analysis.lexicon import Lexicon
from streams.analysis.numerals import NUMERAL, read
from streams.analysis.sentences import Quotation, Span
from streams.analysis.shares import Quantity
from streams.analysis.spans import Placed
from streams.analysis.times import Time
from streams.analysis.units import Reading, Units

_MARKS = frozenset("“「『")


class Rejection(NamedTuple):
    """A place of the text, and why nothing was found there."""

    span: Span
    reason: str


class Passed(NamedTuple):
    """What was read in a paragraph: its text, its text with ASCII digits, times, quotation marks, and quantities."""

    text: str
    digits: str
    times: Placed[Time]
    quotes: Sequence[Quotation]
    quantities: Sequence[Quantity]


class Rejections:
    """Finds them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._units = Units(lexicon)

    def of(
        self,
        passed: Passed,
        speeches: Sequence[SpeechItem],
        statistics: Sequence[StatisticItem],
        plans: Sequence[PlanItem],
    ) -> list[Rejection]:
        """All of a paragraph, left to right; the items are those that were found in it."""
        asked = _asked_for(passed.quantities, statistics, plans)
        found = [*self._numerals(passed), *asked, *_unsaid(passed, speeches)]
        return sorted(found, key=lambda rejection: rejection.span)

    def _numerals(self, passed: Passed) -> Iterator[Rejection]:
        taken = Placed(passed.quantities, lambda quantity: (quantity.number_start, quantity.end))
        quoted = Placed(_outermost(passed.quotes), lambda quote: (quote.start, quote.end))
        for match in NUMERAL.finditer(passed.digits):
            span = Span(*match.span())
            if not taken.within(*span):
                times, quotes = passed.times.within(*span), quoted.within(*span)
                yield Rejection(span, self._why(passed, span, times, quotes))

    def _why(self, passed: Passed, span: Span, times: Sequence[Time], quotes: Sequence[Quotation]) -> str:
        text, (start, end) = passed.text, span
        if times:
            return f"part of an expression of time: {times[0].text}"
        if quotes and quotes[0].mark == "《":
            return "inside a title"
        if self._units.is_name(passed.digits, start, end):
            return "an ordinal, or part of a name, a code or a set phrase"
        number = read(passed.digits[start:end])
        if number is None:
            return "no number can be read from it"
        unit, unit_end = self._units.at(text, end)
        if unit is None:
            return "no unit follows that counts or measures"
        if self._units.is_no_measure(passed.digits, Reading(start, end, unit, unit_end, number)):
            return f"{text[start:unit_end]}: a time, an article, a name or a size, which measures nothing"
        return (
            "inside a short name in quotation marks" if quotes else f"{text[start:unit_end]}: goes on as another word"
        )


def _asked_for(
    quantities: Sequence[Quantity], statistics: Sequence[StatisticItem], plans: Sequence[PlanItem]
) -> Iterator[Rejection]:
    """Quantities that are neither statistic nor target. All three come in the order of the text."""
    facts = deque(statistics)
    targets = deque((plan, target) for plan in plans for target in plan.targets)
    for quantity in quantities:
        if facts and facts[0].start <= quantity.number_start < facts[0].end and _same(facts[0], quantity):
            facts.popleft()
        elif targets and targets[0][0].start <= quantity.number_start and _same(targets[0][1], quantity):
            targets.popleft()
        else:
            yield Rejection(Span(quantity.number_start, quantity.end), "a quantity that a proposal asks for")


def _same(item: StatisticItem | Target, quantity: Quantity) -> bool:
    return (item.value, item.unit) == (quantity.number.value, quantity.unit)


def _unsaid(passed: Passed, speeches: Sequence[SpeechItem]) -> Iterator[Rejection]:
    spoken = bytearray(len(passed.text))
    for speech in speeches:
        spoken[speech.start : speech.end] = b"\1" * (speech.end - speech.start)
    for quote in _outermost(passed.quotes):
        if quote.mark in _MARKS and not any(spoken[quote.start : quote.end]):
            yield Rejection(quote.inside, "in quotation marks, but nobody is said to have said it")


def _outermost(quotes: Sequence[Quotation]) -> list[Quotation]:
    """Quotations that lie in no other; the rest lie in them, whatever they hold."""
    found: list[Quotation] = []
    for quote in quotes:
        if not found or quote.start >= found[-1].end:
            found.append(quote)
    return found
