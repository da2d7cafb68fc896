"""OAUTHBEARER for kafka-python, which asks its caller for tokens: they come from the endpoint that the settings name.

The same grant as librdkafka's ``oidc`` method asks for: client credentials (RFC 6749, section 4.4), with the client's
id and secret as HTTP Basic authentication.
"""

import base64
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from kafka.errors import KafkaConnectionError, SaslAuthenticationFailedError
from kafka.net.sasl.oauth import AbstractTokenProvider

from streams.settings import Settings

_ANSWER_S = 10.0
_USED_FOR = 0.8
"""The part of a token's life in which it is given out; a new one is asked for after that."""
_SHORTEST_LIFE_S = 60.0
"""Where the endpoint does not say how long a token lives."""


class TokenEndpoint(AbstractTokenProvider):  # type: ignore[misc]  # kafka-python has no types
    """Gives kafka-python a token that is valid, from the endpoint or from memory."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Connects to nothing yet; the settings are those of the mechanism OAUTHBEARER."""
        super().__init__()
        secret = settings.sasl_password
        assert settings.sasl_token_url is not None and secret is not None  # noqa: S101, PT018 -- the settings hold it
        self._url, self._client = settings.sasl_token_url, str(settings.sasl_username)
        self._scope = settings.sasl_token_scope
        self._basic = base64.b64encode(f"{self._client}:{secret.get_secret_value()}".encode()).decode()
        self._cafile: Path | None = settings.sasl_token_cafile
        self._clock = clock
        self._token, self._until = "", 0.0

    def token(self) -> str:
        """A token.

        Raises:
            SaslAuthenticationFailedError: the endpoint refuses the client, or answers with something else.
            KafkaConnectionError: the endpoint does not answer.
        """
        if self._clock() >= self._until:
            told = self._ask()
            life = told.get("expires_in")
            seconds = float(life) if isinstance(life, int | float) else _SHORTEST_LIFE_S
            self._token, self._until = told["access_token"], self._clock() + _USED_FOR * seconds
        return self._token

    def _ask(self) -> dict[str, Any]:
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        request = urllib.request.Request(  # noqa: S310 -- the setting takes http and https only
            self._url,
            urllib.parse.urlencode(form).encode(),
            {"Authorization": f"Basic {self._basic}", "Accept": "application/json"},
        )
        try:
            context = ssl.create_default_context(cafile=self._cafile)
            with urllib.request.urlopen(request, timeout=_ANSWER_S, context=context) as answer:  # noqa: S310 -- same
                return self._checked(answer.read())
        except urllib.error.HTTPError as error:
            raise self._refused(f"HTTP status {error.code}") from error
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise KafkaConnectionError(f"the token endpoint {self._url} does not answer: {reason}") from error

    def _checked(self, answer: bytes) -> dict[str, Any]:
        try:
            told = json.loads(answer)
        except ValueError:
            told = None
        if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
            raise self._refused("its answer is no JSON with an access_token")
        return told

    def _refused(self, reason: str) -> SaslAuthenticationFailedError:
        # Never with the answer itself, which may hold a token.
        return SaslAuthenticationFailedError(f"the token endpoint {self._url} gives {self._client} none: {reason}")
