"""``report-streams worker``: run one member of the worker group until it is told to stop."""

import logging
import signal
import sys
from types import FrameType

import click

from streams.commands.options import KAFKA, settings_options
from streams.settings import Settings

WORKER = (
    "worker_group",
    "worker_batch_records",
    "worker_batch_bytes",
    "worker_batch_ms",
    "worker_transaction_timeout_ms",
    "worker_session_timeout_ms",
    "worker_dead_letter_limit",
    "metrics_host",
    "metrics_port",
)


@click.command()
@settings_options(*KAFKA, *WORKER)
@click.option("--until-caught-up", is_flag=True, help="Stop once every paragraph there is has been handled.")
def worker(settings: Settings, until_caught_up: bool) -> None:
    """Analyse paragraphs and emit events, exactly once, until SIGTERM or Ctrl-C.

    Either signal lets the batch at hand finish; a second one ends the process at once, and the batch is done anew
    by another worker. Metrics and probes are at /metrics, /healthz and /readyz.
    """
    # These load the dictionary's package and librdkafka, which `--help` has no use for.
    from streams.analysis.analyse import Analyser
    from streams.commands.cluster import bootstrap_of
    from streams.metrics import WorkerMetrics
    from streams.worker.health import Health, HealthServer
    from streams.worker.start import make_worker

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    metrics, health = WorkerMetrics(), Health()
    server = HealthServer(settings.metrics_host, settings.metrics_port, health, metrics.registry)
    try:
        click.echo(f"metrics at http://{settings.metrics_host}:{server.port}/metrics", err=True)
        analyse = Analyser.load().analyse
        member = make_worker(settings, bootstrap_of(settings), analyse, metrics, health)

        def drain(number: int, _: FrameType | None) -> None:
            click.echo(f"{signal.Signals(number).name}: finishing the batch at hand", err=True)
            signal.signal(number, signal.SIG_DFL)
            member.stop()

        signal.signal(signal.SIGTERM, drain)
        signal.signal(signal.SIGINT, drain)
        member.run(until_caught_up=until_caught_up)
    finally:
        server.close()
