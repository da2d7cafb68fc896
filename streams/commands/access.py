"""``report-streams access``: the rights that a role needs on a Kafka with access lists, shown or granted."""

import json
from dataclasses import asdict

import click

from streams.clients.access import ROLES, grant, kafka_acls_lines, rights
from streams.commands.options import KAFKA, settings_options
from streams.errors import UsageError
from streams.settings import Settings


@click.command()
@click.argument("role", type=click.Choice(list(ROLES)))
@click.option("--principal", default="User:NAME", show_default=True, help="Whom the rights are for, as Kafka names it.")
@click.option("--grant", "granting", is_flag=True, help="Grant the rights now; your own user must be allowed to.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each right.")
@settings_options(*KAFKA, "worker_group", "boards_group")
def access(settings: Settings, role: str, principal: str, granting: bool, as_json: bool) -> None:
    """Show the least rights of ROLE as commands of Kafka's own tool, or grant them with --grant.

    A pusher writes paragraphs, a worker reads them and writes what it makes of them, a subscriber reads that, a
    redriver sends dead letters back, an auditor counts, an archiver keeps topics in files, a replayer replays into
    topics of their own, a restorer replays archives into live topics, a reanalyser analyses old paragraphs anew,
    boards show what comes out, an admin creates and checks the topics. Topic prefix and groups are those of the
    settings.
    """
    from streams.commands.cluster import reachable_bootstrap

    needed = rights(ROLES[role], settings)
    if granting:
        if principal == "User:NAME":
            raise UsageError("--grant needs --principal, for example User:alice")
        grant(settings, reachable_bootstrap(settings), principal, needed)
    if as_json:
        for right in needed:
            click.echo(json.dumps({"role": role, "principal": principal, "granted": granting} | asdict(right)))
    elif granting:
        for right in needed:
            click.echo(f"granted {principal}: {right}")
    else:
        for line in kafka_acls_lines(needed, principal, settings.bootstrap_servers or "HOST:PORT"):
            click.echo(line)
