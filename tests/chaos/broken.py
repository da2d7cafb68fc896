"""Workers that are broken on purpose, to show that the checker sees it: ``python -m tests.chaos.broken VARIANT``.

Each is the product's worker but for one step. The moment at which its break shows is held open for a while, so that
few faults are enough.
"""

import sys
import time
from collections.abc import Iterable
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from streams.cli import main
from streams.worker import start
from streams.worker.faults import Fault, TransactionFailedError
from streams.worker.handle import Handled
from streams.worker.inlet import Inlet
from streams.worker.outlet import Outlet

WINDOW_S = 0.5

_members: list[Consumer] = []


class SeenInlet(Inlet):
    """The product's, whose consumer can be had by the broken outlets, which commit beside the transaction."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _members.append(self._consumer)


class CommitBeforeProduce(Outlet):
    """Commits the offsets in a transaction of their own, and produces after that: a crash between loses a batch."""

    _held: tuple[Handled, ...] = ()

    def produce(self, batch: Iterable[Handled]) -> None:
        self._held = tuple(batch)

    def send_offsets(self, offsets: list[TopicPartition], group_metadata: Any) -> None:
        super().produce(())
        super().send_offsets(offsets, group_metadata)
        super().commit()

    def commit(self) -> None:
        time.sleep(WINDOW_S)
        super().produce(self._held)
        super().commit()


class OffsetsOutside(Outlet):
    """Commits the outputs in a transaction, and the offsets after it: a crash between doubles a batch."""

    _offsets: tuple[TopicPartition, ...] = ()

    def send_offsets(self, offsets: list[TopicPartition], group_metadata: Any) -> None:
        self._offsets = tuple(offsets)

    def commit(self) -> None:
        super().commit()
        self._commit_offsets()

    def _commit_offsets(self) -> None:
        time.sleep(WINDOW_S)
        try:
            _members[0].commit(offsets=list(self._offsets), asynchronous=False)
        except KafkaException as failure:
            raise TransactionFailedError(Fault.STALE, str(failure)) from failure


class NoTransaction(OffsetsOutside):
    """Produces without a transaction, and commits the offsets after the acknowledgements."""

    def produce(self, batch: Iterable[Handled]) -> None:
        for handled in batch:
            for output in handled.outputs:
                message = output.message
                self._hand_over(self._prefix + output.topic.name, message.value, message.key, message.headers)

    def commit(self) -> None:
        self._producer.flush()
        self._commit_offsets()

    def _new_producer(self, wait_s: float) -> Producer:
        transactional = ("transactional.id", "transaction.timeout.ms")
        return Producer({key: value for key, value in self._configuration.items() if key not in transactional})

    def give_up(self, fault: Fault) -> None:
        """There is nothing to abort."""


class Lingering(Outlet):
    """The product's, but slow to commit: a transaction is open at almost any moment."""

    def commit(self) -> None:
        time.sleep(WINDOW_S)
        super().commit()


class SwallowAborted(Inlet):
    """Goes on after an aborted batch instead of reading it again: that batch is lost."""

    def rewind(self) -> None:
        """The break."""


VARIANTS: dict[str, tuple[type[Inlet], type[Outlet]]] = {
    "commit-before-produce": (SeenInlet, CommitBeforeProduce),
    "no-transaction": (SeenInlet, NoTransaction),
    "offsets-outside": (SeenInlet, OffsetsOutside),
    "swallow-aborted": (SwallowAborted, Lingering),
    # Not broken: the same slow commit, which the same faults must not harm.
    "sound": (Inlet, Lingering),
}


if __name__ == "__main__":
    inlet, outlet = VARIANTS[sys.argv.pop(1)]
    vars(start).update(Inlet=inlet, Outlet=outlet)
    sys.argv[1:1] = ["worker"]
    main()
