"""Who may do what: the least rights of each role, as data, and granting them on a Kafka that keeps access lists.

A role is a way of using the service, not a person: give each program a principal of its own and the role that it
plays. ``tests/broker/test_access.py`` runs each role's job with its rights (enough) and without each of them (needed).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Literal

from schemas.topics import (
    CLASSIFIED,
    DEAD_LETTER,
    EMITTED,
    EVENT_TOPICS,
    OUTCOME,
    PARAGRAPHS,
    PARKED,
    REDRIVEN,
    REPLAYS,
    TOPICS,
    Topic,
)
from streams.clients.connection import client_configuration, kafka_errors
from streams.settings import Settings

Resource = Literal["topic", "group", "transactional-id"]
Operation = Literal["Read", "Write", "Describe", "Create", "DescribeConfigs"]
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Right:
    """One allowed operation. ``prefixed`` names all resources whose name begins with ``name``.

    Read and Write imply Describe (https://kafka.apache.org/documentation/#operations_resources_and_protocols).
    """

    operation: Operation
    resource: Resource
    name: str
    prefixed: bool = False

    def __str__(self) -> str:
        return f"{self.operation} {self.resource} {self.name}{'*' if self.prefixed else ''}"


@dataclass(frozen=True, slots=True)
class Role:
    """A way of using the service.

    ``group`` is what it may do with the worker group; ``transactions`` the transactional ids that it writes under,
    as ``id`` or, for all that begin alike, ``id*``, with ``{group}`` and ``{boards}`` for the groups' names; ``makes``
    what the names of topics begin with that it makes and writes; ``asks`` the topics whose settings it looks at;
    ``boards`` whether it is in the boards' group and keeps their changelogs.
    """

    does: str
    reads: Sequence[Topic] = ()
    writes: Sequence[Topic] = ()
    group: Literal["Read", "Describe"] | None = None
    transactions: str | None = None
    administers: bool = False
    makes: str | None = None
    asks: Sequence[Topic] = ()
    boards: bool = False


_MAKING: tuple[Operation, ...] = ("Create", "Write", "DescribeConfigs")
_KEEPING: tuple[Operation, ...] = ("Create", "Read", "Write")
_ADMINISTERING: tuple[Operation, ...] = ("Create", "Describe", "DescribeConfigs")
ROLES = MappingProxyType(
    {
        "pusher": Role("push reports", writes=(PARAGRAPHS,)),
        "worker": Role("run workers", reads=(PARAGRAPHS,), writes=EMITTED, group="Read", transactions="{group}-*"),
        "subscriber": Role("subscribe to what comes out", reads=(*EMITTED, OUTCOME)),
        "redriver": Role(
            "look at dead letters and send them back",
            reads=(DEAD_LETTER, PARKED, REDRIVEN),
            writes=(PARAGRAPHS, PARKED, REDRIVEN),
            group="Describe",
            transactions="report-streams-redrive",
        ),
        "auditor": Role("audit", reads=(PARAGRAPHS, *EMITTED), group="Describe"),
        "replayer": Role(
            "replay archives and topics into topics of their own",
            reads=(PARAGRAPHS, *EMITTED, REPLAYS),
            writes=(REPLAYS,),
            transactions="report-streams-replay-*",
            makes="replay.",
        ),
        "archiver": Role("keep topics in an archive", reads=TOPICS),
        "restorer": Role(
            "replay archives into the live topics",
            reads=(REPLAYS,),
            writes=(PARAGRAPHS, *EMITTED, REPLAYS),
            asks=(PARAGRAPHS, *EMITTED),
            transactions="report-streams-replay-*",
        ),
        "reanalyser": Role(
            "analyse old paragraphs anew",
            reads=(PARAGRAPHS, CLASSIFIED, *EVENT_TOPICS, REPLAYS),
            writes=(CLASSIFIED, *EVENT_TOPICS, REPLAYS),
            group="Describe",
            transactions="report-streams-replay-reanalysis",
        ),
        "boards": Role(
            "run the boards",
            reads=(CLASSIFIED, *EVENT_TOPICS, OUTCOME),
            writes=(OUTCOME,),
            transactions="{boards}-outcomes",
            boards=True,
        ),
        "admin": Role("create, list and check the topics", administers=True),
    }
)


def rights(role: Role, settings: Settings) -> list[Right]:
    """The least rights of a role, with the names that the settings give to topics and the group."""
    return list(_rights(role, settings))


def kafka_acls_lines(granted: Sequence[Right], principal: str, bootstrap_servers: str) -> list[str]:
    """The same as commands of Kafka's own tool, for people who grant rights themselves."""
    return [
        f"kafka-acls --bootstrap-server {bootstrap_servers} --add --allow-principal '{principal}'"
        f" --operation {right.operation} --{right.resource} '{right.name}'"
        + (" --resource-pattern-type prefixed" if right.prefixed else "")
        for right in granted
    ]


def grant(settings: Settings, bootstrap_servers: str, principal: str, granted: Sequence[Right]) -> None:
    """Allow the principal (``User:name``) these rights, from any host; a right that it has stays.

    Raises:
        BrokerUnavailableError: Kafka has gone, keeps no access lists, or does not let us change them.
    """
    from kafka import KafkaAdminClient

    configuration = client_configuration(settings, bootstrap_servers)
    with kafka_errors(bootstrap_servers):
        admin = KafkaAdminClient(**configuration, bootstrap_timeout_ms=int(settings.connect_timeout_s * 1000))
        try:
            answer = admin.create_acls([_acl(principal, right) for right in granted])
        finally:
            admin.close()
        for error in answer["failed"]:
            raise error


def _rights(role: Role, settings: Settings) -> Iterator[Right]:
    prefix = settings.topic_prefix
    group = prefix + settings.worker_group
    operations: tuple[Operation, ...] = ("Read", "Write", "DescribeConfigs")
    for operation, topics in zip(operations, (role.reads, role.writes, role.asks), strict=True):
        for topic in topics:
            yield Right(operation, "topic", prefix + topic.name)
    if role.group:
        yield Right(role.group, "group", group)
    if role.transactions:
        yield _right_to_transactions(role.transactions, settings)
    if role.boards:
        yield from _rights_of_boards(prefix + settings.boards_group)
    if role.makes:
        for operation in _MAKING:
            yield Right(operation, "topic", prefix + role.makes, prefixed=True)
    if role.administers:
        for topic, operation in product(TOPICS, _ADMINISTERING):
            yield Right(operation, "topic", prefix + topic.name)


def _right_to_transactions(ids: str, settings: Settings) -> Right:
    name = settings.topic_prefix + ids.format(group=settings.worker_group, boards=settings.boards_group)
    return Right("Write", "transactional-id", name.rstrip("*"), prefixed=name.endswith("*"))


def _rights_of_boards(group: str) -> Iterator[Right]:
    """In their group, and over all that Faust names after it."""
    yield Right("Read", "group", group)
    for operation in _KEEPING:
        yield Right(operation, "topic", f"{group}-", prefixed=True)


def _acl(principal: str, right: Right) -> object:
    from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

    pattern = ACLResourcePatternType.PREFIXED if right.prefixed else ACLResourcePatternType.LITERAL
    return ACL(
        principal=principal,
        host="*",
        operation=ACLOperation[_CAMEL.sub("_", right.operation).upper()],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(ResourceType[right.resource.replace("-", "_").upper()], right.name, pattern),
    )
