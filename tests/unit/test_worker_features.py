"""What a worker checks of Kafka at its start: features that it needs, or that make its promise hold."""

import logging

import pytest

from streams.commands.worker import _check_features
from streams.errors import UsageError
from streams.settings import load_settings


def has(monkeypatch: pytest.MonkeyPatch, **levels: int) -> None:
    """A Kafka with these features; an underscore stands for a point."""
    features = {name.replace("_", "."): level for name, level in levels.items()}
    monkeypatch.setattr("streams.clients.features.finalised_features", lambda *_: features)


@pytest.mark.parametrize(("level", "warned"), [(0, True), (1, True), (2, False)])
def test_transactions_without_an_epoch_of_their_own_are_warned_of(
    level: int, warned: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    has(monkeypatch, transaction_version=level)
    with caplog.at_level(logging.WARNING):
        _check_features(load_settings({}), "kafka:9092")
    assert [f"is {level}, not 2" in record.getMessage() for record in caplog.records] == [True] * warned


def test_the_consumer_protocol_needs_its_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, transaction_version=2, group_version=0)
    with pytest.raises(UsageError, match=r"worker_group_protocol is consumer, and group\.version .* is 0"):
        _check_features(load_settings({"worker_group_protocol": "consumer"}), "kafka:9092")
    has(monkeypatch, transaction_version=2, group_version=1)
    _check_features(load_settings({"worker_group_protocol": "consumer"}), "kafka:9092")
