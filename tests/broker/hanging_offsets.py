"""Leaves offsets behind in a transaction without an end, as a broker does that loses track of one.

Written in Kafka's own protocol, since no client offers it. A Kafka that checks its transactions (KIP-890, its default)
refuses the offsets; ``UNCHECKED`` is the setting that lets them pass.
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import TypeVar

UNCHECKED = ("transaction.partition.verification.enable", "false")
_FIND_COORDINATOR, _INIT_PRODUCER_ID, _TXN_OFFSET_COMMIT = 10, 22, 28
_OF_GROUP, _OF_TRANSACTIONS = 0, 1
_PATIENCE_S = 30

T = TypeVar("T")


def leave_hanging_offset(address: str, transactional_id: str, group: str, topic: str, partition: int) -> None:
    """Send an offset for the group in a transaction that was never begun, and so never ends.

    The producer id is the one of ``transactional_id``; whoever starts with the same one has it too.
    """
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as link:
        # Asked for, the coordinators come to be; a moment later they answer.
        _ask(link, _FIND_COORDINATOR, 1, _text(group) + struct.pack(">b", _OF_GROUP))
        _ask(link, _FIND_COORDINATOR, 1, _text(transactional_id) + struct.pack(">b", _OF_TRANSACTIONS))
        producer = _until_taken(lambda: _producer(link, transactional_id))
        offset = _text(topic) + _array(struct.pack(">iq", partition, 0) + _text(""))
        commit = _text(transactional_id) + _text(group) + producer + _array(offset)
        _until_taken(lambda: _taken(_ask(link, _TXN_OFFSET_COMMIT, 0, commit)[-2:]))


def _producer(link: socket.socket, transactional_id: str) -> bytes | None:
    """Producer id and epoch."""
    told = _ask(link, _INIT_PRODUCER_ID, 0, _text(transactional_id) + struct.pack(">i", 60_000))
    return told[6:] if _taken(told[4:6]) else None


def _taken(error: bytes) -> bool:
    return struct.unpack(">h", error) == (0,)


def _until_taken(ask: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + _PATIENCE_S
    while not (told := ask()):
        assert time.monotonic() < deadline, "Kafka refuses what is to be left behind"
        time.sleep(0.1)
    return told


def _ask(link: socket.socket, key: int, version: int, body: bytes) -> bytes:
    """The answer to a request, after its correlation id."""
    request = struct.pack(">hhi", key, version, 1) + _text("tests") + body
    link.sendall(struct.pack(">i", len(request)) + request)
    with link.makefile("rb") as answers:
        (length,) = struct.unpack(">i", answers.read(4))
        return answers.read(length)[4:]


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def _array(*items: bytes) -> bytes:
    return struct.pack(">i", len(items)) + b"".join(items)
