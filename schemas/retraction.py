"""Retraction: an event no longer stands, because a later analysis does not find it any more."""

from typing import ClassVar

from pydantic import Field

from schemas.events import EventContext
from schemas.ids import content_id
from schemas.items import Kind
from schemas.outcome import Outcome
from schemas.paragraph import Paragraph
from schemas.record import Identifier, Record


class Retraction(EventContext):
    """Takes an event back. It stands on the event's topic, after the event and with its key.

    A record of its own name rather than an event with one field more: who does not know it refuses it, and does not
    count it as an event. An event of the same id that comes later stands again.
    """

    schema_name: ClassVar[str] = "retraction"

    retracts: Identifier = Field(description="The id of the event that no longer stands.")

    @classmethod
    def of(cls, retracted: str, kind: Kind, paragraph: Paragraph, analysis_version: str) -> "Retraction":
        """That this version of the analysis no longer finds the event ``retracted`` in the paragraph."""
        return cls(
            id=content_id("retraction", retracted, analysis_version),
            kind=kind,
            paragraph_id=paragraph.id,
            report=paragraph.report,
            ordinal=paragraph.ordinal,
            section=paragraph.section,
            analysis_version=analysis_version,
            retracts=retracted,
        )


def taken_back(record: Record) -> str | None:
    """The id of the event or outcome that a record takes back; None for a record that takes nothing back."""
    return record.retracts if isinstance(record, Retraction | Outcome) else None
