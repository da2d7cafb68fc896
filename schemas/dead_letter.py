"""DeadLetter: a record that could not be handled, whole, with where it stood and why."""

from typing import ClassVar, Literal, Self

from pydantic import AwareDatetime, Field

from schemas.ids import content_id
from schemas.record import Identifier, Record

Stage = Literal["decode", "analyse", "encode", "produce"]


class DeadLetterHeader(Record):
    """One header of the original record; a key may repeat."""

    key: str
    value: bytes | None


class DeadLetter(Record):
    """A verdict on one record's data. Bytes are URL-safe base64 in JSON; decoded they are the original ones."""

    schema_name: ClassVar[str] = "deadletter"

    id: Identifier = Field(description="Follows from topic, partition and offset.")
    stage: Stage = Field(description="The step that refused the record.")
    reason: str = Field(min_length=1, description="What was wrong, for a person.")
    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    timestamp: AwareDatetime | None = Field(description="When the original record was produced, where it says.")
    key: bytes | None
    value: bytes | None
    headers: tuple[DeadLetterHeader, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        stage: Stage,
        reason: str,
        topic: str,
        partition: int,
        offset: int,
        timestamp: AwareDatetime | None,
        key: bytes | None,
        value: bytes | None,
        headers: tuple[DeadLetterHeader, ...],
    ) -> Self:
        """A dead letter whose id follows from its coordinates."""
        return cls(
            id=content_id("deadletter", topic, partition, offset),
            stage=stage,
            reason=reason,
            topic=topic,
            partition=partition,
            offset=offset,
            timestamp=timestamp,
            key=key,
            value=value,
            headers=headers,
        )
