"""What stood at a moment: events without those that had been taken back by then."""

from collections.abc import Callable, Sequence
from datetime import datetime

from schemas.retraction import taken_back
from schemas.topics import Topic
from streams.clients.subscriber import Received, Undecodable, read_all
from streams.settings import Settings


def as_of(
    settings: Settings,
    bootstrap_servers: str,
    topics: Sequence[Topic],
    moment: datetime | None = None,
    tell: Callable[[Undecodable], None] = lambda _: None,
) -> list[Received]:
    """The records that stood at a moment, each id once, in the order in which they came to stand.

    A record counts from its timestamp on, also where a replay with its original timestamp brought it later: so a
    replayed topic answers as the one before. Of records with one id the latest stands; a retraction takes its event,
    and a withdrawal its outcome, away until it comes again.

    Args:
        settings: prefix and security.
        bootstrap_servers: Kafka's address.
        topics: event topics, or others whose records have ids that stay.
        moment: with zone, included; None for now.
        tell: gets what cannot be decoded.

    Raises:
        UsageError: a topic does not exist.
        BrokerUnavailableError: Kafka has gone.
    """
    standing: dict[tuple[str, str], Received] = {}
    for received in read_all(settings, bootstrap_servers, topics, tell):
        if moment is None or received.timestamp <= moment:
            _apply(received, standing)
    return list(standing.values())


def _apply(received: Received, standing: dict[tuple[str, str], Received]) -> None:
    alias, record = received.topic.alias, received.record
    gone = taken_back(record)
    if gone is not None:
        standing.pop((alias, gone), None)
        return
    name = (alias, str(getattr(record, "id", "")))
    # The latest record stands in the place of the first: a repeat does not make an event younger.
    standing[name] = received
