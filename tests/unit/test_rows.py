import io
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from schemas.dead_letter import DeadLetter
from schemas.paragraph import Paragraph, Report
from schemas.record import Record
from schemas.retraction import Retraction
from schemas.topics import BY_ALIAS, TOPICS
from streams.commands.rows import PIPED_CELLS, row, table
from streams.commands.subscribe import KINDS
from tests.unit.test_where import CLASSIFIED, PLAN, SPEECH, STATISTIC

LETTER = DeadLetter.of(
    stage="decode",
    reason="the value\nis empty",
    topic="t",
    partition=1,
    offset=9,
    timestamp=None,
    key=None,
    value=None,
    headers=(),
)
PARAGRAPH = Paragraph.numbered(
    Report(id="r", title="年报"), 0, "\x1b[31m红\x07", pushed_at=datetime(2024, 1, 1, tzinfo=UTC)
)
RETRACTION = Retraction.of("e-1", "plan", PARAGRAPH, "2.0.0")


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (SPEECH, ("speech", "何以宁", "好")),
        (STATISTIC, ("statistic", "12.5个", "12")),
        (PLAN, ("plan", "年报", "做。")),
        (CLASSIFIED, ("classified", "speech, plan", "好。")),
        (LETTER, ("deadletter", "t 1/9", "decode: the value is empty")),
        (PARAGRAPH, ("paragraph", "年报", "[31m红")),
        (RETRACTION, ("retraction", "年报", "plan e-1 no longer stands, says analysis 2.0.0")),
    ],
)
def test_kind_who_or_what_and_text(record: Record, wanted: tuple[str, str, str]) -> None:
    assert row(record) == wanted


def test_every_topic_has_a_row_and_can_be_subscribed_to() -> None:
    assert set(KINDS) == set(BY_ALIAS)
    assert {topic.record for topic in TOPICS} >= {type(SPEECH), type(PLAN), type(STATISTIC), type(LETTER)}


def test_a_table_keeps_its_width() -> None:
    out = io.StringIO()
    table([("speech", "很长的名字" * 10, "很长的话" * 50), ("plan", "-", "短")], out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].split() == ["kind", "who", "or", "what", "text"]
    assert all(cell_len(line) <= PIPED_CELLS for line in lines)
    assert lines[1].endswith("…")
