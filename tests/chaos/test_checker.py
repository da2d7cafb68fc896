"""The checker over records made by hand: it is silent over what is right, and names each thing that is wrong."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from schemas.topics import CLASSIFIED, DEAD_LETTER, EVENT_TOPICS, PARAGRAPHS, STATISTIC, Topic
from streams.analysis.analyse import Analyser
from streams.worker.handle import Consumed, handle, refuse
from tests.chaos.checker import Stored, Verdict, check
from tests.chaos.load import ONE_BAD_IN, REPORTS, load

MOMENT = datetime(2026, 1, 8, tzinfo=UTC)
RECORDS = 6 * ONE_BAD_IN
Topics = dict[Topic, list[Stored]]


def sound_topics(records: int = RECORDS) -> Topics:
    """What a worker makes of the load, on one partition of each topic."""
    analyse = Analyser.load().analyse
    topics: Topics = {topic: [] for topic in (PARAGRAPHS, CLASSIFIED, DEAD_LETTER, *EVENT_TOPICS)}
    for offset, raw in enumerate(load(1, records)):
        topics[PARAGRAPHS].append(Stored(0, offset, raw.value))
        consumed = Consumed(PARAGRAPHS.name, 0, offset, MOMENT, raw.key, raw.value, tuple(raw.headers))
        for output in handle(consumed, analyse).outputs:
            stored = topics[output.topic]
            stored.append(Stored(0, len(stored), output.message.value))
    return topics


def verdict_of(topics: Topics) -> Verdict:
    def read(topic: Topic) -> Iterable[Stored]:
        return topics[topic]

    return check(read)


def test_what_a_sound_worker_leaves_is_without_fault() -> None:
    found = verdict_of(sound_topics())
    assert found.faults == {}
    assert (found.records, found.dead_letters) == (RECORDS, RECORDS // ONE_BAD_IN)
    assert found.classified == RECORDS - found.dead_letters
    assert found.events > RECORDS / 2


def _lose_classified(topics: Topics) -> None:
    del topics[CLASSIFIED][17]


def _lose_dead_letter(topics: Topics) -> None:
    del topics[DEAD_LETTER][3]


def _double_classified(topics: Topics) -> None:
    topics[CLASSIFIED].append(topics[CLASSIFIED][17])


def _double_dead_letter(topics: Topics) -> None:
    topics[DEAD_LETTER].append(topics[DEAD_LETTER][3])


def _lose_event(topics: Topics) -> None:
    del topics[STATISTIC][5]


def _double_event(topics: Topics) -> None:
    topics[STATISTIC].append(topics[STATISTIC][5])


def _swap_two_of_a_report(topics: Topics) -> None:
    classified = topics[CLASSIFIED]
    of = [number for number, one in enumerate(classified) if b'"report-1-7"' in (one.value or b"")]
    assert len(of) > 1
    classified[of[0]], classified[of[1]] = classified[of[1]], classified[of[0]]


def _swap_two_events(topics: Topics) -> None:
    events = topics[STATISTIC]
    of = [number for number, one in enumerate(events) if b'"report-1-7"' in (one.value or b"")]
    assert len(of) > 1
    events[of[0]], events[of[-1]] = events[of[-1]], events[of[0]]


def _alter_text(topics: Topics) -> None:
    one = topics[CLASSIFIED][4]
    topics[CLASSIFIED][4] = Stored(0, 4, (one.value or b"").replace(b'"text":"', b'"text":"X', 1))


def _invent_event(topics: Topics) -> None:
    value = topics[STATISTIC][0].value or b""
    topics[STATISTIC].append(Stored(0, 9999, value.replace(b'"id":"', b'"id":"X', 1)))


def _bury_a_good_record(topics: Topics) -> None:
    _lose_classified(topics)
    raw = topics[PARAGRAPHS][17]
    consumed = Consumed(PARAGRAPHS.name, 0, 17, MOMENT, None, raw.value)
    (output,) = refuse(consumed, "produce", "made up").outputs
    topics[DEAD_LETTER].append(Stored(0, 9999, output.message.value))


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_lose_classified, "lost"),
        (_lose_dead_letter, "lost"),
        (_double_classified, "twice"),
        (_double_dead_letter, "twice"),
        (_lose_event, "events_lost"),
        (_double_event, "events_twice"),
        (_swap_two_of_a_report, "out_of_order"),
        (_swap_two_events, "out_of_order"),
        (_alter_text, "strange"),
        (_invent_event, "strange"),
        (_bury_a_good_record, "wronged"),
    ],
)
def test_each_harm_is_seen_and_named(harm: Callable[[Topics], None], fault: str) -> None:
    topics = sound_topics()
    harm(topics)
    found = verdict_of(topics)
    assert found.faults.get(fault), found
    assert any(example.startswith(f"{fault}: ") for example in found.examples)


def test_an_input_that_was_pushed_twice_is_wanted_twice() -> None:
    topics = sound_topics()
    topics[PARAGRAPHS].append(Stored(0, RECORDS, topics[PARAGRAPHS][0].value))
    assert verdict_of(topics).faults == {"lost": 1}


def test_the_load_is_the_same_for_a_seed_and_spread_over_reports() -> None:
    first, again, other = (list(load(seed, RECORDS)) for seed in (1, 1, 2))
    assert first == again != other
    assert len({raw.key for raw in first}) > REPORTS // 2
    assert len({raw.value for raw in first if raw.value}) >= RECORDS - 3
