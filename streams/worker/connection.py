"""How the worker's consumer and producer are set up; each value that matters says what it protects."""

from streams.librdkafka import Configuration, client_configuration
from streams.settings import Settings

MAX_MESSAGE_BYTES = 9 * 1024 * 1024
"""Above every topic's own limit, so that the topic's limit decides, after compression."""


def consumer_configuration(settings: Settings, bootstrap_servers: str) -> Configuration:
    """A member of the worker group that sees committed records only and commits nothing by itself."""
    return client_configuration(settings, bootstrap_servers, "worker") | {
        "group.id": settings.topic_prefix + settings.worker_group,
        "isolation.level": "read_committed",
        # Offsets travel inside the transaction; a commit beside it would break the promise.
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        # Where to begin without an offset is said by the inlet; an offset that is gone must never be passed over.
        "auto.offset.reset": "error",
        # The end of a partition is told as an event: lag is then exact even where transaction markers end a log.
        "enable.partition.eof": True,
        # Bounds what is fetched ahead of the batch, whatever the backlog.
        "queued.max.messages.kbytes": 16 * 1024,
        "fetch.wait.max.ms": 100,
        # That the topic was deleted is seen by a look at the metadata only; the default looks every five minutes.
        "topic.metadata.refresh.interval.ms": 10_000,
        **_membership(settings),
    }


def _membership(settings: Settings) -> Configuration:
    """How the group is told of us, and how soon it notices our silence."""
    named = {"group.instance.id": settings.worker_instance_id} if settings.worker_instance_id else {}
    if settings.worker_group_protocol == "consumer":
        # Session and heartbeat are the broker's to set there (group.consumer.session.timeout.ms).
        return named | {"group.protocol": "consumer"}
    return named | {
        # Members that stay keep their partitions while another one joins or leaves.
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": settings.worker_session_timeout_ms,
        "heartbeat.interval.ms": min(3000, settings.worker_session_timeout_ms // 3),
    }


def producer_configuration(settings: Settings, bootstrap_servers: str, transactional_id: str) -> Configuration:
    """A transactional producer; its partitioner is the one of the Java and the pure Python clients."""
    return client_configuration(settings, bootstrap_servers, "worker") | {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": settings.worker_transaction_timeout_ms,
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "message.max.bytes": MAX_MESSAGE_BYTES,
        # A whole batch is handed over before the commit flushes it, so waiting longer gains nothing.
        "linger.ms": 5,
        "queue.buffering.max.kbytes": 128 * 1024,
    }
