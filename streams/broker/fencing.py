"""Tell Kafka's controller that the broker's former life is over, before its next one begins.

A broker that did not sign off stays registered, and its partitions keep it as their leader. When it starts anew it
reads that first, takes itself for their leader, and goes on with the transactions that were being ended: until the
controller, once the old session is over, takes the lead of every partition away. A transaction coordinator that has
a marker to write at that moment finds a partition without a leader, takes it for deleted ("these partitions are likely
deleted already and hence can be skipped"), and calls the transaction complete. Its records then stay without their
marker: readers wait for ever, or the producer's next commit brings out what was to be aborted, and offsets that were
committed are lost. Several nodes with replicas hardly ever get there; one node does at each crash.

So the controller is run by itself for a moment, without a broker and with a session that is over at once. It fences
the former life, no partition has a leader any more, and the broker then begins with nothing that it could mistake.
"""

import re
import time
from pathlib import Path

import psutil

from streams.broker import failures, java, processes
from streams.broker.directory import DataDirectory
from streams.broker.distribution import Distribution
from streams.broker.properties import BrokerConfig, fencing_properties, log4j2_properties

FENCING_WAIT_S = 60.0
_HEAP = "128m"

# A BrokerRegistrationChangeRecord of broker 1: frame, type 17, version, broker id, epoch, number of tagged fields,
# and as the first of them ``Fenced``, one byte: 1 fences, -1 lets in.
_CHANGE = re.compile(rb"\x01\x11[\x00-\x0f]\x00\x00\x00\x01.{8}[\x01-\x0f]\x00\x01([\x01\xff])", re.DOTALL)


def is_fenced(records: Path) -> bool:
    """Whether the broker whose records these are is not let in at present, by Kafka's own log of its metadata.

    True also of records that no broker has used. Kafka's tools could be asked, each for the start of a Java.
    """
    segments = _segments(records)
    for segment in reversed(segments):
        changes = _CHANGE.findall(segment.read_bytes())
        if changes:
            return bool(changes[-1] == b"\x01")
    # The first segment is kept until a snapshot replaces it, and then it may have said that the broker was let in.
    return not segments or int(segments[0].stem) == 0


def fence(kafka: Distribution, directory: DataDirectory, config: BrokerConfig) -> None:
    """Fence the former life of the directory's broker, which does not run; nothing to do when it is fenced.

    Writes the directory's two configuration files: whoever finds that process later takes it for the broker, and
    ends it.

    Raises:
        BrokerUnavailableError: Kafka ended, or did not do it in time; says what it logged. A ``PortLostError`` when
            the controller's port was taken.
    """
    if is_fenced(config.records):
        return
    log = directory.fencing_log
    log.unlink(missing_ok=True)
    directory.properties.write_text(fencing_properties(config), "utf-8")
    directory.log_config.write_text(log4j2_properties(log), "utf-8")
    process = psutil.Process(processes.spawn(java.broker_command(kafka, directory, _HEAP), directory))
    try:
        fenced = _waited(process, config.records)
    finally:
        # The record is on disk, and there is nothing else to be kept.
        processes.end(process, 0)
    if not fenced:
        said = log.read_text("utf-8", "replace") if log.exists() else ""
        raise failures.start_failed("Kafka's controller did not sign off the broker that ran before", said, log)


def _waited(process: psutil.Process, records: Path) -> bool:
    deadline = time.monotonic() + FENCING_WAIT_S
    while not is_fenced(records):
        if processes.ended(process) or time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _segments(records: Path) -> list[Path]:
    """By their first offset, which is their name."""
    return sorted((records / "__cluster_metadata-0").glob("*.log"))
