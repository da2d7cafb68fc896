"""Redrive: what was done about one dead letter, once: its original sent back, or put aside for good."""

import hashlib
from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.dead_letter import DeadLetter
from schemas.ids import content_id
from schemas.record import Identifier, Record

Outcome = Literal["sent", "parked"]
HeaderOf = tuple[str, bytes | None]

ID_HEADER = "redrive-id"
ATTEMPT_HEADER = "redrive-attempt"
"""How often the record has been sent back, in decimal digits; this time included."""
ORIGIN_HEADER = "redrive-origin"
"""Where the record stood when it was pushed first, as ``topic/partition/offset``; kept through all attempts."""
HEADERS = (ID_HEADER, ATTEMPT_HEADER, ORIGIN_HEADER)

_MOST_DIGITS = 6


class Redrive(Record):
    """One attempt at one dead letter. The topic keeps the latest record of each id, so that none is repeated."""

    schema_name: ClassVar[str] = "redrive"

    id: Identifier = Field(description="Follows from the dead letter's id, the attempt and the original bytes.")
    outcome: Outcome = Field(description="Sent back to its topic, or taken by the parking topic.")
    attempt: int = Field(ge=1, description="Which attempt at the record this is, from 1.")
    dead_letter_id: Identifier
    topic: str = Field(description="Where the record stands now: the topic that it was sent to.")
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    at: AwareDatetime


def attempts(letter: DeadLetter) -> int:
    """How often the record had been sent back before this dead letter was written; 0 where its headers do not tell."""
    told = _last(letter, ATTEMPT_HEADER)
    return int(told) if told is not None and told.isdigit() and len(told) <= _MOST_DIGITS else 0


def origin(letter: DeadLetter) -> str:
    """Where the record stood when it was pushed first, as ``topic/partition/offset``."""
    told = _last(letter, ORIGIN_HEADER)
    return told.decode("utf-8", "replace") if told else f"{letter.topic}/{letter.partition}/{letter.offset}"


def redrive_id(letter: DeadLetter) -> str:
    """The id of the next attempt at a dead letter: the same however often it is asked for.

    The bytes are part of it, since a topic that is made anew gives its coordinates a second time.
    """
    return content_id("redrive", letter.id, attempts(letter) + 1, _digest(letter))


def redriven_headers(letter: DeadLetter) -> list[HeaderOf]:
    """The original headers in their order, followed by those that remember this attempt (not those of earlier ones)."""
    told = [
        (ID_HEADER, redrive_id(letter).encode()),
        (ATTEMPT_HEADER, str(attempts(letter) + 1).encode()),
        (ORIGIN_HEADER, origin(letter).encode()),
    ]
    return [*((header.key, header.value) for header in letter.headers if header.key not in HEADERS), *told]


def _last(letter: DeadLetter, name: str) -> bytes | None:
    return next((header.value for header in reversed(letter.headers) if header.key == name), None)


def _digest(letter: DeadLetter) -> str:
    content = hashlib.blake2b(digest_size=16)
    for part in _parts(letter):
        # Length first, so that the same bytes cut elsewhere differ; -1 tells nothing from an empty value.
        content.update(b"%d:" % (-1 if part is None else len(part)))
        content.update(part or b"")
    return content.hexdigest()


def _parts(letter: DeadLetter) -> Iterable[bytes | None]:
    yield letter.key
    yield letter.value
    for header in letter.headers:
        yield header.key.encode()
        yield header.value
