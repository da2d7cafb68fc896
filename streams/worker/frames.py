"""What travels between the worker and its analysis process: frames of byte strings, so that nothing is parsed twice.

A frame is its length, the number of its fields, each field's length (-1 for none) and the fields' bytes; all numbers
are 32-bit, little-endian. Nothing in a frame is code or can become any, whatever the bytes are.
"""

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import get_args

from schemas.codec import Body
from schemas.dead_letter import Stage
from schemas.topics import BY_ALIAS
from streams.worker.handle import Consumed, Judged

Field = bytes | None

_INT = struct.Struct("<I")
_EPOCH = datetime.fromtimestamp(0, UTC)
_MILLISECOND = timedelta(milliseconds=1)
_STAGES: dict[str, Stage] = {stage: stage for stage in get_args(Stage)}


def pack(fields: Sequence[Field]) -> bytes:
    """One frame."""
    lengths = struct.pack(f"<{len(fields)}i", *[-1 if field is None else len(field) for field in fields])
    body = b"".join([_INT.pack(len(fields)), lengths, *[field for field in fields if field is not None]])
    return _INT.pack(len(body)) + body


class Unpacker:
    """Frames from bytes that come in pieces."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, piece: bytes) -> Iterator[list[Field]]:
        """The frames that are whole now."""
        self._pending += piece
        start, there = 0, len(self._pending)
        while there - start >= _INT.size:
            (length,) = _INT.unpack_from(self._pending, start)
            end = start + _INT.size + length
            if end > there:
                break
            yield _fields(bytes(self._pending[start + _INT.size : end]))
            start = end
        del self._pending[:start]


def record_fields(consumed: Consumed) -> list[Field]:
    """A record on its way to the analysis."""
    fields: list[Field] = [
        consumed.topic.encode(),
        b"%d" % consumed.partition,
        b"%d" % consumed.offset,
        None if consumed.timestamp is None else b"%d" % ((consumed.timestamp - _EPOCH) // _MILLISECOND),
        consumed.key,
        consumed.value,
    ]
    for name, value in consumed.headers:
        fields += (name.encode("utf-8", "surrogateescape"), value)
    return fields


def record_of(fields: Sequence[Field]) -> Consumed:
    """The record that ``record_fields`` was given."""
    topic, partition, offset, timestamp, key, value, *headers = fields
    return Consumed(
        _text(topic),
        int(partition or 0),
        int(offset or 0),
        None if timestamp is None else _EPOCH + int(timestamp) * _MILLISECOND,
        key,
        value,
        tuple(zip(map(_text, headers[::2]), headers[1::2], strict=True)),
    )


def outcome_fields(judged: Judged) -> list[Field]:
    """What was made of a record, on its way back: its stage if it is a dead letter, then the bodies."""
    fields: list[Field] = [None if judged.dead is None else judged.dead.encode()]
    for body in judged.bodies:
        fields += (body.record_type.schema_name.encode(), body.id, body.key, body.value)
    return fields


def outcome_of(fields: Sequence[Field]) -> Judged:
    """The outcome that ``outcome_fields`` was given."""
    dead, parts = fields[0], fields[1:]
    bodies = map(_body, parts[::4], parts[1::4], parts[2::4], parts[3::4])
    return Judged(tuple(bodies), None if dead is None else _STAGES[dead.decode()])


def _body(name: Field, record_id: Field, key: Field, value: Field) -> Body:
    return Body(BY_ALIAS[_text(name)].record, record_id or b"", key, value or b"")


def _fields(body: bytes) -> list[Field]:
    (count,) = _INT.unpack_from(body)
    place = _INT.size * (1 + count)
    fields: list[Field] = []
    for length in struct.unpack_from(f"<{count}i", body, _INT.size):
        if length < 0:
            fields.append(None)
        else:
            fields.append(body[place : place + length])
            place += length
    return fields


@lru_cache(maxsize=1024)
def _text(name: Field) -> str:
    return (name or b"").decode("utf-8", "surrogateescape")
