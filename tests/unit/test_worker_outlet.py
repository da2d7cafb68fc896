"""The producer's side of the worker: after which end of a transaction a producer goes on, and after which never."""

import time
from collections.abc import Callable
from typing import ClassVar

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.worker.faults import Fault, TransactionFailedError
from streams.worker.outlet import Outlet
from streams.worker.stop import Stop

LIMIT_S = 0.2


class Fake:
    """A producer whose commits and aborts end as they are told to; it notes what is asked of it."""

    made: ClassVar[list["Fake"]] = []

    def __init__(self, _: object) -> None:
        self.calls: list[str] = []
        self.ends: dict[str, KafkaError | None] = {}
        Fake.made.append(self)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*_: object, **__: object) -> None:
            self.calls.append(name)
            error = self.ends.get(name)
            if error is not None:
                raise KafkaException(error)

        return call


@pytest.fixture
def outlet(monkeypatch: pytest.MonkeyPatch) -> Outlet:
    monkeypatch.setattr("streams.worker.outlet.Producer", Fake)
    monkeypatch.setattr(Fake, "made", [])
    return Outlet(
        {"bootstrap.servers": "nowhere"}, topic_prefix="", connect_s=1, timeout_s=LIMIT_S, outage_s=1, stop=Stop()
    )


def commit(outlet: Outlet) -> Fault | None:
    """Begin and commit; the fault of its end."""
    try:
        outlet.produce([])
        outlet.commit()
    except TransactionFailedError as failure:
        return failure.fault
    return None


def error(name: str, **flags: bool) -> KafkaError:
    return KafkaError(getattr(KafkaError, name), **flags)


def test_a_commit_without_an_outcome_is_the_last_thing_its_producer_is_asked(outlet: Outlet) -> None:
    (first,) = Fake.made
    first.ends["commit_transaction"] = error("_TIMED_OUT", retriable=True)
    assert commit(outlet) is Fault.REPLACE
    asked = len(first.calls)
    outlet.give_up(Fault.REPLACE)
    _, second = Fake.made
    # Its init fences the first, and settles what that one may have committed.
    assert second.calls == ["init_transactions"]
    assert commit(outlet) is None
    outlet.close()
    assert len(first.calls) == asked
    assert "abort_transaction" not in first.calls


def test_an_error_that_asks_for_an_abort_costs_no_producer(outlet: Outlet) -> None:
    (first,) = Fake.made
    first.ends["commit_transaction"] = error("UNKNOWN", txn_requires_abort=True)
    assert commit(outlet) is Fault.ABORT
    outlet.give_up(Fault.ABORT)
    first.ends.clear()
    assert commit(outlet) is None
    assert Fake.made == [first]
    assert first.calls.count("abort_transaction") == 1


def test_an_abort_that_fails_costs_the_producer(outlet: Outlet) -> None:
    (first,) = Fake.made
    first.ends["commit_transaction"] = error("UNKNOWN", txn_requires_abort=True)
    first.ends["abort_transaction"] = error("_FENCED", fatal=True)
    assert commit(outlet) is Fault.ABORT
    outlet.give_up(Fault.ABORT)
    assert len(Fake.made) == 2
    assert commit(outlet) is None


def test_a_call_that_may_be_repeated_is_repeated_until_its_time_is_over(outlet: Outlet) -> None:
    (first,) = Fake.made
    first.ends["commit_transaction"] = error("REQUEST_TIMED_OUT", retriable=True)
    begun = time.monotonic()
    assert commit(outlet) is Fault.REPLACE
    assert time.monotonic() - begun >= LIMIT_S
    assert first.calls.count("commit_transaction") > 1


def test_the_age_is_that_of_the_open_transaction(outlet: Outlet) -> None:
    (first,) = Fake.made
    assert outlet.transaction_age() == 0.0
    first.ends["commit_transaction"] = error("UNKNOWN", txn_requires_abort=True)
    commit(outlet)
    time.sleep(0.01)
    assert outlet.transaction_age() >= 0.01
    outlet.give_up(Fault.ABORT)
    assert outlet.transaction_age() == 0.0
