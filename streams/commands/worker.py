"""``report-streams worker``: run members of the worker group until told to stop."""

import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from streams.commands.interruption import on_signals
from streams.commands.options import KAFKA, settings_options
from streams.errors import UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.worker.supervisor import Member

ANALYSIS = "streams.analysis.analyse:Analyser.load"
"""What makes the analysis, in the worker's analysis process."""

WORKER = (
    "worker_group",
    "worker_batch_records",
    "worker_batch_bytes",
    "worker_batch_ms",
    "worker_transaction_timeout_ms",
    "worker_session_timeout_ms",
    "worker_group_protocol",
    "worker_instance_id",
    "worker_outage_s",
    "worker_dead_letter_limit",
    "worker_dead_letter_share",
    "worker_dead_letter_window",
    "worker_paragraph_deadline_s",
    "worker_analysis_memory_mb",
    "worker_stall_s",
    "worker_restart_limit",
    "worker_restart_window_s",
    "metrics_host",
    "metrics_port",
)
LOG = logging.getLogger(__name__)


@click.command()
@settings_options(*KAFKA, *WORKER)
@click.option("--until-caught-up", is_flag=True, help="Stop once every paragraph there is has been handled.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    help="So many members, each a process with its own metrics port from --metrics-port on; restarted when they fail.",
)
@click.option("--supervisor-pid", type=int, hidden=True, help="Process that this member is not to outlive.")
def worker(settings: Settings, until_caught_up: bool, processes: int, supervisor_pid: int | None) -> None:
    """Analyse paragraphs and emit events, exactly once, until SIGTERM or Ctrl-C.

    Either signal lets the batch at hand finish; a second one ends the process at once, and the batch is done anew
    by another worker. Metrics and probes are at /metrics, /healthz and /readyz.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if processes > 1:
        _supervise(settings, processes, until_caught_up=until_caught_up)
    else:
        _work(settings, supervisor_pid, until_caught_up=until_caught_up)


def _work(settings: Settings, supervisor_pid: int | None, *, until_caught_up: bool) -> None:
    # These load librdkafka, which `--help` has no use for.
    from streams.commands.cluster import bootstrap_of
    from streams.garbage import collect_rarely
    from streams.metrics import WorkerMetrics
    from streams.worker.health import Health, HealthServer
    from streams.worker.lifeline import die_with
    from streams.worker.start import make_worker

    if supervisor_pid is not None:
        die_with(supervisor_pid)
    metrics, health = WorkerMetrics(), Health()
    server = HealthServer(settings.metrics_host, settings.metrics_port, health, metrics.registry)
    try:
        click.echo(f"metrics at http://{settings.metrics_host}:{server.port}/metrics", err=True)
        servers = bootstrap_of(settings)
        member = make_worker(settings, servers, ANALYSIS, metrics, health)
        _check_features(settings, servers)
        collect_rarely()
        on_signals("finishing the batch at hand", member.stop)
        member.run(until_caught_up=until_caught_up)
    finally:
        server.close()


def _supervise(settings: Settings, processes: int, *, until_caught_up: bool) -> None:
    from streams.worker.supervisor import RestartLimit, Supervisor

    limit = RestartLimit(settings.worker_restart_limit, settings.worker_restart_window_s)
    members = [_member(settings, number, until_caught_up=until_caught_up) for number in range(processes)]
    supervisor = Supervisor(members, limit, until_done=until_caught_up, say=lambda line: click.echo(line, err=True))
    on_signals("draining the members", supervisor.stop)
    supervisor.run()


def _member(settings: Settings, number: int, *, until_caught_up: bool) -> "Member":
    """How member ``number`` is started: with our settings, but for what is each member's own."""
    from streams.worker.supervisor import Member

    port = settings.metrics_port + number if settings.metrics_port else 0
    own: dict[str, object] = {"metrics_port": port}
    if settings.worker_instance_id:
        own["worker_instance_id"] = f"{settings.worker_instance_id}-{number}"
    command = [sys.executable, "-m", "streams", "worker", "--supervisor-pid", str(os.getpid())]
    if until_caught_up:
        command.append("--until-caught-up")
    return Member(command, {**os.environ, **settings.model_copy(update=own).as_environment()})


def _check_features(settings: Settings, servers: str) -> None:
    """What Kafka has to have switched on."""
    from streams.clients.connection import silence_client_logs
    from streams.clients.features import GROUP_VERSION, TRANSACTION_VERSION, finalised_features

    silence_client_logs()
    features = finalised_features(settings, servers)
    if settings.worker_group_protocol == "consumer" and features.get(GROUP_VERSION, 0) < 1:
        raise UsageError(
            f"worker_group_protocol is consumer, and {GROUP_VERSION} of the Kafka at {servers} is "
            f"{features.get(GROUP_VERSION, 0)}: it needs 1, which Kafka 4 has by default; or use classic"
        )
    level = features.get(TRANSACTION_VERSION, 0)
    if level < 2:
        LOG.warning(
            "%s of the Kafka at %s is %d, not 2: there a commit that arrives late can hit the next transaction "
            "(KIP-890). Kafka 4 can be told `kafka-features upgrade --feature transaction.version=2`",
            TRANSACTION_VERSION,
            servers,
            level,
        )
