"""Every example goes through the codec: good ones come back as they were, bad ones are refused for their reason."""

import json

import pytest

from schemas.codec import DecodeError, decode, encode
from schemas.topics import TOPICS
from tests.contract.examples import EXAMPLES, Example

RECORDS = {record.schema_name: record for topic in TOPICS for record in topic.records}


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.refused is None], ids=str)
def test_good_example_survives_the_codec(example: Example) -> None:
    record_type = RECORDS[example.record]
    record = decode(record_type, example.value, example.headers)
    message = encode(record, source="/tests", time=example.time)  # type: ignore[arg-type]
    assert decode(record_type, message.value, message.headers) == record
    written = json.loads(message.value)
    given = json.loads(example.value)
    known = {name: value for name, value in given.items() if name in record_type.model_fields}
    known.pop("report", None)
    known.pop("pushed_at", None)  # written in UTC whatever the zone it came in
    assert known.items() <= written.items()


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.refused is not None], ids=str)
def test_bad_example_is_refused_for_its_reason(example: Example) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(RECORDS[example.record], example.value, example.headers)
    assert example.refused is not None
    assert example.refused in str(refusal.value)


def test_every_record_has_examples_good_and_bad() -> None:
    have = {(example.record, example.refused is None) for example in EXAMPLES}
    assert have == {(name, good) for name in RECORDS for good in (True, False)}
