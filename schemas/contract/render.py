"""Records and topics as JSON Schema (draft 2020-12) and AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference)."""

import json
from typing import Any

from schemas.codec import dataschema
from schemas.record import Record
from schemas.topics import TOPICS, Topic

_HEADERS = {
    "ce_specversion": "always 1.0",
    "ce_id": "the record's id",
    "ce_source": "who made the record",
    "ce_type": "report-streams.<record>.v<major>",
    "ce_time": "when what the record tells came about, RFC 3339 in UTC",
    "ce_dataschema": "urn:report-streams:<record>:<major>.<minor>",
    "ce_subject": "the report's id; absent on dead letters, redrives and replays",
    "ce_input": "topic/partition/offset of the record that a worker made this one from; absent on what others make",
    "content-type": "application/json",
}


def render() -> dict[str, str]:
    """File name -> text of every generated file."""
    records = {record for topic in TOPICS for record in topic.records}
    schemas = {f"{record.schema_name}.schema.json": _json(json_schema(record)) for record in records}
    return {**schemas, "asyncapi.yaml": _yaml(asyncapi())}


def json_schema(record_type: type[Record]) -> dict[str, Any]:
    """The JSON Schema of a record as it stands on the wire."""
    schema = record_type.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": dataschema(record_type),
        **schema,
    }


def asyncapi() -> dict[str, Any]:
    """Every topic as a channel, with its record, its headers and its settings."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "report-streams",
            "version": "1.0.0",
            "description": "Paragraphs of reports in; classified paragraphs, events and dead letters out. "
            "Read the outputs with isolation.level=read_committed.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.alias: _channel(topic) for topic in TOPICS},
        "operations": {f"{_action(topic)}-{topic.alias}": _operation(topic) for topic in TOPICS},
        "components": {
            "messageTraits": {
                "cloudevents": {
                    "headers": {
                        "type": "object",
                        "properties": {
                            name: {"type": "string", "description": text} for name, text in _HEADERS.items()
                        },
                    }
                }
            }
        },
    }


def _action(topic: Topic) -> str:
    """What the service itself does with a topic."""
    return "receive" if topic.alias == "paragraphs" else "send"


def _operation(topic: Topic) -> dict[str, Any]:
    return {"action": _action(topic), "channel": {"$ref": f"#/channels/{topic.alias}"}}


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "messages": {record.schema_name: _message(record) for record in topic.records},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [topic.cleanup_policy],
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(record: type[Record]) -> dict[str, Any]:
    return {
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevents"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./{record.schema_name}.schema.json"},
        },
    }


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _yaml(content: dict[str, Any]) -> str:
    # A library for people who generate the contract, not for those who run the service.
    import yaml

    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110))
