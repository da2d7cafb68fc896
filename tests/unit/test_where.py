from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from schemas.classified import ClassifiedParagraph, Scores
from schemas.dead_letter import DeadLetter
from schemas.events import Plan, Speech, Statistic
from schemas.items import SpeechItem, Target
from schemas.paragraph import Report
from schemas.record import Record
from streams.commands.where import field_names, parsed_conditions
from streams.errors import UsageError

REPORT = Report(id="r-1", title="年报", published=date(2024, 1, 9), genre="公报")
COMMON = {"id": "e-1", "paragraph_id": "p-1", "report": REPORT, "ordinal": 3, "analysis_version": "1"}
SPEECH = Speech(**COMMON, start=0, end=2, text="好。", speaker="何以宁", quote="好", direct=False)
STATISTIC = Statistic(**COMMON, start=0, end=2, text="12", value=Decimal("12.50"), unit="个")
PLAN = Plan(
    **COMMON,
    start=0,
    end=2,
    text="做。",
    targets=(Target(value=Decimal(1), unit="户"), Target(value=Decimal(2), unit="个")),
)
CLASSIFIED = ClassifiedParagraph(
    id="p-1",
    report=REPORT,
    ordinal=3,
    text="好。",
    pushed_at=datetime(2024, 1, 9, tzinfo=UTC),
    kinds=("speech", "plan"),
    primary="speech",
    scores=Scores(speech=0.5, proposal=0, statistic=0, plan=0.5),
    speeches=(SpeechItem(start=0, end=1, text="好", quote="好", direct=True, speaker="甲"),),
    analysis_version="1",
)


@pytest.mark.parametrize(
    ("record", "condition", "holds"),
    [
        (SPEECH, "report=r-1", True),
        (SPEECH, "report=年报", True),
        (SPEECH, "report=年", False),
        (SPEECH, "speaker=何以宁", True),
        (SPEECH, "speaker=何", False),
        (SPEECH, "role=", True),
        (SPEECH, "role=null", True),
        (SPEECH, "speaker=null", False),
        (SPEECH, "direct=false", True),
        (SPEECH, "report.published=2024-01-09", True),
        (SPEECH, "report.genre=公报", True),
        (SPEECH, "ordinal=3", True),
        (STATISTIC, "value=12.5", True),
        (STATISTIC, "value=12,5", False),
        (PLAN, "targets.unit=个", True),
        (PLAN, "targets.unit=万", False),
        (CLASSIFIED, "kinds=plan", True),
        (CLASSIFIED, "kinds=statistic", False),
        (CLASSIFIED, "speeches.speaker=甲", True),
        (CLASSIFIED, "scores.speech=0.50", True),
    ],
)
def test_equality_on_fields(record: Record, condition: str, holds: bool) -> None:
    [parsed] = parsed_conditions([condition], [type(record)])
    assert parsed.holds(record) is holds


def test_a_field_of_another_kind_matches_nothing_here() -> None:
    [parsed] = parsed_conditions(["speaker=何以宁"], [Speech, Plan])
    assert parsed.holds(SPEECH)
    assert not parsed.holds(PLAN)


@pytest.mark.parametrize(
    ("text", "said"), [("nix=1", "no field 'nix'; there are: "), ("=1", "field=value"), ("report", "field=value")]
)
def test_says_which_fields_there_are(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parsed_conditions([text], [Speech])


def test_fields_are_those_of_nested_models_too() -> None:
    assert {"report", "report.title", "targets.metric"} <= set(field_names(Plan))
    assert "report" not in set(field_names(DeadLetter))
