"""Each setting is an option, a variable and a key of the file, in that order of weight."""

import re
from pathlib import Path

import click
import pytest

from streams.cli import COMMANDS, root
from streams.errors import UsageError
from streams.settings import PREFIX, Settings, load_settings


def test_an_option_wins_over_a_variable_over_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('broker_port = 1\nbroker_heap = "1g"\nworker_group = "from-file"\n')
    monkeypatch.setenv(PREFIX + "BROKER_PORT", "2")
    monkeypatch.setenv(PREFIX + "WORKER_GROUP", "from-variable")
    settings = load_settings({"worker_group": "from-option", "metrics_port": None}, file)
    assert (settings.worker_group, settings.broker_port, settings.broker_heap) == ("from-option", 2, "1g")
    assert settings.metrics_port == 9464


def test_the_file_in_the_working_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).topic_prefix == ""
    (tmp_path / "report-streams.toml").write_text('topic_prefix = "here."')
    assert load_settings({}).topic_prefix == "here."


def test_kafka_home_is_read_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_HOME", "/somewhere")
    assert load_settings({}).broker_kafka_home == Path("/somewhere")
    assert load_settings({"broker_kafka_home": "/else"}).broker_kafka_home == Path("/else")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_HOME", "")
    monkeypatch.setenv(PREFIX + "BROKER_PORT", "")
    assert (load_settings({}).broker_kafka_home, load_settings({}).broker_port) == (None, 19092)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"broker_port": "65536"}, "broker_port"),
        ({"broker_port": "many"}, "broker_port"),
        ({"broker_heap": "512"}, "broker_heap"),
        ({"topic_prefix": "a/b"}, "topic_prefix"),
        ({"security_protocol": "SASL_SSL"}, "sasl_mechanism"),
        ({"sasl_username": "me"}, "sasl_"),
        ({"worker_batch_records": "0"}, "worker_batch_records"),
        ({"connect_timeout_s": "0"}, "connect_timeout_s"),
    ],
)
def test_a_wrong_value_is_named(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load_settings(options)


@pytest.mark.parametrize(
    ("text", "said"),
    [("broker_prot = 1", "broker_prot"), ("broker_port =", "not TOML"), ("broker_port = 'x'", "broker")],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_settings({}, file)
    with pytest.raises(UsageError, match="does not exist"):
        load_settings({}, tmp_path / "nowhere.toml")


def test_a_password_is_not_shown() -> None:
    settings = load_settings(
        {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "PLAIN",
            "sasl_username": "me",
            "sasl_password": "open sesame",
        }
    )
    assert "sesame" not in repr(settings)
    assert "sesame" not in settings.model_dump_json()


def options_of(command: click.Command) -> set[str]:
    mine = {flag for parameter in command.params for flag in parameter.opts}
    if isinstance(command, click.Group):
        return mine.union(*(options_of(sub) for sub in command.commands.values()))
    return mine


def test_every_setting_is_an_option_of_some_command() -> None:
    context = click.Context(root)
    flags: set[str] = set()
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        flags |= options_of(command)
    secrets = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert {"--" + name.replace("_", "-") for name in set(Settings.model_fields) - secrets} <= flags
    assert secrets == {"sasl_password"}


def test_a_secret_is_no_option_since_other_users_of_the_machine_could_read_it() -> None:
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        assert "--sasl-password" not in options_of(command)


BEARER = {
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "OAUTHBEARER",
    "sasl_username": "client",
    "sasl_password": "open sesame",
    "sasl_token_url": "https://login.example.org/token",
}


def test_a_token_needs_its_endpoint_and_only_a_token() -> None:
    assert load_settings(BEARER).sasl_token_url == BEARER["sasl_token_url"]
    with pytest.raises(UsageError, match="sasl_token_url"):
        load_settings({name: value for name, value in BEARER.items() if name != "sasl_token_url"})
    with pytest.raises(UsageError, match="no effect"):
        load_settings({**BEARER, "sasl_mechanism": "PLAIN"})
    with pytest.raises(UsageError, match="sasl_token_url"):
        load_settings({**BEARER, "sasl_token_url": "file:///etc/passwd"})


def test_a_password_may_be_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    given = {**BEARER, "sasl_password": None, "sasl_password_file": str(file)}
    with pytest.raises(UsageError, match="password cannot be read"):
        load_settings(given)
    file.write_text("open sesame\n")
    made = load_settings(given)
    assert made.sasl_password is not None
    assert made.sasl_password.get_secret_value() == "open sesame"
    assert "sesame" not in repr(made)
    monkeypatch.setenv(PREFIX + "SASL_PASSWORD", "given itself")
    assert load_settings(given).as_environment()[PREFIX + "SASL_PASSWORD"] == "given itself"


def test_every_setting_says_what_it_is() -> None:
    assert all(re.search(r"\w.*[.]$", field.description or "") for field in Settings.model_fields.values())
