"""The Faust app: one agent over the classified paragraphs and the events, two tables with changelogs.

1. read a committed record; 2. decode it; 3. set it in a table: Faust sends the change to the table's changelog, and the
boards' file takes it with all that follows from it; 4. Faust flushes the changelog and then commits the record's
offset. A record that is read twice, after a crash between 3 and 4, sets what is set already.

A record that cannot be decoded is counted and told, and the agent goes on. A fault that is not the record's (a full
disk) stops the boards before the record's offset is committed.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import faust
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from yarl import URL

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, decode_one_of
from schemas.record import Record
from schemas.retraction import Retraction
from schemas.topics import CLASSIFIED, EVENT_TOPICS, FOREVER, MAX_OUTPUT_BYTES, Topic
from streams.boards.envelope import STANDS, Envelope, Place, paragraph_key, retraction_key
from streams.boards.lease import Lease, LeaseLostError
from streams.boards.projection import Projection
from streams.boards.security import credentials
from streams.boards.store import Store
from streams.boards.tables import RECOVERED_AT_ONCE, BoardTable, Contents, Paragraphs, Retractions
from streams.boards.transport import MOST_AT_ONCE, NEVER_S, Consumer, Transport
from streams.settings import Settings

SOURCES = (CLASSIFIED, *EVENT_TOPICS)
"""All keyed by the report, with as many partitions each: so a report's paragraphs and events meet in one place."""
TABLES = ("paragraphs", "retractions")
ENVELOPE_BYTES = 4096
CHANGELOG_BYTES = MAX_OUTPUT_BYTES + ENVELOPE_BYTES
COMMIT_S = 1.0
SESSION_S = 10.0
"""After so long a silence Kafka takes a process for gone."""
TURN_S = 0.01
"""How long records are handled before others have their turn."""

Refuse = Callable[[Place, str], None]


def application_id(settings: Settings) -> str:
    """Faust's id: the consumer group, and what the changelogs' names begin with."""
    return f"{settings.topic_prefix}{settings.boards_group}"


def changelogs(settings: Settings, partitions: int) -> tuple[Topic, ...]:
    """The tables' changelogs as topics of ours, without the prefix: compacted, kept for ever, never expired."""
    return tuple(
        Topic(
            f"boards-{table}",
            f"{settings.boards_group}-{table}-changelog",
            ClassifiedParagraph if table == "paragraphs" else Retraction,
            partitions,
            FOREVER,
            CHANGELOG_BYTES,
            cleanup_policy="compact",
        )
        for table in TABLES
    )


class BoardsApp(faust.App):
    """Faust's app with our transport."""

    lease: Lease
    """As long as it holds, nobody else leads."""

    def _new_transport(self) -> Any:
        return Transport(self.conf.broker_consumer, self)

    @property
    def recovery(self) -> Recovery:
        """What fills the tables from their changelogs."""
        tables = self.tables
        assert isinstance(tables, TableManager)  # noqa: S101 -- what Faust makes
        return tables.recovery

    @property
    def reader(self) -> Consumer:
        """Its consumer."""
        found = self.consumer
        assert isinstance(found, Consumer)  # noqa: S101 -- what our transport makes
        return found


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the app tells of.

    Attributes:
        refuse: a record is not what its topic should hold.
        fail: a fault that is not the record's; nothing is committed any more.
        handled: one more record of a topic, by its short name, or of a changelog, as ``changelog``.
        undelivered: a record of a changelog did not reach Kafka; nothing is committed any more.
    """

    refuse: Refuse
    fail: Callable[[BaseException], None]
    handled: Callable[[str], None]
    undelivered: Callable[[BaseException], None]


class Deliveries(faust.Sensor):
    """Where Faust tells that a record was not delivered, of which nothing else takes notice."""

    def __init__(self, app: BoardsApp, undelivered: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._app, self._undelivered = app, undelivered

    def on_send_error(self, producer: Any, exc: BaseException, state: Any) -> None:  # noqa: ARG002 -- Faust's names
        """Commit nothing from now on, and tell, unless others may lead: then it is theirs to handle."""
        self._app.reader.freeze()
        if not isinstance(exc, LeaseLostError):
            self._undelivered(exc)


def make_app(
    settings: Settings, servers: str, store: Store, projection: Projection, hooks: Hooks, client: str, lease: Lease
) -> BoardsApp:
    """The app, which connects to nothing before it is started; ``client`` is its name in the group."""
    app = BoardsApp(
        application_id(settings),
        # Faust would take BROKER_URL and many others from the environment, and prefer them to what it is given here.
        env={},
        broker=[URL(f"kafka://{one.strip()}") for one in servers.split(",")],
        broker_credentials=credentials(settings),
        broker_client_id=client,
        datadir=store.file.parent / "faust",
        **_options(),
    )
    app.lease = lease
    app.sensors.add(Deliveries(app, hooks.undelivered))
    contents = tables_in(store, projection)
    paragraphs, retractions = (
        _table(app, store, name, contents[name], lambda: hooks.handled("changelog")) for name in TABLES
    )
    topics = {settings.topic_prefix + topic.name: topic for topic in SOURCES}
    source = app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    app.agent(source, name="boards.keep")(
        _agent(app, hooks, lambda message: _keep(message, topics, paragraphs, retractions, hooks))
    )
    return app


def _options() -> dict[str, Any]:
    """How Faust is set up, whatever the user's settings are."""
    return {
        "store": URL("memory://"),
        "web_enabled": False,
        "autodiscover": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "broker_commit_interval": COMMIT_S,
        "broker_session_timeout": SESSION_S,
        "broker_heartbeat_interval": SESSION_S / 4,
        "broker_request_timeout": 3 * SESSION_S,
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": CHANGELOG_BYTES,
        "producer_max_request_size": CHANGELOG_BYTES + ENVELOPE_BYTES,
        "producer_compression_type": "zstd",
        "broker_max_poll_records": MOST_AT_ONCE,
        "broker_max_poll_interval": NEVER_S,
        "stream_buffer_maxsize": 1000,
        "stream_recovery_delay": 0.0,
        "stream_wait_empty": False,
    }


def _agent(app: BoardsApp, hooks: Hooks, keep: Callable[[Any], None]) -> Callable[[Any], Coroutine[Any, Any, None]]:
    """The agent, which never ends by an exception: Faust would take the record for handled."""

    async def agent(stream: Any) -> None:
        begun = time.monotonic()
        async for event in stream.events():
            try:
                app.lease.check()
                keep(event.message)
            except DecodeError as error:
                hooks.refuse(_place(event.message), str(error))
            except LeaseLostError:
                # Whoever leads by now has this record too. Our service ends this app.
                app.reader.freeze()
                await asyncio.Event().wait()
            except Exception as error:  # noqa: BLE001 -- no verdict on the record: stop before its offset is committed
                app.reader.freeze()
                hooks.fail(error)
                await asyncio.Event().wait()
            # Others have their turn every few milliseconds, not after each record: a paragraph has dozens of events,
            # each handled in less than one, and while rows are put and readers are written to, a turn takes fifty.
            if time.monotonic() - begun >= TURN_S:
                await asyncio.sleep(0)
                begun = time.monotonic()

    return agent


def _keep(
    message: Any, topics: dict[str, Topic], paragraphs: BoardTable, retractions: BoardTable, hooks: Hooks
) -> None:
    topic = topics[message.topic]
    headers = _headers(message.headers)
    record = decode_one_of(topic.records, message.value, headers)
    sealed = Envelope.of(_place(message), headers, message.value).sealed()
    if isinstance(record, ClassifiedParagraph):
        # Set also where the file has it already: after a crash the changelog may not.
        paragraphs[paragraph_key(record)] = sealed
    elif isinstance(record, Retraction):
        retractions[retraction_key(record)] = sealed
    elif (event := _event_key(record)) in retractions:
        retractions[event] = STANDS
    hooks.handled(topic.alias)


def _event_key(record: Record) -> bytes:
    return str(getattr(record, "id", "")).encode()


def tables_in(store: Store, projection: Projection) -> dict[str, Contents]:
    """The tables by name, as they lie in the store."""
    return {"paragraphs": Paragraphs(store, projection), "retractions": Retractions(store, projection)}


def _table(app: BoardsApp, store: Store, name: str, contents: Contents, recovered: Callable[[], None]) -> BoardTable:
    table = BoardTable(
        app, contents=contents, file=store, recovered=recovered, name=name, key_type=bytes, value_type=bytes,
        recovery_buffer_size=RECOVERED_AT_ONCE,
    )  # fmt: skip
    app.tables.add(table)
    return table


def _place(message: Any) -> Place:
    return Place(message.topic, message.partition, message.offset, int((message.timestamp or 0) * 1000))


def _headers(headers: Any) -> list[tuple[str, bytes | None]]:
    return list(headers.items()) if isinstance(headers, dict) else list(headers or ())
