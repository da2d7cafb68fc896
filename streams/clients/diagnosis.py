"""What is wrong with a Kafka, or with our rights in it, as findings that say what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from streams.clients.access import ROLES, Right, rights
from streams.clients.connection import (
    client_configuration,
    described,
    kafka_errors,
    silence_client_logs,
    wait_for_kafka,
)
from streams.clients.topic_admin import TopicAdmin
from streams.errors import BrokerUnavailableError
from streams.settings import Settings

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

Verdict = Literal["ok", "warn", "fail"]
UNREACHABLE = "kafka"
"""The check after whose failure nothing else can be asked."""
_LONGEST_TRANSACTION = "transaction.max.timeout.ms"
_OLDEST_TESTED = (4, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw, and what to do when it is not well."""

    check: str
    verdict: Verdict
    seen: str
    do: str = ""


def findings(settings: Settings, bootstrap_servers: str, role: str) -> Iterator[Finding]:
    """Every check of a Kafka, for somebody who plays a role of ``access.ROLES``; raises nothing of Kafka's."""
    silence_client_logs()
    try:
        wait_for_kafka(settings, bootstrap_servers, lambda _line: None)
    except BrokerUnavailableError as error:
        yield Finding(UNREACHABLE, "fail", str(error), "see docs/security.md for the settings of TLS and SASL")
        return
    yield Finding(UNREACHABLE, "ok", f"{bootstrap_servers} answers")
    yield _security(settings)
    from kafka import KafkaAdminClient

    with kafka_errors(bootstrap_servers):
        admin = KafkaAdminClient(**client_configuration(settings, bootstrap_servers))
    try:
        for check in (_version, _features, _longest_transaction, _rights, _group):
            yield from _told(check.__name__.strip("_"), check(admin, settings, role))
    finally:
        admin.close()
    yield from _told("topics", _topics(settings, bootstrap_servers))


def _told(check: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """The findings of one check; that Kafka refuses the question is one too."""
    from kafka.errors import KafkaError

    try:
        yield from found
    except (KafkaError, BrokerUnavailableError) as error:
        name = check.replace("_", " ")
        yield Finding(name, "warn", f"cannot be asked: {described(error)}", "give this user the right to describe it")


def _security(settings: Settings) -> Finding:
    protocol = settings.security_protocol
    user = f", {settings.sasl_mechanism} as {settings.sasl_username}" if protocol.startswith("SASL") else ""
    if "SSL" not in protocol:
        return Finding("security", "warn", f"{protocol}{user}: not encrypted", "set security_protocol, unless local")
    if not settings.ssl_check_hostname:
        return Finding("security", "warn", f"{protocol}{user}; names are not checked", "turn ssl_check_hostname on")
    return Finding("security", "ok", f"{protocol}{user}")


def _version(admin: "KafkaAdminClient", _settings: Settings, _role: str) -> Iterator[Finding]:
    version = admin.get_broker_version_data(_any_node(admin)).broker_version
    told = ".".join(map(str, version))
    if tuple(version) < _OLDEST_TESTED:
        yield Finding("version", "warn", f"Kafka {told}", "Kafka 4 is what report-streams is tested with")
    else:
        yield Finding("version", "ok", f"Kafka {told} or newer")


def _features(admin: "KafkaAdminClient", settings: Settings, _role: str) -> Iterator[Finding]:
    from streams.clients.features import GROUP_VERSION, TRANSACTION_VERSION

    told = {name: one["finalized"][1] for name, one in admin.describe_features().items() if "finalized" in one}
    needed = {TRANSACTION_VERSION: (2, "warn")}
    if settings.worker_group_protocol == "consumer":
        needed[GROUP_VERSION] = (1, "fail")
    for name, (level, otherwise) in needed.items():
        found = told.get(name, 0)
        verdict: Any = "ok" if found >= level else otherwise
        do = "" if verdict == "ok" else f"`kafka-features upgrade --feature {name}={level}`"
        yield Finding(name, verdict, f"level {found}, wanted {level}", do)


def _longest_transaction(admin: "KafkaAdminClient", settings: Settings, _role: str) -> Iterator[Finding]:
    from kafka.admin import ConfigResource, ConfigResourceType

    resource = ConfigResource(ConfigResourceType.BROKER, str(_any_node(admin)))
    told = admin.describe_configs([resource], config_filter="all").get("broker", {}).get(resource.name, {})
    if _LONGEST_TRANSACTION not in told:
        # Kafka gives those who may not ask an answer without content.
        seen = "cannot be asked without DescribeConfigs on the cluster"
        yield Finding(_LONGEST_TRANSACTION, "warn", seen, "none needed: a worker is told at its start")
        return
    longest, ours = int(told[_LONGEST_TRANSACTION]["value"]), settings.worker_transaction_timeout_ms
    seen = f"{longest}; worker_transaction_timeout_ms is {ours}"
    if ours > longest:
        yield Finding(_LONGEST_TRANSACTION, "fail", seen, "lower the setting, or raise the broker's limit")
    else:
        yield Finding(_LONGEST_TRANSACTION, "ok", seen)


def _rights(admin: "KafkaAdminClient", settings: Settings, role: str) -> Iterator[Finding]:
    needed = rights(ROLES[role], settings)
    asked = {right.name for right in needed if right.resource == "topic" and not right.prefixed}
    there = asked & set(admin.list_topics())
    allowed = {one["name"]: one.get("authorized_operations") for one in admin.describe_topics(sorted(there))}
    missing = [right for right in needed if right.name in asked and not _may(right, allowed.get(right.name))]
    if missing:
        do = f"`report-streams access {role}` shows the commands"
        yield Finding("rights", "fail", f"{role} lacks {', '.join(map(str, missing))}", do)
    else:
        yield Finding("rights", "ok", f"all that role {role} needs on {len(asked)} topics")


def _may(right: Right, allowed: list[str] | None) -> bool:
    """Kafka tells nothing of a topic that may not be seen: then nothing may be done with it."""
    told = {name.replace("_", "") for name in allowed or ()}
    return right.operation.upper() in told or "ALL" in told


def _group(admin: "KafkaAdminClient", settings: Settings, _role: str) -> Iterator[Finding]:
    name = settings.topic_prefix + settings.worker_group
    group = admin.describe_groups([name])[name]
    state, members = str(group.get("group_state")), len(group.get("members") or ())
    if members:
        yield Finding("group", "ok", f"{name} is {state}, {members} members")
    else:
        yield Finding("group", "warn", f"{name} has no members ({state})", "start `report-streams worker`")


def _topics(settings: Settings, bootstrap_servers: str) -> Iterator[Finding]:
    with TopicAdmin(settings, bootstrap_servers) as admin:
        drift = admin.drift()
    for one in drift:
        missing = one.setting == "topic"
        do = "`report-streams topics create`, or the right to see it" if missing else "alter it with Kafka's own tools"
        yield Finding("topics", "fail", str(one), do)
    if not drift:
        yield Finding("topics", "ok", "all there, as they should be")


def _any_node(admin: "KafkaAdminClient") -> int:
    return int(admin.describe_cluster()["brokers"][0]["broker_id"])
