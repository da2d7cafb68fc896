"""The analysis process: records in, outcomes out, until its worker closes the line or ends.

It is a program of its own (``python -m streams.worker.analysing``), started by ``streams.worker.process``, so that a
text that hangs or kills the analysis costs this process and not the worker's place in the group. What it does to a
record it first says in memory that it shares with its worker, which so knows the record that it did not survive.
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
from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import partial
from itertools import islice
from typing import Any, NoReturn, Protocol, TypeVar

from schemas.classified import ClassifiedParagraph
from schemas.paragraph import Paragraph
from streams.garbage import collect_rarely
from streams.worker.frames import Unpacker, outcome_fields, pack, record_of
from streams.worker.handle import Consumed, Judged, analysed, decoded, written
from streams.worker.lifeline import die_with

T = TypeVar("T")

BEGUN = struct.Struct("<Q")
"""The shared memory: the number of the record at hand, or of the last one, counted from 1 since the start."""
READY = pack([b"ready"])
_READ_BYTES = 1 << 18
_TOGETHER = 16
"""Records of which one step is done after the other, where so many are there: the processor then has each step's code
and tables at hand, which takes 7 % off the whole (16 or 64 at once; 4 % with 4)."""
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
    done = 0
    while True:
        readable, writable, _ = select.select([worker], [worker] if answers else [], [])
        if writable:
            _send_what_fits(worker, answers)
        if not readable:
            continue
        piece = worker.recv(_READ_BYTES)
        if not piece:
            return
        records = map(record_of, unpacker.feed(piece))
        while some := list(islice(records, _TOGETHER)):
            answers += _answers(some, partial(_each, begun, done + 1), analysis)
            done += len(some)
            if len(answers) >= _ANSWER_BYTES:
                _send_what_fits(worker, answers)


def _each(begun: mmap.mmap, first: int, step: Callable[..., T], *given: Sequence[object]) -> list[T]:
    """What the step makes of each, each being said to be at hand before; ``first`` is the first one's number."""
    made = []
    for number, one in enumerate(zip(*given, strict=True), first):
        BEGUN.pack_into(begun, 0, number)
        made.append(step(*one))
    return made


def _send_what_fits(worker: socket.socket, answers: bytearray) -> None:
    """Send what the line takes now, and forget that."""
    try:
        sent = worker.send(answers, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return
    del answers[:sent]


def _answers(records: Sequence[Consumed], each: Callable[..., list[Any]], analysis: Analysis) -> bytes:
    try:
        paragraphs = each(decoded, records)
        outcomes = each(partial(analysed, analyse=analysis.analyse), records, paragraphs)
        return b"".join(each(_answer, outcomes))
    except MemoryError:
        # No word about it: there may be no memory left for one, and the worker knows the record.
        _end(Exit.OUT_OF_MEMORY)
    except OSError as error:
        _end(Exit.MACHINE, f"the analysis met a fault of the machine: {error}")
    except BaseException as error:  # noqa: BLE001 -- the steps let pass what is not an Exception: it ends this process
        _end(Exit.RAISED, f"the analysis ended with {type(error).__name__}: {error}")


def _answer(outcome: ClassifiedParagraph | Judged) -> bytes:
    return pack(outcome_fields(written(outcome)))


def _end(code: Exit, said: str = "") -> NoReturn:
    """Leave at once: nothing here needs tidying up."""
    if said:
        sys.stderr.write(said.replace("\n", " ") + "\n")
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
