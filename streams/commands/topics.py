"""``report-streams topics``: create the topics, list them, tell where they differ from what they should be."""

import json
from dataclasses import asdict

import click

from streams.commands.options import KAFKA, settings_options
from streams.settings import Settings

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each result.")


@click.group()
def topics() -> None:
    """Create, list and check the topics."""


@topics.command()
@settings_options(*KAFKA, "topic_replication")
@_as_json
def create(settings: Settings, as_json: bool) -> None:
    """Create the topics that do not exist; the others stay as they are."""
    from streams.clients.topic_admin import TopicAdmin
    from streams.commands.cluster import reachable_bootstrap

    with TopicAdmin(settings, reachable_bootstrap(settings)) as admin:
        for creation in admin.create():
            told = f"{'created' if creation.created else 'exists '} {creation.topic}"
            click.echo(json.dumps(asdict(creation)) if as_json else told)


@topics.command(name="list")
@settings_options(*KAFKA)
@_as_json
def list_topics(settings: Settings, as_json: bool) -> None:
    """List the topics with their partitions, replicas and offsets held (markers of transactions included)."""
    from streams.clients.topic_admin import TopicAdmin
    from streams.commands.cluster import reachable_bootstrap

    with TopicAdmin(settings, reachable_bootstrap(settings)) as admin:
        states = admin.states()
    width = max(len(state.topic) for state in states)
    if not as_json:
        click.echo(f"{'topic':{width}}  partitions  replicas  offsets")
    for state in states:
        counts = f"{state.partitions:>10}  {state.replication:>8}  {state.records:>7,}"
        told = f"{state.topic:{width}}  {counts if state.partitions else 'missing'}"
        click.echo(json.dumps(asdict(state)) if as_json else told)


@topics.command()
@settings_options(*KAFKA)
@_as_json
def check(settings: Settings, as_json: bool) -> int:
    """Compare the topics with what they should be; exit code 1 when there is a difference."""
    from streams.clients.topic_admin import TopicAdmin
    from streams.commands.cluster import reachable_bootstrap

    with TopicAdmin(settings, reachable_bootstrap(settings)) as admin:
        drift = admin.drift()
    for difference in drift:
        click.echo(json.dumps(asdict(difference)) if as_json else str(difference))
    if not drift and not as_json:
        click.echo("all topics are as they should be")
    return 1 if drift else 0
