"""The texts that Kafka is configured with; pure functions of a ``BrokerConfig``."""

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
MAX_RECORD_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class BrokerConfig:
    """What differs between two embedded Kafkas: their two ports, and where their records are."""

    port: int
    controller_port: int
    records: Path


def server_properties(config: BrokerConfig) -> str:
    """The text of ``server.properties``: a single node, so one replica of everything."""
    return _lines(_listeners(config) | {"log.dirs": str(config.records)} | _FIXED)


def fencing_properties(config: BrokerConfig) -> str:
    """The text for a controller without its broker, to which every broker is silent for too long at once."""
    controller = f"{HOST}:{config.controller_port}"
    return _lines(
        {
            "process.roles": "controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"CONTROLLER://{controller}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT",
            "log.dirs": str(config.records),
            "broker.session.timeout.ms": "100",
            "broker.heartbeat.interval.ms": "50",
        }
    )


def _listeners(config: BrokerConfig) -> dict[str, str]:
    broker, controller = f"{HOST}:{config.port}", f"{HOST}:{config.controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        # A static voter may change its port between two starts; a dynamic one has it in the metadata log.
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"CLIENTS://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"CLIENTS://{broker}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENTS",
        "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }


_FIXED = {
    # One node holds the one replica of Kafka's own topics; few partitions of them make start and stop quick.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "10",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "10",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    # A misspelt topic is an error, not a new topic; those that exist are made from schemas/topics.py.
    "auto.create.topics.enable": "false",
    "delete.topic.enable": "true",
    # Nobody else is about to join: a lone consumer gets its partitions at once.
    "group.initial.rebalance.delay.ms": "0",
    # Members of the consumer protocol have the session time-out that the broker says: as soon noticed as classic ones.
    "group.consumer.min.session.timeout.ms": "6000",
    "group.consumer.session.timeout.ms": "10000",
    "group.consumer.min.heartbeat.interval.ms": "1000",
    "group.consumer.heartbeat.interval.ms": "3000",
    # A transaction that its producer left behind blocks read_committed readers until it is found timed out.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "message.max.bytes": str(MAX_RECORD_BYTES),
    "replica.fetch.max.bytes": str(MAX_RECORD_BYTES),
    "log.segment.bytes": str(64 * 1024 * 1024),
    # Index files are laid out at full size before use: 1 MiB is room for 512 MiB of records, 10 MiB the default.
    "log.index.size.max.bytes": str(1024 * 1024),
    # The default of 128 MiB is a quarter of the default heap.
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    # The one broker must not be fenced while it lives, as it would be after a freeze that outlasts its session: its
    # partitions would have no leader for a moment, and transactions that are being ended then lose their markers
    # (fencing.py says how). Nobody is there to take over from it, so that a session may last for an hour.
    "broker.session.timeout.ms": "3600000",
    # A controlled shutdown takes the lead of all partitions away while transactions may be ending: the same loss.
    # Without it logs are closed just as well, and the next start signs this life off before it begins its own.
    "controlled.shutdown.enable": "false",
    "num.network.threads": "2",
    "num.io.threads": "4",
}


def log4j2_properties(log: Path) -> str:
    """The text of the logging configuration: one file, rolled at 10 MiB, with the two before it kept."""
    return _lines(
        {
            "status": "error",
            "appender.file.type": "RollingFile",
            "appender.file.name": "file",
            "appender.file.fileName": str(log),
            "appender.file.filePattern": f"{log}.%i",
            "appender.file.layout.type": "PatternLayout",
            "appender.file.layout.pattern": "%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c{1} %m%n",
            "appender.file.policies.type": "Policies",
            "appender.file.policies.size.type": "SizeBasedTriggeringPolicy",
            "appender.file.policies.size.size": "10MB",
            "appender.file.strategy.type": "DefaultRolloverStrategy",
            "appender.file.strategy.max": "2",
            # They print every setting at each start, 2,700 lines that would hide what happened.
            "logger.config.name": "org.apache.kafka.common.config.AbstractConfig",
            "logger.config.level": "warn",
            "rootLogger.level": "info",
            "rootLogger.appenderRef.file.ref": "file",
        }
    )


def _lines(pairs: dict[str, str]) -> str:
    """Java's properties format, in which a backslash begins an escape."""
    return "".join("{}={}\n".format(key, value.replace("\\", "\\\\")) for key, value in pairs.items())
