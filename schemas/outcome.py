"""Outcome: what a later figure, or a later sentence, says of a target that a plan set, with the evidence of both."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.ids import content_id
from schemas.items import Target
from schemas.paragraph import Report
from schemas.record import Identifier, Label, Record

Verdict = Literal["met", "missed", "in_progress", "unclear", "not_started", "absent", "withdrawn"]


class Proof(Record):
    """Where something stands: ``start`` and ``end`` count characters of the paragraph's text."""

    event_id: Identifier | None = Field(None, description="The event that tells of it; null where a sentence does.")
    paragraph_id: Identifier
    report: Report
    ordinal: int = Field(ge=0)
    section: Label | None = None
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str = Field(min_length=1)


class Outcome(Record):
    """One thing said later, held against the last target that was set before it for the metric, place and year.

    ``met`` and ``missed`` follow from figures of the whole period, and ``met`` also from a part of it that reached the
    amount already; ``in_progress`` from a figure of a part; ``unclear`` where the figure's qualifier leaves both open;
    ``not_started`` from words; ``absent`` says that nothing was set, and has no plan. ``withdrawn`` takes back the
    outcome that ``retracts`` names, because the plan or the result no longer stands.
    """

    schema_name: ClassVar[str] = "outcome"

    id: Identifier = Field(description="Follows from plan, result and verdict.")
    verdict: Verdict
    retracts: Identifier | None = Field(None, description="Of a withdrawal: the id of the outcome taken back.")
    metric: str = Field(min_length=1, description="What is measured, by its first name.")
    place: str | None = Field(None, description="Where; null where the report does not tell.")
    period: str | None = Field(None, description="The year by whose end the target is due.")
    report: Report = Field(description="The report of the plan; of what is absent, the one that says so.")
    target: Target | None = None
    result: Target | None = Field(None, description="What was reached; null where words alone decide.")
    result_period: str | None = Field(None, description="The time that the result holds for.")
    plan_proof: Proof | None = None
    result_proof: Proof

    def withdrawal(self) -> "Outcome":
        """The record that takes this one back."""
        own = content_id("outcome", "withdrawn", self.id)
        return self.model_copy(update={"id": own, "verdict": "withdrawn", "retracts": self.id})
