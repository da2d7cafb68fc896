"""The same step for every side: a record's bytes in, the messages out, by our own worker's code."""

from collections.abc import Callable, Iterable

from streams.analysis.analyse import Analyser
from streams.worker.handle import Consumed, Output, handle

Headers = Iterable[tuple[str, bytes | None]]
Step = Callable[[str, int, int, bytes | None, bytes | None, Headers], tuple[Output, ...]]


def load_step() -> Step:
    """Decode, analyse and encode, with the analysis loaded."""
    analyse = Analyser.load().analyse

    def step(
        topic: str, partition: int, offset: int, key: bytes | None, value: bytes | None, headers: Headers
    ) -> tuple[Output, ...]:
        return handle(Consumed(topic, partition, offset, None, key, value, tuple(headers)), analyse).outputs

    return step
