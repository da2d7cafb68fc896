"""An export is whole or was never there."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.clients.dead_letters import FoundLetter
from streams.commands.letter_export import export_letters
from streams.commands.letter_rows import OTHER_REASONS, Summary, escaped
from streams.errors import BrokerUnavailableError, InternalFaultError
from tests.unit.test_redriving import NOW, letter


def found(reason: str = "not JSON") -> FoundLetter:
    return FoundLetter(letter().model_copy(update={"reason": reason}), "d", 0, 17, NOW, "open")


def breaking_off(error: Exception) -> Iterator[FoundLetter]:
    yield found()
    raise error


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (BrokerUnavailableError("gone"), BrokerUnavailableError),
        (OSError(errno.ENOSPC, "No space left on device"), InternalFaultError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_an_export_that_breaks_off_leaves_what_was_there(
    tmp_path: Path, error: Exception, raised: type[BaseException]
) -> None:
    target = tmp_path / "letters.jsonl"
    target.write_text("before")
    with pytest.raises(raised):
        export_letters(breaking_off(error), target)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("letters.jsonl", "before")]
    assert export_letters(iter([found(), found()]), target) == 2
    assert [json.loads(line)["offset"] for line in target.read_text().splitlines()] == [17, 17]


def test_what_goes_to_a_terminal_cannot_move_it() -> None:
    assert escaped("a\x1b[31m\n\u202e\x9b文\\") == "a\\x1b[31m\\n\\u202e\\x9b文\\"


def test_a_summary_is_bounded_in_the_reasons_that_it_tells_apart() -> None:
    summary = Summary()
    for number in range(3000):
        summary.add(found(f"no {chr(0x4E00 + number)} at {number}"))
    rows = summary.rows()
    assert len(rows) == 1001
    assert rows[0] == (2000, "decode", "open", OTHER_REASONS)
