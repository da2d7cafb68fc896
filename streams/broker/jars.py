"""Kafka's jars in the user's cache, each checked against its recorded SHA-256 sum.

``jars.sha256`` records what jgo resolves from Kafka's Maven coordinate (``record_jars.py`` writes it): a sum, a size
in bytes and a coordinate per line. A cache that agrees with it is used without touching the network. jgo itself only
warns of a wrong checksum, and knows nothing of ours; so nothing reaches the cache before it has been checked here.
"""

import fcntl
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from streams.broker.progress import Advance, download_progress
from streams.errors import BrokerUnavailableError

KAFKA_COORDINATE = "org.apache.kafka:kafka_2.13"
ATTEMPTS = 3
PARALLEL_DOWNLOADS = 4
_FETCH_PREFIX = ".fetch-"


@dataclass(frozen=True)
class Jar:
    """A recorded jar: what it is called, and what its bytes must be."""

    coordinate: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """The name of its file, as Maven forms it from group:artifact:version."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def recorded_jars() -> list[Jar]:
    """The jars of ``jars.sha256``, Kafka's own first."""
    text = resources.files("streams.broker").joinpath("jars.sha256").read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [Jar(coordinate, sha256, int(size)) for sha256, size, coordinate in rows]


def kafka_version(jars: list[Jar]) -> str:
    """The version of Kafka that the jars are of."""
    return next(j.coordinate.rpartition(":")[2] for j in jars if j.coordinate.startswith(KAFKA_COORDINATE + ":"))


def cached_jars(cache_dir: Path, jars: list[Jar]) -> list[Path]:
    """The files of all jars, fetched into ``cache_dir`` where they are missing or not what was recorded.

    Raises:
        BrokerUnavailableError: a jar cannot be fetched or is not the recorded one, or the cache cannot be written.
    """
    folder = cache_dir / kafka_version(jars)
    try:
        if _unsound(folder, jars):
            _fill(folder, jars)
    except OSError as error:
        raise BrokerUnavailableError(
            f"cannot keep Kafka's jars in {folder}: {error.strerror or error}; "
            "free space there, or name another directory with broker_cache_dir"
        ) from error
    return [folder / jar.file_name for jar in jars]


def _unsound(folder: Path, jars: list[Jar]) -> list[Jar]:
    return [jar for jar in jars if _sha256(folder / jar.file_name) != jar.sha256]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _fill(folder: Path, jars: list[Jar]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        for left_behind in folder.glob(_FETCH_PREFIX + "*"):
            shutil.rmtree(left_behind)
        missing = _unsound(folder, jars)  # another process may have filled the cache while we waited
        if missing:
            with tempfile.TemporaryDirectory(dir=folder, prefix=_FETCH_PREFIX) as scratch:
                _fetch_all(missing, Path(scratch), folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch_all(jars: list[Jar], scratch: Path, folder: Path) -> None:
    title = f"fetching Kafka {kafka_version(recorded_jars())} ({len(jars)} jars, once)"
    with (
        download_progress(title, sum(jar.size for jar in jars)) as advance,
        ThreadPoolExecutor(PARALLEL_DOWNLOADS) as threads,
    ):
        context = _maven(scratch, advance)
        fetches = [threads.submit(_fetch, context, jar, folder) for jar in jars]
        done, waiting = wait(fetches, return_when=FIRST_EXCEPTION)
        for fetch in waiting:
            fetch.cancel()
        for fetch in done:
            fetch.result()


def _maven(scratch: Path, advance: Advance) -> Any:
    from jgo.maven import MavenContext, PythonResolver  # takes 0.9 s, and a warm cache has no use for it

    @contextmanager
    def callback(_name: str, _size: int) -> Iterator[Advance]:
        yield advance

    return MavenContext(
        resolver=PythonResolver(progress_callback=callback), repo_cache=scratch, local_repos=[], timeout=30
    )


def _fetch(context: Any, jar: Jar, folder: Path) -> None:
    """Download, check, then move into place: a jar in the cache is whole or not there."""
    fetched = _download(context, jar)
    found = _sha256(fetched)
    if found != jar.sha256:
        raise BrokerUnavailableError(
            f"{jar.file_name} as fetched has SHA-256 {found}, recorded is {jar.sha256}: something between here and "
            "the Maven repository changes it. It was not kept; try another network, or name an unpacked Kafka "
            "in KAFKA_HOME"
        )
    fetched.replace(folder / jar.file_name)


def _download(context: Any, jar: Jar) -> Path:
    artifact = context.create_dependency(jar.coordinate).artifact
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return Path(artifact.resolve())
        except (OSError, RuntimeError) as error:  # jgo: requests' errors are OSErrors, an answer not 200 a RuntimeError
            if attempt == ATTEMPTS:
                raise BrokerUnavailableError(
                    f"cannot fetch {jar.file_name} of Kafka ({type(error).__name__}: {error}). Check the network and "
                    "its proxy settings and run this again, or name an unpacked Kafka in KAFKA_HOME"
                ) from error
            artifact.cached_path.unlink(missing_ok=True)  # jgo leaves a broken download in place
            time.sleep(attempt)
    raise AssertionError("the loop returns or raises")
