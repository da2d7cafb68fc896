"""What each Kafka error makes the worker do."""

import pytest
from confluent_kafka import KafkaError

from streams.worker.faults import Fault, ends_reading, fault_of


@pytest.mark.parametrize(
    ("code", "flags", "fault"),
    [
        ("_FENCED", {"fatal": True}, Fault.REPLACE),
        ("INVALID_PRODUCER_EPOCH", {}, Fault.REPLACE),
        ("INVALID_TXN_STATE", {"fatal": True}, Fault.REPLACE),
        ("ILLEGAL_GENERATION", {"txn_requires_abort": True}, Fault.STALE),
        ("UNKNOWN_MEMBER_ID", {"txn_requires_abort": True}, Fault.STALE),
        ("MSG_SIZE_TOO_LARGE", {"txn_requires_abort": True}, Fault.DATA),
        ("_TIMED_OUT", {"txn_requires_abort": True}, Fault.ABORT),
        ("_TIMED_OUT", {"retriable": True}, Fault.RETRY),
        ("COORDINATOR_LOAD_IN_PROGRESS", {"retriable": True}, Fault.RETRY),
        ("TOPIC_AUTHORIZATION_FAILED", {"txn_requires_abort": True}, Fault.STOP),
        ("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", {"fatal": True}, Fault.STOP),
        ("UNKNOWN", {}, Fault.REPLACE),
    ],
)
def test_the_decision_for(code: str, flags: dict[str, bool], fault: Fault) -> None:
    assert fault_of(KafkaError(getattr(KafkaError, code), "said", **flags)) is fault


def test_a_refused_delivery_turns_an_abort_into_a_search() -> None:
    aborted = KafkaError(KafkaError._INCONSISTENT, "said", txn_requires_abort=True)
    assert fault_of(aborted) is Fault.ABORT
    assert fault_of(aborted, refused=True) is Fault.DATA


@pytest.mark.parametrize(
    ("code", "fatal", "ends"),
    [
        ("TOPIC_AUTHORIZATION_FAILED", False, True),
        ("UNKNOWN_TOPIC_OR_PART", False, True),
        ("_MAX_POLL_EXCEEDED", False, False),
        ("_TRANSPORT", False, False),
        ("NOT_LEADER_FOR_PARTITION", False, False),
        ("UNKNOWN", True, True),
        ("_FATAL", False, True),
    ],
)
def test_what_ends_reading(code: str, fatal: bool, ends: bool) -> None:
    assert ends_reading(KafkaError(getattr(KafkaError, code), "said", fatal=fatal)) is ends
