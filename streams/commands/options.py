"""Options that commands share: each named setting becomes an option, and all of them together a ``Settings``."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from streams.settings import CONFIG_VARIABLE, PREFIX, Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])

KAFKA = (
    "bootstrap_servers",
    "security_protocol",
    "sasl_mechanism",
    "sasl_username",
    "sasl_password_file",
    "sasl_token_url",
    "sasl_token_scope",
    "sasl_token_cafile",
    "ssl_cafile",
    "ssl_certfile",
    "ssl_keyfile",
    "ssl_check_hostname",
    "connect_timeout_s",
    "topic_prefix",
    "broker_data_dir",
)
"""The settings of every command that talks to Kafka; the data directory tells where the embedded one listens."""


def settings_options(*names: str) -> Callable[[F], F]:
    """Give a command an option for each named setting, and ``--config``; pass it the ``settings`` made of all.

    The command's function takes ``settings: Settings`` as a keyword. A wrong value raises UsageError.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def run(*args: Any, config: Path | None, **options: Any) -> Any:
            given = {name: options.pop(name) for name in names}
            return function(*args, settings=load_settings(given, config), **options)

        command: Callable[..., Any] = run
        for name in reversed(names):
            command = _option(name)(command)
        return cast(F, _CONFIG(command))

    return decorate


_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=f"TOML file of settings.  [env: {CONFIG_VARIABLE}]"
)


def _option(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    field = Settings.model_fields[name]
    flag = "--" + name.replace("_", "-")
    help_text = f"{field.description}  [env: {PREFIX}{name.upper()}]"
    if field.annotation is bool:
        return click.option(f"{flag}/--no-{flag[2:]}", name, default=None, help=help_text)
    # Values stay text here: the settings model is the one place that parses and checks them.
    return click.option(flag, name, default=None, help=help_text)
