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
    assert {"--" + name.replace("_", "-") for name in Settings.model_fields} <= flags


def test_every_setting_says_what_it_is() -> None:
    assert all(re.search(r"\w.*[.]$", field.description or "") for field in Settings.model_fields.values())
