"""Asks Kafka, beside Faust, how far the topics reach: that tells lag, progress and whether Kafka is there."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from faust.types import TP

from streams.boards.app import BoardsApp

Partition = tuple[str, int]
PATIENCE_S = 5.0


class Ends:
    """Where partitions end, for readers of committed records; made anew after each failure."""

    def __init__(self, servers: str, security: Callable[[], dict[str, Any]]) -> None:
        self._servers, self._security = servers, security
        self._client: Any = None

    async def of(self, partitions: Sequence[Partition]) -> dict[Partition, int]:
        """The offset after the last settled record of each.

        Raises:
            ConnectionError: Kafka does not answer; says why.
        """
        from aiokafka import TopicPartition
        from aiokafka.errors import KafkaError

        try:
            async with asyncio.timeout(PATIENCE_S):
                client = await self._connected()
                ends = await client.end_offsets([TopicPartition(*one) for one in partitions])
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise ConnectionError(type(error).__name__) from error
        return {(one.topic, one.partition): end for one, end in ends.items()}

    async def close(self) -> None:
        """Leave Kafka."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await client.stop()

    async def _connected(self) -> Any:
        from aiokafka import AIOKafkaConsumer

        if self._client is None:
            client = AIOKafkaConsumer(
                bootstrap_servers=self._servers,
                isolation_level="read_committed",
                request_timeout_ms=int(PATIENCE_S * 1000),
                **self._security(),
            )
            # Kept before it is started: what fails to start has to be stopped as well.
            self._client = client
            await client.start()
        return self._client


def recovering(app: BoardsApp) -> dict[Partition, int] | None:
    """Changelog records that recovery has yet to read, by partition; None while it has not begun."""
    recovery = app.recovery
    if recovery.completed.is_set():
        return {}
    if not recovery.active_highwaters:
        return None
    return {(tp.topic, tp.partition): max(0, _offset(high) - _offset(recovery.active_offsets.get(tp)))
            for tp, high in recovery.active_highwaters.items()}  # fmt: skip


def _offset(last: int | None) -> int:
    return -1 if last is None else last


async def behind(app: BoardsApp, ends: dict[Partition, int]) -> dict[Partition, int] | None:
    """Offsets of the sources that are not handled yet, by partition; all 0 only when all is handled that was there.

    None while partitions are given out anew, or the consumer does not say.
    """
    from aiokafka.errors import IllegalStateError

    try:
        async with asyncio.timeout(PATIENCE_S):
            positions = await asyncio.gather(*(app.reader.handled(TP(*one)) for one in ends))
    except (IllegalStateError, TimeoutError):
        return None
    told = {one: max(0, end - at) for (one, end), at in zip(ends.items(), positions, strict=True) if at is not None}
    return told if len(told) == len(ends) else None


def partitions_of(topics: Iterable[str], count: int) -> list[Partition]:
    """All partitions of topics that have so many each."""
    return [(topic, number) for topic in topics for number in range(count)]
