"""Frames: what the worker and its analysis tell each other comes over as it was, in whatever pieces it travels."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Body
from schemas.topics import EMITTED
from streams.worker.frames import Unpacker, outcome_fields, outcome_of, pack, record_fields, record_of
from streams.worker.handle import Consumed, Judged

EPOCH = datetime.fromtimestamp(0, UTC)
MAYBE_BYTES = st.none() | st.binary(max_size=30)
FIELDS = st.lists(MAYBE_BYTES, max_size=6)
MOMENTS = st.none() | st.integers(0, 2**41).map(lambda milliseconds: EPOCH + timedelta(milliseconds=milliseconds))
RECORDS = st.builds(
    Consumed,
    st.just("reports.paragraphs.v1"),
    st.integers(0, 99),
    st.integers(0, 2**62),
    MOMENTS,
    MAYBE_BYTES,
    MAYBE_BYTES,
    st.lists(st.tuples(st.text(max_size=6), MAYBE_BYTES), max_size=4).map(tuple),
)
BODIES = st.builds(
    Body,
    st.sampled_from([topic.record for topic in EMITTED]),
    st.binary(max_size=32),
    MAYBE_BYTES,
    st.binary(max_size=60),
)
OUTCOMES = st.builds(
    Judged, st.lists(BODIES, max_size=4).map(tuple), st.sampled_from([None, "decode", "analyse", "encode", "produce"])
)


@given(st.lists(FIELDS, max_size=5), st.integers(1, 50))
def test_frames_come_out_of_any_pieces_as_they_went_in(frames: list[list[bytes | None]], size: int) -> None:
    line = b"".join(map(pack, frames))
    unpacker = Unpacker()
    pieces = [line[start : start + size] for start in range(0, len(line), size)]
    assert [fields for piece in pieces for fields in unpacker.feed(piece)] == frames


@given(RECORDS)
def test_a_record_is_the_same_on_the_other_side(consumed: Consumed) -> None:
    (fields,) = Unpacker().feed(pack(record_fields(consumed)))
    assert record_of(fields) == consumed


@given(OUTCOMES)
def test_an_outcome_is_the_same_on_the_other_side(judged: Judged) -> None:
    (fields,) = Unpacker().feed(pack(outcome_fields(judged)))
    assert outcome_of(fields) == judged
