"""Security settings reach librdkafka under its own names; a client is made of them without connecting."""

from confluent_kafka import Consumer, Producer

from streams.settings import load_settings
from streams.worker.connection import consumer_configuration, producer_configuration

GIVEN = {
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "SCRAM-SHA-512",
    "sasl_username": "worker",
    "sasl_password": "open sesame",
    "ssl_check_hostname": "false",
}


def test_security_settings_reach_both_clients() -> None:
    settings = load_settings(GIVEN)
    for configuration in (
        consumer_configuration(settings, "127.0.0.1:1"),
        producer_configuration(settings, "127.0.0.1:1", "id"),
    ):
        assert configuration["security.protocol"] == "SASL_SSL"
        assert configuration["sasl.mechanism"] == "SCRAM-SHA-512"
        assert (configuration["sasl.username"], configuration["sasl.password"]) == ("worker", "open sesame")
        assert configuration["ssl.endpoint.identification.algorithm"] == "none"


def test_librdkafka_takes_every_name_and_value() -> None:
    settings = load_settings(GIVEN)
    # An unknown name or a value out of range raises here.
    Consumer(consumer_configuration(settings, "127.0.0.1:1")).close()
    assert Producer(producer_configuration(settings, "127.0.0.1:1", "id")) is not None


def test_what_the_promise_rests_on() -> None:
    settings = load_settings({"topic_prefix": "mine."})
    consumer = consumer_configuration(settings, "127.0.0.1:1")
    assert consumer["isolation.level"] == "read_committed"
    assert consumer["enable.auto.commit"] is False
    assert consumer["group.id"] == "mine.report-streams"
    producer = producer_configuration(settings, "127.0.0.1:1", "mine.id")
    assert producer["transactional.id"] == "mine.id"
    assert producer["partitioner"] == "murmur2_random"
