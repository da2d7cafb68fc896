"""What Kafka's own log of its metadata says of the broker: let in, or fenced."""

from pathlib import Path

import pytest

from streams.broker.fencing import is_fenced
from streams.broker.properties import BrokerConfig, fencing_properties

FENCED, LET_IN, SHUTTING_DOWN = b"\x01\x00\x01\x01", b"\x01\x00\x01\xff", b"\x01\x01\x01\x01"
"""The tagged fields of a change: their number, the field, its length, its value."""


def change(fields: bytes) -> bytes:
    """A BrokerRegistrationChangeRecord of broker 1 at epoch 270 between other bytes, as Kafka 4.3 writes it."""
    return b"\x00#..." + b"\x01\x11\x00" + (1).to_bytes(4) + (270).to_bytes(8) + fields + b"\x00.."


@pytest.mark.parametrize(
    ("segments", "fenced"),
    [
        ({}, True),
        ({0: b"topics"}, True),
        ({0: change(LET_IN)}, False),
        ({0: change(LET_IN) + change(FENCED)}, True),
        ({0: change(FENCED) + change(LET_IN) + b"later records"}, False),
        ({0: change(LET_IN) + change(SHUTTING_DOWN)}, False),
        ({0: change(FENCED), 4711: change(LET_IN)}, False),
        ({0: change(LET_IN), 4711: b"nothing of it"}, False),
        ({4711: b"the change was in a segment that a snapshot has replaced"}, False),
    ],
)
def test_the_latest_change_counts(segments: dict[int, bytes], fenced: bool, tmp_path: Path) -> None:
    folder = tmp_path / "__cluster_metadata-0"
    folder.mkdir()
    for first, content in segments.items():
        (folder / f"{first:020}.log").write_bytes(content)
    assert is_fenced(tmp_path) is fenced


def test_records_without_metadata_were_used_by_no_broker(tmp_path: Path) -> None:
    assert is_fenced(tmp_path)


def test_the_controller_alone_listens_to_no_client() -> None:
    text = fencing_properties(BrokerConfig(1234, 5678, Path("/data/records")))
    assert "process.roles=controller\n" in text
    assert "listeners=CONTROLLER://127.0.0.1:5678\n" in text
    assert "1234" not in text
