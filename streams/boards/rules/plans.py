"""plans 计划与落实: targets against what is later said of the same metric, place and year.

Entries are ``target``, ``result``, ``absent`` (it is said that nothing is set) and ``not_started``. A group is one
metric of one place; its rows are the targets of one measure and year. Where a target was set more than once, a result
is held against the last that was set before it.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.ids import content_id
from schemas.items import Target
from schemas.outcome import Outcome, Proof, Verdict
from schemas.paragraph import Report
from streams.analysis.lexicon import Lexicon
from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered, told
from streams.boards.rules.measures import SHORTEST_METRIC, Measure, judge
from streams.boards.rules.periods import is_whole_year
from streams.boards.rules.platform import UNKNOWN, by_count
from streams.boards.rules.quantities import Quantities
from streams.boards.rules.reading import Reading

_GROWTH = re.compile("(?:的)?(?:增长率|增长|增速|增幅)$")


@dataclass(frozen=True, slots=True)
class Judged:
    """One target held against one later entry."""

    target: Entry
    result: Entry
    verdict: Verdict


class Plans:
    """The board. A row is a target; ``changes`` tells of each step from one status to the next, with its evidence."""

    name = "plans"
    title = Title("计划与落实", "Plans and results")
    statuses: tuple[str, ...] = ("absent", "undated", "open", "not_started", "in_progress", "unclear", "missed", "met")
    columns: tuple[Column, ...] = (
        Column("metric", Title("指标", "Metric"), filtered=True, listed=False),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("due", Title("目标年度", "Due"), "number", filtered=True),
        Column("target", Title("目标", "Target"), "decimal"),
        Column("result", Title("结果", "Result"), "decimal"),
        Column("result_period", Title("结果时期", "Period of the result"), listed=False),
        Column("conflict", Title("结果矛盾", "Conflicting results"), "list", listed=False),
        Column("changes", Title("状态变化", "Changes"), "list", listed=False),
    )

    def __init__(self, lexicon: Lexicon, quantities: Quantities) -> None:
        self._quantities = quantities
        before, after = lexicon["plans.absent.before"], lexicon["plans.absent.after"]
        self._absent = re.compile(
            f"(?:{'|'.join(before.longest_first())})(?P<thing>[^，。；：]{{2,20}}?)(?:的)?(?:{'|'.join(after.longest_first())})"
        )
        words = lexicon["plans.not_started.words"]
        self._not_started = re.compile(
            f"(?:^|[，。；：、])(?P<thing>[^，。；：、]{{2,20}}?)(?:目前|至今)?(?:{'|'.join(words.longest_first())})"
        )

    def facts(self, reading: Reading) -> list[Entry]:
        """Targets and results of the paragraph, and what it says is not set or not begun."""
        found = [
            entry(
                self.name,
                (each.scope, each.metric),
                "target" if each.ahead else "result",
                each.evidence,
                each.fields(),
                each.event_id,
            )
            for each in self._quantities.of(reading)
        ]
        return (
            found
            + list(self._said(reading, "absent", self._absent))
            + list(self._said(reading, "not_started", self._not_started))
        )

    def _said(self, reading: Reading, what: str, sought: re.Pattern[str]) -> Iterator[Entry]:
        for match in sought.finditer(reading.text):
            thing = match["thing"]
            metric = self._quantities.name(_GROWTH.sub("", thing))
            year = reading.year_before(match.start()) or reading.section_year or reading.planned_year
            if year is None and reading.day is not None:
                year = reading.day.year
            fields: dict[str, Json] = {
                "metric": metric,
                "written": thing,
                "kind": "growth" if _GROWTH.search(thing) else None,
                "place": reading.place,
                "scope": reading.scope,
                "due": year,
            }
            sentence = reading.sentence_at(match.start("thing"))
            seen = reading.evidence(sentence.start, sentence.end)
            yield entry(self.name, (reading.scope, metric), what, seen, fields)

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """A row for each measure and year that a target was set for, or explicitly none."""
        found = ordered(entries)
        judged = list(_judged(found))
        rows = [self._row(targets, judged) for targets in _targets(found)]
        return rows + [self._absent_row(each) for each in found if each.what == "absent"]

    def _row(self, targets: list[Entry], judged: Sequence[Judged]) -> Row:
        first, last = targets[0].fields, targets[-1].fields
        ids = {each.id for each in targets}
        own = sorted(
            (each for each in judged if each.target.id in ids), key=lambda each: (each.result.at, each.result.id)
        )
        status, changes = _changes(targets, own)
        shown = [each for each in own if each.verdict == status] or own
        result = shown[-1].result.fields if shown else {}
        verdicts = {each.verdict for each in own}
        fields: dict[str, Json] = {
            "metric": first["metric"],
            "place": first["place"],
            "due": first["due"],
            "target": last["shown"],
            "result": result.get("shown"),
            "result_period": result.get("period"),
            "conflict": sorted(verdicts & {"met", "missed"}) if {"met", "missed"} <= verdicts else [],
            "changes": changes,
        }
        parts = (first["scope"], first["metric"], first["kind"], first["due"])
        results = {each.result.id: each.result for each in own}
        return make_row(self.name, parts, first["metric"], ordered([*targets, *results.values()]), fields, status)

    def _absent_row(self, said: Entry) -> Row:
        fields: dict[str, Json] = {
            **dict.fromkeys(column.name for column in self.columns),
            **{name: said.fields[name] for name in ("metric", "place", "due")},
            "conflict": [],
            "changes": [_change(said, None, "absent")],
        }
        parts = (said.fields["scope"], said.fields["metric"], "absent", said.fields["due"], said.id)
        return make_row(self.name, parts, said.fields["metric"], [said], fields, "absent")

    def outcomes(self, entries: Iterable[Entry]) -> list[Outcome]:
        """What is to be told of one group: a record for each thing said later of a target, and of each one absent."""
        found = ordered(entries)
        told_of = [_outcome(each.target, each.result, each.verdict) for each in _judged(found)]
        return told_of + [_outcome(None, each, "absent") for each in found if each.what == "absent"]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Targets by status, and by year and status."""
        status: Counter[str] = Counter()
        years: dict[str, Counter[str]] = {}
        for row in rows:
            status[row.status or ""] += 1
            due = row.fields["due"]
            years.setdefault(str(due) if due else UNKNOWN, Counter())[row.status or ""] += 1
        return {"status": by_count(status), "years": {year: by_count(years[year]) for year in sorted(years)}}


def _targets(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Targets by measure and year. What has no year stands by its paragraph: nothing can be held against it."""
    groups: dict[tuple[str, int | None, str], list[Entry]] = {}
    for each in entries:
        if each.what == "target":
            due = each.fields["due"]
            key = (each.fields["kind"], due, "" if due else each.evidence.paragraph_id)
            groups.setdefault(key, []).append(each)
    return list(groups.values())


def _judged(entries: Sequence[Entry]) -> Iterator[Judged]:
    """What is said later of each metric, measure and year, with the target that it is held against."""
    later = [each for each in entries if each.what in ("result", "not_started")]
    for targets in _targets(entries):
        if targets[0].fields["due"]:
            dated = [each for each in targets if each.at]
            days = [each.at for each in dated]
            for result in later:
                target = _set_before(result, dated, days) or targets[-1]
                verdict = _verdict(target, result)
                if verdict is not None:
                    yield Judged(target, result, verdict)


def _set_before(result: Entry, dated: Sequence[Entry], days: Sequence[str]) -> Entry | None:
    """The last target that was set up to the day of a result, in another paragraph."""
    place = bisect_right(days, result.at) if result.at else len(dated)
    while place > 0 and dated[place - 1].evidence.paragraph_id == result.evidence.paragraph_id:
        place -= 1
    return dated[place - 1] if place else None


def _verdict(target: Entry, result: Entry) -> Verdict | None:
    """What the one says of the other; None when nothing."""
    due: int = target.fields["due"]
    if result.at and target.at and result.at < target.at:
        return None
    if result.evidence.paragraph_id == target.evidence.paragraph_id:
        return None
    if result.what == "not_started":
        return "not_started" if result.at and target.at and int(result.at[:4]) <= due else None
    period, metric = result.fields["period"], target.fields["metric"]
    if (
        len(metric) < SHORTEST_METRIC
        or period is None
        or result.fields["kind"] != target.fields["kind"]
        or int(period[:4]) > due
    ):
        return None
    goal, reached = measure_of(target.fields), measure_of(result.fields)
    if is_whole_year(period) and int(period) == due:
        return judge(goal, reached)
    if not (result.at and target.at) or (is_whole_year(period) and period < target.at[:4]):
        return None
    early = _adds_up(target) and goal.qualifier != "under" and int(period[:4]) == due
    return "met" if early and judge(goal, reached) == "met" else "in_progress"


def _adds_up(target: Entry) -> bool:
    """Whether a part of the year that reached the amount has met the target: amounts do, rates do not."""
    return target.fields["kind"] != "growth" and target.fields["unit"] not in ("%", "‰", "个百分点", "元/人")


def measure_of(fields: dict[str, Json] | Json) -> Measure:
    """The measure that an entry's fields hold."""
    to = fields["value_to"]
    return Measure(
        Decimal(fields["value"]),
        None if to is None else Decimal(to),
        fields["unit"],
        fields["qualifier"],
        fields["change"],
    )


def _changes(targets: Sequence[Entry], judged: Sequence[Judged]) -> tuple[str, list[dict[str, Json]]]:
    """The status now, and every change of it with what it follows from."""
    status = "open" if targets[0].fields["due"] else "undated"
    changes = [_change(targets[0], None, status)]
    for each in judged:
        # A result of the whole year is not undone by one of a part of it that is told later.
        settled = status in ("met", "missed") and each.verdict in ("in_progress", "not_started", "unclear")
        if each.verdict != status and not settled:
            changes.append(_change(each.result, status, each.verdict))
            status = each.verdict
    return status, changes


def _change(because: Entry, before: str | None, after: str) -> dict[str, Json]:
    return {"at": because.at or None, "from": before, "to": after, "because": told(because)}


def _outcome(target: Entry | None, result: Entry, verdict: Verdict) -> Outcome:
    about, proof = target or result, _proof(result)
    due = about.fields["due"]
    return Outcome(
        id=content_id("outcome", target.id if target else None, result.id, verdict),
        verdict=verdict,
        metric=about.fields["metric"],
        place=about.fields["place"],
        period=None if due is None else str(due),
        report=_proof(about).report,
        target=_target(target) if target else None,
        result=_target(result) if result.what == "result" else None,
        result_period=result.fields.get("period"),
        plan_proof=_proof(target) if target else None,
        result_proof=proof,
    )


def _target(each: Entry) -> Target:
    measure = measure_of(each.fields)
    return Target(
        metric=each.fields["written"],
        value=measure.value,
        value_to=measure.value_to,
        unit=measure.unit,
        qualifier=measure.qualifier,
        change=measure.change,
    )


def _proof(each: Entry) -> Proof:
    seen = each.evidence
    report = Report.model_validate({"id": seen.report_id, "title": seen.report_title, "published": seen.published})
    return Proof(
        event_id=each.event_id,
        paragraph_id=seen.paragraph_id,
        report=report,
        ordinal=seen.ordinal,
        section=seen.section,
        start=seen.start,
        end=seen.end,
        text=seen.text,
    )
