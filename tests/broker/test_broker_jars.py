"""Kafka's jars: fetched by jgo from a Maven repository that the test serves on 127.0.0.1, checked, kept whole."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.broker import jars
from streams.broker.jars import Jar, cached_jars, recorded_jars
from streams.errors import BrokerUnavailableError

pytestmark = pytest.mark.broker


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the parent's name for it
        return


@pytest.fixture
def repository(tmp_path: Path, broker_cache: Path, kafka: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The root of the served repository, which holds the real jars; jgo asks it and nobody else."""
    root = tmp_path / "repository"
    for jar in recorded_jars():
        group, artifact, version = jar.coordinate.split(":")
        folder = root / group.replace(".", "/") / artifact / version
        folder.mkdir(parents=True)
        shutil.copy(next(broker_cache.glob(f"*/{jar.file_name}")), folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr("jgo.maven._core.DEFAULT_REMOTE_REPOS", {"own": f"http://127.0.0.1:{server.server_port}"})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(jars.time, "sleep", lambda _: None)  # type: ignore[attr-defined]
    yield root
    server.shutdown()
    server.server_close()


def served(root: Path, jar: Jar) -> Path:
    return next(root.rglob(jar.file_name))


def test_a_cold_cache_is_filled_with_a_report_of_progress(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = recorded_jars()
    paths = cached_jars(tmp_path / "cache", wanted)
    assert [path.read_bytes() for path in paths] == [served(repository, jar).read_bytes() for jar in wanted]
    assert {path.name for path in paths[0].parent.iterdir()} == {jar.file_name for jar in wanted} | {".lock"}
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"fetching Kafka 4.3.1 ({len(wanted)} jars, once): 45 MB"
    assert said[-1].endswith(": 45 MB of 45 MB")

    shutil.rmtree(repository)  # from here on nothing can be fetched, and a warm cache does not try
    assert cached_jars(tmp_path / "cache", wanted) == paths
    assert capsys.readouterr().err == ""


def test_a_broken_jar_in_the_cache_is_fetched_again(repository: Path, tmp_path: Path) -> None:
    wanted = recorded_jars()[:3]
    broken = cached_jars(tmp_path, wanted)[1]
    broken.write_bytes(broken.read_bytes()[:-1])
    cached_jars(tmp_path, wanted)
    assert broken.read_bytes() == served(repository, wanted[1]).read_bytes()


def test_a_jar_that_is_not_the_recorded_one_is_named_and_not_kept(repository: Path, tmp_path: Path) -> None:
    wanted = recorded_jars()[:3]
    served(repository, wanted[1]).write_bytes(b"tampered")
    with pytest.raises(BrokerUnavailableError, match=f"{wanted[1].file_name} as fetched has SHA-256"):
        cached_jars(tmp_path / "cache", wanted)
    assert not list((tmp_path / "cache").rglob(wanted[1].file_name))
    assert not list((tmp_path / "cache").rglob(".fetch-*"))


def test_a_jar_that_is_not_to_be_had_is_named_with_what_to_do(repository: Path, tmp_path: Path) -> None:
    wanted = recorded_jars()[:3]
    served(repository, wanted[2]).unlink()
    with pytest.raises(BrokerUnavailableError, match=f"cannot fetch {wanted[2].file_name} of Kafka") as caught:
        cached_jars(tmp_path / "cache", wanted)
    assert "KAFKA_HOME" in str(caught.value)


def test_what_an_interrupted_download_left_is_cleared(repository: Path, tmp_path: Path) -> None:
    wanted = recorded_jars()[:1]
    left = tmp_path / jars.kafka_version(wanted) / ".fetch-left"
    left.mkdir(parents=True)
    (left / "half.jar").touch()
    cached_jars(tmp_path, wanted)
    assert not left.exists()


def test_a_cache_that_cannot_be_written_is_named(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BrokerUnavailableError, match="cannot keep Kafka's jars in"):
        cached_jars(tmp_path / "file", recorded_jars())
