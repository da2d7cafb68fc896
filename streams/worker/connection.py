"""How the worker's consumer and producer are set up; each value that matters says what it protects."""

import logging
from typing import Any

from streams.settings import Settings

Configuration = dict[str, Any]

MAX_MESSAGE_BYTES = 9 * 1024 * 1024
"""Above every topic's own limit, so that the topic's limit decides, after compression."""


def consumer_configuration(settings: Settings, bootstrap_servers: str) -> Configuration:
    """A member of the worker group that sees committed records only and commits nothing by itself."""
    return client_configuration(settings, bootstrap_servers) | {
        "group.id": settings.topic_prefix + settings.worker_group,
        "isolation.level": "read_committed",
        # Offsets travel inside the transaction; a commit beside it would break the promise.
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        # The end of a partition is told as an event: lag is then exact even where transaction markers end a log.
        "enable.partition.eof": True,
        # Members that stay keep their partitions while another one joins or leaves.
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": settings.worker_session_timeout_ms,
        "heartbeat.interval.ms": min(3000, settings.worker_session_timeout_ms // 3),
        # Bounds what is fetched ahead of the batch, whatever the backlog.
        "queued.max.messages.kbytes": 16 * 1024,
        "fetch.wait.max.ms": 100,
    }


def producer_configuration(settings: Settings, bootstrap_servers: str, transactional_id: str) -> Configuration:
    """A transactional producer; its partitioner is the one of the Java and the pure Python clients."""
    return client_configuration(settings, bootstrap_servers) | {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": settings.worker_transaction_timeout_ms,
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "message.max.bytes": MAX_MESSAGE_BYTES,
        # A whole batch is handed over before the commit flushes it, so waiting longer gains nothing.
        "linger.ms": 5,
        "queue.buffering.max.kbytes": 128 * 1024,
    }


def client_configuration(settings: Settings, bootstrap_servers: str) -> Configuration:
    """What every client of one cluster shares: address and security."""
    secret = settings.sasl_password
    given = {
        "bootstrap.servers": bootstrap_servers,
        "security.protocol": settings.security_protocol,
        "sasl.mechanism": settings.sasl_mechanism,
        "sasl.username": settings.sasl_username,
        "sasl.password": secret.get_secret_value() if secret else None,
        "ssl.ca.location": _text(settings.ssl_cafile),
        "ssl.certificate.location": _text(settings.ssl_certfile),
        "ssl.key.location": _text(settings.ssl_keyfile),
        "ssl.endpoint.identification.algorithm": "https" if settings.ssl_check_hostname else "none",
        "client.id": "report-streams-worker",
        "logger": logging.getLogger("streams.worker.librdkafka"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _text(path: object) -> str | None:
    return None if path is None else str(path)
