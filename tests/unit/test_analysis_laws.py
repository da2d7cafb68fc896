"""What holds for every paragraph: spans slice, records are valid, nothing fails, and nothing depends on the process."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.classified import ClassifiedParagraph
from schemas.items import Item
from schemas.paragraph import MAX_TEXT
from streams.analysis.sentences import clauses, quotations, sentences
from streams.analysis.words import Segmenter
from tests.unit.analysis_samples import ROOT, SEEDS, analyser, paragraph

PIECES = [
    *(
        "市长王明",
        "表示，",
        "指出",
        "他说：“",
        "”",
        "建议",
        "《关于修桥的建议》",
        "委员李强",
        "会议强调，",
        "今年",
        "2026年底前",
    ),
    *(
        "新增",
        "公园",
        "12个",
        "三成",
        "百分之五",
        "两三",
        "万",
        "亿元",
        "7.5%",
        "、",
        "，",
        "。",
        "；",
        "：",
        "“",
        "》",
        "\n",
        " ",
    ),
    *("将", "要", "力争", "达到", "居全国第一", "分别增长", "一", "１", "的", "了", "·", "😀", "\u0301", "\ue000"),
]
GENRES = (None, "新闻", "政府工作报告", "人物访谈", "两会报道")
SECTIONS = (None, "一、2025年工作回顾", "三、2026年重点工作", "政协委员方静——老城停车", "（二）民生福祉稳步提高")

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join),
).filter(lambda text: text.strip() != "")


def items(record: ClassifiedParagraph) -> list[Sequence[Item]]:
    return [record.speeches, record.proposals, record.statistics, record.plans]


def check(record: ClassifiedParagraph) -> None:
    assert ClassifiedParagraph.model_validate_json(record.model_dump_json()) == record
    for found in items(record):
        assert len(set(found)) == len(found)
        assert all(record.text[item.start : item.end] == item.text for item in found)
    assert all(speech.text == speech.quote for speech in record.speeches)
    assert (record.primary == "other") == (record.kinds == ())
    assert set(record.kinds) == {
        kind for kind, found in zip(("speech", "proposal", "statistic", "plan"), items(record), strict=True) if found
    }


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(GENRES), st.sampled_from(SECTIONS))
def test_any_text_gives_a_valid_record(text: str, genre: str | None, section: str | None) -> None:
    check(analyser().analyse(paragraph(text, section, genre)))


REAL = (
    "市长王明表示，今年新增公园12个，同比增长7.5%。会议指出，要加快建设，力争2026年达到三成以上；"
    "委员李强建议，增加投入3亿元。"
)


@pytest.mark.parametrize(
    "text",
    [
        *(character * MAX_TEXT for character in "的一1，。“《说三亿点·"),
        (REAL * 2000)[:MAX_TEXT],
        (REAL.replace("。", "，").replace("；", "，") * 2000)[:MAX_TEXT],
        "“" * 1000 + "他说，增长3%。" + "”" * 1000,
        "😀👨‍👩‍👧‍👦" * 500,
        "\u0301" * 500,
        "\ue000\uf8ff" * 500,
        "縣長表示，將於明年新增公園12個。" * 50,
        "The mayor said 12% growth. " * 100,
    ],
    ids=lambda text: f"{text[:8]!r}x{len(text)}",
)
def test_hostile_texts_give_a_valid_record(text: str) -> None:
    check(analyser().analyse(paragraph(text)))


@given(TEXTS)
def test_sentences_and_clauses_lose_no_character(text: str) -> None:
    spans = sentences(text)
    assert "".join(span.slice(text) for span in spans) == text
    assert all("".join(clause.slice(text) for clause in clauses(text, span)) == span.slice(text) for span in spans)


@given(st.text("“”「」《》一，。", max_size=60))
def test_quotations_lie_between_their_marks(text: str) -> None:
    pairs = {"“": "”", "「": "」", "《": "》"}
    for quotation in quotations(text):
        assert text[quotation.start - 1] == quotation.mark
        assert text[quotation.end] == pairs[quotation.mark]


def seed_lines() -> list[str]:
    files = sorted(path for path in SEEDS.iterdir() if path.suffix in (".txt", ".jsonl"))
    assert len(files) >= 12
    lines = [
        json.loads(line)["text"] if path.suffix == ".jsonl" else line
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [line for line in lines if line.strip()]


def test_words_are_those_of_jieba_on_every_line_of_the_seeds() -> None:
    lines = seed_lines()
    assert len(lines) >= 200
    segmenter = Segmenter.load()
    assert [line for line in lines if list(segmenter.cut(line).words) != jieba.lcut(line)] == []


@pytest.mark.parametrize("text", ["PM_2.5年均浓度", "建5G-A基站", "增长4.5-5%，", "第23.GEP核算", "用C++写的AR-E3000"])
def test_words_are_those_of_jieba_where_ascii_is_joined_by_marks(text: str) -> None:
    assert list(Segmenter.load().cut(text).words) == jieba.lcut(text)


def test_seeds_give_valid_records_that_explain_themselves() -> None:
    for line in seed_lines():
        given_paragraph = paragraph(line)
        record = analyser().analyse(given_paragraph)
        check(record)
        explanation = analyser().explain(given_paragraph)
        assert explanation.kinds == record.kinds
        assert [found.item for found in explanation.items] == [item for found in items(record) for item in found]
        assert all(found.rule for found in explanation.items)


SCRIPT = """
import sys
from streams.analysis.analyse import Analyser
from tests.unit.analysis_samples import paragraph
from tests.unit.test_analysis_laws import seed_lines
analyser = Analyser.load()
lines = seed_lines()
for line in (reversed(lines) if sys.argv[1] == "reversed" else lines):
    given = paragraph(line, genre="两会报道")
    print(analyser.analyse(given).model_dump_json(), analyser.explain(given).model_dump_json())
"""


def test_bytes_are_the_same_whatever_the_hash_seed_and_the_order() -> None:
    outputs = []
    for seed, order in (("1", "forward"), ("2", "reversed")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, order], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        outputs.append(run.stdout.splitlines())
    assert len(outputs[0]) >= 200
    assert outputs[0] == outputs[1][::-1]


RECORDS = """
import multiprocessing, sys
from streams.analysis.analyse import Analyser
from tests.unit.analysis_samples import paragraph
from tests.unit.test_analysis_laws import seed_lines
def start():
    global analyser
    analyser = Analyser.load()
def record(line):
    return analyser.analyse(paragraph(line, "三、2026年重点工作", "政府工作报告")).model_dump_json()
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(int(sys.argv[1]), start) as pool:
        print("\\n".join(pool.imap(record, seed_lines()[::4], chunksize=7)))
"""


def test_bytes_are_the_same_with_any_number_of_worker_processes(tmp_path: Path) -> None:
    script = tmp_path / "records.py"
    script.write_text(RECORDS, encoding="utf-8")
    lines = seed_lines()[::4]
    assert len(lines) >= 100
    here = [
        analyser().analyse(paragraph(line, "三、2026年重点工作", "政府工作报告")).model_dump_json() for line in lines
    ]
    for workers in ("1", "2", "4"):
        environment = {**os.environ, "PYTHONHASHSEED": workers, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, str(script), workers], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        assert run.stdout.decode().splitlines() == here


def test_importing_loads_no_dictionary() -> None:
    script = "import sys, streams.analysis.analyse; sys.exit(bool({'jieba', 'rjieba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
