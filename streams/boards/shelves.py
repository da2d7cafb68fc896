"""What readers ask of the store: rows of boards, reports, paragraphs, search. Plain JSON out; for any thread."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.classified import ClassifiedParagraph
from schemas.codec import decode
from schemas.events import event_id
from schemas.items import Item, Kind
from streams.boards.asked import Page, cursor_after
from streams.boards.board import Board, Row
from streams.boards.envelope import Envelope
from streams.boards.projection import Rules
from streams.boards.store import Rows, Store

Json = dict[str, Any]
FEED_TEXT = 400
"""Characters of a paragraph that the feed and lists show."""
_ITEMS: tuple[tuple[Kind, str], ...] = (
    ("speech", "speeches"),
    ("proposal", "proposals"),
    ("statistic", "statistics"),
    ("plan", "plans"),
)
_RETRACTED = "SELECT 1 FROM retraction WHERE event = ? AND NOT stands"


class Shelves:
    """Reads what is settled."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store, self._rules = store, rules

    def row_count(self, board: str) -> int:
        """How many rows a board has."""
        [[count]] = self._store.read("SELECT count(*) FROM row WHERE board = ?", board)
        return int(count)

    def rows(self, board: Board, filters: Mapping[str, str], text: str, page: Page) -> Json:
        """Rows of a board, the latest first.

        Args:
            filters: wanted values by name, all of which a row has.
            text: what a row's title holds.
        """
        names = list(filters)
        query, values = _selection(board.name, filters, text)
        total = None
        if page.after is None:
            [[total]] = self._store.read(f"SELECT count(*) {query}", *values)
        else:
            query += f" AND ({_order(names)}) < (?, ?)"
            values += page.after
        latest, name = _order(names).split(", ")
        query = f"SELECT row.body, {latest}, {name} {query} ORDER BY {latest} DESC, {name} DESC LIMIT ?"
        found = self._store.read(query, *values, page.limit + 1)
        told: Json = _page([json.loads(body) for body, _, _ in found], found, page.limit)
        return told if total is None else {"total": total, **told}

    def row(self, board: str, name: str) -> Json | None:
        """One row with its history."""
        found = self._store.read("SELECT body, history FROM row WHERE board = ? AND id = ?", board, name)
        return {**json.loads(found[0][0]), "history": json.loads(found[0][1])} if found else None

    def summary(self, board: Board) -> Json:
        """A board's totals, for its plot; takes as long as the board is large."""
        bodies = self._store.read("SELECT body FROM row WHERE board = ?", board.name)
        return board.summary(Row(**json.loads(body), history=[]) for (body,) in bodies)

    def reports(self, text: str, page: Page) -> Json:
        """Reports, those with the newest paragraph first; ``text`` is what a title holds."""
        found = self._store.read(
            "SELECT id, title, published, genre, source, paragraphs, arrival FROM report"
            " WHERE arrival < ? AND instr(coalesce(title, id), ?) > 0 ORDER BY arrival DESC LIMIT ?",
            *(_before(page), text, page.limit + 1),
        )
        names = ("id", "title", "published", "genre", "source", "paragraphs")
        return _page([dict(zip(names, row, strict=False)) for row in found], found, page.limit, columns=1)

    def report(self, name: str, page: Page) -> Json | None:
        """A report and its paragraphs in order, each with what was found in it."""
        found = self._store.read("SELECT title, published, genre, source, paragraphs FROM report WHERE id = ?", name)
        if not found:
            return None
        ordinal, seq = page.after or (-1, -1)
        rows = self._store.read(
            "SELECT value, ordinal, seq FROM paragraph WHERE report = ? AND (ordinal, seq) > (?, ?)"
            " ORDER BY ordinal, seq LIMIT ?",
            *(name, ordinal, seq, page.limit + 1),
        )
        head = dict(zip(("title", "published", "genre", "source", "paragraphs"), found[0], strict=True))
        items = [self._paragraph(value) for value, _, _ in rows]
        return {"id": name, **head, **_page(items, rows, page.limit)}

    def paragraph(self, name: str) -> Json | None:
        """A paragraph with its journey and the rows that it stands behind; of equal ids the newest."""
        found = self._store.read("SELECT value, seq FROM paragraph WHERE id = ? ORDER BY arrival DESC LIMIT 1", name)
        if not found:
            return None
        value, seq = found[0]
        shown = self._store.read(
            "SELECT DISTINCT row.board, row.id, row.title FROM entry JOIN row ON row.board = entry.board AND"
            " row.grp = entry.grp WHERE entry.paragraph = ? ORDER BY 1, 3 LIMIT 100",
            seq,
        )
        rows = [dict(zip(("board", "id", "title"), row, strict=True)) for row in shown]
        return {**self._paragraph(value), "journey": _journey(value), "rows": rows}

    def search(self, text: str, page: Page) -> Json:
        """Paragraphs that hold the words of a text, the newest first; ``found`` tells where, by characters."""
        wanted = list(self._rules.words(text))
        if not wanted:
            return {"items": [], "next": None, "words": []}
        # Each word is one phrase in quotation marks, so that nothing in it is an operator.
        match = " ".join('"' + word.replace('"', '""') + '"' for word in wanted)
        found = self._store.read(
            "SELECT paragraph.value, paragraph.seq FROM words JOIN paragraph ON paragraph.seq = words.rowid"
            " WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?",
            *(match, _before(page), page.limit + 1),
        )
        items = [{**shown, "found": _places(shown["text"], wanted)} for shown in (brief(row[0]) for row in found)]
        return {**_page(items, found, page.limit, columns=1), "words": wanted}

    def refused(self, page: Page) -> Json:
        """Records that could not be decoded, by place."""
        after = page.after or ("", -1, -1)
        found = self._store.read(
            "SELECT reason, topic, part, at FROM refused WHERE (topic, part, at) > (?, ?, ?)"
            " ORDER BY topic, part, at LIMIT ?",
            *(*after, page.limit + 1),
        )
        names = ("reason", "topic", "partition", "offset")
        return _page([dict(zip(names, row, strict=True)) for row in found], found, page.limit, columns=3)

    def newest(self, after: int, most: int) -> Rows:
        """Number and envelope of the paragraphs that came after one, oldest first; of many only the newest."""
        found = self._store.read(
            "SELECT arrival, value FROM paragraph WHERE arrival > ? ORDER BY arrival DESC LIMIT ?", after, most
        )
        return found[::-1]

    def _paragraph(self, value: bytes) -> Json:
        classified = decode(ClassifiedParagraph, Envelope.opened(value).record)
        told: Json = classified.model_dump(mode="json")
        for kind, field in _ITEMS:
            told[field] = [
                item.model_dump(mode="json") | {"retracted": self._retracted(classified, kind, item)}
                for item in getattr(classified, field)
            ]
        return told

    def _retracted(self, classified: ClassifiedParagraph, kind: Kind, item: Item) -> bool:
        event = event_id(classified.id, kind, item).encode()
        return bool(self._store.read(_RETRACTED, event))


def brief(value: bytes) -> Json:
    """A paragraph as lists and the feed show it: the beginning of the text, and the items' kinds and places."""
    envelope = Envelope.opened(value)
    record: Json = json.loads(envelope.record)
    spans = [
        [kind, item["start"], item["end"]]
        for kind, field in _ITEMS
        for item in record.get(field, ())
        if item["start"] < FEED_TEXT
    ]
    return {
        "id": record["id"],
        "report": {"id": record["report"]["id"], "title": record["report"].get("title")},
        "published": record["report"].get("published"),
        "ordinal": record["ordinal"],
        "section": record.get("section"),
        "kinds": record["kinds"],
        "primary": record["primary"],
        "text": record["text"][:FEED_TEXT],
        "cut": len(record["text"]) > FEED_TEXT,
        "spans": spans,
        "pushed_at": record["pushed_at"],
        "analysis_version": record["analysis_version"],
    }


def _journey(value: bytes) -> Json:
    envelope = Envelope.opened(value)
    record: Json = json.loads(envelope.record)
    place = envelope.place
    paragraphs = envelope.made_from.rsplit("/", 2) if envelope.made_from else None
    return {
        "pushed_at": record["pushed_at"],
        "paragraph": paragraphs
        and {"topic": paragraphs[0], "partition": int(paragraphs[1]), "offset": int(paragraphs[2])},
        "analysis_version": record["analysis_version"],
        "classified": {"topic": place.topic, "partition": place.partition, "offset": place.offset, "at": place.at},
    }


def _selection(board: str, filters: Mapping[str, str], text: str) -> tuple[str, list[Any]]:
    """FROM and WHERE. The first filter leads, by an index in the order of the answer."""
    values: list[Any] = []
    query = "FROM row"
    for number, (name, value) in enumerate(filters.items()):
        query += (
            f" JOIN filed AS f{number} ON f{number}.board = row.board AND f{number}.id = row.id"
            f" AND f{number}.name = ? AND f{number}.value = ?"
        )
        values += [name, value]
    query += " WHERE row.board = ?"
    values.append(board)
    if filters:
        query += " AND f0.board = ?"
        values.append(board)
    if text:
        query += " AND instr(row.title, ?) > 0"
        values.append(text)
    return query, values


def _order(filters: Sequence[str]) -> str:
    return "f0.latest, f0.id" if filters else "row.latest, row.id"


def _page(items: list[Any], rows: Rows, limit: int, columns: int = 2) -> Json:
    """Items, and the cursor of the next page: of the last ``columns`` values of the last row, where there is more."""
    more = len(rows) > limit
    return {"items": items[:limit], "next": cursor_after(*rows[limit - 1][-columns:]) if more else None}


def _before(page: Page) -> int:
    return int(page.after[0]) if page.after else 2**62


def _places(text: str, words: Sequence[str]) -> list[list[int]]:
    found: list[list[int]] = []
    # Words are small letters. A text that another length would have so is shown as it is found.
    text = small if len(small := text.lower()) == len(text) else text
    for word in dict.fromkeys(words):
        start = text.find(word)
        while start >= 0 and len(found) < 100:
            found.append([start, start + len(word)])
            start = text.find(word, start + len(word))
    return sorted(found)
