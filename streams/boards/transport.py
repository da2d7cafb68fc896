"""Faust's transport, with what reading transactional topics needs.

Measured on Faust 0.15.3 and held by tests/broker/test_boards.py; worth telling its maintainers:

1. At least once, Faust's consumer reads uncommitted records as well. Here it reads committed ones only.
2. The gap that Faust fills in for a transaction's marker ends one offset too far; the doubled offset ends the run of
   consecutive ones, so that a commit moves past one transaction only, and a gap right after offset 0 stops it for
   ever. Here no gaps are kept: what may be committed is told by the records that are still being handled.
3. Faust acknowledges an event on the way out, also when its agent raised or was cancelled. Whoever meets a fault
   that is not the record's calls ``freeze``, and nothing is committed from then on.

Its position is that of what was fetched: the records of a batch count as passed before anybody has seen them.
``handled`` is where handling stands.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import aiokafka
from faust.transport.drivers import aiokafka as driver
from faust.types import TP


class CommittedReader(driver.AIOKafkaConsumerThread):
    """The thread that fetches: committed records only."""

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Read when the consumer starts, which it has not yet. Faust has no setting for it.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer


class Consumer(driver.Consumer):
    """Commits what is handled, past gaps of any length."""

    frozen = False
    _fetched: Mapping[TP, int] = MappingProxyType({})
    """The last offset of each partition in the batch that is being passed on."""

    def freeze(self) -> None:
        """Commit nothing from now on."""
        self.frozen = True

    async def handled(self, tp: TP) -> int:
        """The offset that all records of an assigned partition before it are handled up to."""
        under_way = [one.offset for one in self.unacked if one.tp == tp and not one.acked]
        if under_way:
            return min(under_way)
        last, passed_on = self._fetched.get(tp), self._read_offset[tp]
        if last is not None and (passed_on is None or passed_on < last):
            return 0 if passed_on is None else passed_on + 1
        return int(await self.position(tp) or 0)

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        batch = await super()._getmany(active_partitions, timeout)
        self._fetched = {tp: records[-1].offset for tp, records in (batch or {}).items() if records}
        return batch

    def assigned(self, topics: Collection[str]) -> set[TP]:
        """The partitions of some topics that this process has."""
        return {tp for tp in self.assignment() if tp.topic in topics}

    def _new_consumer_thread(self) -> CommittedReader:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep none."""

    def _new_offset(self, tp: TP) -> int | None:
        """The offset that all records of the partition before it are handled up to; None for nothing new.

        Records are tracked in their order before any is handled, so those before the highest acknowledged one are
        either acknowledged or among the unacknowledged.
        """
        acked = self._acked[tp]
        if self.frozen or not acked:
            return None
        under_way = [one.offset for one in self._unacked_messages if one.tp == tp and not one.acked]
        offset = min([max(acked) + 1, *under_way])
        left = [one for one in acked if one >= offset]
        self._acked_index[tp].difference_update(one for one in acked if one < offset)
        acked[:] = left
        return offset


class Transport(driver.Transport):
    """Faust's, with the consumer above."""

    Consumer: ClassVar[Any] = Consumer
