"""The codec: bytes and back without loss, CloudEvents headers, and refusals that say why."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.classified import ClassifiedParagraph, Scores
from schemas.codec import DecodeError, addressed, body_of, decode, encode, event_bodies
from schemas.dead_letter import DeadLetter, DeadLetterHeader
from schemas.events import events_of
from schemas.items import KINDS, PlanItem, ProposalItem, SpeechItem, StatisticItem, Target
from schemas.paragraph import MAX_TEXT, Paragraph, Report
from schemas.record import plain

MOMENT = datetime(2023, 1, 8, 17, 30, 0, 123000, timezone(timedelta(hours=8)))
TEXT = st.text(min_size=1, max_size=50).filter(lambda text: bool(text.strip()))
PARAGRAPHS = st.builds(
    Paragraph.numbered,
    st.builds(Report.named, st.one_of(st.none(), TEXT)),
    st.integers(0, 10**6),
    TEXT,
    pushed_at=st.just(MOMENT),
)
BYTES = st.one_of(st.none(), st.binary(max_size=40))


@given(PARAGRAPHS)
def test_a_paragraph_comes_back_as_it_was(paragraph: Paragraph) -> None:
    message = encode(paragraph, source="/tests", time=MOMENT)
    assert decode(Paragraph, message.value, message.headers) == paragraph
    assert message.key == paragraph.report.id.encode()


@given(BYTES, BYTES, st.lists(st.tuples(st.text(max_size=5), BYTES), max_size=3))
def test_a_dead_letter_keeps_every_byte(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    letter = DeadLetter.of(
        stage="decode",
        reason="not JSON",
        topic="t",
        partition=0,
        offset=7,
        timestamp=None,
        key=key,
        value=value,
        headers=tuple(DeadLetterHeader(key=name, value=content) for name, content in headers),
    )
    message = encode(letter, source="/tests", time=MOMENT)
    assert decode(DeadLetter, message.value, message.headers) == letter
    assert message.key == key


def test_headers_carry_the_cloudevents_attributes() -> None:
    paragraph = Paragraph.numbered(Report(id="r1"), 0, "文", pushed_at=MOMENT)
    message = encode(paragraph, source="/tests", time=MOMENT)
    assert dict(message.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": paragraph.id.encode(),
        "ce_source": b"/tests",
        "ce_type": b"report-streams.paragraph.v1",
        "ce_time": b"2023-01-08T09:30:00.123000Z",
        "ce_dataschema": b"urn:report-streams:paragraph:1.0",
        "ce_subject": b"r1",
        "content-type": b"application/json",
    }
    assert message.size == len(b"r1") + len(message.value) + sum(len(n) + len(v) for n, v in message.headers)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_else(value: bytes) -> None:
    with pytest.raises(DecodeError, match=r"\S"):
        decode(Paragraph, value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"{}", "id: Field required"),
        (b"[" * 100_000, "JSON"),
        (b'{"id": "a", "id": 1' + b"}" * 1, "id: "),
        (json.dumps({"text": "长" * (MAX_TEXT + 1)}).encode(), "text: "),
    ],
)
def test_refusals_say_why(value: bytes | None, reason: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(Paragraph, value)
    assert reason in str(refusal.value)
    assert len(str(refusal.value)) < 1000


def test_unknown_fields_pass_only_from_a_newer_minor_version() -> None:
    fields = json.loads(encode(Paragraph.numbered(Report(id="r"), 0, "文"), source="/t", time=MOMENT).value)
    value = json.dumps(fields | {"mood": "calm"}).encode()
    newer = [("ce_dataschema", b"urn:report-streams:paragraph:1.9")]
    assert decode(Paragraph, value, newer).text == "文"
    for headers in ([], [("ce_dataschema", b"urn:report-streams:paragraph:1.0")]):
        with pytest.raises(DecodeError, match="mood"):
            decode(Paragraph, value, headers)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6))
def test_values_stay_exact_and_plain(value: Decimal) -> None:
    item = StatisticItem(start=0, end=1, text="文", value=value)
    written = json.loads(item.model_dump_json())["value"]
    assert isinstance(written, str)
    assert "E" not in written
    assert StatisticItem.model_validate_json(item.model_dump_json()).value == value


def test_trailing_zeros_and_exponents_are_written_out() -> None:
    assert [plain(Decimal(text)) for text in ("1.20E+6", "66.670", "0.0", "300", "1E+2")] == [
        "1200000",
        "66.67",
        "0",
        "300",
        "100",
    ]


def test_binary_floats_are_refused() -> None:
    with pytest.raises(ValueError, match="floating-point"):
        Target.model_validate_json('{"value": 5.7}')
    assert Target.model_validate_json('{"value": "5.7"}').value == Decimal("5.7")
    assert Target.model_validate_json('{"value": 5}').value == Decimal(5)


def test_utc_is_what_times_are_written_in() -> None:
    paragraph = Paragraph.numbered(Report(id="r"), 0, "文", pushed_at=MOMENT)
    again = decode(Paragraph, encode(paragraph, source="/t", time=MOMENT).value)
    assert again.pushed_at == MOMENT.astimezone(UTC)


@given(TEXT, st.none() | TEXT)
def test_events_that_are_written_together_are_those_written_one_by_one(text: str, section: str | None) -> None:
    paragraph = Paragraph.numbered(Report.named(text), 3, text, section, pushed_at=MOMENT)
    span = {"start": 0, "end": len(text), "text": text}
    number = {"value": Decimal("1.50"), "metric": text, "unit": None}
    classified = ClassifiedParagraph(
        **dict(paragraph),
        kinds=KINDS,
        primary="speech",
        scores=Scores(speech=1, proposal=1, statistic=1, plan=0.1),
        speeches=(SpeechItem(**span, quote=text, direct=True), SpeechItem(**span, quote=text, direct=False)),
        proposals=(ProposalItem(**span, title=text),),
        statistics=(StatisticItem(**span, **number), StatisticItem(**span, **number, period=text)),
        plans=(PlanItem(**span, targets=(Target(**number), Target(value=Decimal(2)))),),
        analysis_version="1",
    )
    written = [*map(body_of, events_of(classified))]
    assert len(written) == 6
    assert [*event_bodies(classified)] == written
    assert [*event_bodies(classified.model_copy(update={"speeches": (), "plans": ()}))] == written[2:5]
    about: dict[str, Any] = {"source": "/tests", "time": MOMENT, "made_from": ("paragraphs", 1, 2)}
    assert [*addressed(written, **about)] == [encode(event, **about) for event in events_of(classified)]
