"""Events: Speech, Proposal, Statistic and Plan, told apart by ``kind``; one for each item of a paragraph."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

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


EventType = type[Speech] | type[Proposal] | type[Statistic] | type[Plan]

Event = Annotated[Speech | Proposal | Statistic | Plan, Field(discriminator="kind")]


def events_of(classified: ClassifiedParagraph) -> Iterator[Speech | Proposal | Statistic | Plan]:
    """The events of a paragraph, in the order of kinds and of the items within each."""
    yield from (_event(event_type, item, classified) for event_type, item in items_of(classified))


def items_of(classified: ClassifiedParagraph) -> Iterator[tuple[EventType, Item]]:
    """The items of a paragraph, each with the class of its event, in the order of ``events_of``."""
    yield from ((Speech, item) for item in classified.speeches)
    yield from ((Proposal, item) for item in classified.proposals)
    yield from ((Statistic, item) for item in classified.statistics)
    yield from ((Plan, item) for item in classified.plans)


def event_id(paragraph_id: str, kind: str, item: Item, written: bytes | None = None) -> str:
    """An event's id, from its paragraph, its kind, its span and all else that the item says.

    ``written`` is the item's JSON, for callers that have it.
    """
    return content_id("event", paragraph_id, kind, item.start, item.end, written or item.written())


def context_of(classified: ClassifiedParagraph, kind: str, event: str) -> EventContext:
    """Where an item of that kind was found; ``event`` is its event's id."""
    return EventContext.of_valid(
        id=event,
        kind=kind,
        paragraph_id=classified.id,
        report=classified.report,
        ordinal=classified.ordinal,
        section=classified.section,
        analysis_version=classified.analysis_version,
    )


def _event(event_type: EventType, item: Item, classified: ClassifiedParagraph) -> Speech | Proposal | Statistic | Plan:
    kind = event_type.schema_name
    context = context_of(classified, kind, event_id(classified.id, kind, item))
    # The parts were validated when the ClassifiedParagraph was made; to do it again would double the cost.
    return event_type.of_valid(**context.__dict__, **item.__dict__)
