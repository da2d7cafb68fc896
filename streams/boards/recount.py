"""The boards counted anew, straight from the topics: no Faust, no table, no changelog. What the boards must equal."""

import json
from collections.abc import Iterator

from schemas.classified import ClassifiedParagraph
from schemas.retraction import Retraction
from streams.boards.app import SOURCES
from streams.boards.board import Entry, Row
from streams.boards.projection import Faults, Rules
from streams.boards.shelves import Json
from streams.boards.store import Rows, Store
from streams.clients.subscriber import read_all
from streams.settings import Settings

Shown = dict[tuple[str, str], Json]
"""Rows as JSON, by board and id."""
ALL_ROWS = "SELECT board, id, body, history FROM row"


def recount(settings: Settings, servers: str, rules: Rules) -> Shown:
    """All rows of all boards, from the topics as they are now."""
    paragraphs: dict[tuple[str, str], ClassifiedParagraph] = {}
    retracted: dict[str, bool] = {}
    for received in read_all(settings, servers, SOURCES, lambda _: None):
        record = received.record
        if isinstance(record, ClassifiedParagraph):
            paragraphs[record.report.id, record.id] = record
        elif isinstance(record, Retraction):
            retracted[record.retracts] = True
        else:
            retracted.pop(str(getattr(record, "id", "")), None)
    groups: dict[tuple[str, str], dict[str, Entry]] = {}
    faults = Faults()
    for paragraph in paragraphs.values():
        for entry in rules.entries(paragraph, faults):
            if entry.event_id not in retracted:
                groups.setdefault((entry.board, entry.group), {})[entry.id] = entry
    rows = (row for (board, _), entries in groups.items() for row in rules.rows(board, entries.values(), faults))
    return {(row.board, row.id): _json(row) for row in rows}


def kept(store: Store) -> Shown:
    """All rows that the store has."""
    return as_shown(store.rows(ALL_ROWS))


def as_shown(found: Rows) -> Shown:
    """What ``ALL_ROWS`` gives, as JSON."""
    return {(board, name): {**json.loads(body), "history": json.loads(history)} for board, name, body, history in found}


def differences(kept_rows: Shown, counted: Shown) -> Iterator[str]:
    """Every row that is missing, too many, or says something else."""
    for key in sorted(kept_rows.keys() | counted.keys()):
        here, there = kept_rows.get(key), counted.get(key)
        if here != there:
            title = (here or there or {}).get("title")
            what = "is missing" if here is None else "is too many" if there is None else "differs"
            yield f"{key[0]} {key[1]} ({title}): {what}"


def _json(row: Row) -> Json:
    told: Json = json.loads(json.dumps(row.to_json()))
    return told
