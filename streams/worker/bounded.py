"""Calls into librdkafka that may never return, bounded in time.

``rd_kafka_send_offsets_to_transaction`` does not keep its own time-out
(https://github.com/confluentinc/librdkafka/issues/5456):
when the group coordinator's connection is lost while it is under way, it waits for a change of a connection that may
never come. A worker then stands still for good, with its heartbeats going on.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue


def returns_within(seconds: float, call: Callable[[], object]) -> bool:
    """Make the call on a thread of its own; whether it came back in time. Raises what the call raised.

    A call that did not come back is left behind with its thread, which keeps nobody from ending the process.
    """
    outcome: SimpleQueue[BaseException | None] = SimpleQueue()

    def make() -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 -- raised anew in the thread that waits
            outcome.put(error)
        else:
            outcome.put(None)

    threading.Thread(target=make, name="bounded", daemon=True).start()
    try:
        failure = outcome.get(timeout=seconds)
    except Empty:
        return False
    if failure is not None:
        raise failure
    return True
