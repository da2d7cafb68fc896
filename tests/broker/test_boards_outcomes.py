"""The outcomes of plans on a real Kafka: each once, through kills and restarts; taken back, and told again."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Producer

from schemas.classified import ClassifiedParagraph
from schemas.codec import encode
from schemas.events import Statistic, events_of
from schemas.outcome import Outcome
from schemas.retraction import Retraction
from schemas.topics import CLASSIFIED, OUTCOME, STATISTIC, Topic
from streams.boards.board import Entry
from streams.boards.outcomes import standing_outcomes
from streams.boards.projection import Rules, load_rules
from streams.clients.subscriber import Received
from streams.settings import Settings
from tests.broker.boards_at_work import at_work, pushed
from tests.broker.conftest import MOMENT
from tests.command_line import ROOT, eventually, run

pytestmark = pytest.mark.broker
SEEDS = (str(ROOT / "seeds"),)
Committed = Callable[[Topic], list[Received]]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def wanted(committed: Committed, rules: Rules) -> set[str]:
    """The ids of the outcomes of all that is classified, judged without Faust, store or groups that change."""
    paragraphs = {
        one.record.id: one.record for one in committed(CLASSIFIED) if isinstance(one.record, ClassifiedParagraph)
    }
    groups: dict[str, dict[str, Entry]] = {}
    for paragraph in paragraphs.values():
        for entry in rules.boards["plans"].facts(rules.read(paragraph)):
            groups.setdefault(entry.group, {})[entry.id] = entry
    return {one.id for entries in groups.values() for one in rules.judge(entries.values())}


def told(committed: Committed) -> Counter[str]:
    """How often each outcome stands on the topic, withdrawals by their own ids."""
    return Counter(one.record.id for one in committed(OUTCOME) if isinstance(one.record, Outcome))


def put(kafka: str, settings: Settings, topic: Topic, record: Outcome | Retraction | Statistic) -> None:
    message = encode(record, source="/tests", time=MOMENT)
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "partitioner": "murmur2_random"})
    producer.produce(settings.topic_prefix + topic.name, message.value, message.key, headers=[*message.headers])
    assert producer.flush(30) == 0


def test_each_outcome_is_told_once_through_kills_and_a_lost_store(
    variables: dict[str, str], settings: Settings, kafka: str, committed: Committed, rules: Rules, tmp_path: Path
) -> None:
    pushed(variables, *SEEDS)
    expected = wanted(committed, rules)
    assert len(expected) > 10
    with at_work(variables, tmp_path / "boards") as boards:
        boards.running.said("^live: ", 120)
        # Somewhere about its first transaction.
        boards.running.process.kill()
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert eventually(lambda: told(committed).keys() == expected)
        boards.running.process.kill()
    shutil.rmtree(tmp_path / "boards")
    # One that no plan has: once it is taken back, the third boards have compared all.
    stray = standing_outcomes(settings, kafka)[0].model_copy(update={"id": "stray"})
    put(kafka, settings, OUTCOME, stray)
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert eventually(lambda: stray.withdrawal().id in told(committed))
        boards.end()
    assert told(committed) == Counter([*expected, stray.id, stray.withdrawal().id])


def test_an_outcome_is_taken_back_with_its_result_and_told_again_when_that_comes_back(
    variables: dict[str, str], settings: Settings, kafka: str, committed: Committed, rules: Rules, tmp_path: Path
) -> None:
    pushed(variables, *SEEDS)
    expected = wanted(committed, rules)
    with at_work(variables, tmp_path / "boards") as boards:
        boards.live()
        assert eventually(lambda: told(committed).keys() == expected)
        outcome = next(one for one in standing_outcomes(settings, kafka) if one.verdict in ("met", "missed"))
        event, paragraph = outcome.result_proof.event_id, outcome.result_proof.paragraph_id
        classified = next(
            one.record
            for one in committed(CLASSIFIED)
            if isinstance(one.record, ClassifiedParagraph) and one.record.id == paragraph
        )
        statistic = next(one for one in events_of(classified) if isinstance(one, Statistic) and one.id == event)
        put(kafka, settings, STATISTIC, Retraction.of(statistic.id, "statistic", classified, "test"))
        assert eventually(lambda: outcome.withdrawal().id in told(committed))
        assert outcome.id not in {one.id for one in standing_outcomes(settings, kafka)}
        put(kafka, settings, STATISTIC, statistic)
        assert eventually(lambda: told(committed)[outcome.id] == 2)
        assert {one.id for one in standing_outcomes(settings, kafka)} == expected
        boards.end()
    shown = run("subscribe", "outcome", "--as-of", "now", "--jsonl", settings=variables)
    assert shown.returncode == 0, shown.stderr
    assert len(shown.stdout.splitlines()) == len(expected)
    table = run("subscribe", "outcome", "--from-beginning", "--distinct", settings=variables)
    assert table.returncode == 0, table.stderr
    assert outcome.metric in table.stdout
