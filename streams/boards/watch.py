"""Asks Kafka, beside Faust, how far the topics reach: that tells lag, progress and whether Kafka is there."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

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


async def members(servers: str, security: dict[str, Any], group: str) -> int:
    """How many members a consumer group has.

    Raises:
        ConnectionError: Kafka does not answer; says why.
    """
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    client = AIOKafkaAdminClient(bootstrap_servers=servers, **security)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await client.start()
            [answer] = await client.describe_consumer_groups([group])
    except (KafkaError, OSError, TimeoutError) as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        await client.close()
    return sum(len(told[-2] if isinstance(told[-1], int) else told[-1]) for told in answer.groups)


def recovering(app: BoardsApp) -> int | None:
    """Changelog records that recovery has yet to read; None while it has not begun."""
    recovery = app.recovery
    if not recovery.active_highwaters:
        return 0 if recovery.completed.is_set() else None
    behind = ((high or -1) - (recovery.active_offsets.get(tp) or -1) for tp, high in recovery.active_highwaters.items())
    return sum(max(0, one) for one in behind) if not recovery.completed.is_set() else 0


async def behind(app: BoardsApp, ends: dict[Partition, int]) -> int:
    """Offsets of the sources that are not handled yet; 0 only when all is handled that was there."""
    positions = await asyncio.gather(*(_handled(app, *one) for one in ends))
    return sum(max(0, end - position) for end, position in zip(ends.values(), positions, strict=True))


async def _handled(app: BoardsApp, topic: str, number: int) -> int:
    from faust.types import TP

    tp = TP(topic, number)
    waiting = [one.offset for one in app.reader.unacked if one.tp == tp and not one.acked]
    return min(waiting) if waiting else int(await app.reader.position(tp) or 0)


def partitions_of(topics: Iterable[str], count: int) -> list[Partition]:
    """All partitions of topics that have so many each."""
    return [(topic, number) for topic in topics for number in range(count)]
