"""What the boards stand on in Kafka: topics with as many partitions each, changelogs, and a group."""

import time

from schemas.topics import CLASSIFIED
from streams.boards.app import SOURCES, application_id, changelogs
from streams.boards.store import Store
from streams.clients.log_reader import LogReader
from streams.clients.topic_admin import TopicAdmin
from streams.errors import BrokerUnavailableError, UsageError
from streams.settings import Settings

IDENTITY = "changelog"
DELETED_WITHIN_S = 30.0


def prepare(settings: Settings, servers: str) -> None:
    """Create the changelogs where they are missing.

    Raises:
        UsageError: a topic is missing, or has another number of partitions than the rest.
    """
    with TopicAdmin(settings, servers) as admin:
        logs = changelogs(settings, _partitions(admin))
        admin.create(logs)
        wrong = [one for one in admin.drift(logs) if one.setting == "partitions"]
    if wrong:
        raise UsageError(f"{wrong[0]}; `report-streams boards rebuild` makes the changelogs anew")


def claim(settings: Settings, servers: str, store: Store) -> None:
    """Let the store belong to these changelogs.

    Raises:
        UsageError: it belongs to others.
    """
    with TopicAdmin(settings, servers) as admin:
        identity = admin.identity(changelogs(settings, 1)[0]) or "-"
    kept = store.told(IDENTITY)
    if kept is not None and kept != identity:
        raise UsageError(
            f"{store.file} holds boards of another Kafka, or of topics that were made anew since. Name another folder"
            " with --boards-dir, or remove this one: what Kafka holds comes back"
        )
    store.tell(IDENTITY, identity)
    store.settle()


def expired(settings: Settings, servers: str) -> int:
    """How many offsets of ``classified`` Kafka no longer holds; the boards may still know what stood there."""
    with LogReader(settings, servers, [settings.topic_prefix + CLASSIFIED.name]) as reader:
        return sum(reader.begins().values())


def empty(settings: Settings, servers: str) -> None:
    """Make the changelogs anew, and forget how far the group had read.

    Raises:
        BrokerUnavailableError: somebody is in the group, or Kafka does not delete the changelogs in time.
    """
    with TopicAdmin(settings, servers) as admin:
        logs = changelogs(settings, _partitions(admin))
        admin.forget_group(application_id(settings))
        admin.delete(logs)
        deadline = time.monotonic() + DELETED_WITHIN_S
        while len(admin.missing(logs)) < len(logs):
            if time.monotonic() > deadline:
                raise BrokerUnavailableError(f"Kafka has not deleted {logs[0].name} within {DELETED_WITHIN_S:g} s")
            time.sleep(0.2)
        admin.create(logs)


def _partitions(admin: TopicAdmin) -> int:
    counts = {state.topic: state.partitions for state in admin.states(SOURCES)}
    missing = [name for name, count in counts.items() if not count]
    if missing:
        raise UsageError(f"missing topics: {', '.join(missing)}; make them with `report-streams topics create`")
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise UsageError(f"the topics that boards read must have as many partitions each: {told}")
    return next(iter(counts.values()))
