"""The analysis process: records in, outcomes out, until its worker closes the line or ends.

It is a program of its own (``python -m streams.worker.analysing``), started by ``streams.worker.process``, so that a
text that hangs or kills the analysis costs this process and not the worker's place in the group. Before each record
it counts up in memory that it shares with its worker, which so knows the record that it did not survive.
"""

import importlib
import mmap
import os
import resource
import select
import signal
import socket
import struct
import sys
from enum import IntEnum
from typing import NoReturn, Protocol

from schemas.classified import ClassifiedParagraph
from schemas.paragraph import Paragraph
from streams.garbage import collect_rarely
from streams.worker.frames import Unpacker, outcome_fields, pack, record_of
from streams.worker.handle import Consumed, judge
from streams.worker.lifeline import die_with

BEGUN = struct.Struct("<Q")
"""The shared memory: how many records this process has begun."""
READY = pack([b"ready"])
_READ_BYTES = 1 << 18
_ANSWER_BYTES = 1 << 16
"""So much of answers is offered to the worker, which has submitted no more than its two batches."""


class Exit(IntEnum):
    """Ends of the analysis process that tell its worker something."""

    LEFT = 0
    NO_ANALYSIS = 81
    """The analysis could not be loaded."""
    OUT_OF_MEMORY = 82
    """A record needed more memory than the process may have."""
    MACHINE = 83
    """The system refused something: a fault of the machine."""
    RAISED = 84
    """A record raised what is not an ``Exception``, for example a panic of a Rust library."""


class Analysis(Protocol):
    """What a factory makes: something that says what a paragraph holds."""

    def analyse(self, paragraph: Paragraph) -> ClassifiedParagraph:
        """The paragraph with its kinds and items; whatever ``Exception`` it raises is a verdict on the paragraph."""


def made_by(factory: str) -> Analysis:
    """What the callable ``module:name.name`` makes.

    Raises:
        ImportError, AttributeError: there is no such callable.
    """
    module, _, names = factory.partition(":")
    found = importlib.import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    analysis: Analysis = found()  # type: ignore[operator]
    return analysis


def main(arguments: list[str]) -> None:
    """Serve the worker at the other end of a socket; never returns.

    Args:
        arguments: file descriptors of the socket and of the shared memory, the worker's process id, most megabytes
            of address space (0 for no limit), and the factory.
    """
    line, shared, parent, megabytes = map(int, arguments[:4])
    # Ctrl-C and a service manager's SIGTERM reach every process; the worker decides what is still to be done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    die_with(parent)
    try:
        analysis = made_by(arguments[4])
    except BaseException as error:  # noqa: BLE001 -- whatever it is, the worker is to know that it cannot begin
        _end(Exit.NO_ANALYSIS, f"the analysis {arguments[4]} cannot be loaded: {type(error).__name__}: {error}")
    if megabytes:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    collect_rarely()
    with socket.socket(fileno=line) as worker, mmap.mmap(shared, BEGUN.size) as begun:
        worker.sendall(READY)
        _serve(worker, begun, analysis)
    _end(Exit.LEFT)


def _serve(worker: socket.socket, begun: mmap.mmap, analysis: Analysis) -> None:
    """Until the line is closed. A worker that is busy with a transaction is not waited for: answers wait instead."""
    unpacker = Unpacker()
    answers = bytearray()
    count = 0
    while True:
        readable, writable, _ = select.select([worker], [worker] if answers else [], [])
        if writable:
            _send_what_fits(worker, answers)
        if not readable:
            continue
        piece = worker.recv(_READ_BYTES)
        if not piece:
            return
        for fields in unpacker.feed(piece):
            count += 1
            BEGUN.pack_into(begun, 0, count)
            answers += _answer(record_of(fields), analysis)
            if len(answers) >= _ANSWER_BYTES:
                _send_what_fits(worker, answers)


def _send_what_fits(worker: socket.socket, answers: bytearray) -> None:
    """Send what the line takes now, and forget that."""
    try:
        sent = worker.send(answers, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return
    del answers[:sent]


def _answer(consumed: Consumed, analysis: Analysis) -> bytes:
    try:
        return pack(outcome_fields(judge(consumed, analysis.analyse)))
    except MemoryError:
        # No word about it: there may be no memory left for one, and the worker knows the record.
        _end(Exit.OUT_OF_MEMORY)
    except OSError as error:
        _end(Exit.MACHINE, f"the analysis met a fault of the machine: {error}")
    except BaseException as error:  # noqa: BLE001 -- judge lets pass what is not an Exception: it ends this process
        _end(Exit.RAISED, f"the analysis ended with {type(error).__name__}: {error}")


def _end(code: Exit, said: str = "") -> NoReturn:
    """Leave at once: nothing here needs tidying up."""
    if said:
        sys.stderr.write(said.replace("\n", " ") + "\n")
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
