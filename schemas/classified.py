"""ClassifiedParagraph: the kinds, scores and all items of one paragraph."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.items import Kind, PlanItem, ProposalItem, SpeechItem, StatisticItem
from schemas.paragraph import Paragraph
from schemas.record import Identifier, Record

Score = Annotated[float, Field(ge=0, le=1)]


class Scores(Record):
    """How sure the analysis is of each kind, from 0 to 1."""

    speech: Score
    proposal: Score
    statistic: Score
    plan: Score


class ClassifiedParagraph(Paragraph):
    """A paragraph with what was found in it; its ``id`` stays the paragraph's."""

    schema_name: ClassVar[str] = "classified"

    kinds: tuple[Kind, ...] = Field(description="Any number of kinds; none means other.")
    primary: Kind | Literal["other"]
    scores: Scores
    speeches: tuple[SpeechItem, ...] = ()
    proposals: tuple[ProposalItem, ...] = ()
    statistics: tuple[StatisticItem, ...] = ()
    plans: tuple[PlanItem, ...] = ()
    analysis_version: Identifier
