"""Faust's transport, with what reading transactional topics, and reading much, needs.

Measured on Faust 0.15.3 and held by tests/broker/test_boards.py and test_boards_standstill.py; worth telling its
maintainers:

1. At least once, Faust's consumer reads uncommitted records as well. Here it reads committed ones only.
2. The gap that Faust fills in for a transaction's marker ends one offset too far; the doubled offset ends the run of
   consecutive ones, so that a commit moves past one transaction only, and a gap right after offset 0 stops it for
   ever. Here no gaps are kept: what may be committed is told by the records that are still being handled.
3. Faust acknowledges an event on the way out, also when its agent raised or was cancelled. Whoever meets a fault
   that is not the record's calls ``freeze``, and nothing is committed from then on.
4. Faust takes all that was fetched as one batch (200,000 small records are), and fetches again once the last of it is
   passed on. If that takes longer than its ``broker_max_poll_interval`` (1000 s), aiokafka leaves the group, and joins
   it again only after the next fetch; Faust, told that its partitions are revoked, fetches nothing until it has joined.
   Both wait for ever, and no error is raised. Here a batch has at most ``MOST_AT_ONCE`` records, of another partition
   each time, and ``NEVER_S`` keeps aiokafka from leaving: a process that was frozen in a batch for so long joins again.
5. To stop the consumer's thread Faust blocks its event loop until that has ended, however long it takes.
6. What is fetched, and what waits to be sent, survives the loss of its partitions: a process that was frozen until
   others took over handles and sends some records yet before it hears of it. Here each heartbeat renews the app's
   lease, and without it nothing is sent or committed.

Its position is that of what was fetched: the records of a batch, and of the stream's buffer, count as passed before
anybody has seen them. ``handled`` is where handling stands.
"""

from collections.abc import Collection
from typing import Any, ClassVar, Protocol, cast

import aiokafka
from aiokafka.protocol.produce import ProduceRequest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.threads import WorkerThread

from streams.boards.lease import Lease

MOST_AT_ONCE = 200
"""Records of a batch: about a second of handling."""
NEVER_S = 10 * 365 * 86_400.0
LEAVE_S = 5.0
"""So long is a thread waited for that has said that it has ended."""


class Leading(Protocol):
    """The app, as far as it is asked here."""

    lease: Lease


def _lease(app: object) -> Lease:
    return cast(Leading, app).lease


class Thread(WorkerThread):
    """Holds up neither the event loop nor the end of the process when what runs in it hangs."""

    def __init__(self, service: Any, **options: Any) -> None:
        super().__init__(service, **options)
        self.daemon = True

    def stop(self) -> None:
        """Wait for the thread's end, within reason."""
        self.is_stopped.wait(LEAVE_S)


class CommittedReader(driver.AIOKafkaConsumerThread):
    """The thread that fetches: committed records only, of all partitions in turn."""

    Worker = Thread

    async def on_start(self) -> None:
        """Connect; from then on heartbeats renew the lease."""
        await super().on_start()
        coordinator, lease = self._ensure_consumer()._coordinator, _lease(self.app)  # noqa: SLF001 -- no public way
        beat = coordinator._do_heartbeat  # noqa: SLF001 -- aiokafka tells nobody of answered heartbeats

        async def renewing() -> bool:
            sent = lease.clock()
            answered = bool(await beat())
            if answered:
                lease.renew(sent)
            return answered

        coordinator._do_heartbeat = renewing  # noqa: SLF001 -- same

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Read when the consumer starts, which it has not yet. Faust has no setting for it.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer

    async def _fetch_records(self, consumer: Any, *arguments: Any, **options: Any) -> Any:
        batch = await super()._fetch_records(consumer, *arguments, **options)
        # It takes from the first partition of these until that has nothing more.
        waiting = consumer._fetcher._records  # noqa: SLF001 -- the order of partitions is nowhere to be set
        for tp in batch:
            if tp in waiting:
                waiting.move_to_end(tp)
        return batch


class Consumer(driver.Consumer):
    """Commits what is handled, past gaps of any length."""

    frozen = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sought = False
        self._fetched: dict[TP, tuple[int, int]] = {}
        """The first and the last offset of each partition in the batch that is being passed on."""
        self._begun: dict[TP, int] = {}
        self._given: dict[TP, int] = {}
        """The first and the last offset of each partition that were passed on since it was sought."""
        self._done: dict[TP, int] = {}
        """The offset after the last record of each partition whose commit was asked for."""

    def freeze(self) -> None:
        """Commit nothing from now on."""
        self.frozen = True

    async def handled(self, tp: TP) -> int | None:
        """The offset that all records of an assigned partition before it are handled up to.

        None while partitions are given out anew.
        """
        if not self._sought:
            return None
        done = max(self._acked[tp]) + 1 if self._acked[tp] else self._done.get(tp)
        given, (first, last) = self._given.get(tp), self._fetched.get(tp, (0, -1))
        if given is not None and (done is None or done <= given):
            return self._begun[tp] if done is None else done
        if given is None and last >= 0:
            return first
        if given is not None and given < last:
            return done
        return await self.position(tp)

    async def perform_seek(self) -> None:
        """Go to what is committed; what was under way before is read again."""
        await super().perform_seek()
        for offsets in (self._fetched, self._begun, self._given, self._done):
            offsets.clear()
        self._sought = True

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Kafka has us in the group."""
        lease = _lease(self.app)
        lease.begin(lease.clock())
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Partitions are given out anew."""
        self._sought = False
        await super().on_partitions_revoked(revoked)

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        batch = await super()._getmany(active_partitions, timeout)
        self._fetched = {tp: (of[0].offset, of[-1].offset) for tp, of in (batch or {}).items() if of}
        return batch

    def _to_message(self, tp: TP, record: Any) -> Any:
        self._begun.setdefault(tp, record.offset)
        self._given[tp] = record.offset
        return super()._to_message(tp, record)

    def assigned(self, topics: Collection[str]) -> set[TP]:
        """The partitions of some topics that this process has."""
        return {tp for tp in self.assignment() if tp.topic in topics}

    def _new_consumer_thread(self) -> CommittedReader:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep none."""

    def _new_offset(self, tp: TP) -> int | None:
        """The offset that all records of the partition before it are handled up to; None for nothing new.

        Records are handled in their order, so those before the highest acknowledged one are either acknowledged or
        among the unacknowledged.
        """
        acked = self._acked[tp]
        if self.frozen or not acked or not _lease(self.app).holds():
            return None
        under_way = [one.offset for one in self._unacked_messages if one.tp == tp and not one.acked]
        offset = min([max(acked) + 1, *under_way])
        left = [one for one in acked if one >= offset]
        self._acked_index[tp].difference_update(one for one in acked if one < offset)
        acked[:] = left
        self._done[tp] = max(offset, self._done.get(tp, 0))
        return offset


class Producer(driver.Producer):
    """Sends nothing once others may lead."""

    async def on_start(self) -> None:
        """Connect; every request that writes asks for the lease at the last moment, after all queues."""
        await super().on_start()
        client, lease = self._ensure_producer().client, _lease(self.app)
        send = client.send

        async def leading(node_id: int, request: Any, **options: Any) -> Any:
            if isinstance(request, ProduceRequest):
                lease.check()
            return await send(node_id, request, **options)

        client.send = leading


class Transport(driver.Transport):
    """Faust's, with the consumer and the producer above."""

    Consumer: ClassVar[Any] = Consumer
    Producer: ClassVar[Any] = Producer
