"""A Kafka with a second listener that wants TLS and SASL, and with access lists; certificates are made for it.

The first listener stays plain: whoever connects there is ANONYMOUS, who may do everything. Users and rights are
set up through it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import trustme
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from cryptography.hazmat.primitives import serialization

from streams.broker import java, ports, processes
from streams.broker.directory import data_directory
from streams.broker.distribution import find_distribution
from streams.broker.properties import HOST, BrokerConfig, log4j2_properties, server_properties
from streams.clients.connection import answers
from streams.settings import Settings
from tests.command_line import eventually

_ITERATIONS = 4096
"""The fewest that Kafka takes."""


@dataclass(frozen=True)
class SecuredBroker:
    """``plain`` and ``secured`` are bootstrap servers; the files are PEM, made for this broker."""

    plain: str
    secured: str
    cafile: Path
    client_certificate: Path

    def add_users(self, names: Sequence[str]) -> None:
        """Make users for SCRAM-SHA-512 whose passwords are their names backwards."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
        wanted = [UserScramCredentialUpsertion(name, info, password_of(name).encode()) for name in names]
        admin = AdminClient({"bootstrap.servers": self.plain})
        for future in admin.alter_user_scram_credentials(wanted).values():
            future.result(30)

    def settings_of(self, name: str, **more: object) -> dict[str, str]:
        """Settings, as variables, of a user on the secured listener."""
        given = {
            "bootstrap_servers": self.secured,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_username": name,
            "sasl_password": password_of(name),
            "ssl_cafile": self.cafile,
        }
        return {key: str(value) for key, value in (given | more).items()}


def password_of(name: str) -> str:
    """A user's password."""
    return f"{name[::-1]}-secret"


@contextmanager
def secured_broker(folder: Path, cache: Path) -> Iterator[SecuredBroker]:
    """Start it in an empty folder; ended with the block, whatever happened in it."""
    directory = data_directory(folder / "kafka")
    directory.create()
    kafka = find_distribution(Settings(broker_cache_dir=cache))
    controller, plain, secured = ports.free_ports(3)
    config = BrokerConfig(plain, controller, directory.records)
    cafile, client, broker_pem = _certificates(folder)
    with directory.locked() as lock:
        java.format_records(kafka, directory, config, java.new_cluster_id(), lock)
    directory.properties.write_text(server_properties(config) + _secured(config, secured, broker_pem, cafile), "utf-8")
    directory.log_config.write_text(log4j2_properties(directory.log), "utf-8")
    process = psutil.Process(processes.spawn(java.broker_command(kafka, directory, "384m"), directory))
    try:
        address = f"{HOST}:{plain}"
        ready = eventually(lambda: answers(address), 60)
        assert ready, directory.log.read_text("utf-8")[-4000:]
        yield SecuredBroker(address, f"localhost:{secured}", cafile, client)
    finally:
        processes.end(process, 0)


def _certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority, a client's certificate and the broker's (for localhost only), each with its key, as PEM."""
    authority = trustme.CA()
    cafile, client, broker = folder / "ca.pem", folder / "client.pem", folder / "broker.pem"
    authority.cert_pem.write_to_path(str(cafile))
    authority.issue_cert("pusher@example.org").private_key_and_cert_chain_pem.write_to_path(str(client))
    issued = authority.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    broker.write_bytes(_as_pkcs8(issued.private_key_pem.bytes()) + chain)
    return cafile, client, broker


def _as_pkcs8(key: bytes) -> bytes:
    """The one form of a key that Kafka reads."""
    loaded = serialization.load_pem_private_key(key, password=None)
    return loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _secured(config: BrokerConfig, port: int, broker_pem: Path, cafile: Path) -> str:
    """Lines after the embedded broker's own; of two lines with one name, Java takes the later."""
    plain, secured = f"{HOST}:{config.port}", f"{HOST}:{port}"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    bearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    lines = {
        "listeners": f"CLIENTS://{plain},SECURED://{secured},CONTROLLER://{HOST}:{config.controller_port}",
        "advertised.listeners": f"CLIENTS://{plain},SECURED://localhost:{port}",
        "listener.security.protocol.map": "CLIENTS:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "listener.name.secured.sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
        "listener.name.secured.scram-sha-512.sasl.jaas.config": scram,
        "listener.name.secured.oauthbearer.sasl.jaas.config": f'{bearer} unsecuredLoginStringClaim_sub="broker";',
        "listener.name.secured.ssl.keystore.type": "PEM",
        "listener.name.secured.ssl.keystore.location": str(broker_pem),
        "listener.name.secured.ssl.truststore.type": "PEM",
        "listener.name.secured.ssl.truststore.location": str(cafile),
        "listener.name.secured.ssl.client.auth": "requested",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())
