"""The boards at work: the web server, and Faust, which is started anew when Kafka has gone and come back.

1. serve, saying "starting"; while others of the group lead, stand by: follow their changelogs, and show what they
have; 2. lead, once nobody does: start Faust, which recovers the tables from their changelogs, then reads the topics;
3. ten times a second settle what has come, and tell the feed; 4. once all that was there is handled, make the rows,
and say "live"; 5. from then on make the rows of changed groups, and tell the outcomes of plans. Kafka may go away at
any time: the boards stay, and say since when. Whoever reads, and handles nothing of what waits, is started anew.
"""

import asyncio
import logging
import sqlite3
import uuid
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from aiohttp import web
from faust.exceptions import ConsistencyError

from schemas.topics import CLASSIFIED
from streams.boards.api import Api
from streams.boards.app import (
    CHANGELOG_BYTES,
    SESSION_S,
    SOURCES,
    BoardsApp,
    Hooks,
    application_id,
    changelogs,
    make_app,
    tables_in,
)
from streams.boards.envelope import Place
from streams.boards.faust_life import live
from streams.boards.feed import Feed
from streams.boards.folding import Folding
from streams.boards.follow import Follower
from streams.boards.group import Group, first
from streams.boards.lease import Lease, LeaseLostError
from streams.boards.outcomes import OvertakenError, Teller
from streams.boards.projection import PLANS, Projection, Rules, Stale
from streams.boards.security import client_security
from streams.boards.shelves import Shelves
from streams.boards.stall import Stall, StandstillError
from streams.boards.status import Status
from streams.boards.store import Store
from streams.boards.watch import Ends, Partition, behind, partitions_of, recovering
from streams.boards.web import serve
from streams.errors import BrokerUnavailableError, InternalFaultError, UsageError
from streams.metrics import BoardsMetrics
from streams.settings import Settings

LOG = logging.getLogger(__name__)
SETTLE_S = 0.1
WATCH_S = 0.5
TELL_S = 1.0
AGAIN_S = 1.0
MOST_REFUSED = 10_000
"""So many refused records are kept with their reasons; all are counted."""
Say = Callable[[str], None]


class OthersLeadError(Exception):
    """Other boards of the group lead."""


class Boards:
    """Everything of one process, made in its event loop."""

    def __init__(
        self, settings: Settings, servers: str, store: Store, rules: Rules, metrics: BoardsMetrics, say: Say
    ) -> None:
        self._settings, self._servers, self._store, self._say = settings, servers, store, say
        self._metrics, self._rules = metrics, rules
        self._projection = Projection(store, rules)
        self.status = Status()
        [[self.status.refused]] = store.rows("SELECT count(*) FROM refused")
        shelves = Shelves(store, rules)
        self._settled = store.arrival
        self._feed = Feed(store.told("epoch") or "", shelves, self.status, lambda: self._settled)
        self._security = client_security(settings)
        self._ends = Ends(servers, lambda: self._security)
        self._teller = Teller(settings, servers, self._security, self._projection.outcomes, metrics)
        self._fault: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._changed: set[str] = set()
        self._api = Api(rules.boards, shelves, self._feed, self.status, metrics, self._changed.add)
        self._folding = Folding(store, self._projection, self._note)
        self._caught_up = asyncio.Event()
        self._quiet, self._served = 0, False
        group = application_id(settings)
        self._name = f"{group}-{uuid.uuid4().hex[:12]}"
        self._group = Group(servers, self._security, group, self._name, settings.connect_timeout_s, self.status)
        self._stall = Stall(settings.boards_stall_s, self.status, metrics)

    async def run(self, stop: asyncio.Event, *, web_port: int | None = None, until_live: bool = False) -> None:
        """Until ``stop`` is set, or the boards are live when ``until_live``.

        Raises:
            UsageError: the port is in use, other boards of this group are at work, or the changelog is a foreign one.
            InternalFaultError: a fault that is not a record's; nothing was committed after it.
            BrokerUnavailableError: Kafka did not answer at the start.
        """
        asyncio.get_running_loop().set_exception_handler(self._on_stray_exception)
        self._served = web_port is not None
        runner = None if web_port is None else await self._serve(web_port)
        # What is made for a comparison alone tells nobody, and stands by for nobody.
        keeping = self._lead_alone(stop) if until_live else self._keep_on(stop)
        coroutines = (self._settle(), self._tell(), self._api.totals.keep(), keeping)
        tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(one) for one in coroutines]
        waiting = [*tasks, self._fault, asyncio.ensure_future(stop.wait())]
        if until_live:
            waiting.append(asyncio.ensure_future(self._caught_up.wait()))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.status.become("stopping")
            stop.set()
            self._feed.close()
            ended = await _ended(tasks)
            await self._ends.close()
            if runner is not None:
                await runner.cleanup()
            self._api.close()
        _raise_first([*ended, self._fault.result() if self._fault.done() else None])

    async def _serve(self, port: int) -> web.AppRunner:
        host = self._settings.web_host
        runner = await serve(self._api.application(), host, port)
        self._say(f"boards at http://{host}:{runner.addresses[0][1]}/")
        return runner

    async def _keep_on(self, stop: asyncio.Event) -> None:
        """Stand by, and lead when nobody does, again and again, until told to stop."""
        while not stop.is_set():
            await self._stand_by(stop)
            if not stop.is_set():
                await self._lead(stop, telling=True)

    async def _lead_alone(self, stop: asyncio.Event) -> None:
        await self._alone(stop)
        while not stop.is_set():
            await self._lead(stop, telling=False)

    async def _lead(self, stop: asyncio.Event, *, telling: bool) -> None:
        """Run Faust, until told to stop, or it fails, or others turn out to lead."""
        lease = Lease(SESSION_S)
        self.status.take("leading", lease.holds)
        self._caught_up.clear()
        self._quiet = 0
        app = make_app(self._settings, self._servers, self._store, self._projection, self._hooks(), self._name, lease)
        beside = [self._watch(app), *([self._tell_outcomes(lease)] if telling else [])]
        reason = await live(app, stop, *beside)
        if reason is None:
            return
        if isinstance(reason, ConsistencyError):
            raise UsageError(
                f"{self._store.file} holds more than Kafka's changelogs of {application_id(self._settings)}: they"
                " were made anew, or are of another Kafka. `report-streams boards rebuild` makes all of it anew"
            )
        LOG.info("Faust ended: %r", reason)
        if isinstance(reason, StandstillError):
            self._stall.begin_anew()
        if isinstance(reason, OthersLeadError | OvertakenError | LeaseLostError | StandstillError):
            # An error of Kafka's has its class before what it says.
            self._say(reason.args[0])
        else:
            self.status.away(type(reason).__name__)
        await first(stop, AGAIN_S)

    async def _stand_by(self, stop: asyncio.Event) -> None:
        """Follow, for as long as somebody else leads."""
        following: asyncio.Future[None] | None = None
        try:
            async for others in self._group.others(stop):
                if not others:
                    return
                if following is None or following.done():
                    follower, following = self._follow(following)
                if not self._goes_on(follower):
                    following.cancel()
                waiting = follower.waiting
                await self._caught(sum(waiting.values()) if waiting is not None else None, known=waiting is not None)
        finally:
            if following is not None:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    def _goes_on(self, follower: Follower) -> bool:
        try:
            self._stall.look(follower.waiting or {}, self._handled())
        except StandstillError as error:
            self._stall.begin_anew()
            self._say(str(error))
            return False
        return True

    def _follow(self, before: asyncio.Future[None] | None) -> tuple[Follower, asyncio.Future[None]]:
        """Begin to follow, or go on after a failure; what is no failure of Kafka's is raised."""
        from aiokafka.errors import KafkaError

        if before is None:
            self._say("standing by: other boards of the group lead; theirs are followed, and taken over once they go")
            self.status.take("standing by")
            self._stall.forget()
        elif not before.cancelled() and (error := before.exception()) is not None:
            if not isinstance(error, KafkaError | OSError | TimeoutError):
                raise error
            LOG.info("following failed: %r", error)
        tables = tables_in(self._store, self._projection)
        contents = {
            (self._settings.topic_prefix + topic.name, part): tables[topic.alias.removeprefix("boards-")]
            for topic in changelogs(self._settings, CLASSIFIED.partitions)
            for part in range(topic.partitions)
        }
        follower = Follower(
            self._servers, self._security, self._store, contents, CHANGELOG_BYTES, lambda: self._count("changelog")
        )
        return follower, asyncio.ensure_future(follower.run())

    async def _alone(self, stop: asyncio.Event) -> None:
        """Wait until nobody else is in the group; who was killed is in there for some seconds yet."""
        deadline, told = asyncio.get_running_loop().time() + SESSION_S + 5, False
        async for others in self._group.others(stop):
            if not others:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise UsageError(
                    f"other boards of group {self._group.name} are at work; end them, or choose another group with"
                    " --boards-group"
                )
            if not told:
                self._say(f"waiting for {len(others)} former member of group {self._group.name} to leave")
                told = True

    async def _watch(self, app: BoardsApp) -> None:
        """Tell progress, lag and whether Kafka is there; make rows once all is read, and from then on."""
        names = [self._settings.topic_prefix + topic.name for topic in SOURCES]
        partitions = partitions_of(names, CLASSIFIED.partitions)
        waiting: dict[Partition, int] | None = None
        while True:
            app.lease.check()
            try:
                ends = await self._ends.of(partitions)
            except ConnectionError as error:
                self.status.away(str(error))
                await asyncio.sleep(AGAIN_S)
                continue
            self.status.back()
            recovered = app.recovery.completed.is_set()
            if recovered and len(app.reader.assigned(names)) < len(partitions):
                await self._yield_to_others()
                found = None
            else:
                found = await behind(app, ends) if recovered else recovering(app)
            # What is not known waits still, as all of it does before anything is known or while nothing is recovered.
            waiting = found if found and (recovered or any(found.values())) else waiting or ends
            self._stall.look(waiting, self._handled())
            await self._caught(None if found is None else sum(found.values()), known=recovered and found is not None)
            # Live they may have been before, standing by: what is told to others waits until all is read.
            if self.status.state == "live" and self._quiet > 1:
                self._caught_up.set()
            await asyncio.sleep(WATCH_S)

    async def _yield_to_others(self) -> None:
        """Of several that began to lead at the same moment one goes on, all partitions with it.

        Raises:
            OthersLeadError: it is not us.
        """
        if not await self._group.leads_by_name():
            raise OthersLeadError("other boards of the group have begun to lead as well; these stand by")

    def _handled(self) -> int:
        """Records that were handled in all, of the topics and of changelogs; refused ones are done with as well."""
        return sum(self.status.handled.values()) + self.status.refused

    async def _caught(self, waiting: int | None, *, known: bool) -> None:
        """So many records are to be read yet; make rows once there are none, and from then on."""
        self._metrics.lag.set(waiting or 0)
        self._quiet = self._quiet + 1 if known and waiting == 0 else 0
        if self.status.state != "live":
            self.status.rebuild(waiting if waiting is not None else self.status.remaining)
        if self.status.state == "live":
            await self._folding.some()
        elif self._quiet > 1:
            await self._folding.all()
            if self.status.state == "rebuilding":
                await self._go_live()

    async def _go_live(self) -> None:
        if self._served:
            # Whoever asks first would wait for the totals.
            await self._api.totals.renew()
        self.status.become("live")
        [[count]] = self._store.rows("SELECT count(*) FROM paragraph")
        self._say(f"live: {count:,} paragraphs")

    def _note(self, folded: Sequence[Stale]) -> None:
        """Rows of these groups have changed."""
        boards = {one.board for one in folded}
        self._changed |= boards
        self._api.totals.note(boards)
        self._teller.note(one.group for one in folded if one.board == PLANS)

    async def _tell_outcomes(self, lease: Lease) -> None:
        """What is not all read yet says nothing of others' plans."""
        await self._caught_up.wait()
        await self._teller.run(lease)

    async def _settle(self) -> None:
        while True:
            self._store.settle()
            # Others settle as well: what tells of news is the number, not that this call had something to do.
            if self._settled != self._store.arrival:
                self._settled = self._store.arrival
                self._feed.publish()
            await asyncio.sleep(SETTLE_S)

    async def _tell(self) -> None:
        told = -1
        while True:
            if self._changed or told != self.status.changes:
                told = self.status.changes
                self._feed.publish(self._changed)
                self._changed.clear()
            self._metrics.show(self.status, self._feed.readers, self._feed.dropped, self._projection.faults.count)
            await asyncio.sleep(TELL_S)

    def _hooks(self) -> Hooks:
        return Hooks(self._refuse, self._fail, self._count, self._undelivered)

    def _refuse(self, place: Place, reason: str) -> None:
        if self.status.refused < MOST_REFUSED:
            self._store.run(
                "INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)",
                *(place.topic, place.partition, place.offset, reason[:1000]),
            )
        self.status.refused += 1
        self.status.changes += 1
        LOG.warning("passed over %s partition %d offset %d: %s", place.topic, place.partition, place.offset, reason)

    def _fail(self, error: BaseException) -> None:
        if not self._fault.done():
            self._fault.set_result(error)

    def _on_stray_exception(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What Faust leaves unhandled, in a line; what matters of it reaches us as a crash or by a hook."""
        LOG.info("%s: %r", context.get("message"), context.get("exception"))

    def _undelivered(self, error: BaseException) -> None:
        """A record of a changelog did not reach Kafka, when the offset of its input may be committed already."""
        self._fail(
            InternalFaultError(
                f"Kafka did not take records of the boards' changelogs ({type(error).__name__}). Once it does, run"
                " `report-streams boards rebuild`: what is missing there comes back from the topics"
            )
        )

    def _count(self, topic: str) -> None:
        self.status.handled[topic] = self.status.handled.get(topic, 0) + 1
        self._metrics.records.labels(topic=topic).inc()


async def _ended(tasks: list[asyncio.Future[Any]]) -> list[BaseException | None]:
    """What tasks raised. Those that never end by themselves are cancelled; the last one ends once told to stop."""
    for task in tasks[:-1]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    return [one if isinstance(one, Exception) else None for one in done]


def _raise_first(errors: list[BaseException | None]) -> None:
    for error in errors:
        if isinstance(error, UsageError | InternalFaultError | BrokerUnavailableError):
            raise error
        if isinstance(error, sqlite3.Error | OSError | MemoryError):
            raise InternalFaultError(f"the boards cannot keep what they read: {error}") from error
        if error is not None:
            raise error


def run_boards(
    settings: Settings, servers: str, store: Store, rules: Rules, metrics: BoardsMetrics, say: Say, **options: Any
) -> Coroutine[Any, Any, None]:
    """A coroutine that makes the boards in its loop and runs them; SIGTERM and SIGINT stop them."""

    async def run() -> None:
        import signal

        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await Boards(settings, servers, store, rules, metrics, say).run(stop, **options)

    return run()
