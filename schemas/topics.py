"""Every topic as data: its name, the record on it, and how Kafka is to keep it."""

from dataclasses import dataclass

from schemas.classified import ClassifiedParagraph
from schemas.dead_letter import DeadLetter
from schemas.events import Plan, Proposal, Speech, Statistic
from schemas.outcome import Outcome
from schemas.paragraph import Paragraph
from schemas.record import Record
from schemas.redrive import Redrive
from schemas.replay import Replay
from schemas.retraction import Retraction

DAY_MS = 24 * 60 * 60 * 1000
FOREVER = -1
MAX_INPUT_BYTES = 1_048_576
"""Largest record of ``paragraphs``: three bytes for each of the longest text's characters, and room to spare."""
MAX_OUTPUT_BYTES = 8_388_608
"""Largest record elsewhere: a dead letter is 4/3 of its original, a classified paragraph repeats its text in items."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. ``alias`` is its short name on the command line; sizes are in bytes, times in milliseconds.

    ``also`` are records that may stand beside ``record``, told apart by ``ce_dataschema``.
    """

    alias: str
    name: str
    record: type[Record]
    partitions: int
    retention_ms: int
    max_message_bytes: int
    compression: str = "zstd"
    cleanup_policy: str = "delete"
    also: tuple[type[Record], ...] = ()

    @property
    def records(self) -> tuple[type[Record], ...]:
        """All that may stand on the topic; the first is meant where a record does not say what it is."""
        return (self.record, *self.also)

    def config(self) -> dict[str, str]:
        """The topic's settings under Kafka's own names."""
        return {
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            "compression.type": self.compression,
            "cleanup.policy": self.cleanup_policy,
        }


PARAGRAPHS = Topic("paragraphs", "reports.paragraphs.v1", Paragraph, 6, 365 * DAY_MS, MAX_INPUT_BYTES)
# Classified paragraphs can be made again from the paragraphs, so they need not be kept as long.
CLASSIFIED = Topic("classified", "reports.classified.v1", ClassifiedParagraph, 6, 90 * DAY_MS, MAX_OUTPUT_BYTES)
SPEECH = Topic("speech", "reports.speech.v1", Speech, 6, FOREVER, MAX_OUTPUT_BYTES, also=(Retraction,))
PROPOSAL = Topic("proposal", "reports.proposal.v1", Proposal, 6, FOREVER, MAX_OUTPUT_BYTES, also=(Retraction,))
STATISTIC = Topic("statistic", "reports.statistic.v1", Statistic, 6, FOREVER, MAX_OUTPUT_BYTES, also=(Retraction,))
PLAN = Topic("plan", "reports.plan.v1", Plan, 6, FOREVER, MAX_OUTPUT_BYTES, also=(Retraction,))
# What the boards say of plans; made anew from the events, but others may have acted on it.
OUTCOME = Topic("outcome", "reports.outcome.v1", Outcome, 6, FOREVER, MAX_OUTPUT_BYTES)
DEAD_LETTER = Topic("deadletter", "reports.deadletter.v1", DeadLetter, 1, 365 * DAY_MS, MAX_OUTPUT_BYTES)
# Nobody handles these by himself any more: people decide, however long it takes.
PARKED = Topic("parked", "reports.parked.v1", DeadLetter, 1, FOREVER, MAX_OUTPUT_BYTES)
REDRIVEN = Topic("redriven", "reports.redriven.v1", Redrive, 1, FOREVER, MAX_INPUT_BYTES, cleanup_policy="compact")
REPLAYS = Topic("replays", "reports.replays.v1", Replay, 1, FOREVER, MAX_INPUT_BYTES, cleanup_policy="compact")

EVENT_TOPICS = (SPEECH, PROPOSAL, STATISTIC, PLAN)
EMITTED = (CLASSIFIED, *EVENT_TOPICS, DEAD_LETTER)
"""What workers write."""
TOPICS = (PARAGRAPHS, *EMITTED, OUTCOME, PARKED, REDRIVEN, REPLAYS)
BY_ALIAS = {topic.alias: topic for topic in TOPICS}
