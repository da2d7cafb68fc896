"""Why a broker did not start, read from what it and Java wrote; pure."""

import re

from streams.errors import BrokerUnavailableError

TAIL_LINES = 12
TAIL_COLUMNS = 200

_REASONS: tuple[tuple[str, str], ...] = (
    (r"No space left on device", "the disk is full: free some space, or name another broker_data_dir"),
    (r"Address already in use", "its port was taken by another program: stop that one, or name another broker_port"),
    (
        (
            r"Invalid (?:maximum|initial) heap size|Too small (?:maximum|initial) heap|insufficient memory"
            r"|Could not reserve enough space|exceeds the maximum representable size|Initial heap size set to a larger"
        ),
        "Java refuses the heap: name another broker_heap, such as 512m",
    ),
    (r"java\.lang\.OutOfMemoryError", "the heap is too small for Kafka: name a larger broker_heap, such as 512m"),
    (r"Failed to acquire lock on file", "another Kafka runs on this data directory and was not started by us: stop it"),
    (r"Permission denied|AccessDeniedException", "a file in the data directory may not be written by this user"),
    (
        r"IncompatibleException|UnsupportedVersionException|not compatible with this version|No MetadataVersion with",
        "the data directory belongs to another version of Kafka: run that one, or name another broker_data_dir",
    ),
)


class PortLostError(BrokerUnavailableError):
    """One of the broker's ports was taken between our look at it and Kafka's."""


def start_failed(what: str, log: str, place: object) -> BrokerUnavailableError:
    """The error to raise when Kafka has not done what it was started for: why, and the end of its log at ``place``."""
    reason = reason_in(log) or "its log names no cause that we know"
    message = f"{what}: {reason}\nThe end of {place}:\n{tail(log)}"
    return (PortLostError if "Address already in use" in log else BrokerUnavailableError)(message)


def reason_in(log: str) -> str | None:
    """What went wrong and what to do, when the log names one of the known causes."""
    return next((reason for pattern, reason in _REASONS if re.search(pattern, log)), None)


def tail(log: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, indented and cut, for a message; without stack frames, to show what these are of."""
    told = [line for line in log.splitlines() if line.strip() and not re.match(r"\s+(at |\.\.\. )", line)]
    return "\n".join(f"  {line[:TAIL_COLUMNS]}" for line in told[-lines:])
