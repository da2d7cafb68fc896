"""Which Kafka a command talks to: the one that the settings name, otherwise the embedded one that runs."""

import click

from streams.errors import BrokerUnavailableError
from streams.settings import Settings


def bootstrap_of(settings: Settings) -> str:
    """The address of Kafka, as host:port[,host:port]; connects to nothing.

    Raises:
        BrokerUnavailableError: none is named and no embedded one runs.
    """
    if settings.bootstrap_servers:
        return settings.bootstrap_servers
    from streams.broker.embedded import running_bootstrap

    running = running_bootstrap(settings.broker_data_dir)
    if running is None:
        raise BrokerUnavailableError(
            "no Kafka: start the embedded one with `report-streams broker start`, or name yours with"
            " REPORT_STREAMS_BOOTSTRAP_SERVERS"
        )
    return running


def reachable_bootstrap(settings: Settings) -> str:
    """The address of a Kafka that answers, waiting for it with a line on standard error.

    Raises:
        BrokerUnavailableError: there is none, or it does not answer in time.
    """
    from streams.clients.connection import silence_client_logs, wait_for_kafka

    silence_client_logs()
    servers = bootstrap_of(settings)
    wait_for_kafka(settings, servers, lambda line: click.echo(line, err=True))
    return servers
