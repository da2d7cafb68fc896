"""From settings to a running worker: checks that Kafka and the topics are there, then wires the parts."""

import logging
import os
import socket
import time
import uuid

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from schemas.topics import PARAGRAPHS, TOPICS
from streams.errors import BrokerUnavailableError, UsageError
from streams.metrics import WorkerMetrics
from streams.settings import Settings
from streams.worker.connection import client_configuration, consumer_configuration, producer_configuration
from streams.worker.handle import Analyse
from streams.worker.health import Health
from streams.worker.inlet import Inlet
from streams.worker.loop import Limits, Worker
from streams.worker.outlet import Outlet

LOG = logging.getLogger(__name__)


def make_worker(
    settings: Settings, bootstrap_servers: str, analyse: Analyse, metrics: WorkerMetrics, health: Health
) -> Worker:
    """A worker that has joined nothing yet.

    Raises:
        BrokerUnavailableError: Kafka does not answer within ``connect_timeout_s``.
        UsageError: topics are missing, or Kafka refuses a setting.
    """
    _require_topics(settings, bootstrap_servers)
    transactional_id = f"{settings.topic_prefix}{settings.worker_group}-{socket.gethostname()}-{uuid.uuid4()}"
    LOG.info("worker %d of group %s, transactional id %s", os.getpid(), settings.worker_group, transactional_id)
    try:
        outlet = Outlet(
            producer_configuration(settings, bootstrap_servers, transactional_id),
            topic_prefix=settings.topic_prefix,
            timeout_s=2 * settings.worker_transaction_timeout_ms / 1000,
        )
        inlet = Inlet(
            consumer_configuration(settings, bootstrap_servers),
            settings.topic_prefix + PARAGRAPHS.name,
            batch_bytes=settings.worker_batch_bytes,
            batch_ms=settings.worker_batch_ms,
            wall=time.time,
        )
    except KafkaException as error:
        raise UsageError(f"Kafka's client refuses the settings: {_text(error)}") from error
    limits = Limits(settings.worker_batch_records, settings.worker_dead_letter_limit)
    return Worker(inlet, outlet, analyse, limits=limits, metrics=metrics, health=health)


def _require_topics(settings: Settings, bootstrap_servers: str) -> None:
    admin = AdminClient(client_configuration(settings, bootstrap_servers))
    try:
        there = set(admin.list_topics(timeout=settings.connect_timeout_s).topics)
    except KafkaException as error:
        raise BrokerUnavailableError(
            f"Kafka at {bootstrap_servers} does not answer within {settings.connect_timeout_s:g} s ({_text(error)}); "
            "check the address, that the broker is up, and the security settings"
        ) from error
    missing = [
        settings.topic_prefix + topic.name for topic in TOPICS if settings.topic_prefix + topic.name not in there
    ]
    if missing:
        raise UsageError(f"missing topics: {', '.join(missing)}; make them with `report-streams topics create`")


def _text(error: KafkaException) -> str:
    first = error.args[0] if error.args else error
    return first.str() if isinstance(first, KafkaError) else str(first)
