"""The numbers of a paragraph as boards compare them: metric, measure, place and period of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas.items import PlanItem, StatisticItem, Target
from schemas.record import plain
from streams.analysis.lexicon import Lexicon
from streams.boards.board import Evidence, Json
from streams.boards.rules.measures import Measure, Metrics, qualified
from streams.boards.rules.periods import Periods, end_of
from streams.boards.rules.reading import Reading, pattern

_WIDER = ("全国", "全省", "全球", "世界")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it is of.

    Attributes:
        metric: its first name.
        kind: ``growth`` or the unit.
        measure: value, unit, qualifier, change.
        scope: place, or report where no place is known.
        place: the place; None where it is not known.
        period: of a result; see ``periods``.
        due: year by which a target is to be reached.
        ahead: whether it is yet to be reached.
        written: the metric as written.
        event_id: the event that tells of it.
        evidence: where it stands.
    """

    metric: str
    kind: str
    measure: Measure
    scope: str
    place: str | None
    period: str | None
    due: int | None
    ahead: bool
    written: str
    event_id: str
    evidence: Evidence

    def fields(self) -> dict[str, Json]:
        """As entries carry it; ``stored`` reads it back."""
        measure = self.measure
        return {
            "metric": self.metric,
            "written": self.written,
            "kind": self.kind,
            "place": self.place,
            "scope": self.scope,
            "period": self.period,
            "due": self.due,
            "value": plain(measure.value),
            "value_to": None if measure.value_to is None else plain(measure.value_to),
            "unit": measure.unit,
            "qualifier": measure.qualifier,
            "change": measure.change,
            "shown": measure.shown(growth=self.kind == "growth"),
        }


class Quantities:
    """Reads the quantities of paragraphs."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._metrics, self._periods = Metrics(lexicon), Periods(lexicon)
        self._ahead, self._done = pattern(lexicon["plans.ahead.words"]), pattern(lexicon["plans.done.words"])
        self._baseline = lexicon["figures.baseline.words"]

    def name(self, metric: str) -> str:
        """The first name of a metric."""
        return self._metrics.name(metric)

    def of(self, reading: Reading) -> Iterator[Quantity]:
        """Statistics and targets that name a metric, in the order of the text of each kind.

        A statistic whose clause says that it is yet to be reached (力争) counts as a target, a target whose year was
        over when the report was written as a result.
        """
        for statistic in reading.record.statistics:
            if statistic.metric and not self._is_baseline(reading, statistic):
                yield self._result(reading, statistic, statistic.metric)
        for plan in reading.record.plans:
            yield from self._targets(reading, plan)

    def _result(self, reading: Reading, item: StatisticItem, metric: str) -> Quantity:
        number = _number_in(reading.text, item)
        before = reading.text[item.start : number]
        clause = reading.clause_at(number)
        ahead = self._is_ahead(reading.text[clause.start : item.end])
        scope, place = _scope(reading, item.start)
        return Quantity(
            metric=self._metrics.name(metric),
            kind=self._metrics.measure(item.unit, item.change, before),
            measure=qualified(Measure.of(item), reading.text[clause.start : number], reading.text[item.end :][:2]),
            scope=scope,
            place=place,
            period=None if ahead else self._periods.of_number(reading, item.period, item.start),
            due=self._periods.due(reading, item.period, item.start, ahead=True) if ahead else None,
            ahead=ahead,
            written=metric,
            event_id=reading.event("statistic", item),
            evidence=reading.of_item(item),
        )

    def _targets(self, reading: Reading, plan: PlanItem) -> Iterator[Quantity]:
        ahead = self._is_ahead(reading.sentence_at(plan.start).slice(reading.text)) or reading.tense == "future"
        due = self._periods.due(reading, plan.horizon, plan.start, ahead=ahead)
        period = self._periods.of_number(reading, plan.horizon, plan.start) if plan.horizon else None
        period = period or (str(due) if due else None)
        over = period is not None and reading.day is not None and end_of(period) < reading.day
        place = plan.start
        for target in plan.targets:
            if not target.metric:
                continue
            found = reading.text.find(target.metric, place, plan.end)
            place = found if found >= 0 else place
            quantity = self._target(reading, plan, target, place)
            # 年内260公里，明年再安排310公里: each number is due by the time before it.
            named = reading.year_before(place, plan.start)
            own = named if named and reading.day and named >= reading.day.year else due
            if own is None and not ahead:
                continue
            if over and own == due:
                yield replace(quantity, ahead=False, period=period)
            else:
                yield replace(quantity, due=own)

    def _target(self, reading: Reading, plan: PlanItem, target: Target, place: int) -> Quantity:
        metric = target.metric or ""
        clause = reading.clause_at(place)
        number = _digits_after(reading.text, place + len(metric), clause.end)
        after = re.sub("^[0-9.,一二三四五六七八九十两百千万亿至～—-]*", "", reading.text[number : clause.end])
        scope, name = _scope(reading, place)
        return Quantity(
            metric=self._metrics.name(metric),
            kind=self._metrics.measure(target.unit, target.change, reading.text[place:number]),
            measure=qualified(
                Measure.of(target), reading.text[place:number], after.removeprefix(target.unit or "").lstrip("万亿元")
            ),
            scope=scope,
            place=name,
            period=None,
            due=None,
            ahead=True,
            written=metric,
            event_id=reading.event("plan", plan),
            evidence=reading.of_item(plan),
        )

    def _is_ahead(self, clause: str) -> bool:
        return self._ahead.search(clause) is not None and self._done.search(clause) is None

    def _is_baseline(self, reading: Reading, item: StatisticItem) -> bool:
        """What was before (由上年的2.08…, 上年下降3.3%): it belongs to a period that only a comparison names."""
        number = _number_in(reading.text, item)
        before = reading.text[max(0, number - 8) : number]
        return "由" in before and item.end < len(reading.text) and reading.text[item.end] not in "，。；"


def _number_in(text: str, item: StatisticItem) -> int:
    """Where the number of an item stands: the last one of its text, which ends with the unit."""
    place = item.end
    while place > item.start and not _is_digit(text[place - 1]):
        place -= 1
    while place > item.start and (_is_digit(text[place - 1]) or text[place - 1] in ".,至～—-－"):
        place -= 1
    return place


def _digits_after(text: str, start: int, end: int) -> int:
    place = start
    while place < end and not _is_digit(text[place]):
        place += 1
    return place


def _is_digit(character: str) -> bool:
    return character in "0123456789０１２３４５６７８９一二三四五六七八九十两百千半"


def _scope(reading: Reading, start: int) -> tuple[str, str | None]:
    """The place of a number; a wider one where its clause opens with it (全省数字经济规模)."""
    clause = reading.clause_at(start)
    head = reading.text[clause.start : start + 4]
    wider = next((word for word in _WIDER if head.lstrip("“‘（").startswith(word)), None)
    if wider is None:
        return reading.scope, reading.place
    return (wider, wider) if wider != "全省" else (f"{wider}·{reading.scope}", wider)
