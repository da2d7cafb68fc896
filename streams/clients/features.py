"""Which features a Kafka has switched on, as far as what we promise rests on them."""

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from streams.clients.connection import client_configuration
from streams.settings import Settings

TRANSACTION_VERSION = "transaction.version"
"""Level 2: each transaction has an epoch of its own, so that a late commit cannot hit the next one (KIP-890)."""
GROUP_VERSION = "group.version"
"""Level 1: the consumer protocol of KIP-848."""


def finalised_features(settings: Settings, bootstrap_servers: str) -> dict[str, int]:
    """The level of each feature of a Kafka that is known to answer.

    A feature that is switched off is not in it, nor is any of a Kafka that does not say.
    """
    try:
        admin = KafkaAdminClient(**client_configuration(settings, bootstrap_servers))
    except KafkaError:
        return {}
    try:
        told = admin.describe_features()
    except KafkaError:
        return {}
    finally:
        admin.close()
    return {name: feature["finalized"][1] for name, feature in told.items() if "finalized" in feature}
