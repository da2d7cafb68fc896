"""Files that no reader can take, in a directory with one that can: each named with its reason, nothing half-pushed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.paragraph import Paragraph
from schemas.topics import PARAGRAPHS, Topic
from streams.clients.subscriber import Received
from tests.command_line import run, run_measured

pytestmark = pytest.mark.broker
Committed = Callable[[Topic], list[Received]]

PROSE = "云川市政协副主席宁若川率调研组赴苇泽县，就渔业转型开展调研。"
MEGABYTE = 1024 * 1024


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A directory with one good report."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "ok.txt").write_text(PROSE + "\n", encoding="utf-8")
    return folder


def texts(received: list[Received]) -> set[str]:
    return {each.record.text for each in received if isinstance(each.record, Paragraph)}


def loop(folder: Path) -> None:
    (folder / "back").symlink_to(folder, target_is_directory=True)
    (folder / "self.txt").symlink_to("self.txt")


def broken_at_the_end(folder: Path) -> None:
    (folder / "x.txt").write_bytes((PROSE + "\n").encode() * 2000 + b"\xff\n")


def mixed(folder: Path) -> None:
    (folder / "x.txt").write_bytes((PROSE * 40).encode() + b"\n" + (PROSE * 40).encode("gb18030"))


def nul(folder: Path) -> None:
    (folder / "x.txt").write_bytes(PROSE.encode() + b"\n" + PROSE.encode() + b"\0")


def long(folder: Path) -> None:
    with (folder / "x.txt").open("wb") as file:
        for _ in range(60):
            file.write("长".encode() * (MEGABYTE // 3))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (loop, ("self.txt: a link to self.txt, which leads back to itself", "back (a link to a directory)")),
        (broken_at_the_end, ("x.txt: not UTF-8: byte 0xff at offset",)),
        (mixed, ("x.txt: not UTF-8: byte 0x",)),
        (nul, ("x.txt: not text: NUL character",)),
        (long, ("x.txt",)),
    ],
)
def test_it_is_named_and_nothing_of_it_is_pushed(
    spoil: Callable[[Path], None],
    says: tuple[str, ...],
    reports: Path,
    variables: dict[str, str],
    committed: Committed,
) -> None:
    spoil(reports)
    done, peak = run_measured("push", str(reports), settings=variables)
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert [text for text in says if text not in told] == [], told
    assert "refused 1" in told
    assert "Traceback" not in told
    assert texts(committed(PARAGRAPHS)) == {PROSE}
    assert peak < 300 * MEGABYTE


def test_a_file_that_grows_while_it_is_read(reports: Path, variables: dict[str, str], committed: Committed) -> None:
    growing, done = reports / "x.jsonl", threading.Event()
    growing.write_text('{"text": "第一段已经写完了。"}\n' * 2000, encoding="utf-8")

    def write() -> None:
        with growing.open("a", encoding="utf-8") as file:
            while not done.wait(0.005):
                file.write('{"text": "又写了一段新的话。"}\n')
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        told = run("push", str(reports), settings=variables)
    finally:
        done.set()
        writer.join()
    assert told.returncode == 1, told.stderr
    assert "x.jsonl: was written to while it was read" in told.stderr
    assert texts(committed(PARAGRAPHS)) == {PROSE}
    again = run("push", str(growing), settings=variables)
    assert again.returncode == 0, again.stderr
