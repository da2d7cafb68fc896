"""The commands ``analyse`` and ``explain``, run as users run them."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.classified import ClassifiedParagraph
from streams.analysis.rules import RULES
from tests.command_line import run
from tests.unit.analysis_samples import analyser, paragraph
from tests.unit.test_analysis_laws import seed_lines

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
    assert done.stdout.count("A speaker with a verb of saying stands before the words.") == 1
    assert "looked at and not taken" not in done.stdout


def test_explain_refuses_what_is_no_paragraph() -> None:
    done = run("explain", "  ", settings={})
    assert done.returncode == 2
    assert "cannot be a paragraph" in done.stderr


def explained(*arguments: str, stdin: bytes = b"") -> list[dict[str, Any]]:
    done = run("explain", *arguments, "--json", settings={}, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_explain_gives_each_item_its_reason_and_tells_what_it_passed_by() -> None:
    text = "2025年，第十四届委员会落实“双减”，一批公园建成，新增公园12个，五部门发文。"
    (explanation,) = explained(text)
    assert [(item["rule"], item["reason"]) for item in explanation["items"] if item["kind"] == "statistic"] == [
        ("quantity.unit", "A number with a unit that counts or measures.")
    ]
    reasons = {rejected["text"]: rejected["reason"] for rejected in explanation["rejected"]}
    assert reasons == {
        "2025": "part of an expression of time: 2025年",
        "十四": "an ordinal, or part of a name, a code or a set phrase",
        "双减": "in quotation marks, but nobody is said to have said it",
        "一": "一批: a time, an article, a name or a size, which measures nothing",
        "五": "五部: goes on as another word",
    }
    assert all(text[one["start"] : one["end"]] == one["text"] for one in explanation["rejected"])
    assert all(0 <= one["plan"] <= 1 for one in explanation["sentences"])


def test_explain_tells_a_quantity_that_is_asked_for_from_a_fact() -> None:
    (explanation,) = explained("委员李强建议，增加公交车30辆。")
    assert [(one["text"], one["reason"]) for one in explanation["rejected"]] == [
        ("30辆", "a quantity that a proposal asks for")
    ]


def test_explain_takes_several_texts_and_files_and_gives_a_line_each() -> None:
    given = lines(LINE, {"text": "市长王明表示，桥通了。"}).encode()
    found = explained("新建公园3个。", "桥通了。", "--file", "-", stdin=given)
    assert [one["text"] for one in found] == ["新建公园3个。", "桥通了。", LINE["text"], "市长王明表示，桥通了。"]
    assert found[2]["section"] == LINE["section"]


def test_explain_names_a_broken_line_and_explains_the_others(tmp_path: Path) -> None:
    file, page = tmp_path / "report.jsonl", tmp_path / "page.html"
    file.write_text(lines(LINE, "{broken"), encoding="utf-8")
    done = run("explain", "--file", str(file), "--html", str(page), settings={})
    assert done.returncode == 1
    assert f"{file}:2: not JSON" in done.stderr
    assert str(LINE["text"]) not in done.stdout
    assert "新建冷库" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"), [((), "nothing to explain"), (("桥", "--json", "--html", "x"), "--html")]
)
def test_explain_says_what_is_wrong_with_its_use(arguments: tuple[str, ...], told: str) -> None:
    done = run("explain", *arguments, settings={})
    assert done.returncode == 2
    assert told in done.stderr


def test_every_rule_that_finds_something_says_what_it_does() -> None:
    fired = {found.rule for line in seed_lines() for found in analyser().explain(paragraph(line)).items}
    assert len(fired) >= 10
    assert fired <= set(RULES)
