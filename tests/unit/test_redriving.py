"""The pure parts of a redrive: ids, attempts, headers, the rate, and which dead letters are meant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dead_letter import DeadLetter, DeadLetterHeader
from schemas.redrive import (
    ATTEMPT_HEADER,
    HEADERS,
    ID_HEADER,
    ORIGIN_HEADER,
    attempts,
    origin,
    redrive_id,
    redriven_headers,
)
from streams.clients.dead_letters import FoundLetter, Mark, state_of
from streams.clients.letter_filter import LetterFilter, reports_named
from streams.commands.moments import bound
from streams.commands.redriving import Pace, per_second
from streams.errors import UsageError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BYTES = st.one_of(st.none(), st.binary(max_size=20))
PAIRS = st.lists(st.tuples(st.sampled_from(["a", "b", *HEADERS]), BYTES), max_size=5)


def letter(
    value: bytes | None = b"x",
    key: bytes | None = None,
    headers: Sequence[tuple[str, bytes | None]] = (),
    offset: int = 7,
) -> DeadLetter:
    return DeadLetter.of(
        stage="decode",
        reason="not JSON",
        topic="t",
        partition=2,
        offset=offset,
        timestamp=None,
        key=key,
        value=value,
        headers=tuple(DeadLetterHeader(key=name, value=content) for name, content in headers),
    )


def sent_again(dead: DeadLetter, offset: int) -> DeadLetter:
    """What a worker makes of the redriven record when it fails once more."""
    return letter(dead.value, dead.key, redriven_headers(dead), offset)


@given(BYTES, BYTES, PAIRS)
def test_original_headers_keep_their_order_and_attempts_count_on(
    key: bytes | None, value: bytes | None, pairs: list[tuple[str, bytes | None]]
) -> None:
    dead = letter(value, key, tuple(pair for pair in pairs if pair[0] not in HEADERS))
    for attempt in range(1, 4):
        again = sent_again(dead, 7 + attempt)
        assert [(h.key, h.value) for h in again.headers[:-3]] == [pair for pair in pairs if pair[0] not in HEADERS]
        assert attempts(again) == attempt
        assert origin(again) == "t/2/7"
        assert {h.key: h.value for h in again.headers}[ID_HEADER] == redrive_id(dead).encode()
        dead = again


@given(PAIRS)
def test_whatever_the_headers_say_there_is_a_count(pairs: list[tuple[str, bytes | None]]) -> None:
    assert 0 <= attempts(letter(headers=tuple(pairs))) < 10**6


@pytest.mark.parametrize(
    ("told", "count"), [(b"3", 3), (b"-1", 0), (b"x", 0), (b"", 0), (None, 0), (b"9" * 30, 0), ("٣".encode(), 0)]
)
def test_an_attempt_that_is_no_number_counts_as_none(told: bytes | None, count: int) -> None:
    assert attempts(letter(headers=((ATTEMPT_HEADER, told),))) == count


def test_a_redrive_id_follows_from_place_attempt_and_bytes() -> None:
    one = redrive_id(letter())
    assert one == redrive_id(letter())
    others = (
        letter(b"y"),
        letter(None),
        letter(b"", b"x"),
        letter(b"x", b""),
        letter(headers=(("a", None),)),
        letter(headers=(("a", b""),)),
        letter(headers=((ATTEMPT_HEADER, b"1"),)),
        sent_again(letter(), 8),
    )
    assert len({one, *(redrive_id(other) for other in others)}) == 9


def test_an_origin_that_is_told_is_kept() -> None:
    assert origin(letter(headers=((ORIGIN_HEADER, b"u/0/1"),))) == "u/0/1"


def test_the_state_follows_from_the_mark_the_next_dead_letter_and_the_offsets() -> None:
    sent, parked = Mark("sent", "t", 0, 9), Mark("parked", "p", 0, 0)
    assert state_of("i", {}, set(), {}) == "open"
    assert state_of("i", {"i": parked}, set(), {}) == "parked"
    assert state_of("i", {"i": sent}, set(), {("t", 0): 9}) == "redriven"
    assert state_of("i", {"i": sent}, set(), {("t", 0): 10}) == "resolved"
    assert state_of("i", {"i": sent}, {"i"}, {("t", 0): 10}) == "failed-again"


def test_a_rate_is_kept_over_pauses_of_its_own() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(10, lambda: now[0], sleep)
    for _ in range(4):
        pace.wait(5)
    assert slept == [0.5, 0.5, 0.5]
    now[0] += 100  # a long pause gives no right to catch up
    pace.wait(5)
    pace.wait(5)
    assert slept == [0.5, 0.5, 0.5, 0.5]
    Pace(None, lambda: now[0], sleep).wait(1000)
    assert len(slept) == 4


@pytest.mark.parametrize(("text", "rate"), [("50", 50.0), ("50/s", 50.0), ("0.5/s", 0.5), (None, None)])
def test_a_rate_may_say_its_unit(text: str | None, rate: float | None) -> None:
    assert per_second(text) == rate


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, None),
        ("1200", 1200),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-01-31T08:00:00+08:00", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T00:00Z", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_bound_is_an_offset_or_a_time(text: str | None, wanted: object) -> None:
    assert bound("--from", text, NOW) == wanted


@pytest.mark.parametrize("text", ["", "now", "-1", "2026-02-30", "999999d", "１２", "9" * 20])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--to .*: write an offset"):
        bound("--to", text, NOW)


def test_reports_are_named_by_key_id_and_title() -> None:
    assert reports_named(letter(b'{"report": {"id": "r9", "title": "T"}}', b"k")) == {"k", "r9", "T"}
    for broken in (None, b"", b"[]", b"{", b'{"report": 5}', b'{"report": {"id": 5}}', b"[" * 100_000, b"\xff"):
        assert reports_named(letter(broken)) == set()


def test_a_filter_holds_only_when_each_condition_does() -> None:
    found = FoundLetter(letter(), "d", 0, 17, NOW, "open")
    assert LetterFilter().is_empty
    assert LetterFilter().holds(found)
    assert LetterFilter(names=("0:17",), stages=frozenset({"decode"}), topics=frozenset({"t"})).holds(found)
    assert not LetterFilter(names=("0:17",), stages=frozenset({"analyse"})).holds(found)
    assert not LetterFilter(names=("0:1",)).holds(found)
    assert LetterFilter(names=(found.letter.id[:6], "9:9")).holds(found)
    assert not LetterFilter(partition=0).holds(found)
    assert LetterFilter(partition=2).holds(found)
