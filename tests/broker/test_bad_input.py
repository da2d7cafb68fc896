"""Every user's mistake that the issue names: a clear message, its exit code, never a traceback."""

import os
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from schemas.paragraph import MAX_TEXT
from schemas.topics import PARAGRAPHS, Topic
from streams.clients.subscriber import Received
from tests.command_line import run

pytestmark = pytest.mark.broker
Committed = Callable[[Topic], list[Received]]

PROSE = "云川市政协副主席宁若川率调研组赴苇泽县，就渔业转型开展调研。\n全县渔业产值达到3.6亿元，增长8.2%。\n"
GOOD_LINE = '{"text": "增长5%。"}\n'


@dataclass(frozen=True)
class Case:
    """Files to lay out in the working directory, what to run there, and what must come of it.

    ``sent`` counts the paragraphs that must have reached Kafka all the same.
    """

    name: str
    command: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    files: dict[str, str | bytes] = field(default_factory=dict)
    arrange: Callable[[Path], object] | None = None
    stdin: bytes = b""
    settings: dict[str, str] = field(default_factory=dict)
    sent: int = 0


CASES = (
    Case("missing file", ("push", "gone.txt", "ok.txt"), 1, ("gone.txt: no such file",), {"ok.txt": PROSE}, sent=2),
    Case(
        "unreadable file: a directory of that name",
        ("push", "x.txt", "ok.txt"),
        1,
        ("x.txt: a directory without reports",),
        {"ok.txt": PROSE},
        lambda here: (here / "x.txt").mkdir(),
        sent=2,
    ),
    Case(
        "unreadable file: a pipe",
        ("push", "x.txt"),
        1,
        ("x.txt: not a regular file",),
        arrange=lambda here: os.mkfifo(here / "x.txt"),
    ),
    Case(
        "unreadable file: a link to nothing",
        ("push", "x.txt"),
        1,
        ("x.txt: a link to gone, which does not exist",),
        arrange=lambda here: (here / "x.txt").symlink_to("gone"),
    ),
    Case(
        # Takes the place of a file without permission, which the superuser of a container may read.
        "unreadable file: reading fails",
        ("push", "x.txt", "ok.txt"),
        1,
        ("x.txt: reading failed: Input/output error",),
        {"ok.txt": PROSE},
        lambda here: (here / "x.txt").symlink_to("/proc/self/mem"),
        sent=2,
    ),
    Case(
        "empty text",
        ("push", "x.txt", "ok.txt"),
        1,
        ("x.txt: holds no paragraph",),
        {"x.txt": "", "ok.txt": PROSE},
        sent=2,
    ),
    Case("empty JSON lines", ("push", "x.jsonl"), 1, ("x.jsonl: holds no paragraph",), {"x.jsonl": "\n \n"}),
    Case("empty standard input", ("push", "-"), 1, ("standard input: holds no paragraph",)),
    Case(
        "directory without reports",
        ("push", "d"),
        1,
        ("d: a directory without reports (.txt, .md, .html,", "passed over 1 file: a.doc"),
        {"d/a.doc": b"PK"},
    ),
    Case(
        "a suffix that is not read",
        ("push", "a.doc", "ok.txt"),
        1,
        ("a.doc: .doc cannot be read",),
        {"a.doc": b"\xd0\xcf", "ok.txt": PROSE},
        sent=2,
    ),
    Case(
        "not UTF-8",
        ("push", "x.txt", "ok.txt"),
        1,
        ("x.txt: not UTF-8: byte 0xff at offset 9 (line 1)",),
        {"x.txt": "云川市".encode() + b"\xff" + PROSE.encode(), "ok.txt": PROSE},
        sent=2,
    ),
    Case(
        "GB18030 is read", ("push", "x.txt"), 0, ("2 paragraphs of 1 file",), {"x.txt": PROSE.encode("gb18030")}, sent=2
    ),
    Case("binary", ("push", "x.txt"), 1, ("x.txt: not text: NUL character",), {"x.txt": b"ab\x00cd"}),
    Case(
        "broken JSON line",
        ("push", "x.jsonl"),
        1,
        ("x.jsonl:2: not JSON", "x.jsonl:4: unknown field txt", "refused 2"),
        {"x.jsonl": GOOD_LINE + "{broken\n" + GOOD_LINE + '{"txt": 1, "text": "a"}\n' + GOOD_LINE},
        sent=3,
    ),
    Case(
        "broken JSON line on standard input",
        ("push", "-"),
        1,
        ("standard input:2: not JSON",),
        stdin=(GOOD_LINE + "{\n" + GOOD_LINE).encode(),
        sent=2,
    ),
    Case(
        "text beyond the limit",
        ("push", "x.jsonl", "y.txt"),
        1,
        ("x.jsonl:1: the text has 100,001 characters, at most 100,000", "y.txt:3: the text has 100,001 characters"),
        {"x.jsonl": '{"text": "' + "长" * (MAX_TEXT + 1) + '"}\n', "y.txt": PROSE + "长" * MAX_TEXT + "。\n"},
        sent=2,
    ),
    Case("unknown option", ("push", "--nix", "x.txt"), 2, ("No such option: --nix",)),
    Case("unknown command", ("psuh",), 2, ("No such command 'psuh'",)),
    Case("no file named", ("push",), 2, ("Missing argument",)),
    Case(
        "a date that is none",
        ("push", "--published", "2024-13-01", "x.txt"),
        2,
        ("does not match the format",),
        {"x.txt": PROSE},
    ),
    Case("an empty title", ("push", "--title", "", "x.txt"), 2, ("--title: ",), {"x.txt": PROSE}),
    Case("unknown kind", ("subscribe", "speeches"), 2, ("nothing called speeches", "speech, proposal")),
    Case("unknown field", ("subscribe", "speech", "--where", "speeker=x"), 2, ("no field 'speeker'", "speaker")),
    Case("a wrong time-out", ("subscribe", "speech", "--timeout", "0"), 2, ("--timeout",)),
    Case("a wrong setting", ("topics", "list"), 2, ("connect_timeout_s",), settings={"connect_timeout_s": "soon"}),
    Case(
        "a wrong address", ("topics", "list"), 2, ("is no address of a Kafka",), settings={"bootstrap_servers": "a b:c"}
    ),
    Case(
        "a missing certificate",
        ("topics", "list"),
        2,
        ("ssl_cafile: gone.pem is not a file",),
        settings={"ssl_cafile": "gone.pem"},
    ),
    Case(
        "no topics yet",
        ("push", "x.txt"),
        2,
        ("no topic none.reports.paragraphs.v1", "report-streams topics create"),
        {"x.txt": PROSE},
        settings={"topic_prefix": "none."},
    ),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory; commands run in it."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_told(case: Case, here: Path, variables: dict[str, str], committed: Committed) -> None:
    for name, content in case.files.items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if case.arrange:
        case.arrange(here)
    done = run(*case.command, settings=variables | case.settings, stdin=case.stdin)
    told = done.stdout + done.stderr
    assert done.returncode == case.code, told
    assert [text for text in case.says if text not in told] == [], told
    assert "Traceback" not in told
    assert len(committed(PARAGRAPHS)) == case.sent


@pytest.mark.parametrize("command", [("push", "x.txt"), ("subscribe", "speech"), ("topics", "create")])
def test_an_unreachable_broker_is_named_after_a_visible_wait(command: tuple[str, ...], here: Path) -> None:
    (here / "x.txt").write_text(PROSE, encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        address = f"127.0.0.1:{port}"
        done = run(*command, settings={"bootstrap_servers": address, "connect_timeout_s": "1"})
    assert done.returncode == 3, done.stderr
    assert f"waiting up to 1 s for Kafka at {address}" in done.stderr
    assert f"Kafka at {address} does not answer (" in done.stderr
    assert "Traceback" not in done.stderr


def test_why_kafka_does_not_answer_is_told(here: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    done = run("topics", "list", settings={"bootstrap_servers": address, "connect_timeout_s": "1"})
    assert done.returncode == 3, done.stderr
    assert f"Kafka at {address} does not answer (111 ECONNREFUSED)" in done.stderr


def test_without_any_kafka_it_says_how_to_get_one(here: Path) -> None:
    (here / "x.txt").write_text(PROSE, encoding="utf-8")
    done = run("push", "x.txt", settings={"broker_data_dir": str(here / "broker")})
    assert done.returncode == 3, done.stderr
    assert "report-streams broker start" in done.stderr
    assert "REPORT_STREAMS_BOOTSTRAP_SERVERS" in done.stderr
