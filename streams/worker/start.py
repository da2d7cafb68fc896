"""From settings to a running worker: checks that Kafka and the topics are there, then wires the parts."""

import logging
import os
import time
from functools import partial

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from schemas.topics import EMITTED, PARAGRAPHS
from streams.errors import BrokerUnavailableError, UsageError
from streams.librdkafka import client_configuration, described
from streams.metrics import WorkerMetrics
from streams.settings import Settings
from streams.worker.analyst import Analyst, Loss
from streams.worker.ceiling import Limits
from streams.worker.connection import consumer_configuration, producer_configuration
from streams.worker.faults import REFUSALS
from streams.worker.health import Health
from streams.worker.inlet import Bounds, Inlet
from streams.worker.loop import Worker
from streams.worker.outlet import Outlet
from streams.worker.process import ProcessLimits
from streams.worker.stop import Stop
from streams.worker.transactional_id import transactional_id
from streams.worker.watch import Watch

LOG = logging.getLogger(__name__)

TOPICS = (PARAGRAPHS, *EMITTED)
"""What a worker reads and writes."""

_LONGEST_TRANSACTION = "transaction.max.timeout.ms"


def make_worker(
    settings: Settings,
    bootstrap_servers: str,
    analysis: str,
    metrics: WorkerMetrics,
    health: Health,
    member: type[Worker] = Worker,
) -> Worker:
    """A worker that has joined nothing yet; called before any other thread of the process that Kafka's client starts.

    Args:
        settings: where Kafka is and how the worker is to behave.
        bootstrap_servers: Kafka's address.
        analysis: the callable that makes the analysis in its own process, as ``module:name``.
        metrics: what to count in.
        health: whom to tell how things stand.
        member: the class of the worker.

    Raises:
        BrokerUnavailableError: Kafka does not answer within ``connect_timeout_s``.
        UsageError: topics are missing, or Kafka refuses a setting.
        InternalFaultError: the analysis process cannot begin, or Kafka refuses our transactions.
    """
    # First of all: it is started while no other thread runs here.
    watch, stop = Watch(metrics, settings.worker_stall_s), Stop()
    analyst = Analyst(
        analysis,
        ProcessLimits(settings.worker_paragraph_deadline_s, settings.worker_analysis_memory_mb),
        lost=partial(_count_loss, metrics),
    )
    try:
        _check_kafka(settings, bootstrap_servers)
        outlet = _outlet(settings, bootstrap_servers, stop)
        inlet = _inlet(settings, bootstrap_servers, stop)
    except KafkaException as error:
        raise UsageError(f"Kafka's client refuses the settings: {described(error)}") from error
    analyst.while_waiting(inlet.stay, health.beat, stop.heed_overdue)
    inlet.unblocked_by(outlet.end_leftovers)
    health.watched(watch.reason)
    metrics.ready.set_function(lambda: float(health.ready()[0]))
    metrics.transaction_age.set_function(outlet.transaction_age)
    limits = _limits(settings)
    return member(inlet, outlet, analyst, limits=limits, metrics=metrics, health=health, watch=watch, stop=stop)


def _outlet(settings: Settings, bootstrap_servers: str, stop: Stop) -> Outlet:
    name = transactional_id(settings)
    LOG.info("worker %d of group %s, transactional id %s", os.getpid(), settings.worker_group, name)
    return Outlet(
        producer_configuration(settings, bootstrap_servers, name),
        topic_prefix=settings.topic_prefix,
        connect_s=2 * settings.connect_timeout_s,
        timeout_s=2 * settings.worker_transaction_timeout_ms / 1000,
        outage_s=settings.worker_outage_s,
        stop=stop,
    )


def _inlet(settings: Settings, bootstrap_servers: str, stop: Stop) -> Inlet:
    return Inlet(
        consumer_configuration(settings, bootstrap_servers),
        settings.topic_prefix + PARAGRAPHS.name,
        Bounds(settings.worker_batch_bytes, settings.worker_batch_ms, settings.worker_outage_s),
        time.time,
        stop,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.worker_batch_records,
        settings.worker_dead_letter_limit,
        settings.worker_dead_letter_share,
        settings.worker_dead_letter_window,
    )


def _count_loss(metrics: WorkerMetrics, loss: Loss) -> None:
    metrics.analysis_losses.labels(cause=loss.cause).inc()


def _check_kafka(settings: Settings, bootstrap_servers: str) -> None:
    """Kafka answers, has the topics, and allows transactions as long as ours."""
    told: list[KafkaError] = []
    admin = AdminClient(client_configuration(settings, bootstrap_servers, "worker") | {"error_cb": told.append})
    try:
        there = admin.list_topics(timeout=settings.connect_timeout_s)
    except KafkaException as error:
        admin.poll(0)  # what the client was told reaches us only here
        reason = next((one.str() for one in told if one.code() in REFUSALS), described(error))
        raise BrokerUnavailableError(
            f"Kafka at {bootstrap_servers} does not answer within {settings.connect_timeout_s:g} s ({reason}); "
            "check the address, that the broker is up, and the security settings"
        ) from error
    names = [settings.topic_prefix + topic.name for topic in TOPICS]
    missing = [name for name in names if name not in there.topics]
    if missing:
        raise UsageError(f"missing topics: {', '.join(missing)}; make them with `report-streams topics create`")
    longest = _longest_transaction_ms(admin, next(iter(there.brokers)), settings.connect_timeout_s)
    if longest is not None and settings.worker_transaction_timeout_ms > longest:
        raise UsageError(
            f"worker_transaction_timeout_ms is {settings.worker_transaction_timeout_ms}, and Kafka allows {longest} "
            f"({_LONGEST_TRANSACTION}); lower the one or raise the other"
        )


def _longest_transaction_ms(admin: AdminClient, broker: int, timeout_s: float) -> int | None:
    """The broker's limit; None when we may not ask, and then the producer's start will tell."""
    resource = ConfigResource(ResourceType.BROKER, str(broker))
    try:
        (future,) = admin.describe_configs([resource], request_timeout=timeout_s).values()
        return int(future.result()[_LONGEST_TRANSACTION].value)
    except (KafkaException, KeyError) as error:
        LOG.info("cannot ask for %s (%s)", _LONGEST_TRANSACTION, error)
        return None
