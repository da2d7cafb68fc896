"""Ids follow from content: equal content gives equal ids, in any process; any difference gives another."""

import subprocess
import sys
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.classified import ClassifiedParagraph, Scores
from schemas.events import events_of
from schemas.ids import content_id
from schemas.items import StatisticItem
from schemas.paragraph import Paragraph, Report, paragraph_id

PARTS = st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=8)), max_size=4)


@given(PARTS, PARTS)
def test_ids_are_equal_exactly_when_the_parts_are(one: list[str | int | None], other: list[str | int | None]) -> None:
    same = [(type(part), part) for part in one] == [(type(part), part) for part in other]
    assert (content_id("event", *one) == content_id("event", *other)) == same


def test_parts_do_not_run_into_each_other() -> None:
    assert content_id("event", "ab", "c") != content_id("event", "a", "bc")
    assert content_id("event", "1") != content_id("event", 1)
    assert content_id("event", None) != content_id("event", "None")
    assert content_id("event") != content_id("paragraph")


def test_ids_are_the_same_in_every_process() -> None:
    code = "from schemas.paragraph import paragraph_id; print(paragraph_id('r', 3, '增长5%'))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("0", "1", "42")
    }
    assert printed == {paragraph_id("r", 3, "增长5%")}


def test_a_report_is_named_by_all_that_is_known_of_it() -> None:
    known = ("题", date(2023, 1, 8), "新闻", "a.txt")
    ids = {Report.named(*known).id, Report.named("题").id, Report.named("题", None, "新闻").id, Report.named(None).id}
    assert len(ids) == 4
    assert Report.named(*known).id == Report.named(*known).id


def test_event_ids_tell_items_apart_and_repeat_with_their_paragraph() -> None:
    paragraph = Paragraph.numbered(Report(id="r"), 0, "增长5%和6%", pushed_at=datetime(2023, 1, 8, tzinfo=UTC))
    items = [StatisticItem(start=0, end=4, text="增长5%", value=value, unit="%") for value in ("5", "6")]
    scores = Scores(speech=0, proposal=0, statistic=1, plan=0)
    classified = ClassifiedParagraph(
        **dict(paragraph),
        kinds=("statistic",),
        primary="statistic",
        scores=scores,
        statistics=items,
        analysis_version="1",
    )
    ids = [event.id for event in events_of(classified)]
    assert len(set(ids)) == 2
    assert [event.id for event in events_of(classified.model_copy())] == ids
    moved = classified.model_copy(update={"id": "another"})
    assert not set(ids) & {event.id for event in events_of(moved)}
