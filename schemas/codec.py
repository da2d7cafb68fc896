"""Bytes <-> record. The only file that knows the wire.

A value is the record as UTF-8 JSON. Headers carry the CloudEvents 1.0 attributes in the binary mode of its
Kafka binding (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md):
``ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_subject, ce_dataschema`` and ``content-type``; what a worker
makes carries ``ce_input`` as well: the place of the record that it was made from.
The key is the report's id, so that a report's records keep their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from schemas.classified import ClassifiedParagraph
from schemas.dead_letter import DeadLetter
from schemas.events import EventContext, context_of, event_id, items_of
from schemas.outcome import Outcome
from schemas.paragraph import Paragraph
from schemas.record import Record
from schemas.redrive import Redrive
from schemas.replay import Replay

INPUT_HEADER = "ce_input"
"""Topic, partition and offset of a worker's input, as ``topic/partition/offset``: outputs are counted by it."""

Header = tuple[str, bytes]
Headers = list[Header]
Place = tuple[str, int, int]
OnTopic = Paragraph | EventContext | Outcome | DeadLetter | Redrive | Replay
R = TypeVar("R", bound=Record)

_WITHOUT_SUBJECT = (DeadLetter, Redrive, Replay)
"""Records that are not of one report; the key of all others is their report's id."""

_SPECVERSION, _CONTENT_TYPE = ("ce_specversion", b"1.0"), ("content-type", b"application/json")
_PLACE = re.compile(rb"^(?P<topic>[a-zA-Z0-9._-]{1,249})/(?P<partition>\d{1,9})/(?P<offset>\d{1,18})$")
_DATASCHEMA = re.compile(r"^urn:report-streams:(?P<name>[a-z]+):(?P<major>\d{1,4})\.(?P<minor>\d{1,4})$")


class DecodeError(ValueError):
    """A value that is not the record it should be; the message says what is wrong, for a person."""


class Body(NamedTuple):
    """A record as bytes, before the headers that say where it came from; ``id`` is that of the record."""

    record_type: type[Record]
    id: bytes
    key: bytes | None
    value: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A record as Kafka carries it."""

    key: bytes | None
    value: bytes
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes of key, value and headers; Kafka adds less than 100 of its own."""
        return len(self.key or b"") + len(self.value) + sum(map(len, chain.from_iterable(self.headers)))


def encode(record: OnTopic, *, source: str, time: datetime, made_from: Place | None = None) -> Message:
    """The message of a record.

    Args:
        record: anything that has a topic of its own.
        source: who made the record, a URI reference such as ``/report-streams/worker``.
        time: when what it tells came about, with zone; readers get it as ``ce_time``.
        made_from: the input's topic, partition and offset; readers get them as ``ce_input``.
    """
    return next(addressed([body_of(record)], source=source, time=time, made_from=made_from))


def body_of(record: OnTopic) -> Body:
    """The record without the headers that say where it came from."""
    return Body(type(record), record.id.encode(), _key(record), record.written())


def event_bodies(classified: ClassifiedParagraph) -> Iterator[Body]:
    """The bodies of a paragraph's events, in their order: byte for byte what ``body_of`` makes of ``events_of``.

    What the events share is written once, and so is each item, of which its event's id is made as well: that takes
    less than half the time.
    """
    key = classified.report.id.encode()
    shared = b""
    for event_type, item in items_of(classified):
        shared = shared or _shared_by_events(classified)
        kind, written = event_type.schema_name, item.written()
        event = event_id(classified.id, kind, item, written).encode()
        value = b'{"id":"%s","kind":"%s",%s,%s' % (event, kind.encode(), shared, written[1:])
        yield Body(event_type, event, key, value)


def addressed(
    bodies: Iterable[Body], *, source: str, time: datetime, made_from: Place | None = None
) -> Iterator[Message]:
    """The messages of bodies that were made by one source of one input; the arguments are those of ``encode``."""
    written_time = ("ce_time", _in_utc(time))
    place = [] if made_from is None else [(INPUT_HEADER, b"%s/%d/%d" % (made_from[0].encode(), *made_from[1:]))]
    for record_type, name, key, value in bodies:
        of_source, of_type, schema = _fixed_headers(record_type, source)
        headers = [_SPECVERSION, ("ce_id", name), of_source, of_type, written_time, schema, _CONTENT_TYPE]
        if key is not None and record_type not in _WITHOUT_SUBJECT:
            headers.append(("ce_subject", key))
        yield Message(key, value, headers + place)


def decode(record_type: type[R], value: bytes | None, headers: Iterable[tuple[str, bytes | None]] | None = None) -> R:
    """The record in a message's value.

    Unknown fields are refused, unless ``ce_dataschema`` says that a newer minor version wrote them: those are ignored.

    Raises:
        DecodeError: empty value, not UTF-8, not JSON, another record or major version, or a field that is wrong.
    """
    if not value:
        raise DecodeError("the value is empty")
    newer = _written_by_newer_minor(record_type, headers or ())
    try:
        value.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(f"not UTF-8: byte 0x{value[error.start]:02x} at {error.start}") from None
    try:
        return record_type.model_validate_json(value, extra="ignore" if newer else "forbid")
    except ValidationError as error:
        raise DecodeError(_complaint(error)) from None


def decode_one_of(
    record_types: Sequence[type[Record]], value: bytes | None, headers: Iterable[tuple[str, bytes | None]] | None = None
) -> Record:
    """The record in a message's value: of the type that ``ce_dataschema`` names, else of the first.

    Raises:
        DecodeError: as ``decode``.
    """
    if len(record_types) == 1:
        return decode(record_types[0], value, headers)
    told = list(headers or ())
    written = next((value for name, value in told if name == "ce_dataschema" and value), b"")
    named = _DATASCHEMA.match(written.decode("utf-8", "replace"))
    name = named["name"] if named else ""
    return decode(next((one for one in record_types if one.schema_name == name), record_types[0]), value, told)


def input_place(headers: Iterable[tuple[str, bytes | None]]) -> Place | None:
    """Topic, partition and offset of the input that a record was made from; None where the headers do not tell."""
    written = next((value for name, value in headers if name == INPUT_HEADER and value), b"")
    told = _PLACE.match(written)
    return None if told is None else (told["topic"].decode(), int(told["partition"]), int(told["offset"]))


def dataschema(record_type: type[Record]) -> str:
    """The value of ``ce_dataschema``: which record, in which version."""
    major, minor = record_type.schema_version
    return f"urn:report-streams:{record_type.schema_name}:{major}.{minor}"


def _shared_by_events(classified: ClassifiedParagraph) -> bytes:
    """The JSON of what a paragraph's events have in common, without the braces; the item of each follows it."""
    written = context_of(classified, "", "").written()
    return written.removeprefix(b'{"id":"","kind":"",').removesuffix(b"}")


@lru_cache(maxsize=128)
def _fixed_headers(record_type: type[Record], source: str) -> tuple[Header, Header, Header]:
    """The headers that all records of a type from one source have: source, type and schema."""
    kind = f"report-streams.{record_type.schema_name}.v{record_type.schema_version[0]}"
    schema = dataschema(record_type).encode()
    return ("ce_source", source.encode()), ("ce_type", kind.encode()), ("ce_dataschema", schema)


@lru_cache(maxsize=1024)
def _in_utc(time: datetime) -> bytes:
    """All records that are made from one share its time, and times that are equal are the same in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()


def _written_by_newer_minor(record_type: type[Record], headers: Iterable[tuple[str, bytes | None]]) -> bool:
    written = next((value for name, value in headers if name == "ce_dataschema" and value), None)
    if written is None or written == dataschema(record_type).encode():
        return False
    named = _DATASCHEMA.match(written.decode("utf-8", "replace"))
    if named is None or named["name"] != record_type.schema_name:
        raise DecodeError(f"ce_dataschema is {written[:100]!r}, expected {dataschema(record_type)}")
    major, minor = record_type.schema_version
    if int(named["major"]) != major:
        raise DecodeError(f"version {named['major']}.{named['minor']} is not readable here, which reads {major}.x")
    return int(named["minor"]) > minor


def _complaint(error: ValidationError) -> str:
    """The first few faults, each with its field; the input itself is in the dead letter."""
    faults = error.errors(include_url=False, include_input=False)
    shown = [f"{'.'.join(str(part) for part in fault['loc']) or 'value'}: {fault['msg']}" for fault in faults[:5]]
    return "; ".join(shown) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


def _key(record: OnTopic) -> bytes | None:
    if isinstance(record, Redrive | Replay):
        return record.id.encode()
    return record.key if isinstance(record, DeadLetter) else record.report.id.encode()
