"""The paragraphs written and labelled for the weights: labels as the guidelines want them, and no text of others."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from benchmarks.train_kinds import PARAGRAPHS
from benchmarks.train_metrics import Reader
from schemas.items import KINDS
from tests.optional import gold

RECORDS: list[dict[str, Any]] = [json.loads(line) for line in PARAGRAPHS.read_text(encoding="utf-8").splitlines()]
FIELDS = dict(zip(KINDS, ("speeches", "proposals", "statistics", "plans"), strict=True))
INHERITED = ("speaker", "role", "proposer", "period", "issuer", "horizon")
"""What may stand in the section's heading instead of the paragraph."""
IMPLIED = {None, "%", "倍", "位"}
"""Units that need not stand in the text."""
QUALIFIERS = {None, "over", "under", "about"}
SHARED = 12
"""Characters in a row that tell a copy from a common turn of phrase."""


def _items(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for field in FIELDS.values():
        yield from record[field]
    for plan in record["plans"]:
        yield from plan["targets"]


def _numbers(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (item for item in _items(record) if "value" in item)


def test_labels_stand_in_the_paragraph() -> None:
    for record in RECORDS:
        text, section = record["text"], record["section"] or ""
        for item in _items(record):
            for name in ("text", "quote", "metric", "title", "verb"):
                assert item.get(name) is None or item[name] in text, (record["id"], name, item)
            for name in INHERITED:
                value = item.get(name)
                assert value is None or value in text or value in section, (record["id"], name, item)


def test_numbers_are_written_as_the_guidelines_say() -> None:
    for record in RECORDS:
        for item in _numbers(record):
            values = [item["value"], *filter(None, [item.get("value_to")])]
            assert all(format(Decimal(value), "f") == value for value in values), (record["id"], item)
            assert item["qualifier"] in QUALIFIERS, (record["id"], item)
            assert item.get("change") in {None, "up", "down"}, (record["id"], item)
            assert item["unit"] in IMPLIED or item["unit"] in record["text"], (record["id"], item)
        for statistic in record["statistics"]:
            assert (statistic["metric"] or "") in statistic["text"], (record["id"], statistic)


def test_kinds_are_those_of_the_items() -> None:
    for record in RECORDS:
        assert record["kinds"] == [kind for kind, field in FIELDS.items() if record[field]], record["id"]
        assert record["primary"] in (record["kinds"] or ["other"]), record["id"]


def test_each_number_of_the_made_up_sentences_has_a_phrase() -> None:
    """A rule that finds another number there leaves nothing to learn from: the training script would stop."""
    assert len(Reader().sentences()) > 500


def test_no_paragraph_is_there_twice() -> None:
    assert len({record["id"] for record in RECORDS}) == len({record["text"] for record in RECORDS}) == len(RECORDS)


def test_no_sentence_is_taken_from_the_labelled_paragraphs_of_others() -> None:
    folder = gold()
    names = ("train.jsonl", "dev.jsonl", "train_texts.jsonl")
    texts = [json.loads(line)["text"] for name in names for line in (folder / name).open(encoding="utf-8")]
    theirs = {text[start : start + SHARED] for text in texts for start in range(len(text) - SHARED + 1)}
    for record in RECORDS:
        text = record["text"]
        runs = [text[start : start + SHARED] for start in range(len(text) - SHARED + 1)]
        shared = sum(run in theirs for run in runs)
        assert shared <= 0.1 * len(runs), (record["id"], [run for run in runs if run in theirs])
