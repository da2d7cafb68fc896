"""Reads topics for the checker, and asks what no transaction may hold open at the end."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from schemas.topics import TOPICS, Topic
from tests.chaos.checker import Stored

_SILENCE_S = 30.0


class Topics:
    """The topics of one cluster, all without a prefix."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers

    def read(self, topic: Topic) -> Iterator[Stored]:
        """All committed records there are, each partition's in order.

        Raises:
            TimeoutError: Kafka gave nothing for half a minute.
        """
        consumer = self._consumer("read_committed")
        try:
            left = set(range(topic.partitions))
            consumer.assign([TopicPartition(topic.name, number, OFFSET_BEGINNING) for number in left])
            while left:
                message = consumer.poll(_SILENCE_S)
                if message is None:
                    raise TimeoutError(f"{topic.name}: no record and no end for {_SILENCE_S:.0f} s")
                error = message.error()
                if error is None:
                    yield Stored(message.partition(), message.offset(), message.value())
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
        finally:
            consumer.close()

    def open_transactions(self, wait_s: float) -> list[str]:
        """Partitions that still end in an open transaction after so long; their readers would wait for ever."""
        deadline = time.monotonic() + wait_s
        while (found := self._unstable()) and time.monotonic() < deadline:
            time.sleep(0.5)
        return found

    def _unstable(self) -> list[str]:
        committed, all_ = self._consumer("read_committed"), self._consumer("read_uncommitted")
        try:
            return [
                f"{topic.name}[{number}]"
                for topic in TOPICS
                for number in range(topic.partitions)
                if _end(committed, topic, number) != _end(all_, topic, number)
            ]
        finally:
            committed.close()
            all_.close()

    def _consumer(self, isolation: str) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self._servers,
                "group.id": "chaos-checker",
                "isolation.level": isolation,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                # A broker that is away is the point of the run, and no news.
                "log_level": 0,
            }
        )


def _end(consumer: Consumer, topic: Topic, number: int) -> int:
    return int(consumer.get_watermark_offsets(TopicPartition(topic.name, number), timeout=30)[1])
