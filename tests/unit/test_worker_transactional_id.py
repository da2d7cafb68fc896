"""A member's transactional id: the same after a restart, never that of two members at once."""

import subprocess
import sys
from pathlib import Path

from streams.settings import Settings, load_settings
from streams.worker.transactional_id import transactional_id
from tests.command_line import ROOT

HOLDER = """
import sys
from pathlib import Path
from streams.settings import Settings
from streams.worker.transactional_id import transactional_id
print(transactional_id(Settings(topic_prefix="p."), Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


class Holder:
    """A member in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        self.id = self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_members_at_once_differ_and_a_killed_ones_id_comes_again(tmp_path: Path) -> None:
    first, second = Holder(tmp_path), Holder(tmp_path)
    try:
        assert len({first.id, second.id}) == 2
        assert all(holder.id.startswith("p.report-streams-") for holder in (first, second))
        first.kill()
        again = Holder(tmp_path)
        again.kill()
        assert again.id == first.id
    finally:
        first.kill()
        second.kill()


def test_folders_and_groups_are_told_apart(tmp_path: Path) -> None:
    ids = {
        transactional_id(Settings(worker_group=group), tmp_path / folder)
        for group in ("a", "b")
        for folder in ("one", "two")
    }
    assert len(ids) == 4


def test_a_static_members_id_follows_from_its_name() -> None:
    settings = load_settings({"worker_instance_id": "rack-2", "topic_prefix": "p."})
    assert transactional_id(settings) == "p.report-streams-rack-2"


def test_where_nothing_can_be_written_the_id_is_new_each_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert transactional_id(Settings(), blocked) != transactional_id(Settings(), blocked)
