"""What a Kafka error means for the worker: one function decides, by the error's own flags and code."""

from enum import Enum

from confluent_kafka import KafkaError


def _codes(*names: str) -> frozenset[int]:
    """Error codes by name; librdkafka's own start with an underscore."""
    return frozenset(getattr(KafkaError, name) for name in names)


_FENCED = _codes(
    "_FENCED",
    "PRODUCER_FENCED",
    "INVALID_PRODUCER_EPOCH",
    "INVALID_PRODUCER_ID_MAPPING",
    "UNKNOWN_PRODUCER_ID",
    # A commit or abort that meets the coordinator's own abort (https://github.com/apache/kafka/pull/23204).
    "INVALID_TXN_STATE",
)
_STALE_MEMBER = _codes(
    "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID", "REBALANCE_IN_PROGRESS", "_ASSIGNMENT_LOST"
)
_DATA = _codes("MSG_SIZE_TOO_LARGE", "INVALID_RECORD", "INVALID_MSG")
_HOPELESS = _codes(
    "TOPIC_AUTHORIZATION_FAILED",
    "GROUP_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    "SASL_AUTHENTICATION_FAILED",
    "_AUTHENTICATION",
    "UNSUPPORTED_VERSION",
    "UNSUPPORTED_FOR_MESSAGE_FORMAT",
    "_UNSUPPORTED_FEATURE",
    "INVALID_TRANSACTION_TIMEOUT",
    "POLICY_VIOLATION",
)
REFUSALS = _codes("SASL_AUTHENTICATION_FAILED", "_AUTHENTICATION", "_SSL")
"""Kafka's answers to whoever it does not let in; they say more than that time ran out."""
_NO_TOPIC = _codes("UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC")


class Fault(Enum):
    """The decision; its value is the label ``cause`` of ``report_streams_aborts_total``."""

    RETRY = "retry"
    """The same call may be made again."""
    STALE = "stale"
    """The group moved on: abort, drop the batch, go on with what is assigned now."""
    DATA = "data"
    """A record of the batch was refused: abort, and look for it in smaller batches."""
    ABORT = "abort"
    """Abort, and read the batch again from the committed offsets."""
    REPLACE = "replace"
    """This producer was fenced or its last outcome is unknown: never use it again, make a new one."""
    STOP = "stop"
    """Nothing that trying again would mend: end, with the offsets uncommitted."""


class TransactionFailedError(Exception):
    """A transaction did not commit; ``fault`` says what is to be done."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


def fault_of(error: KafkaError, *, refused: bool = False) -> Fault:
    """The decision for an error of a transactional call; ``refused`` tells that a delivery failed on its data.

    REPLACE is the answer to everything unforeseen: a new producer with the same transactional id fences the old
    one, and reading again from the committed offsets is right whether the last commit came through or not.
    """
    code = error.code()
    if code in _HOPELESS:
        return Fault.STOP
    if code in _FENCED or error.fatal():
        return Fault.REPLACE
    if code in _STALE_MEMBER:
        return Fault.STALE
    if code in _DATA or refused:
        return Fault.DATA
    if error.txn_requires_abort():
        return Fault.ABORT
    return Fault.RETRY if error.retriable() else Fault.REPLACE


def ends_reading(error: KafkaError) -> bool:
    """Whether an error of the consumer is for good; all others pass, and reading goes on where it was."""
    code = error.code()
    # A consumer that cannot go on says so with a code of its own, and not by the flag.
    return error.fatal() or code == KafkaError._FATAL or code in _HOPELESS or code in _NO_TOPIC  # noqa: SLF001


def is_data_fault(error: KafkaError) -> bool:
    """Whether a delivery failed because of the record itself."""
    return error.code() in _DATA
