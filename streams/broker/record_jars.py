"""Write ``jars.sha256`` anew: resolve Kafka's coordinate with jgo, download all jars, record sum, size and coordinate.

Run ``python -m streams.broker.record_jars`` after changing ``KAFKA_VERSION``, and review the difference.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from streams.broker.jars import KAFKA_COORDINATE

KAFKA_VERSION = "4.3.1"
LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
"""Kafka's pom has log4j-core and slf4j-api, but not what joins them: without it the broker logs nothing."""

HEADER = f"""\
# Kafka's jars: SHA-256, bytes, Maven coordinate. Written by `python -m streams.broker.record_jars`, which resolves
# {KAFKA_COORDINATE} and adds {LOG_BINDING} in the version of log4j-core.
"""


def resolved_coordinates(repo_cache: Path) -> list[str]:
    """All that Kafka needs at run time, Kafka's own coordinate first; ``repo_cache`` receives what is downloaded."""
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repo_cache, local_repos=[])
    kafka = context.create_dependency(f"{KAFKA_COORDINATE}:{KAFKA_VERSION}")
    # Kafka alone: with two inputs jgo lets the second's parent manage versions, and Kafka 4 gets the clients of 3.9.
    inputs, needed = context.resolver.resolve([kafka])
    coordinates = [_coordinate(d) for d in [*inputs, *needed] if d.scope not in ("test", "provided")]
    log4j = next(c.rpartition(":")[2] for c in coordinates if ":log4j-core:" in c)
    return [*coordinates, f"{LOG_BINDING}:{log4j}"]


def _coordinate(dependency: Any) -> str:
    return f"{dependency.groupId}:{dependency.artifactId}:{dependency.version}"


def _row(coordinate: str, repo_cache: Path) -> str:
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repo_cache, local_repos=[])
    content = Path(context.create_dependency(coordinate).artifact.resolve()).read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {len(content)} {coordinate}\n"


def main() -> None:
    """Write the file beside this one."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = [_row(coordinate, Path(scratch)) for coordinate in resolved_coordinates(Path(scratch))]
    Path(__file__).with_name("jars.sha256").write_text(HEADER + "".join(rows), "utf-8")


if __name__ == "__main__":
    main()
