"""Records as rows for people: kind, who or what, text."""

import re
from collections.abc import Iterable
from typing import IO

from schemas.classified import ClassifiedParagraph
from schemas.dead_letter import DeadLetter
from schemas.events import Plan, Proposal, Speech, Statistic
from schemas.outcome import Outcome
from schemas.paragraph import Paragraph
from schemas.record import Record
from schemas.redrive import Redrive
from schemas.replay import Replay
from schemas.retraction import Retraction
from streams.commands.amounts import amount

Row = tuple[str, str, str]

HEADINGS: Row = ("kind", "who or what", "text")
KIND_CELLS = 10
WHO_CELLS = 28
PIPED_CELLS = 120
"""Width of a table that goes into a file or a pipe; a hanzi takes two cells."""
NOBODY = "-"

# A record's text may come from anybody: control characters could rewrite the terminal.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def row(record: Record) -> Row:
    """Kind, who or what, and text of any record that has a topic, whole and on one line each."""
    kind, who, text = _row(record)
    return kind, one_line(who) or NOBODY, one_line(text)


class RowPrinter:
    """Prints rows as they come, cut to the width of the terminal, the headings before the first."""

    def __init__(self, out: IO[str]) -> None:
        """Rows go to ``out``; its width is the terminal's when it is one."""
        from rich.console import Console

        self._console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
        self._cells = self._console.width if self._console.is_terminal else PIPED_CELLS
        self._headed = False

    def print(self, shown: Row) -> None:
        """One row."""
        if not self._headed:
            self._console.print(self._line(HEADINGS), style="bold")
            self._headed = True
        self._console.print(self._line(shown))
        self._console.file.flush()

    def _line(self, shown: Row) -> str:
        kind, who, text = shown
        rest = max(self._cells - KIND_CELLS - WHO_CELLS - 2, WHO_CELLS)
        return f"{fitted(kind, KIND_CELLS)} {fitted(who, WHO_CELLS)} {fitted(text, rest).rstrip()}"


def table(rows: Iterable[Row], out: IO[str]) -> None:
    """Print the rows as a table."""
    printer = RowPrinter(out)
    for shown in rows:
        printer.print(shown)


def _row(record: Record) -> Row:
    match record:
        case Speech():
            return "speech", " ".join(filter(None, (record.role, record.speaker))), record.quote
        case Proposal():
            return "proposal", record.proposer or "", record.text
        case Statistic():
            return "statistic", f"{record.metric or ''} {amount(record)}{record.unit or ''}".strip(), record.text
        case Plan():
            return "plan", record.issuer or record.report.title or "", record.text
        case ClassifiedParagraph():
            return "classified", ", ".join(record.kinds) or "other", record.text
        case Paragraph():
            return "paragraph", record.section or record.report.title or "", record.text
        case DeadLetter():
            place = f"{record.topic} {record.partition}/{record.offset}"
            return "deadletter", place, f"{record.stage}: {record.reason}"
    return _row_of_work(record)


def _row_of_work(record: Record) -> Row:
    """Of what tells about other records."""
    match record:
        case Redrive():
            place = f"{record.topic} {record.partition}/{record.offset}"
            return (
                "redriven",
                place,
                f"{record.outcome}, attempt {record.attempt} at dead letter {record.dead_letter_id}",
            )
        case Outcome():
            about = " ".join(filter(None, (record.place, record.metric, record.period)))
            return "outcome", about, f"{record.verdict}: {record.result_proof.text}"
        case Retraction():
            what = f"{record.kind} {record.retracts} no longer stands, says analysis {record.analysis_version}"
            return "retraction", record.report.title or "", what
        case Replay():
            state = "done" if record.done else "under way or interrupted"
            return record.kind, record.source, f"{record.sent} records sent, {state}"
    raise TypeError(f"no row for a {type(record).__name__}")


def one_line(text: str) -> str:
    """The text without control characters and line breaks: safe for a terminal, whoever wrote it."""
    return _CONTROL.sub(" ", text).strip()


def fitted(text: str, cells: int) -> str:
    """The text in exactly so many cells, cut with an ellipsis or filled up."""
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, cells) if cell_len(text) <= cells else set_cell_size(text, cells - 1) + "…"
