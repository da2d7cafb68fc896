"""How our clients find and enter a Kafka: configuration from settings, waiting for it, and what its errors mean."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from schemas.topics import MAX_OUTPUT_BYTES
from streams.errors import BrokerUnavailableError, UsageError
from streams.settings import Settings, plain

Configuration = dict[str, Any]

_ADDRESS = re.compile(r"^(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+)(:\d{1,5})?$")
_REFUSED = "SaslAuthenticationFailedError"
COMMITTED_READS: Configuration = {
    "isolation_level": "read_committed",
    "enable_auto_commit": False,
    "allow_auto_create_topics": False,
    "auto_offset_reset": "earliest",
    "max_partition_fetch_bytes": MAX_OUTPUT_BYTES,
    "metrics_enabled": False,
}
"""How every consumer of ours reads: committed records only, without a group, and making no topic by asking for it."""
ANSWER_S = 2.0
FIRST_ATTEMPT_S = 1.0
"""So long a silence is not worth a word; within an attempt kafka-python tries again and again."""


def client_configuration(settings: Settings, bootstrap_servers: str) -> Configuration:
    """What every kafka-python client of one cluster shares: address and security.

    Raises:
        UsageError: an address is not host:port.
    """
    addresses = [address.strip() for address in bootstrap_servers.split(",")]
    for address in addresses:
        if not _ADDRESS.match(address):
            raise UsageError(f"{address!r} is no address of a Kafka; write host:port[,host:port]")
    given = {
        "bootstrap_servers": addresses,
        "client_id": "report-streams",
        "security_protocol": settings.security_protocol,
        "sasl_mechanism": settings.sasl_mechanism,
        **_login(settings),
        "ssl_cafile": plain(settings.ssl_cafile),
        "ssl_certfile": plain(settings.ssl_certfile),
        "ssl_keyfile": plain(settings.ssl_keyfile),
        "ssl_check_hostname": settings.ssl_check_hostname,
        "reconnect_backoff_max_ms": 1000,
    }
    return {name: value for name, value in given.items() if value is not None}


def _login(settings: Settings) -> Configuration:
    """Name and password, or what gives kafka-python its tokens."""
    if settings.sasl_mechanism == "OAUTHBEARER":
        from streams.clients.bearer import TokenEndpoint

        return {"sasl_oauth_token_provider": TokenEndpoint(settings)}
    return {"sasl_plain_username": settings.sasl_username, "sasl_plain_password": plain(settings.sasl_password)}


def answers(bootstrap_servers: str, timeout_s: float = ANSWER_S) -> bool:
    """Whether a Kafka without security answers a request for metadata at the address within the time."""
    return _fault_of_attempt(client_configuration(Settings.model_construct(), bootstrap_servers), timeout_s) is None


def wait_for_kafka(settings: Settings, bootstrap_servers: str, tell: Callable[[str], None]) -> None:
    """Return once Kafka answers; try for ``settings.connect_timeout_s`` seconds.

    Args:
        tell: gets one line for people when the first attempt fails.

    Raises:
        BrokerUnavailableError: it did not answer in time, or refuses us; names the address and what to check.
        UsageError: a file of certificates cannot be read.
    """
    configuration = client_configuration(settings, bootstrap_servers)
    _check_files(settings)
    first = min(FIRST_ATTEMPT_S, settings.connect_timeout_s / 2)
    fault = _fault_of_attempt(configuration, first)
    if fault and not _is_final(fault):
        tell(f"waiting up to {settings.connect_timeout_s:g} s for Kafka at {bootstrap_servers} ...")
        fault = _fault_of_attempt(configuration, settings.connect_timeout_s - first)
    if fault:
        raise BrokerUnavailableError(_advice(bootstrap_servers, settings, fault))


@contextmanager
def kafka_errors(bootstrap_servers: str) -> Iterator[None]:
    """Turn kafka-python's errors into ours: whatever it raises, Kafka has left us or refuses us."""
    from kafka.errors import KafkaError

    try:
        yield
    except KafkaError as error:
        raise BrokerUnavailableError(f"Kafka at {bootstrap_servers}: {described(error)}") from error


def described(error: BaseException) -> str:
    """An error of kafka-python in one line: its name, and its message without repeating the name."""
    name = type(error).__name__
    message = str(error).strip().removeprefix(name).lstrip(": ").split("\n")[0]
    return f"{name}: {message}" if message else name


def silence_client_logs() -> None:
    """Keep kafka-python's own log lines off the user's screen; what matters reaches the user as our messages."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


def _fault_of_attempt(configuration: Configuration, timeout_s: float) -> str | None:
    """None when a request for metadata was answered, otherwise what went wrong last."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaConfigurationError, KafkaError

    with _LostConnections() as lost:
        try:
            admin = KafkaAdminClient(**configuration, bootstrap_timeout_ms=int(timeout_s * 1000))
        except KafkaConfigurationError:
            raise  # a mistake of ours, not of the cluster's
        except (KafkaError, OSError) as error:
            return lost.reason or described(error)
    admin.close()
    return None


class _LostConnections(logging.Handler):
    """Keeps the reason of the last lost connection: kafka-python's own error only says that time ran out."""

    _LOGGER = "kafka.net.connection"
    _BEFORE_REASON = "Connection lost: "

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.reason: str | None = None

    def __enter__(self) -> Self:
        logger = logging.getLogger(self._LOGGER)
        self._before = (logger.level, logger.propagate)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logger = logging.getLogger(self._LOGGER)
        logger.removeHandler(self)
        level, logger.propagate = self._before
        logger.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by kafka-python's threads."""
        reason = record.getMessage().partition(self._BEFORE_REASON)[2]
        # Once refused, later losses of the same connection add nothing.
        if reason and (self.reason is None or _REFUSED not in self.reason):
            self.reason = reason.removeprefix("KafkaConnectionError: ")


def _is_final(fault: str) -> bool:
    """Whether another attempt would meet the same fault: credentials do not get better by waiting."""
    return _REFUSED in fault


def _advice(bootstrap_servers: str, settings: Settings, fault: str) -> str:
    if _is_final(fault):
        return (
            f"Kafka at {bootstrap_servers} refuses user {settings.sasl_username} ({fault}). Check"
            " sasl_username, sasl_password and sasl_mechanism"
        )
    return (
        f"Kafka at {bootstrap_servers} does not answer ({fault}). Check that it runs, that the address is right,"
        f" that it speaks {settings.security_protocol}{_credentials(settings)}; `report-streams broker status` tells of"
        " the embedded one"
    )


def _credentials(settings: Settings) -> str:
    """Over TLS a refusal can reach us as a closed connection only: Kafka's words come with the end of the stream."""
    if not settings.security_protocol.startswith("SASL"):
        return ""
    return f", and that sasl_username {settings.sasl_username}, sasl_password and sasl_mechanism are right"


def _check_files(settings: Settings) -> None:
    for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "sasl_token_cafile"):
        path = getattr(settings, name)
        if path is not None and not path.is_file():
            raise UsageError(f"setting {name}: {path} is not a file")
