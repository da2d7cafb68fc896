"""How librdkafka's clients find and enter a Kafka: address and security, the same for whoever uses them."""

import logging
from typing import Any

from streams.settings import Settings, plain

Configuration = dict[str, Any]


def client_configuration(settings: Settings, bootstrap_servers: str, role: str) -> Configuration:
    """What every client of one cluster shares; ``role`` is in the name that Kafka and the logs know it by."""
    given = {
        "bootstrap.servers": bootstrap_servers,
        "security.protocol": settings.security_protocol,
        "sasl.mechanism": settings.sasl_mechanism,
        **_credentials(settings),
        "ssl.ca.location": plain(settings.ssl_cafile),
        "ssl.certificate.location": plain(settings.ssl_certfile),
        "ssl.key.location": plain(settings.ssl_keyfile),
        "ssl.endpoint.identification.algorithm": "https" if settings.ssl_check_hostname else "none",
        "client.id": f"report-streams-{role}",
        # A broker that comes back is met again within a second; the default lets it wait for ten.
        "reconnect.backoff.max.ms": 1000,
        "logger": _logger(role),
    }
    return {name: value for name, value in given.items() if value is not None}


def _credentials(settings: Settings) -> Configuration:
    """Name and password or, for a token, who asks for it, and where; librdkafka asks by itself."""
    password = plain(settings.sasl_password)
    if settings.sasl_mechanism != "OAUTHBEARER":
        return {"sasl.username": settings.sasl_username, "sasl.password": password}
    return {
        "sasl.oauthbearer.method": "oidc",
        "sasl.oauthbearer.token.endpoint.url": settings.sasl_token_url,
        "sasl.oauthbearer.client.id": settings.sasl_username,
        "sasl.oauthbearer.client.secret": password,
        "sasl.oauthbearer.scope": settings.sasl_token_scope,
        "https.ca.location": plain(settings.sasl_token_cafile),
    }


def described(error: Exception) -> str:
    """An error of librdkafka (a ``KafkaException``) in its own words."""
    first = error.args[0] if error.args else error
    return str(first.str()) if hasattr(first, "str") else str(first)


def _logger(role: str) -> logging.Logger:
    """Without a line for each attempt to connect: while Kafka is away they would be several a second."""
    logger = logging.getLogger(f"streams.{role}.librdkafka")
    if _tells_something_new not in logger.filters:
        logger.addFilter(_tells_something_new)
    return logger


def _tells_something_new(record: logging.LogRecord) -> bool:
    """Whether a line says more than that a connection could not be made; that is told once, as an error event."""
    return not record.getMessage().startswith("FAIL ")
