"""The commands ``analyse`` and ``explain``, run as users run them."""

import json
from pathlib import Path

from schemas.classified import ClassifiedParagraph
from tests.command_line import run

LINE = {
    "id": "p-1",
    "report": {"title": "云川市政府工作报告", "published": "2026-01-09", "genre": "政府工作报告"},
    "section": "三、2026年重点工作",
    "text": "新建冷库12座，完善物流网络。",
    "kinds": ["plan"],
    "primary": "plan",
}


def lines(*records: object) -> str:
    return "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in records)


def test_jsonl_gives_one_valid_record_for_each_line_and_the_same_bytes_again(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    file.write_text(lines(LINE, {"text": "市长王明表示，桥通了。"}), encoding="utf-8")
    done = run("analyse", str(file), "--jsonl", settings={})
    assert (done.returncode, done.stderr) == (0, "")
    records = [ClassifiedParagraph.model_validate_json(line) for line in done.stdout.splitlines()]
    assert records[0].id == "p-1"
    assert [record.ordinal for record in records] == [0, 1]
    assert records[0].kinds == ("plan",)
    assert [(str(target.value), target.unit) for target in records[0].plans[0].targets] == [("12", "座")]
    assert records[1].speeches[0].speaker == "王明"
    assert all(record.pushed_at.timestamp() == 0 for record in records)
    assert run("analyse", str(file), "--jsonl", settings={}).stdout == done.stdout


def test_standard_input_and_output_file(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    done = run("analyse", "-", "--jsonl", "--output", str(target), settings={}, stdin=lines(LINE).encode())
    assert (done.returncode, done.stdout) == (0, "")
    assert ClassifiedParagraph.model_validate_json(target.read_text(encoding="utf-8")).id == "p-1"


def test_a_broken_line_is_named_and_the_others_are_analysed(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    file.write_text(lines(LINE, "{broken", {**LINE, "id": "p-3"}), encoding="utf-8")
    done = run("analyse", str(file), "--jsonl", settings={})
    assert done.returncode == 1
    assert f"{file}:2: not JSON" in done.stderr
    assert "Traceback" not in done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["p-1", "p-3"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = run("analyse", str(tmp_path / "none.jsonl"), settings={})
    assert done.returncode == 1
    assert "no such file" in done.stderr


def test_an_output_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    done = run("analyse", "-", "--output", str(tmp_path / "none" / "out"), settings={}, stdin=lines(LINE).encode())
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_text_becomes_a_table_for_people(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("云川市日报\n\n市长王明表示，全市新增公园12个。\n", encoding="utf-8")
    done = run("analyse", str(file), settings={})
    assert done.returncode == 0
    assert "王明" in done.stdout
    assert "speech" in done.stdout


def test_explain_as_json_gives_rules_and_weights() -> None:
    done = run(
        *("explain", LINE["text"], "--section", LINE["section"], "--genre", "政府工作报告", "--json"),  # type: ignore[arg-type]
        settings={},
    )
    explanation = json.loads(done.stdout)
    assert done.returncode == 0
    assert "".join(explanation["words"]) == LINE["text"]
    assert [item["rule"] for item in explanation["items"]] == ["plan.leaning"]
    assert {reason["label"] for reason in explanation["reasons"]} == {"plan", "proposal"}
    assert set(explanation["scores"]) == {"speech", "proposal", "statistic", "plan"}


def test_explain_shows_tables_to_people() -> None:
    done = run("explain", "市长王明表示，全市新增公园12个。", settings={})
    assert done.returncode == 0
    for shown in ("speech.indirect", "王明", "primary"):
        assert shown in done.stdout


def test_explain_refuses_what_is_no_paragraph() -> None:
    done = run("explain", "  ", settings={})
    assert done.returncode == 2
    assert "cannot be a paragraph" in done.stderr
