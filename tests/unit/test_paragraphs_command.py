"""``paragraphs``: every block for programs, what push sends for people, and files that cannot be read."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.paragraph import Paragraph
from streams.reports.reader import read_report
from streams.reports.reading import ReportOptions
from streams.reports.sources import Source, find_sources
from tests.command_line import COMMAND, environment, run, run_measured

SEEDS = Path(__file__).parents[2] / "seeds"
NOISY = next(SEEDS.glob("13-*.txt"))
PAGE = "分组讨论分组讨论\n2024年1月9日 日报记者 许知微\n上午9时，大会开始。\n市长讲话\n何以宁说，要稳中求进。\n"
PROSE = "上午9时，大会开始。"
MEGABYTE = 1024 * 1024


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(*arguments: str, stdin: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[str]:
    done = run("paragraphs", *arguments, settings={}, stdin=stdin)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def blocks(*arguments: str, stdin: bytes = b"", code: int = 0) -> list[dict[str, Any]]:
    return [json.loads(line) for line in shown(*arguments, "--jsonl", stdin=stdin, code=code).stdout.splitlines()]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_jsonl_gives_every_block_with_its_role_and_place(here: Path) -> None:
    (here / "a.txt").write_text(PAGE, encoding="utf-8")
    found = blocks("a.txt")
    assert [(b["ordinal"], b["role"], b["text"], b["section"], b["line"]) for b in found] == [
        (0, "heading", "分组讨论", None, 1),
        (1, "byline", "2024年1月9日 日报记者 许知微", "分组讨论", 2),
        (2, "body", "上午9时，大会开始。", "分组讨论", 3),
        (3, "heading", "市长讲话", "分组讨论", 4),
        (4, "body", "何以宁说，要稳中求进。", "市长讲话", 5),
    ]
    assert {tuple(b) for b in found} == {("file", "report", "ordinal", "role", "text", "section", "page", "line")}
    assert {b["file"] for b in found} == {"a.txt"}
    about = {key: found[0]["report"][key] for key in ("title", "published", "genre", "source")}
    assert about == {"title": "分组讨论", "published": "2024-01-09", "genre": "两会报道", "source": "a.txt"}


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name)
def test_it_shows_what_push_sends(path: Path) -> None:
    [source] = find_sources([str(path)])
    assert isinstance(source, Source)
    readings = read_report(source, ReportOptions(), datetime(2024, 5, 1, tzinfo=UTC))
    sent = [(reading.text, reading.section) for reading in readings if isinstance(reading, Paragraph)]
    assert len(sent) > 5
    assert [(b["text"], b["section"]) for b in blocks(str(path)) if b["role"] in ("body", "caption")] == sent


def test_no_character_is_lost_between_blocks_and_named_leftovers() -> None:
    found = blocks(str(NOISY), "--explain")
    told = Counter(bare("".join(b["text"] + "".join(step["dropped"] for step in b["steps"]) for b in found)))
    assert told == Counter(bare(NOISY.read_text(encoding="utf-8")))
    assert any(step["name"] and step["detail"] for b in found for step in b["steps"])


def test_people_see_what_push_sends_and_the_rest_when_they_ask(here: Path) -> None:
    (here / "a.txt").write_text(PAGE, encoding="utf-8")
    plain = shown("a.txt")
    assert re.findall(r"^ +\d+ (\w+) +\d+ +(.*)$", plain.stdout, re.MULTILINE) == [
        ("body", "上午9时，大会开始。"),
        ("body", "何以宁说，要稳中求进。"),
    ]
    assert plain.stdout.startswith("a.txt: 分组讨论 · 2024-01-09 · 两会报道\n")
    assert "5 blocks: 2 heading, 2 body, 1 byline" in plain.stderr
    assert "\x1b" not in plain.stdout + plain.stderr
    with_roles = shown("a.txt", "--roles").stdout
    assert re.findall(r"^ +\d+ (\w+)", with_roles, re.MULTILINE) == ["heading", "byline", "body", "heading", "body"]
    assert "undouble" not in with_roles
    assert re.search(r"^ +· undouble: .*\[dropped: 分组讨论\]$", shown("a.txt", "--explain").stdout, re.MULTILINE)


def test_roles_have_colours_on_a_terminal(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.txt").write_text(PAGE, encoding="utf-8")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    coloured = shown("a.txt", "--roles").stdout
    assert "\x1b[32mbody" in coloured
    assert "\x1b[1;36mheading" in coloured


def test_a_text_cannot_write_to_the_terminal(here: Path) -> None:
    (here / "a.txt").write_text("上午9时，\x1b[2J大会\x07开始。\n", encoding="utf-8")
    assert "\x1b" not in shown("a.txt").stdout
    assert "\x07" not in shown("a.txt", "--explain").stdout


def test_standard_input_json_lines_and_directories(here: Path) -> None:
    assert [b["file"] for b in blocks("-", stdin=PROSE.encode())] == ["standard input"]
    (here / "d").mkdir()
    lines = ({"text": "一。", "section": "节", "page": 2}, {"text": "二。"})
    (here / "d" / "a.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    (here / "d" / "b.txt").write_text(PROSE, encoding="utf-8")
    found = blocks("d")
    assert [(b["file"], b["ordinal"], b["text"]) for b in found] == [
        (str(Path("d", "a.jsonl")), 0, "一。"),
        (str(Path("d", "a.jsonl")), 1, "二。"),
        (str(Path("d", "b.txt")), 0, PROSE),
    ]
    assert (found[0]["role"], found[0]["section"], found[0]["page"]) == ("body", "节", 2)


def test_what_a_directory_holds_beside_reports_is_named(here: Path) -> None:
    (here / "d").mkdir()
    (here / "d" / "a.txt").write_text(PROSE, encoding="utf-8")
    (here / "d" / "b.doc").write_text(PROSE, encoding="utf-8")
    (here / "d" / "up").symlink_to(here, target_is_directory=True)
    done = shown("d")
    assert done.stderr.splitlines()[0] == "d: passed over 2 files: b.doc, up (a link to a directory)"


def test_a_reader_that_leaves_ends_it_quietly(here: Path) -> None:
    (here / "a.jsonl").write_text('{"text": "大会开始。"}\n' * 20_000, encoding="utf-8")
    command = [*COMMAND, "paragraphs", "a.jsonl", "--jsonl"]
    process = subprocess.Popen(command, env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert "Traceback" not in process.stderr.read().decode()
    assert process.returncode == 0


def loop(folder: Path) -> None:
    (folder / "back").symlink_to(folder, target_is_directory=True)
    (folder / "self.txt").symlink_to("self.txt")


def mixed(folder: Path) -> None:
    (folder / "mixed.txt").write_bytes((PROSE * 40).encode() + b"\n" + (PROSE * 40).encode("gb18030"))


def nul(folder: Path) -> None:
    (folder / "nul.txt").write_bytes(PROSE.encode() + b"\0" + PROSE.encode())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (loop, ("self.txt: a link to self.txt, which leads back to itself",)),
        (mixed, ("mixed.txt: not UTF-8: byte 0x",)),
        (nul, ("nul.txt: not text: NUL character",)),
    ],
)
def test_what_cannot_be_read_is_named_and_the_others_are_shown(
    spoil: Callable[[Path], None], says: tuple[str, ...], here: Path
) -> None:
    folder = here / "d"
    folder.mkdir()
    (folder / "ok.txt").write_text(PROSE, encoding="utf-8")
    spoil(folder)
    done = shown("d", "--jsonl", code=1)
    assert [text for text in says if text not in done.stderr] == [], done.stderr
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == [PROSE]


@pytest.mark.parametrize("name", ["long.txt", "long.jsonl"])
def test_one_very_long_line_is_refused_in_bounded_memory(name: str, here: Path) -> None:
    with (here / name).open("wb") as long:
        for _ in range(60):
            long.write("长".encode() * (MEGABYTE // 3))
    (here / "ok.txt").write_text(PROSE, encoding="utf-8")
    done, peak = run_measured("paragraphs", name, "ok.txt", "--jsonl", settings={})
    assert done.returncode == 1, done.stderr
    assert f"refused: {name}" in done.stderr
    assert [json.loads(line)["text"] for line in done.stdout.splitlines() if "ok.txt" in line] == [PROSE]
    assert peak < 250 * MEGABYTE


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("gone.txt",), 1, "gone.txt: no such file"),
        ((), 2, "Missing argument"),
        (("--nix", "a.txt"), 2, "No such option"),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int, says: str, here: Path) -> None:
    assert says in shown(*arguments, code=code).stderr
