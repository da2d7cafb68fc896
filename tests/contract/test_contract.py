"""The generated contract is up to date, and says what the records do."""

import json
from pathlib import Path

import pytest
import yaml

import schemas.contract
from schemas.contract.render import json_schema, render
from schemas.topics import BY_ALIAS, TOPICS

FOLDER = Path(schemas.contract.__file__).parent


@pytest.mark.parametrize("name", sorted(render()))
def test_generated_file_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == render()[name], "run `make contract`"


def test_no_generated_file_is_left_over() -> None:
    generated = {path.name for path in FOLDER.iterdir() if path.suffix in (".json", ".yaml")}
    assert generated == set(render())


def test_every_topic_is_a_channel_with_its_address() -> None:
    document = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert {name: channel["address"] for name, channel in document["channels"].items()} == {
        topic.alias: topic.name for topic in TOPICS
    }


def test_values_are_strings_in_the_schema() -> None:
    value = json_schema(BY_ALIAS["statistic"].record)["properties"]["value"]
    assert value["type"] == "string"
    assert '"type": "number"' not in json.dumps(json_schema(BY_ALIAS["plan"].record))
