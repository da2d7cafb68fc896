"""Replay: how far a replay or a re-analysis has come; written in the transaction of what it sent."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.record import Identifier, Record

REPLAY_ID_HEADER = "replay-id"
"""Which replay sent the record."""
REPLAY_ORIGIN_HEADER = "replay-origin"
"""Where the record stood before, as ``topic/partition/offset``; replayed twice it has both, the later one last."""


class ReplayPosition(Record):
    """The offset to go on from in one partition of the source."""

    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)


class Replay(Record):
    """How far one replay has come. The topic keeps the latest record of each id."""

    schema_name: ClassVar[str] = "replay"

    id: Identifier = Field(description="Follows from ``series`` and ``run``.")
    series: Identifier = Field(description="Follows from the source and the options: the same command goes on with it.")
    run: int = Field(ge=1, description="Which time it was begun anew, from 1.")
    kind: Literal["replay", "reanalysis"]
    source: str = Field(description="What is replayed, for people: a directory or a topic.")
    positions: tuple[ReplayPosition, ...]
    identities: dict[str, str] = Field(
        default_factory=dict, description="Kafka's ids of the source's topics: one that was made anew has another."
    )
    sent: int = Field(ge=0, description="Records sent so far, markers of progress not counted.")
    done: bool = Field(description="Whether the end of the source was reached.")
    at: AwareDatetime
