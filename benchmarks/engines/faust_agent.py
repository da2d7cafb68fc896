"""A side: the same step in a Faust agent, at least once, as its documentation shows.

Run as ``python -m benchmarks.engines.faust_agent BOOTSTRAP PREFIX FOLDER``.
"""

import sys

import faust

from benchmarks.engines.step import load_step
from schemas.topics import PARAGRAPHS, TOPICS


def main(bootstrap: str, prefix: str, folder: str) -> None:
    """Until killed."""
    step = load_step()
    app = faust.App(
        prefix + "faust",
        broker=f"kafka://{bootstrap}",
        datadir=folder,
        store="memory://",
        web_enabled=False,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
    )
    paragraphs = app.topic(prefix + PARAGRAPHS.name, key_type=bytes, value_type=bytes, value_serializer="raw")
    outputs = {
        topic.name: app.topic(prefix + topic.name, key_type=bytes, value_type=bytes, value_serializer="raw")
        for topic in TOPICS
    }

    async def work(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            message = event.message
            headers = list((message.headers or {}).items() if isinstance(message.headers, dict) else message.headers)
            place = (message.topic, message.partition, message.offset)
            for output in step(*place, message.key, message.value, headers):
                sent = output.message
                await outputs[output.topic.name].send(key=sent.key, value=sent.value, headers=dict(sent.headers))

    app.agent(paragraphs)(work)
    sys.argv = ["faust", "worker", "--loglevel", "warn"]
    app.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
