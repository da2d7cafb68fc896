"""Asks Kafka, beside Faust, how far the topics reach: that tells lag, progress and whether Kafka is there."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
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


async def members(servers: str, security: dict[str, Any], group: str) -> list[str]:
    """The client names of a consumer group's members.

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
    found = [told[-2] if isinstance(told[-1], int) else told[-1] for told in answer.groups]
    return sorted(str(member[1] if isinstance(member[1], str) else member[2]) for group in found for member in group)


def recovering(app: BoardsApp) -> int | None:
    """Changelog records that recovery has yet to read; None while it has not begun."""
    recovery = app.recovery
    if recovery.completed.is_set():
        return 0
    if not recovery.active_highwaters:
        return None
    return sum(max(0, _offset(high) - _offset(recovery.active_offsets.get(tp)))
               for tp, high in recovery.active_highwaters.items())  # fmt: skip


def _offset(last: int | None) -> int:
    return -1 if last is None else last


async def behind(app: BoardsApp, ends: dict[Partition, int]) -> int:
    """Offsets of the sources that are not handled yet; 0 only when all is handled that was there."""
    positions = await asyncio.gather(*(app.reader.handled(TP(*one)) for one in ends))
    return sum(max(0, end - position) for end, position in zip(ends.values(), positions, strict=True))


def partitions_of(topics: Iterable[str], count: int) -> list[Partition]:
    """All partitions of topics that have so many each."""
    return [(topic, number) for topic in topics for number in range(count)]
