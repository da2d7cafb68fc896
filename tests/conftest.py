"""What all tests share: no settings of the user's, and one real Kafka for the session.

Variables: ``REPORT_STREAMS_TEST_BOOTSTRAP`` names a Kafka to test against instead of starting one;
``REPORT_STREAMS_TEST_BROKER_CACHE_DIR`` where Kafka's jars are (the user's cache otherwise); ``REQUIRE_ALL=1`` turns
the skip of a test that cannot have its Kafka into a failure.
"""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from streams.broker import embedded
from streams.clients.connection import answers
from streams.errors import ReportStreamsError
from streams.settings import PREFIX, Settings

TEST_PREFIX = PREFIX + "TEST_"
CACHE_VARIABLE = TEST_PREFIX + "BROKER_CACHE_DIR"


def _clean_environment(patch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name == "KAFKA_HOME" or (name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)):
            patch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heeded() -> None:
    """A shell starts what it puts in the background with Ctrl-C ignored, and programs hand that on: not to ours."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def _user_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user-data")


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, _user_data: Path) -> None:
    _clean_environment(monkeypatch)
    # What commands keep by default, such as the memory of a watch, goes elsewhere than the user's own.
    monkeypatch.setenv("XDG_DATA_HOME", str(_user_data))


@pytest.fixture(scope="session")
def broker_cache() -> Path:
    """Where Kafka's jars are, or will be."""
    named = os.environ.get(CACHE_VARIABLE)
    with pytest.MonkeyPatch.context() as patch:
        _clean_environment(patch)
        return Path(named).absolute() if named else Settings().broker_cache_dir


def _end(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)


@pytest.fixture(scope="session")
def kafka(broker_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of a real Kafka, there for the session."""
    given = os.environ.get(TEST_PREFIX + "BOOTSTRAP")
    if given:
        yield given
        return
    directory = tmp_path_factory.mktemp("kafka")
    with pytest.MonkeyPatch.context() as patch:
        _clean_environment(patch)
        settings = Settings(broker_data_dir=directory, broker_port=0, broker_cache_dir=broker_cache)
    # A session that is told to end would otherwise leave its Kafka behind: pytest has no handler of its own.
    signal.signal(signal.SIGTERM, _end)
    try:
        broker = embedded.start(settings, ready=answers, owner_pid=os.getpid())
    except ReportStreamsError as error:
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip(f"no Kafka: {error}")
    try:
        yield broker.bootstrap_servers
    finally:
        embedded.stop(directory)


@pytest.fixture
def topic_prefix() -> str:
    """Keeps this test's topics, groups and transactions apart from every other test's."""
    return f"t{uuid.uuid4().hex[:8]}."
