"""What travels between the worker and its analysis process: frames of byte strings, so that nothing is parsed twice.

A frame is its length, the number of its fields, each field's length (-1 for none) and the fields' bytes; all numbers
are 32-bit, little-endian. Nothing in a frame is code or can become any, whatever the bytes are.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import cast, get_args

from schemas.codec import Message
from schemas.dead_letter import Stage
from schemas.topics import BY_ALIAS
from streams.worker.handle import Consumed, Handled, Output

Field = bytes | None

_INT = struct.Struct("<I")
_BETWEEN = "\n"
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


def outcome_fields(handled: Handled) -> list[Field]:
    """What became of a record, on its way back: its stage if it is a dead letter, then its outputs."""
    fields: list[Field] = [None if handled.dead is None else handled.dead.encode()]
    for output in handled.outputs:
        message = output.message
        names, values = zip(*message.headers, strict=True)
        fields += (output.topic.alias.encode(), message.key, message.value, _joined(names), *values)
    return fields


def outcome_of(fields: Sequence[Field], consumed: Consumed) -> Handled:
    """The outcome that ``outcome_fields`` was given, of the record that it belongs to."""
    dead = fields[0]
    return Handled(consumed, tuple(_outputs(fields)), None if dead is None else _STAGES[dead.decode()])


def _outputs(fields: Sequence[Field]) -> Iterable[Output]:
    place = 1
    while place < len(fields):
        alias, key, value, joined = fields[place : place + 4]
        names = _names(joined)
        first, place = place + 4, place + 4 + len(names)
        # Headers that we make ourselves have a name and a value.
        values = cast(Sequence[bytes], fields[first:place])
        yield Output(BY_ALIAS[_text(alias)], Message(key, value or b"", list(zip(names, values, strict=True))))


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


@lru_cache(maxsize=1024)
def _joined(names: tuple[str, ...]) -> bytes:
    """The names of our own headers, which are few sets of plain words, as one field."""
    return _BETWEEN.join(names).encode()


@lru_cache(maxsize=1024)
def _names(joined: Field) -> tuple[str, ...]:
    return tuple(_text(joined).split(_BETWEEN))
