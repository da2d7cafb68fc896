"""figures: the series of each metric of a place, period by period; conflicting figures side by side."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from streams.boards.board import Column, Entry, Json, Row, Title, entry, make_row, ordered, shown, told
from streams.boards.rules.measures import ABOUT, SHORTEST_METRIC
from streams.boards.rules.periods import end_of, is_whole_year
from streams.boards.rules.platform import UNKNOWN, by_count
from streams.boards.rules.quantities import Quantities
from streams.boards.rules.reading import Reading

SERIES_SHOWN = 6


class Figures:
    """The board. A row is the series of one metric and measure of one place.

    ``series`` is a list, by period, of ``{period, values, conflict}``; each value has ``value``, ``value_to``,
    ``unit``, ``qualifier``, ``change``, ``shown`` and ``evidence``, a list: what says the same stands together.
    Numbers whose period is not told come last, each report by itself, and are held against nothing.
    """

    name = "figures"
    title = Title("数据", "Figures")
    statuses: tuple[str, ...] = ("single", "agreed", "conflict")
    columns: tuple[Column, ...] = (
        Column("metric", Title("指标", "Metric"), filtered=True, listed=False),
        Column("place", Title("地区", "Place"), filtered=True),
        Column("unit", Title("单位", "Unit"), filtered=True, listed=False),
        Column("measure", Title("口径", "Measure"), filtered=True),
        Column("periods", Title("时期", "Periods"), "list"),
        Column("latest_value", Title("最新值", "Latest value"), "decimal"),
        Column("conflicts", Title("矛盾时期", "Conflicting periods"), "list", listed=False),
        Column("series", Title("序列", "Series"), "list", listed=False),
    )

    def __init__(self, quantities: Quantities) -> None:
        self._quantities = quantities

    def facts(self, reading: Reading) -> list[Entry]:
        """An entry for each number that is reported as a fact."""
        return [
            entry(
                self.name, (each.scope, each.metric, each.kind), "figure", each.evidence, each.fields(), each.event_id
            )
            for each in self._quantities.of(reading)
            if not each.ahead
        ]

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        """One row: the series."""
        found = ordered(entries)
        if not found:
            return []
        first = found[0].fields
        series = [_point(period, inside) for period, inside in _by_period(found)]
        conflicts = [point["period"] for point in series if point["conflict"]]
        dated = [point for point in series if point["period"]]
        fields: dict[str, Json] = {
            "metric": first["metric"],
            "place": first["place"],
            "unit": first["unit"],
            "measure": _measure(first["kind"]),
            "periods": [point["period"] for point in dated],
            "latest_value": dated[-1]["values"][-1]["shown"] if dated else series[-1]["values"][-1]["shown"],
            "conflicts": conflicts,
            "series": series,
        }
        agreed = any(len(value["evidence"]) > 1 for point in dated for value in point["values"])
        status = "conflict" if conflicts else "agreed" if agreed else "single"
        parts = (first["scope"], first["metric"], first["kind"])
        return [make_row(self.name, parts, first["metric"], found, fields, status)]

    def summary(self, rows: Iterable[Row]) -> dict[str, Json]:
        """Series by status and by place; the longest ones whole, for their plots."""
        status, places = Counter[str](), Counter[str]()
        longest: list[Row] = []
        for row in rows:
            status[row.status or ""] += 1
            places[row.fields["place"] or UNKNOWN] += 1
            if len(row.fields["periods"]) > 1:
                longest.append(row)
        longest.sort(key=lambda row: (-len(row.fields["periods"]), row.id))
        told = [
            {"id": row.id, "title": row.title, **{name: row.fields[name] for name in ("place", "unit", "series")}}
            for row in longest[:SERIES_SHOWN]
        ]
        return {"status": by_count(status), "places": by_count(places), "longest": told}


def _measure(kind: str) -> str:
    if kind == "growth":
        return "growth"
    return "change" if kind.startswith("+") else "level"


def _by_period(entries: Sequence[Entry]) -> list[tuple[str | None, list[Entry]]]:
    """Entries by period, in the order of their ends; those without one by report, last."""
    groups: dict[tuple[bool, str, str], list[Entry]] = {}
    for each in entries:
        period = each.fields["period"]
        key = (period is None, period or each.at, "" if period else each.evidence.report_id)
        groups.setdefault(key, []).append(each)
    return [(None if key[0] else key[1], groups[key]) for key in sorted(groups, key=_in_time)]


def _in_time(key: tuple[bool, str, str]) -> tuple[bool, str, bool, str, str]:
    """Where a group stands: half a year before its year, and a year after the quarter that ends with it."""
    without, period, report = key
    if without:
        return True, period, False, period, report
    return False, end_of(period).isoformat(), is_whole_year(period), period, report


def _point(period: str | None, entries: Sequence[Entry]) -> dict[str, Json]:
    """The values of one period; those that say the same together."""
    values: dict[tuple[str, str | None, str | None, str | None], list[Entry]] = {}
    for each in entries:
        said = each.fields
        values.setdefault((said["value"], said["value_to"], said["qualifier"], said["change"]), []).append(each)
    listed = [
        {
            **{name: same[0].fields[name] for name in ("value", "value_to", "unit", "qualifier", "change", "shown")},
            "evidence": [told(each)["evidence"] for each in shown(same)],
        }
        for same in values.values()
    ]
    named = period is not None and len(entries[0].fields["metric"]) >= SHORTEST_METRIC
    conflict = named and any(
        _conflict(one, other) and not _together(values[one], values[other]) for one, other in combinations(values, 2)
    )
    return {"period": period, "values": listed, "conflict": conflict}


def _together(some: Sequence[Entry], others: Sequence[Entry]) -> bool:
    """Whether one paragraph says both: nobody contradicts himself there, so they are of different things."""
    paragraphs = {each.evidence.paragraph_id for each in some}
    return any(each.evidence.paragraph_id in paragraphs for each in others)


def _conflict(
    one: tuple[str, str | None, str | None, str | None], other: tuple[str, str | None, str | None, str | None]
) -> bool:
    """Whether two values cannot both be true: their intervals do not meet, however the less exact was rounded."""
    low, high = _range(one)
    other_low, other_high = _range(other)
    return (high is not None and other_low is not None and high < other_low) or (
        other_high is not None and low is not None and other_high < low
    )


def _range(said: tuple[str, str | None, str | None, str | None]) -> tuple[Decimal | None, Decimal | None]:
    value = Decimal(said[0])
    high = Decimal(said[1]) if said[1] else value
    sign = -1 if said[3] == "down" else 1
    # A number ends where its writer rounded it: half a unit of its last written digit either way.
    half = _step(said[0]) / 2
    low, high = value - half, high + half
    if said[2] == "about":
        low, high = low - abs(low) * ABOUT, high + abs(high) * ABOUT
    ends = (None if said[2] == "under" else low, None if said[2] == "over" else high)
    if sign > 0:
        return ends
    return (None if ends[1] is None else -ends[1], None if ends[0] is None else -ends[0])


def _step(value: str) -> Decimal:
    """The place of the last digit that is not a nought of a whole number: 1.2 -> 0.1, 1324000 -> 1000, 7 -> 1."""
    if "." in value:
        return Decimal(1).scaleb(-len(value.partition(".")[2]))
    noughts = len(value) - len(value.rstrip("0"))
    # 50 may be exact: noughts are taken for rounding only in numbers of a size that is rounded.
    rounded = noughts >= 3 or (noughts == 2 and len(value) >= 5)
    return Decimal(1).scaleb(noughts if rounded else 0)
