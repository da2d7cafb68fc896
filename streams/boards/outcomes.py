"""What the boards tell others: the outcomes of plans, each once, and taken back where it no longer stands.

1. fence whoever told of this group's outcomes before; 2. read what stands on the topic; 3. send what the plans board
has and the topic has not, and take back what only the topic has; 4. from then on the same for each group of the board
that changes. What was committed before a kill is read in step 2, so nothing is sent a second time.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from schemas.codec import encode
from schemas.outcome import Outcome
from schemas.topics import OUTCOME
from streams.boards.lease import Lease, LeaseLostError
from streams.clients.as_of import as_of
from streams.errors import ReportStreamsError
from streams.metrics import BoardsMetrics
from streams.settings import Settings

LOG = logging.getLogger(__name__)
SOURCE = "/report-streams/boards"
"""``ce_source`` of what is told."""
AT_ONCE = 500
"""Records of one transaction."""
TRANSACTION_S = 20
"""So long may readers wait for the transaction of boards that were killed, unless others start sooner."""
PATIENCE_S = 30.0
"""For Kafka to let transactions start, and for one to be committed."""
LEAVE_S = 5.0
AGAIN_S, MOST_AGAIN_S = 1.0, 30.0
Wanted = Mapping[str, Sequence[Outcome]]
"""Outcomes by the board's group that they are of."""


class OvertakenError(Exception):
    """Other boards tell of the group's outcomes now: these have led, and lead no more."""


class Standing:
    """The outcomes on the topic that nothing took back, and those of each group as far as it was asked for."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._standing = {one.id: one for one in outcomes}
        self._groups: dict[str, set[str]] = {}

    def lacking(self, wanted: Wanted, *, all_groups: bool) -> list[Outcome]:
        """What is to be sent for the groups' outcomes to stand, and no others of these groups.

        Args:
            wanted: the outcomes of some groups.
            all_groups: whether there are no other groups: what stands of none of them goes.
        """
        found = {one.id: one for outcomes in wanted.values() for one in outcomes}
        before = {name for group in wanted for name in self._groups.get(group, ())}
        self._groups.update((group, {one.id for one in outcomes}) for group, outcomes in wanted.items())
        gone = sorted((set(self._standing) if all_groups else before & self._standing.keys()) - found.keys())
        new = [one for name, one in found.items() if name not in self._standing]
        return new + [self._standing[name].withdrawal() for name in gone]

    def sent(self, records: Iterable[Outcome]) -> None:
        """These are on the topic now."""
        for one in records:
            if one.retracts is None:
                self._standing[one.id] = one
            else:
                self._standing.pop(one.retracts, None)


class Teller:
    """Keeps the topic as the plans board is; Kafka may go away at any time."""

    def __init__(
        self,
        settings: Settings,
        servers: str,
        security: Mapping[str, Any],
        wanted: Callable[[Collection[str] | None], Wanted],
        metrics: BoardsMetrics,
    ) -> None:
        """Connect to nothing yet.

        Args:
            settings: prefix, group and times.
            servers: Kafka's address.
            security: arguments of an aiokafka client.
            wanted: gives the outcomes of groups, or of all for None; called in a thread of its own.
            metrics: counts what is sent.
        """
        self._settings, self._servers, self._security = settings, servers, security
        self._wanted, self._metrics = wanted, metrics
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._pause, self._reason = AGAIN_S, ""

    def note(self, groups: Iterable[str]) -> None:
        """These groups of the board have changed."""
        self._changed.update(groups)
        if self._changed:
            self._news.set()

    async def run(self, lease: Lease) -> None:
        """Tell, for as long as the lease holds; begin anew, with a longer pause each time, after what Kafka refuses.

        Raises:
            OvertakenError: others tell of this group's outcomes now.
        """
        from aiokafka.errors import KafkaError, ProducerFenced

        while True:
            try:
                await self._tell(lease)
            except (ProducerFenced, LeaseLostError) as error:
                raise OvertakenError("other boards of the group have taken over its outcomes") from error
            except (KafkaError, ReportStreamsError, OSError, TimeoutError) as error:
                self._wait_for_better(error)
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, MOST_AGAIN_S)

    def _wait_for_better(self, error: Exception) -> None:
        self._metrics.outcomes_wait.set(1)
        reason = f"{type(error).__name__}: {error}"
        if reason != self._reason:
            LOG.warning("outcomes of plans wait, and are tried again: %s", reason)
            self._reason = reason

    async def _tell(self, lease: Lease) -> None:
        producer = self._producer()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await producer.start()
            loop = asyncio.get_running_loop()
            standing = Standing(await loop.run_in_executor(None, standing_outcomes, self._settings, self._servers))
            groups: set[str] | None = None
            while True:
                wanted = await loop.run_in_executor(None, self._wanted, groups)
                lacking = standing.lacking(wanted, all_groups=groups is None)
                for first in range(0, len(lacking), AT_ONCE):
                    records = lacking[first : first + AT_ONCE]
                    lease.check()
                    await self._send(producer, records)
                    standing.sent(records)
                self._metrics.outcomes_wait.set(0)
                self._pause, self._reason = AGAIN_S, ""
                await self._news.wait()
                self._news.clear()
                groups, self._changed = self._changed, set()
        finally:
            await _leave(producer)

    def _producer(self) -> Any:
        from aiokafka import AIOKafkaProducer

        return AIOKafkaProducer(
            bootstrap_servers=self._servers,
            transactional_id=transactional_id(self._settings),
            transaction_timeout_ms=TRANSACTION_S * 1000,
            max_request_size=OUTCOME.max_message_bytes,
            **self._security,
        )

    async def _send(self, producer: Any, records: Sequence[Outcome]) -> None:
        """All records, or none. A transaction that fails is left to the next producer, which aborts it at its start."""
        topic = self._settings.topic_prefix + OUTCOME.name
        async with asyncio.timeout(PATIENCE_S):
            await producer.begin_transaction()
            now = datetime.now(UTC)
            messages = [encode(one, source=SOURCE, time=now) for one in records]
            settled = [await producer.send(topic, one.value, one.key, headers=[*one.headers]) for one in messages]
            await asyncio.gather(*settled)
            await producer.commit_transaction()
        self._metrics.outcomes.inc(len(records))


async def _leave(producer: Any) -> None:
    """Stop a producer, whose Kafka may have gone."""
    try:
        async with asyncio.timeout(LEAVE_S):
            await producer.stop()
    except Exception as error:  # noqa: BLE001 -- it is given up, in whatever state it is; what failed before is told
        LOG.debug("a producer of outcomes did not stop: %r", error)


def transactional_id(settings: Settings) -> str:
    """Of whoever tells the outcomes of a group: the latest one is the only one that can."""
    return f"{settings.topic_prefix}{settings.boards_group}-outcomes"


def standing_outcomes(settings: Settings, servers: str) -> list[Outcome]:
    """What stands on the topic.

    Raises:
        UsageError: there is no such topic.
        BrokerUnavailableError: Kafka has gone.
    """
    stood = as_of(settings, servers, [OUTCOME])
    return [one.record for one in stood if isinstance(one.record, Outcome)]
