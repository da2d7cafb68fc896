"""Events: Speech, Proposal, Statistic and Plan, told apart by ``kind``; one for each item of a paragraph."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from schemas.classified import ClassifiedParagraph
from schemas.ids import content_id
from schemas.items import Item, Kind, PlanItem, ProposalItem, SpeechItem, StatisticItem
from schemas.paragraph import Report
from schemas.record import Identifier, Record


class EventContext(Record):
    """Where an event was found."""

    id: Identifier
    kind: Kind
    paragraph_id: Identifier
    report: Report
    ordinal: int = Field(ge=0, description="Place of the paragraph within its report, from 0.")
    section: str | None = None
    analysis_version: Identifier


class Speech(SpeechItem, EventContext):
    """Somebody's reported words."""

    schema_name: ClassVar[str] = "speech"
    kind: Literal["speech"] = "speech"


class Proposal(ProposalItem, EventContext):
    """A recommendation or motion."""

    schema_name: ClassVar[str] = "proposal"
    kind: Literal["proposal"] = "proposal"


class Statistic(StatisticItem, EventContext):
    """A measured quantity."""

    schema_name: ClassVar[str] = "statistic"
    kind: Literal["statistic"] = "statistic"


class Plan(PlanItem, EventContext):
    """A task or target for the future."""

    schema_name: ClassVar[str] = "plan"
    kind: Literal["plan"] = "plan"


_E = TypeVar("_E", Speech, Proposal, Statistic, Plan)

Event = Annotated[Speech | Proposal | Statistic | Plan, Field(discriminator="kind")]


def events_of(classified: ClassifiedParagraph) -> Iterator[Speech | Proposal | Statistic | Plan]:
    """The events of a paragraph, in the order of kinds and of the items within each."""
    yield from (_event(Speech, item, classified) for item in classified.speeches)
    yield from (_event(Proposal, item, classified) for item in classified.proposals)
    yield from (_event(Statistic, item, classified) for item in classified.statistics)
    yield from (_event(Plan, item, classified) for item in classified.plans)


def event_id(paragraph_id: str, kind: str, item: Item) -> str:
    """An event's id, from its paragraph, its kind, its span and all else that the item says."""
    return content_id("event", paragraph_id, kind, item.start, item.end, item.model_dump_json())


def _event(event_type: type[_E], item: Item, classified: ClassifiedParagraph) -> _E:
    # The parts were validated when the ClassifiedParagraph was made; to do it again would double the cost.
    return event_type.of_valid(
        id=event_id(classified.id, event_type.schema_name, item),
        kind=event_type.schema_name,
        paragraph_id=classified.id,
        report=classified.report,
        ordinal=classified.ordinal,
        section=classified.section,
        analysis_version=classified.analysis_version,
        **item.__dict__,
    )
