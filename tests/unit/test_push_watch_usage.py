"""``push --watch``: what it refuses before it looks for Kafka."""

from pathlib import Path

import pytest

from tests.command_line import run

NOWHERE = {"bootstrap_servers": "127.0.0.1:9"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--watch", "-"), "standard input can only be read once"),
        (("--watch", "gone"), "gone does not exist"),
        (("--state", "x", "."), "give --watch as well"),
        (("--settle", "3", "."), "give --watch as well"),
        (("--watch", "--settle", "0", "."), "--settle"),
        (("--watch", "--state", "spoilt", "."), "--state spoilt: cannot be used to remember what was pushed"),
        (("--watch", "--title", "", "."), "--title: "),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spoilt").write_bytes(b"not SQLite at all" * 100)
    done = run("push", *arguments, settings=NOWHERE)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
