"""What holds for every board: ids repeat, order does not matter, evidence slices, the newer replaces the old."""

import json
import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.classified import ClassifiedParagraph
from schemas.codec import DecodeError, decode, encode
from schemas.outcome import Outcome
from streams.boards.board import MAX_HISTORY, Entry, Row, group_id
from tests.unit.analysis_samples import analyser, paragraph
from tests.unit.boards_samples import PUSHED, boards, entries_of, grouped, rows_of, seed_entries, seed_rows, seeds, told
from tests.unit.test_analysis_laws import GENRES, SECTIONS, TEXTS

NAMES = ("platform", "proposals", "consultations", "opinion", "study", "members", "plans", "figures")


def all_rows(entries: Iterable[Entry]) -> dict[str, list[Row]]:
    kept = list(entries)
    return {name: rows_of(name, kept) for name in NAMES}


def test_all_boards_are_there_by_name() -> None:
    assert tuple(board.name for board in boards()) == NAMES
    with pytest.raises(KeyError):
        boards()["nothing"]


def test_the_same_paragraph_gives_the_same_entries_each_id_once() -> None:
    again = entries_of(seeds())
    assert again == seed_entries()
    assert len({entry.id for entry in again}) == len(again)


def test_entries_survive_json() -> None:
    for entry in seed_entries():
        assert Entry.from_json(json.loads(json.dumps(entry.to_json(), ensure_ascii=False))) == entry


def test_evidence_slices_to_its_text() -> None:
    texts = {record.id: record.text for record in seeds()}
    for entry in seed_entries():
        seen = entry.evidence
        assert seen.text
        assert texts[seen.paragraph_id][seen.start : seen.end] == seen.text


@pytest.mark.parametrize("name", NAMES)
def test_rows_depend_neither_on_order_nor_on_repeats(name: str) -> None:
    shuffled = [*seed_entries(), *seed_entries()]
    random.Random(9).shuffle(shuffled)  # noqa: S311 -- an order, not a secret
    assert rows_of(name, shuffled) == list(seed_rows(name))


@pytest.mark.parametrize("name", NAMES)
def test_rows_have_every_column_a_known_status_and_only_json(name: str) -> None:
    board = boards()[name]
    rows = seed_rows(name)
    assert rows
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert set(row.fields) == {column.name for column in board.columns}
        assert row.status in (*board.statuses, None)
        assert row.history
        assert row.title
        assert json.loads(json.dumps(row.to_json(), ensure_ascii=False)) == row.to_json()
    json.dumps(board.summary(rows), ensure_ascii=False)


def test_a_rebuild_from_the_paragraphs_equals_what_piecemeal_arrival_gave() -> None:
    records = list(seeds())
    random.Random(5).shuffle(records)  # noqa: S311 -- an order, not a secret
    kept: dict[str, dict[str, Entry]] = {}
    for record in [*records, *records[:40]]:
        kept[record.id] = {entry.id: entry for entry in boards().facts(record)}
    piecemeal = all_rows(entry for entries in kept.values() for entry in entries.values())
    assert piecemeal == all_rows(entries_of(seeds()))


def test_a_newer_classification_replaces_what_the_paragraph_said() -> None:
    old = told("建议市教育局在城北建一所小学。", section="政协委员沈小筠——城北该有小学")
    new = ClassifiedParagraph.of_valid(**{**old.__dict__, "proposals": (), "kinds": (), "primary": "other"})
    assert rows_of("proposals", boards().facts(old))
    assert rows_of("proposals", boards().facts(new)) == []


def test_a_retracted_event_takes_its_entries_along() -> None:
    record = told("2024年，全市粮食总产量71.2万吨。", title="临岚市2024年统计公报")
    entries = boards().facts(record)
    figure = next(entry for entry in entries if entry.board == "figures")
    assert figure.event_id
    kept = [entry for entry in entries if entry.event_id != figure.event_id]
    assert rows_of("figures", kept) == []
    assert len(rows_of("platform", kept)) == 1


def test_ids_do_not_change_between_versions() -> None:
    """Links to rows are meant to last, and tables hold the ids of entries."""
    assert group_id("proposals", "title", "留住乡村教师") == "14c4a4110d24158fd4517dbbe879da82"


def test_a_long_history_is_told_by_its_ends() -> None:
    records = [told(f"第{number}段没有说什么。", ordinal=number) for number in range(MAX_HISTORY + 30)]
    [row] = rows_of("platform", entries_of(records))
    assert row.count == MAX_HISTORY + 30
    assert [entry["evidence"]["ordinal"] for entry in row.history] == [
        *range(MAX_HISTORY // 2),
        *range(row.count - MAX_HISTORY // 2, row.count),
    ]


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, section=st.sampled_from(SECTIONS), genre=st.sampled_from(GENRES))
def test_no_text_makes_a_board_fail(text: str, section: str | None, genre: str | None) -> None:
    record = analyser().analyse(paragraph(text, section, genre))
    entries = boards().facts(record)
    for (name, _), inside in grouped(entries).items():
        rows = boards()[name].rows(inside)
        boards()[name].summary(rows)
    for entry in entries:
        assert record.text[entry.evidence.start : entry.evidence.end] == entry.evidence.text


def test_outcomes_are_records_that_travel() -> None:
    outcomes = [
        outcome
        for (name, _), inside in grouped(seed_entries()).items()
        if name == "plans"
        for outcome in boards().plans.outcomes(inside)
    ]
    assert len({outcome.id for outcome in outcomes}) == len(outcomes) > 10
    for outcome in outcomes:
        for record in (outcome, outcome.withdrawal()):
            message = encode(record, source="/tests", time=PUSHED)
            assert decode(Outcome, message.value, message.headers) == record
            assert message.key == outcome.report.id.encode()
        assert outcome.withdrawal().retracts == outcome.id != outcome.withdrawal().id
    with pytest.raises(DecodeError):
        decode(Outcome, outcomes[0].model_dump_json(exclude={"result_proof"}).encode())


def test_words_are_those_that_a_query_is_cut_into() -> None:
    assert boards().words("建设“15分钟”养老服务圈，CT配置率") == [
        *("建设", "15", "分钟", "养老", "服务", "圈", "ct", "配置", "率")
    ]
    assert boards().words("，。 ！") == []
