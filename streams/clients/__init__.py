"""Kafka clients in pure Python: producer, subscriber, topic admin. The only room that imports kafka-python."""
