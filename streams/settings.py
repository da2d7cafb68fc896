"""Every setting of the service: an option, an environment variable, a key of a TOML file.

The setting ``broker_port`` is the option ``--broker-port``, the variable ``REPORT_STREAMS_BROKER_PORT`` and
the key ``broker_port`` of the TOML file. An option wins over a variable, a variable over the file, the file over
the default. The file is the one that ``--config`` or ``REPORT_STREAMS_CONFIG`` names, else ``report-streams.toml``
in the working directory where that exists.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, overload

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from streams.errors import UsageError

PREFIX = "REPORT_STREAMS_"
CONFIG_VARIABLE = PREFIX + "CONFIG"
DEFAULT_CONFIG = Path("report-streams.toml")

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Frozen and cross-checked when it is made; made by a command, never on import."""

    # An empty variable is one that was unset by people who cannot unset it, in Compose files for example.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    bootstrap_servers: str | None = Field(
        None, description="Kafka to use, as host:port[,host:port]; unset means the embedded one."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How clients talk to Kafka."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] | None = Field(
        None, description="SASL mechanism, with a SASL protocol."
    )
    sasl_username: str | None = Field(None, description="SASL user name; with OAUTHBEARER the client's id.")
    sasl_password: SecretStr | None = Field(
        None,
        description="SASL password, or the client's secret; a variable or a key of the file, never an option.",
    )
    sasl_password_file: Path | None = Field(None, description="File that holds the password, in place of it.")
    sasl_token_url: str | None = Field(
        None, pattern=r"^https?://\S+$", description="With OAUTHBEARER: the endpoint that gives out tokens (OIDC)."
    )
    sasl_token_scope: str | None = Field(None, description="With OAUTHBEARER: the scope to ask for.")
    sasl_token_cafile: Path | None = Field(
        None, description="PEM file of the authorities that sign the token endpoint's certificate."
    )
    ssl_cafile: Path | None = Field(None, description="PEM file of the authorities that sign Kafka's certificate.")
    ssl_certfile: Path | None = Field(None, description="PEM file of our own certificate.")
    ssl_keyfile: Path | None = Field(None, description="PEM file of our own key.")
    ssl_check_hostname: bool = Field(True, description="Whether Kafka's certificate must carry its host name.")
    connect_timeout_s: float = Field(15.0, gt=0, description="Seconds to wait for Kafka before giving up.")

    topic_prefix: str = Field("", pattern=r"^[a-zA-Z0-9._-]{0,60}$", description="Put before every topic's name.")
    topic_replication: int = Field(1, ge=1, le=32767, description="Replicas of each topic that is created.")

    broker_data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("report-streams") / "broker",
        description="Where the embedded Kafka keeps its records.",
    )
    broker_port: Port = Field(19092, description="Port of the embedded Kafka; 0 picks a free one.")
    broker_heap: str = Field("512m", pattern=r"^[1-9][0-9]*[mg]$", description="Java heap of the embedded Kafka.")
    broker_cache_dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("report-streams") / "kafka",
        description="Where Kafka's jars are kept once fetched.",
    )
    broker_kafka_home: Path | None = Field(
        None,
        validation_alias=AliasChoices("broker_kafka_home", PREFIX + "BROKER_KAFKA_HOME", "KAFKA_HOME"),
        description="An unpacked Kafka to run instead of fetching one; KAFKA_HOME is read as well.",
    )

    worker_group: str = Field("report-streams", min_length=1, description="Consumer group of the workers.")
    worker_batch_records: int = Field(500, ge=1, le=100_000, description="Most records in one transaction.")
    worker_batch_bytes: int = Field(4_194_304, ge=1024, description="Most bytes of input in one transaction.")
    worker_batch_ms: int = Field(5, ge=0, le=60_000, description="Longest wait to fill a transaction that has begun.")
    worker_transaction_timeout_ms: int = Field(
        10_000,
        ge=1000,
        le=900_000,
        description="After this Kafka aborts the transaction of a worker that vanished.",
    )
    worker_session_timeout_ms: int = Field(
        10_000,
        ge=6000,
        le=1_800_000,
        description="After this Kafka gives a silent worker's partitions to another.",
    )
    worker_group_protocol: Literal["classic", "consumer"] = Field(
        "classic",
        description="How the group assigns partitions; consumer is KIP-848, whose session time-out Kafka sets.",
    )
    worker_instance_id: str | None = Field(
        None,
        pattern=r"^[a-zA-Z0-9._-]{1,100}$",
        description="Name of this member for static membership: a restart within the session keeps its partitions.",
    )
    worker_outage_s: float = Field(
        300.0, gt=0, description="Seconds that a running worker waits for a Kafka that went away before it ends."
    )
    worker_dead_letter_limit: int = Field(
        500, ge=1, description="So many dead letters in a row stop the worker: then the fault is ours."
    )
    worker_dead_letter_share: float = Field(
        0.5, ge=0, le=1, description="A larger share of dead letters among the last records stops the worker as well."
    )
    worker_dead_letter_window: int = Field(
        2000,
        ge=1,
        le=1_000_000,
        description="How many last records that share is of; none stop it before there are so many.",
    )
    worker_paragraph_deadline_s: float = Field(
        10.0, gt=0, description="Seconds in which a paragraph is analysed; one that takes longer becomes a dead letter."
    )
    worker_analysis_memory_mb: int = Field(
        1024, ge=0, description="Most memory of the analysis process, in megabytes of address space; 0 for no limit."
    )
    worker_stall_s: float = Field(
        20.0, gt=0, description="A partition with waiting records that does not move for so many seconds stands still."
    )
    redrive_attempts: int = Field(
        3, ge=1, le=1000, description="So often a record is sent back; after that its dead letter is parked."
    )
    worker_restart_limit: int = Field(
        10, ge=1, description="Members that fail more often within the window make `worker --processes` give up."
    )
    worker_restart_window_s: float = Field(
        300.0, gt=0, description="Seconds in which failures of members are counted together."
    )
    metrics_host: str = Field("127.0.0.1", description="Address that the worker serves its metrics on.")
    metrics_port: Port = Field(9464, description="Port of /metrics, /healthz and /readyz; 0 picks a free one.")

    boards_group: str = Field(
        "report-streams-boards",
        pattern=r"^[a-zA-Z0-9._-]{1,100}$",
        description="Consumer group of the boards, which their changelogs are named after.",
    )
    boards_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("report-streams") / "boards",
        description="Where the boards keep what they read; deleted, it comes back from Kafka.",
    )
    boards_stall_s: float = Field(
        30.0,
        gt=0,
        description="Boards that handle nothing for so many seconds while records wait stand still; after twice as long"
        " they begin to read anew.",
    )
    web_host: str = Field("127.0.0.1", description="Address that the boards' page and API are served on.")
    web_port: Port = Field(8090, description="Port of the boards' page, API and metrics; 0 picks a free one.")

    def as_environment(self) -> dict[str, str]:
        """The settings that were given, secrets among them, as variables for another process of this command."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {PREFIX + name.upper(): plain(value) for name, value in given.items() if value is not None}

    @model_validator(mode="before")
    @classmethod
    def _password_from_its_file(cls, given: Any) -> Any:
        """The password is what the file holds, without the line's end; one that is given itself wins."""
        path = given.get("sasl_password_file") if isinstance(given, dict) else None
        if not path or given.get("sasl_password"):
            return given
        try:
            password = Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"sasl_password_file: {path} cannot be read ({_reason(error)})") from None
        return {**given, "sasl_password": password}

    @model_validator(mode="after")
    def _token_is_whole(self) -> "Settings":
        """A token needs its endpoint, and only a token."""
        bearer = self.sasl_mechanism == "OAUTHBEARER"
        if bearer and self.sasl_token_url is None:
            raise ValueError("sasl_mechanism OAUTHBEARER needs sasl_token_url")
        if not bearer and (self.sasl_token_url, self.sasl_token_scope, self.sasl_token_cafile) != (None, None, None):
            raise ValueError(f"sasl_token_* settings have no effect with sasl_mechanism {self.sasl_mechanism}")
        return self

    @model_validator(mode="after")
    def _sasl_is_whole(self) -> "Settings":
        """A half-given set of credentials is a mistake that clients report late and badly."""
        given = (self.sasl_mechanism, self.sasl_username, self.sasl_password)
        if self.security_protocol.startswith("SASL") and None in given:
            raise ValueError(
                f"security_protocol {self.security_protocol} needs sasl_mechanism, sasl_username and sasl_password"
            )
        if not self.security_protocol.startswith("SASL") and given != (None, None, None):
            raise ValueError(f"sasl_* settings have no effect with security_protocol {self.security_protocol}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- no .env files, one place less to look; named by the parent
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then variables, then the TOML file that ``load_settings`` found."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8"


@overload
def plain(value: None) -> None: ...
@overload
def plain(value: object) -> str: ...
def plain(value: object) -> str | None:
    """A setting as the text that a client or a process takes, a secret unveiled; None for one that is not given."""
    if value is None:
        return None
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def load_settings(options: Mapping[str, object], config: Path | None = None) -> Settings:
    """Settings from options given on the command line (None means not given), variables and the TOML file.

    Raises:
        UsageError: a value is wrong, a key is unknown, or the TOML file cannot be read; names which.
    """
    file = _config_file(config)

    class FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    try:
        return FileSettings(**given)
    except ValidationError as error:
        raise UsageError("; ".join(_complaint(e["loc"], e["msg"]) for e in error.errors())) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}") from None


def _config_file(named: Path | None) -> Path | None:
    path = named or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)
    if path.is_file():
        return path
    if path == DEFAULT_CONFIG:
        return None
    raise UsageError(f"the settings file {path} does not exist or is not a file")


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in location)
    message = message.removeprefix("Value error, ")
    return f"setting {name}: {message}" if name else message
