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


def test_an_offset_that_is_gone_is_never_passed_over_by_the_client() -> None:
    assert consumer_configuration(load_settings({}), "127.0.0.1:1")["auto.offset.reset"] == "error"


def test_the_consumer_protocol_leaves_the_session_to_the_broker_and_a_name_makes_a_static_member() -> None:
    settings = load_settings({"worker_group_protocol": "consumer", "worker_instance_id": "rack-2"})
    configuration = consumer_configuration(settings, "127.0.0.1:1")
    assert (configuration["group.protocol"], configuration["group.instance.id"]) == ("consumer", "rack-2")
    assert "session.timeout.ms" not in configuration
    # librdkafka refuses here what does not go with the protocol.
    Consumer(configuration).close()
    classic = consumer_configuration(load_settings({}), "127.0.0.1:1")
    assert "group.instance.id" not in classic
    assert classic["session.timeout.ms"] == 10_000
