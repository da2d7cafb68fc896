"""Ports of 127.0.0.1: which are free, and who has one that is not."""

import socket
from contextlib import ExitStack

import psutil

from streams.broker.properties import HOST


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(_listener(0)) for _ in range(count)]
        return [listener.getsockname()[1] for listener in sockets]


def is_free(port: int) -> bool:
    """Whether one can listen on the port now; PermissionError below 1024 for those who may not."""
    try:
        _listener(port).close()
    except PermissionError:
        raise
    except OSError:
        return False
    return True


def holder(port: int) -> str | None:
    """The process that listens on the port, as ``name (pid 42)``; None where the system does not tell us."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return None  # other users' processes are not ours to see
    return None


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # As Kafka does: a connection that has just been closed on that port is no obstacle.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener
