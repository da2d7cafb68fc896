"""Hostile and broken input: readers raise the typed error or nothing, the pipeline loses no character.

``FUZZ_INPUTS`` sets how many inputs there are in all: 1,000 by default; the nightly run takes 20,000.
"""

import io
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.reports.blocks import Block
from streams.reports.lines import Line
from streams.reports.pipeline import blocks_of
from streams.reports.readers import LineForm, lines_of_form
from streams.reports.reading import UnreadableError
from tests.unit.pdf_maker import Sheet, pdf
from tests.unit.test_reports_readers_docx import docx, p, run
from tests.unit.test_reports_readers_html import PAGE

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000"))
SHARES: dict[LineForm, float] = {"text": 0.25, "markdown": 0.1, "html": 0.1, "pdf": 0.3, "docx": 0.15}
"""Of all inputs; what is left goes to texts that hypothesis draws."""
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
BODY = (
    f"{p('大会开幕。')}<w:tbl><w:tr><w:tc>{p('粮食')}</w:tc><w:tc>{p('5')}</w:tc></w:tr></w:tbl>"
    f"<w:p><w:del>{run('去')}</w:del>{run('藏', '<w:vanish/>')}"
    f"<w:r><w:txbxContent>{p('框')}</w:txbxContent></w:r></w:p>"
)
SPICE = (
    b"\x00",
    b"\xff\xfe",
    b"\r",
    b"\f",
    b"\n\n",
    b"<",
    b"&#x0;",
    b"%PDF-",
    b"endobj",
    b">>",
    b"\xe3\x80\x80",
    b"**",
)


def _samples(form: LineForm) -> list[bytes]:
    if form == "pdf":
        page = Sheet().column(40, 100, ["甲一行有十个字满满当"] * 4).column(170, 100, ["乙一行有十个字满满当"] * 4)
        page.rule(40, 90, 300, 90).frame(30, 80, 310, 300).picture(40, 200, 140, 250).text(50.3, 60, "大会开幕", 20)
        return [pdf(page), pdf(Sheet(rotate=90).text(50, 100, "开会"), page)]
    if form == "docx":
        return [docx(BODY, footnotes=p("注。"))]
    if form == "html":
        return [PAGE.encode(), PAGE.encode("gb18030")]
    texts = [path.read_text(encoding="utf-8")[:3000] for path in SEEDS]
    return [text.encode(encoding) for text in texts for encoding in ("utf-8", "gb18030", "utf-16")]


def mutated(sample: bytes, rng: random.Random) -> bytes:
    """The sample with a few pieces cut out, doubled, overwritten or spiced; now and then cut short."""
    raw = bytearray(sample)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(raw) + 1)
        size = rng.choice((1, 1, 2, 8, 64, 512))
        change = rng.randrange(5)
        if change == 0:
            del raw[place : place + size]
        elif change == 1:
            raw[place:place] = raw[place : place + size]
        elif change == 2:
            raw[place : place + size] = rng.randbytes(min(size, 8))
        elif change == 3:
            raw[place:place] = rng.choice(SPICE)
        elif rng.random() < 0.3:
            del raw[place:]
    return bytes(raw)


def bare(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", text))


def characters(blocks: list[Block]) -> Counter[str]:
    """All characters of blocks and of what their steps took away."""
    found: Counter[str] = Counter()
    for block in blocks:
        found += bare(block.text)
        for step in block.steps:
            found += bare(step.dropped)
    return found


def read(raw: bytes, form: LineForm) -> list[Line]:
    lines: list[Line] = []
    try:
        lines.extend(lines_of_form(io.BytesIO(raw), form))
    except UnreadableError as error:
        assert str(error)  # noqa: PT017 -- the only error that may come, and it must say something
    return lines


def lawful(lines: list[Line]) -> None:
    assert all(line.text == line.text.strip() != "" for line in lines)
    numbers = [line.number for line in lines]
    assert numbers == sorted(numbers)
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted += bare(line.text)
    assert characters(list(blocks_of(lines))) == wanted


def _inputs(form: LineForm) -> Iterator[tuple[int, bytes]]:
    samples = _samples(form)
    for seed in range(max(1, round(INPUTS * SHARES[form]))):
        rng = random.Random(f"{form} {seed}")  # noqa: S311 -- draws inputs, no secret
        sample = rng.choice(samples)
        inside = form == "docx" and rng.random() < 0.7
        yield seed, docx(mutated(BODY.encode(), rng).decode("utf-8", "replace")) if inside else mutated(sample, rng)


@pytest.mark.parametrize("form", list(SHARES))
@pytest.mark.timeout(3600)
def test_broken_files_give_lines_or_the_typed_error(form: LineForm) -> None:
    for seed, raw in _inputs(form):
        try:
            lawful(read(raw, form))
        except Exception as fault:
            fault.add_note(f"{form}, seed {seed}")
            raise


@settings(
    max_examples=max(10, round(INPUTS * (1 - sum(SHARES.values())))),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.text(st.sampled_from("云川政协委员2024年，。、“”（）：——一二.▲→\ue000 　\n\n\n\r\f\t#*|>-[]()`ab"), max_size=600)
)
def test_any_text_comes_out_whole(text: str) -> None:
    lines = read(text.encode(), "text")
    assert sum((bare(line.text) for line in lines), Counter()) == bare(text)
    lawful(lines)
    lawful(read(text.encode(), "markdown"))


def test_samples_are_read_as_they_are() -> None:
    for form in SHARES:
        assert all(len(read(sample, form)) > 1 for sample in _samples(form)), form
