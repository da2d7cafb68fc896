"""Items: what one paragraph holds, each with the place in the text that shows it.

The fields are those of the labelling guidelines. ``start`` and ``end`` count characters (code points) of the
paragraph's text, and slicing the text with them gives the item's ``text``.
"""

from typing import Literal

from pydantic import Field

from schemas.record import ExactDecimal, Record

Kind = Literal["speech", "proposal", "statistic", "plan"]
KINDS: tuple[Kind, ...] = ("speech", "proposal", "statistic", "plan")

Qualifier = Literal["over", "under", "about"]
Change = Literal["up", "down"]


class Item(Record):
    """A stretch of a paragraph's text that shows something."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str = Field(min_length=1, description="The evidence: the paragraph's text from start to end.")


class SpeechItem(Item):
    """Somebody's words, reported and attributed. ``text`` is the quote."""

    speaker: str | None = Field(None, description="The name as written, here or in the section's heading.")
    role: str | None = Field(None, description="The title beside the name.")
    verb: str | None = Field(None, description="The verb of saying; null after a bare colon or bare quotation marks.")
    quote: str = Field(min_length=1, description="The words, without attribution and outer quotation marks.")
    direct: bool = Field(description="True when the words stand in quotation marks.")


class ProposalItem(Item):
    """A recommendation or motion put to others to act on."""

    proposer: str | None = None
    title: str | None = Field(None, description="Title of a named motion, without its marks.")


class StatisticItem(Item):
    """One measured quantity, reported as a fact."""

    metric: str | None = Field(None, description="What is counted or measured.")
    value: ExactDecimal
    value_to: ExactDecimal | None = Field(None, description="The upper end of a range.")
    unit: str | None = Field(None, description="As written, without the number and its magnitude (万元 -> 元).")
    qualifier: Qualifier | None = None
    change: Change | None = None
    period: str | None = Field(None, description="The time that the number holds for, as written.")


class Target(Record):
    """A number that a plan sets out to reach."""

    metric: str | None = None
    value: ExactDecimal
    value_to: ExactDecimal | None = None
    unit: str | None = None
    qualifier: Qualifier | None = None
    change: Change | None = None


class PlanItem(Item):
    """An intention, task, target or commitment for the future, by whoever is in charge."""

    issuer: str | None = None
    horizon: str | None = Field(None, description="When it is to be done, as written.")
    targets: tuple[Target, ...] = ()
