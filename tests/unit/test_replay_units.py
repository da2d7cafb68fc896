"""What a replay chooses, how it paces itself, and what a re-analysis makes of differences; without Kafka."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from schemas.classified import ClassifiedParagraph, Scores
from schemas.codec import DecodeError, decode_one_of, encode
from schemas.events import Statistic, events_of
from schemas.items import StatisticItem
from schemas.paragraph import Paragraph, Report
from schemas.retraction import Retraction
from schemas.topics import PARAGRAPHS, SPEECH, STATISTIC
from streams.archive.records import ArchivedRecord
from streams.commands.moments import exact_moment
from streams.errors import InputRefusedError, UsageError
from streams.replay.comparison import compare, paired
from streams.replay.pace import SLICE_S, AsTheyCame, SoManyPerSecond, paced
from streams.replay.selection import Selection
from streams.replay.standing import Standing
from streams.replay.targets import Target

MOMENT = datetime(2024, 5, 1, tzinfo=UTC)
PARAGRAPH = Paragraph.numbered(Report(id="r", title="年报"), 0, "新增12人，减少3人。", pushed_at=MOMENT)


def record(value: bytes | None = b"{}", *, at: int | None = 0, key: bytes | None = b"r") -> ArchivedRecord:
    return ArchivedRecord("reports.speech.v1", 1, 7, at, key, value, ())


def classified(*items: StatisticItem, version: str = "1") -> ClassifiedParagraph:
    return ClassifiedParagraph(
        **dict(PARAGRAPH),
        kinds=("statistic",),
        primary="statistic",
        scores=Scores(speech=0, proposal=0, statistic=1, plan=0),
        statistics=items,
        analysis_version=version,
    )


TWELVE = StatisticItem(start=2, end=5, text="12人", value="12", unit="人")
THREE = StatisticItem(start=8, end=10, text="3人", value="3", unit="人")


@pytest.fixture
def standing(tmp_path: Path) -> Standing:
    return Standing(tmp_path / "standing.sqlite")


def test_a_selection_takes_from_its_begin_to_before_its_end() -> None:
    selection = Selection.of(MOMENT, MOMENT + timedelta(seconds=1), [])
    at = int(MOMENT.timestamp() * 1000)
    taken = [selection.takes(record(at=at + more)) for more in (-1, 0, 999, 1000)]
    assert taken == [False, True, True, False]
    assert not selection.takes(record(at=None))


def test_a_selection_says_the_same_however_it_was_written() -> None:
    here = MOMENT.astimezone(timezone(timedelta(hours=8)))
    one = Selection.of(MOMENT, None, ["report=a", "kind=speech", "report=b"])
    assert one.told() == Selection.of(here, None, ["report=b", "report=a", "kind=speech"]).told()
    assert one.told() != Selection.of(here, None, ["report=b", "kind=speech"]).told()


def test_a_paragraph_is_found_by_its_own_id_and_by_that_of_what_was_found_in_it() -> None:
    selection = Selection.of(None, None, ["paragraph=p-1"])
    values = (b'{"id":"p-1"}', b'{"id":"e","paragraph_id":"p-1"}', b'{"id":"p-1","paragraph_id":"p-2"}', b"p-1", None)
    assert [selection.takes(record(value)) for value in values] == [True, True, False, False, False]


@pytest.mark.parametrize("text", ["2024-05-01", "2024-05-01T08:00:00", "soon", "90m"])
def test_a_time_without_zone_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--from"):
        exact_moment("--from", text)
    assert exact_moment("--from", "2024-05-01T08:00:00+08:00") == MOMENT


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def test_a_rate_is_kept_and_what_was_gathered_is_sent_before_each_wait() -> None:
    clock = Clock()
    given = list(paced((record() for _ in range(101)), SoManyPerSecond(50), lambda: clock.now, clock.sleep))
    assert sum(one is not None for one in given) == 101
    assert given.count(None) == len(clock.slept)
    assert clock.now - 100 == pytest.approx(2, abs=SLICE_S)
    assert min(clock.slept) >= SLICE_S


def test_records_come_with_the_times_between_them_and_older_ones_at_once() -> None:
    clock = Clock()
    records = [record(at=at) for at in (60_000, 120_000, 90_000, 180_000)]
    when = [
        clock.now - 100 for one in paced(records, AsTheyCame(60), lambda: clock.now, clock.sleep) if one is not None
    ]
    assert when == [0, 1, 1, 2]


def test_a_record_keeps_its_partition_where_both_topics_have_as_many() -> None:
    same, fewer = Target("t", 6, True, None), Target("t", 4, False, None)
    assert (same.partition_of(record()), same.partition_of(record(key=None))) == (1, 1)
    assert (fewer.partition_of(record()), fewer.partition_of(record(key=None)._replace(partition=5))) == (-1, 1)


def test_what_the_target_would_delete_at_once_is_refused() -> None:
    target = Target("t", 6, True, 1000)
    target.refuse_expired(record(at=1000))
    target.refuse_expired(record(at=None))
    with pytest.raises(InputRefusedError, match="older than t keeps"):
        target.refuse_expired(record(at=999))


def test_events_that_are_the_same_under_another_version_are_left_alone(standing: Standing) -> None:
    before = classified(TWELVE, THREE)
    standing.add_all([*events_of(before), before])
    change, same = compare(classified(TWELVE, THREE, version="2"), standing)
    assert (change, same) == (None, Counter({"statistic": 2}))


def test_what_differs_is_retracted_and_added_and_stands_then(standing: Standing) -> None:
    before = classified(TWELVE, THREE)
    standing.add_all([*events_of(before), before])
    after = classified(TWELVE.model_copy(update={"unit": "位"}), version="2")
    change, same = compare(after, standing)
    assert change is not None
    old, new = list(events_of(before)), list(events_of(after))
    assert ({one.id for one in change.gone}, [one.id for one in change.new]) == ({one.id for one in old}, [new[0].id])
    assert (change.reclassified, same) == (True, Counter())
    sorts = Counter((one is not None, other is not None) for one, other in paired(change.gone, change.new))
    assert sorts == {(True, True): 1, (True, False): 1}
    standing.add_all([Retraction.of(one.id, one.kind, PARAGRAPH, "2") for one in change.gone])
    standing.add_all([*change.new, change.classified])
    assert compare(after, standing) == (None, Counter({"statistic": 1}))


def test_a_classified_record_that_retention_took_comes_again_only_with_its_events(standing: Standing) -> None:
    before = classified(TWELVE)
    standing.add_all(events_of(before))
    assert compare(before, standing)[0] is None
    change, _ = compare(classified(THREE), standing)
    assert change is not None
    assert change.reclassified


def test_a_retraction_is_told_from_an_event_and_is_none_to_those_who_do_not_know_it() -> None:
    [event] = events_of(classified(TWELVE))
    retraction = Retraction.of(event.id, "statistic", PARAGRAPH, "2")
    for one in (event, retraction):
        message = encode(one, source="/tests", time=MOMENT)
        assert decode_one_of(STATISTIC.records, message.value, message.headers) == one
    message = encode(retraction, source="/tests", time=MOMENT)
    assert message.key == b"r"
    with pytest.raises(DecodeError, match="ce_dataschema"):
        decode_one_of([Statistic], message.value, message.headers)


def test_a_source_that_is_no_topic_of_a_kind_is_not_wanted() -> None:
    selection = Selection.of(None, None, ["kind=speech"])
    assert selection.wants_topic("any." + SPEECH.name)
    assert not selection.wants_topic(PARAGRAPHS.name)
    wanted = selection.wanted([SPEECH.name, PARAGRAPHS.name])
    assert wanted.topics == frozenset([SPEECH.name])
