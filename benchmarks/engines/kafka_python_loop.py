"""A side: what one writes with kafka-python in an afternoon. Consume, analyse, produce, flush, commit: at least once.

Run as ``python -m benchmarks.engines.kafka_python_loop BOOTSTRAP PREFIX FOLDER``.
"""

import sys

from kafka import KafkaConsumer, KafkaProducer

from benchmarks.engines.step import load_step
from schemas.topics import MAX_OUTPUT_BYTES, PARAGRAPHS


def main(bootstrap: str, prefix: str, _: str) -> None:
    """Until killed."""
    step = load_step()
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=5, compression_type="zstd", max_request_size=MAX_OUTPUT_BYTES
    )
    consumer = KafkaConsumer(
        prefix + PARAGRAPHS.name,
        bootstrap_servers=bootstrap,
        group_id=prefix + "loop",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        session_timeout_ms=10_000,
    )
    while True:
        for messages in consumer.poll(timeout_ms=20, max_records=500).values():
            for message in messages:
                place = (message.topic, message.partition, message.offset)
                for output in step(*place, message.key, message.value, message.headers):
                    sent = output.message
                    producer.send(prefix + output.topic.name, sent.value, sent.key, list(sent.headers))
            producer.flush()
            consumer.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
