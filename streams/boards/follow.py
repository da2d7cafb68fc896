"""Standing by: the changelogs that the leading boards write are read into a store of one's own, which is then asked.

A changelog has all that a table has, whoever wrote it. So boards that follow show what the leading ones show, a moment
later, and whoever takes over has next to nothing left to recover. They are in no group and write nothing to Kafka.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from streams.boards.store import Store
from streams.boards.tables import RECOVERED_AT_ONCE, Contents
from streams.boards.watch import PATIENCE_S, Partition
from streams.errors import UsageError

FETCH_MS = 200


class Follower:
    """Reads changelogs from where the store ends; anew from there after each failure."""

    def __init__(
        self,
        servers: str,
        security: Mapping[str, Any],
        store: Store,
        contents: Mapping[Partition, Contents],
        most_bytes: int,
        handled: Callable[[], None],
    ) -> None:
        """Connect to nothing yet.

        Args:
            servers: Kafka's address.
            security: arguments of an aiokafka client.
            store: keeps how far each changelog was read, together with what was read.
            contents: the table of each changelog's partition.
            most_bytes: of one fetch.
            handled: called for each record.
        """
        self._servers, self._security, self._store = servers, security, store
        self._contents, self._most_bytes, self._handled = contents, most_bytes, handled
        self.waiting: dict[Partition, int] | None = None
        """Records of each changelog's partition that are not read yet; None before that is known."""

    async def run(self) -> None:
        """Follow, for ever.

        Raises:
            UsageError: the store holds more than the changelogs: they were made anew.
            KafkaError, OSError, TimeoutError: Kafka has gone.
        """
        from aiokafka import AIOKafkaConsumer, TopicPartition

        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=self._most_bytes,
            request_timeout_ms=int(2 * PATIENCE_S * 1000),
            **self._security,
        )
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                await consumer.start()
                partitions = {TopicPartition(*one): one for one in self._contents}
                consumer.assign(list(partitions))
                await self._go_on(consumer, partitions)
            while True:
                await self._read(consumer, partitions)
        finally:
            await consumer.stop()

    async def _go_on(self, consumer: Any, partitions: Mapping[Any, Partition]) -> None:
        ends = await consumer.end_offsets(list(partitions))
        for tp, one in partitions.items():
            last = self._store.position(*one)
            if last is None:
                await consumer.seek_to_beginning(tp)
            elif last < ends[tp]:
                consumer.seek(tp, last + 1)
            else:
                raise UsageError(
                    f"{self._store.file} holds more than Kafka's changelog {one[0]}, which was made anew. Remove the"
                    " folder or name another with --boards-dir: all of it comes back from Kafka"
                )

    async def _read(self, consumer: Any, partitions: Mapping[Any, Partition]) -> None:
        batch = await consumer.getmany(timeout_ms=FETCH_MS, max_records=RECOVERED_AT_ONCE)
        for tp, records in batch.items():
            one = partitions[tp]
            for record in records:
                self._apply(self._contents[one], record)
                self._store.move_to(*one, record.offset)
                self._handled()
        async with asyncio.timeout(PATIENCE_S):
            ends = await consumer.end_offsets(list(partitions))
            self.waiting = {one: max(0, ends[tp] - await consumer.position(tp)) for tp, one in partitions.items()}

    @staticmethod
    def _apply(contents: Contents, record: Any) -> None:
        if record.value is None:
            contents.drop(record.key)
        else:
            contents.put(record.key, record.value)
