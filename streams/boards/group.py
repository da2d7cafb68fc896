"""The boards' consumer group, asked beside Faust: who else is in it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from streams.boards.status import Status
from streams.boards.watch import PATIENCE_S
from streams.errors import BrokerUnavailableError

ASK_AGAIN_S = 0.5


class Group:
    """Who is in the group, by the names of their clients.

    Args:
        servers: Kafka's address.
        security: arguments of an aiokafka client.
        name: of the group.
        ours: our name in it. What we were before a failure is in there for some seconds yet, and is nobody else.
        patience_s: seconds in which Kafka has to answer for the first time.
        status: is told whether Kafka is there.
    """

    def __init__(
        self, servers: str, security: dict[str, Any], name: str, ours: str, patience_s: float, status: Status
    ) -> None:
        self._servers, self._security, self._status = servers, security, status
        self.name, self._ours = name, ours
        self._deadline: float | None = asyncio.get_running_loop().time() + patience_s

    async def others(self, stop: asyncio.Event) -> AsyncIterator[list[str]]:
        """The other members, twice a second, until told to stop; Kafka may be away in between.

        Raises:
            BrokerUnavailableError: it has not answered once, and patience is at its end.
        """
        while not stop.is_set():
            try:
                found = await members(self._servers, self._security, self.name)
            except ConnectionError as error:
                self._away(error)
            else:
                self._deadline = None
                self._status.back()
                yield [one for one in found if one != self._ours]
            await first(stop, ASK_AGAIN_S)

    async def leads_by_name(self) -> bool:
        """Whether our name is the first of those in the group; also where Kafka does not say, or has nobody."""
        try:
            found = await members(self._servers, self._security, self.name)
        except ConnectionError:
            return True
        return not found or found[0] == self._ours

    def _away(self, error: ConnectionError) -> None:
        # A Kafka that has just started makes its groups' topic at the first question.
        if self._deadline is not None and asyncio.get_running_loop().time() > self._deadline:
            raise BrokerUnavailableError(f"Kafka at {self._servers} does not answer ({error})") from error
        self._status.away(str(error))


async def members(servers: str, security: dict[str, Any], group: str) -> list[str]:
    """The client names of a consumer group's members, in their order.

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


async def first(stop: asyncio.Event, seconds: float) -> None:
    """Wait until told to stop, or so long."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
