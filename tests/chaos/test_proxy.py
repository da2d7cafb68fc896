"""The proxy does to a connection what a fault says, and nothing else."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.chaos.proxy import HOST, Proxy
from tests.command_line import eventually


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    listener = socket.create_server((HOST, 0))
    threading.Thread(target=_serve, args=(listener,), daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_send_back, args=(connection,), daemon=True).start()


def _send_back(connection: socket.socket) -> None:
    with connection:
        try:
            while piece := connection.recv(4096):
                connection.sendall(piece)
        except OSError:
            return


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    made = Proxy(echo)
    yield made
    made.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, proxy.port), timeout=5) as connection:
        connection.sendall(b"begin")
        assert connection.recv(100) == b"begin"
        yield connection


def test_large_streams_pass_unchanged(client: socket.socket) -> None:
    sent = bytes(range(256)) * 4000
    threading.Thread(target=client.sendall, args=(sent,), daemon=True).start()
    got = b""
    while len(got) < len(sent):
        got += client.recv(65536)
    assert got == sent


def test_a_cut_resets_connections_and_new_ones_are_taken(proxy: Proxy, client: socket.socket) -> None:
    proxy.cut()
    with pytest.raises(ConnectionError):
        client.recv(100)
    with socket.create_connection((HOST, proxy.port), timeout=5) as again:
        again.sendall(b"again")
        assert again.recv(100) == b"again"


def test_a_half_close_ends_one_direction_only(proxy: Proxy, client: socket.socket) -> None:
    proxy.half_close("worker")
    assert client.recv(100) == b""
    client.sendall(b"the other way is open")


def test_swallowed_replies_never_come_though_requests_arrive(proxy: Proxy, client: socket.socket) -> None:
    proxy.swallow(True)
    client.sendall(b"lost")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(100)
    proxy.swallow(False)
    client.sendall(b"heard")
    client.settimeout(5)
    assert client.recv(100) == b"heard"


def test_a_delay_holds_pieces_back_until_it_is_over(proxy: Proxy, client: socket.socket) -> None:
    proxy.delay(30.0)
    client.sendall(b"slow")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(100)


def test_a_server_that_is_away_closes_the_connection() -> None:
    with socket.create_server((HOST, 0)) as nobody:
        port = nobody.getsockname()[1]
    proxy = Proxy(port)
    try:
        with socket.create_connection((HOST, proxy.port), timeout=5) as connection:
            assert eventually(lambda: _ended(connection), 5)
    finally:
        proxy.close()


def _ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(10) == b""
    except ConnectionError:
        return True
