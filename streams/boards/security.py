"""The settings for security, in the forms that Faust and aiokafka take."""

import ssl
from typing import Any

import faust

from streams.errors import UsageError
from streams.settings import Settings


def client_security(settings: Settings) -> dict[str, Any]:
    """Arguments of an aiokafka client."""
    from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

    return dict(credentials_to_aiokafka_auth(credentials(settings)))


def credentials(settings: Settings) -> Any:
    """Faust's form of the settings for security; None for none.

    Raises:
        UsageError: a file of certificates cannot be read, or the mechanism is one that Faust's client lacks here.
    """
    protocol = settings.security_protocol
    if settings.sasl_mechanism == "OAUTHBEARER":
        raise UsageError("the boards do not take sasl_mechanism OAUTHBEARER; give them PLAIN or SCRAM credentials")
    context = _tls(settings) if "SSL" in protocol else None
    if protocol.startswith("SASL") and settings.sasl_password is not None:
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value(),
            ssl_context=context,
            mechanism=settings.sasl_mechanism,
        )
    return faust.SSLCredentials(context=context) if context is not None else None


def _tls(settings: Settings) -> Any:
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
        if settings.ssl_certfile is not None:
            context.load_cert_chain(settings.ssl_certfile, settings.ssl_keyfile)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"the files of certificates (ssl_*) cannot be used: {error}") from error
    context.check_hostname = settings.ssl_check_hostname
    return context
