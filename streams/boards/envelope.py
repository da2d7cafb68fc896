"""What a table keeps of a record: its bytes as they stand on the topic, and where they stand there."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from schemas.classified import ClassifiedParagraph
from schemas.codec import input_place
from schemas.retraction import Retraction

_RECORD = b',"record":'
STANDS = b"{}"
"""In the table of retractions: the event has come again. The key stays, so that the event read twice says it twice."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands; ``at`` is Kafka's time of it in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    at: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """A record's JSON with its place, and the place of the paragraph that it was made from, where that is known."""

    place: Place
    made_from: str | None
    record: bytes

    @classmethod
    def of(cls, place: Place, headers: Iterable[tuple[str, bytes | None]], value: bytes) -> Self:
        """The envelope of a record that has been decoded."""
        made_from = input_place(headers)
        return cls(place, None if made_from is None else "/".join(map(str, made_from)), value)

    def sealed(self) -> bytes:
        """As a table keeps it; itself JSON, with the record's bytes as they are."""
        place = self.place
        told = {
            "topic": place.topic,
            "partition": place.partition,
            "offset": place.offset,
            "at": place.at,
            "made_from": self.made_from,
        }
        return json.dumps(told)[:-1].encode() + _RECORD + self.record + b"}"

    @classmethod
    def opened(cls, value: bytes) -> Self:
        """What ``sealed`` gave."""
        head, _, record = value.partition(_RECORD)
        told: dict[str, Any] = json.loads(head + b"}")
        made_from = told.pop("made_from")
        return cls(Place(**told), made_from, record[:-1])


def paragraph_key(classified: ClassifiedParagraph) -> bytes:
    """The key in the table of paragraphs. With the report in it, all records of a key are of one partition."""
    return f"{classified.report.id}\n{classified.id}".encode()


def retraction_key(retraction: Retraction) -> bytes:
    """The key in the table of retractions: the event's id."""
    return retraction.retracts.encode()
