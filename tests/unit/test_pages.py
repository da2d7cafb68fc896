"""The benchmark's own ground: pages follow from their seed, their truth stands on them, the scorer counts rightly."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from html import unescape
from pathlib import Path
from typing import get_args

import pytest

from benchmarks.misses import misses
from benchmarks.pages.blocks import Role, TruthBlock, as_jsonl, numbered
from benchmarks.pages.compose import Composed, compose
from benchmarks.pages.layout import Doubling, Indent
from benchmarks.pages.seeds import is_closed, seed_reports, sentences
from benchmarks.pages.webpage import web_page
from benchmarks.pages.weight import heading_line, overlaid, spaced
from benchmarks.scoring import START, Score, bare, f1, in_order, mean, score
from benchmarks.sides import by_blank_line, by_line, by_sentence_end
from tests.optional import gold

SEEDS = range(1, 41)
PAGE_13 = Path(__file__).parent / "page13_blocks.jsonl"


@pytest.fixture(scope="module")
def composed() -> list[Composed]:
    return [compose(seed) for seed in SEEDS]


def printed_once(html: str) -> str:
    """What stands on the page, without style and script and without the lower layer of fake weight."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    once = re.sub(r'<span class="(?:under|late)">[^<]*</span>|<i>[^<]*</i>', "", body)
    return bare(unescape(re.sub(r"<[^>]+>", "", once)))


def test_a_seed_gives_the_same_page_in_every_process() -> None:
    code = "from benchmarks.pages.compose import compose; import sys; sys.stdout.write(compose(7).html)"
    root = Path(__file__).parents[2]
    pages = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=root,
            env={"PYTHONHASHSEED": hashing, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        ).stdout.decode()
        for hashing in ("0", "1")
    }
    assert pages == {compose(7).html}


def test_another_seed_gives_another_page(composed: list[Composed]) -> None:
    assert len({page.html for page in composed}) == len(composed)
    assert {page.half for page in composed if page.seed % 2} == {"held-out"}


def test_every_true_block_stands_on_its_page(composed: list[Composed]) -> None:
    for page in composed:
        on_page = printed_once(page.html)
        absent = [block.text for block in page.truth if bare(block.text) not in on_page]
        assert absent == [], page.seed


def test_all_that_stands_on_a_page_is_truth_or_margin_or_mark(composed: list[Composed]) -> None:
    for page in composed:
        margins = "".join(re.findall(r'<div class="head">(.*?)</div>', page.html))
        others = margins + "".join(re.findall(r'<span class="mark">[^<]*</span>|<title>[^<]*', page.html))
        known = bare("".join(block.text for block in page.truth)) + printed_once(others)
        assert Counter(printed_once(page.html)) == Counter(known), page.seed


def test_paragraphs_are_whole_and_differ_in_their_start(composed: list[Composed]) -> None:
    for page in composed:
        bodies = [block.text for block in page.truth if block.role == "body"]
        starts = Counter(bare(text)[:START] for text in bodies)
        assert len(bodies) >= 10, page.seed
        assert [start for start, count in starts.items() if count > 1] == []
        assert [text for text in bodies if not is_closed(text)] == []


def test_the_pages_have_what_makes_newspapers_hard(composed: list[Composed]) -> None:
    every = "".join(page.html for page in composed)
    assert {page.kind.doubling for page in composed} == set(get_args(Doubling))
    assert {page.kind.indent for page in composed} == set(get_args(Indent))
    assert set(re.findall(r"column-count: (\d)", every)) >= {"1", "2", "3", "4", "5"}
    wanted = ['class="columns tier"', 'class="cut"', 'class="wrap"', "\uef00", "\u279d", "政协委员", "<p>——", "<p>一是"]
    assert [mark for mark in wanted if mark not in every] == []
    roles = Counter(block.role for page in composed for block in page.truth)
    assert min(roles.values()) >= 20
    assert set(roles) == {"heading", "body", "caption", "credit", "byline"}


def test_truth_has_the_form_of_the_sample_page() -> None:
    sample = [json.loads(line) for line in PAGE_13.read_text(encoding="utf-8").splitlines()]
    blocks = list(numbered((block["role"], block["text"]) for block in sample))
    assert [json.loads(line) for line in as_jsonl(blocks).splitlines()] == sample
    assert [asdict(block) for block in blocks] == sample


def test_seeds_are_read_whole() -> None:
    reports = seed_reports()
    assert len(reports) == 16
    assert sum(len(report.paragraphs) for report in reports) > 200
    assert not [report.title for report in reports if report.title.endswith("。")]


def test_sentences_are_closed_in_themselves() -> None:
    assert sentences("他说：“好。很好！”会散了。") == ["他说：“好。很好！”", "会散了。"]
    assert sentences("没有句号") == []


def test_a_web_page_holds_its_truth() -> None:
    html, truth = web_page(3)
    assert web_page(3)[0] == html
    assert [block.text for block in truth if bare(block.text) not in printed_once(html)] == []


def test_ways_of_doubling() -> None:
    assert heading_line("2025 再启程", "printed") == "2025<i>2025</i> 再启程<i>再启程</i>"
    assert heading_line("a<b", "none") == "a&lt;b"
    assert heading_line("2025再", "pieces") == overlaid("2025") + overlaid("再")
    assert heading_line("再启", "glyphs") == overlaid("再") + overlaid("启")
    assert spaced("——来自2022年，好") == "—— 来 自 2022 年，好"


def test_score_of_what_is_the_same() -> None:
    assert score(["一二三", "四五六"], ["一二 三", "四五\n六"]) == Score(1, 1, 1, 1)


def test_score_of_two_paragraphs_run_together() -> None:
    # Shorter than a start, a paragraph run together with the next one has lost its own start as well.
    assert score(["一二三。", "四五六。"], ["一二三。四五六。"]) == Score(exact=0, boundaries=0, characters=1, order=0)
    long = ["一" * START + "甲。", "二" * START + "乙。"]
    assert score(long, ["".join(long)]) == Score(exact=0, boundaries=2 / 3, characters=1, order=1)


def test_score_of_what_is_lost_or_doubled() -> None:
    assert score(["一二三四"], ["一二"]).characters == pytest.approx(2 / 3)
    assert score(["一二"], ["一二", "一二"]) == Score(exact=1, boundaries=2 / 3, characters=2 / 3, order=1)
    assert score(["一二"], []) == Score(0, 0, 0, 0)


def test_nothing_true_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="without a paragraph"):
        score([], ["一"])


def test_order_is_the_longest_run_in_order() -> None:
    assert in_order(["a", "b", "c", "d"], ["c", "a", "b", "d"]) == 0.75
    assert in_order(["a", "b"], ["x", "b", "a"]) == 0.5
    assert f1(["a"], ["b"]) == 0


def test_the_mean_counts_pages_alike() -> None:
    assert mean([Score(1, 1, 1, 1), Score(0, 0.5, 0, 1)]) == Score(0.5, 0.75, 0.5, 1)


def test_the_scorer_agrees_with_the_shared_one(tmp_path: Path) -> None:
    scorer = gold() / "score_reflow.py"
    truth = list(compose(2).truth)
    # Two paragraphs run together, one cut, one lost, one heading taken for body.
    bodies = [block.text for block in truth if block.role == "body"]
    heading = next(block.text for block in truth if block.role == "heading")
    found = [heading, bodies[0] + bodies[1], bodies[2][:20], bodies[2][20:], *bodies[4:]]
    reference, predicted = tmp_path / "reference.jsonl", tmp_path / "predicted.jsonl"
    reference.write_text(as_jsonl(truth), encoding="utf-8")
    predicted.write_text(as_jsonl(TruthBlock(0, "body", text, None) for text in found), encoding="utf-8")
    command = [sys.executable, str(scorer), str(reference), str(predicted)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    mine = score(bodies, found)
    assert f"exact {mine.exact:.3f}; boundaries F1 {mine.boundaries:.3f}; characters F1 {mine.characters:.4f}" in said


def test_misses_name_what_differs() -> None:
    bodies: list[tuple[Role, str]] = [("body", "一段。"), ("caption", "图。"), ("body", "二段。"), ("body", "三段。")]
    truth = list(numbered([("heading", "题"), *bodies]))
    said = list(misses(truth, [("body", "一段。"), ("body", "图。"), ("heading", "二段。"), ("body", "三段。")]))
    assert said == ["@@ paragraph 1", "- 二段。 (3) [heading]", "+ 图。 (2) [caption]"]


def test_plain_splits() -> None:
    assert by_line("甲\n\n乙\f") == [("body", "甲"), ("body", "乙")]
    assert by_sentence_end("甲\n乙。\n丙”。” \n丁") == [("body", "甲乙。"), ("body", "丙”。”"), ("body", "丁")]
    assert by_blank_line("甲\n乙\n \n丙\f丁") == [("body", "甲乙"), ("body", "丙"), ("body", "丁")]
