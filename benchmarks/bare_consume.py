"""``python -m benchmarks.bare_consume ADDRESS RECORDS``: reads so many records and does nothing with them.

What any archiver on confluent-kafka needs at least: the same consumer with the same settings, its records handed to
Python and dropped.
"""

import sys

from confluent_kafka import Consumer, TopicPartition

from schemas.topics import PARAGRAPHS
from streams.archive.source import MOST_RECORDS, reading
from streams.librdkafka import client_configuration
from streams.settings import Settings


def main(address: str, records: int) -> None:
    """Return once they have come."""
    configuration = reading(client_configuration(Settings(), address, "bench"), "report-streams-bench")
    consumer = Consumer(configuration)
    consumer.assign([TopicPartition(PARAGRAPHS.name, number, 0) for number in range(PARAGRAPHS.partitions)])
    while records > 0:
        records -= sum(1 for message in consumer.consume(MOST_RECORDS, 1) if message.error() is None)
    consumer.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
