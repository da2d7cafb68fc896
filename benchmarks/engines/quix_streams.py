"""A side: the same step in Quix Streams, with its exactly-once guarantee. Runs in an environment of its own.

Run as ``python -m benchmarks.engines.quix_streams BOOTSTRAP PREFIX FOLDER``.
"""

import sys
from typing import Any

from quixstreams import Application

from benchmarks.engines.step import load_step
from schemas.topics import MAX_OUTPUT_BYTES, PARAGRAPHS, TOPICS


def main(bootstrap: str, prefix: str, folder: str) -> None:
    """Until killed."""
    step = load_step()
    app = Application(
        broker_address=bootstrap,
        consumer_group=prefix + "quix",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        commit_every=500,
        commit_interval=0.1,
        state_dir=folder,
        auto_create_topics=False,
        loglevel="WARNING",
        producer_extra_config={"compression.type": "zstd", "message.max.bytes": MAX_OUTPUT_BYTES},
        consumer_extra_config={"fetch.wait.max.ms": 20},
    )
    raw = {"key_serializer": "bytes", "value_serializer": "bytes"}
    paragraphs = app.topic(prefix + PARAGRAPHS.name, key_deserializer="bytes", value_deserializer="bytes")
    outputs = {topic.name: app.topic(prefix + topic.name, **raw) for topic in TOPICS}
    frame = app.dataframe(paragraphs)

    def work(value: bytes, key: Any, _: int, headers: Any) -> list[tuple[str, bytes | None, bytes, Any]]:
        place = (prefix + PARAGRAPHS.name, 0, 0)
        made = step(*place, key, value, headers or ())
        return [(one.topic.name, one.message.key, one.message.value, one.message.headers) for one in made]

    made = frame.apply(work, expand=True, metadata=True)
    for name, topic in outputs.items():
        ours = made.filter(lambda one, name=name: one[0] == name)
        ours.set_headers(lambda one, *_: one[3]).apply(lambda one: one[2]).to_topic(topic)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
