"""``Record.of_valid``: the record that validation would give, and no record without all its fields."""

import pytest

from schemas.items import SpeechItem
from schemas.paragraph import Paragraph, Report
from tests.unit.analysis_samples import PUSHED

FIELDS = {
    "start": 0,
    "end": 2,
    "text": "要快",
    "speaker": None,
    "role": None,
    "verb": "说",
    "quote": "要快",
    "direct": True,
}


def test_it_is_the_record_that_validation_gives() -> None:
    made = SpeechItem.of_valid(**dict(reversed(FIELDS.items())))
    assert made == SpeechItem.model_validate(FIELDS)
    assert made.model_dump_json() == SpeechItem.model_validate(FIELDS).model_dump_json()
    assert made.model_fields_set == set(FIELDS)


def test_it_holds_other_records() -> None:
    paragraph = Paragraph.numbered(Report(id="r"), 0, "文", pushed_at=PUSHED)
    assert Paragraph.of_valid(**paragraph.__dict__) == paragraph


def test_a_field_may_not_be_missing() -> None:
    with pytest.raises(KeyError, match="direct"):
        SpeechItem.of_valid(**{name: value for name, value in FIELDS.items() if name != "direct"})
