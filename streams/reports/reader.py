"""One source in, its blocks or its paragraphs out: the page to read first.

``read_page`` is what a page consists of, ``read_report`` what of it is sent: body and captions are paragraphs, all
else is set aside by its role. Both go the same way: bytes, lines (``readers``), blocks (``pipeline``), and what the
first of these tell of the report (``about``).
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain, islice
from typing import BinaryIO, TypeVar, cast

from schemas.paragraph import Paragraph, Report
from streams.reports.about import OPENING, report_of
from streams.reports.blocks import Block
from streams.reports.jsonl import MAX_LINE_BYTES, read_jsonl
from streams.reports.metadata import metadata_of
from streams.reports.pipeline import blocks_of
from streams.reports.readers import lines_of_form
from streams.reports.reading import Reading, Refusal, ReportOptions, SetAside, UnreadableError, text_fault
from streams.reports.sources import Form, Source

T = TypeVar("T")
PagePart = Report | Block | Refusal

MAX_SECTION = 2000
"""Characters of a heading that a record's section takes."""
_HTML = (b"<!doctype html", b"<html")


def read_report(source: Source, options: ReportOptions, now: datetime) -> Iterator[Reading]:
    """Paragraphs, refusals and blocks set aside, in the order of the source; never raises for what is in it.

    A refusal without a line is one of the whole source, and may come after paragraphs of it. Ordinals count the
    paragraphs from 0.

    Args:
        source: a file or standard input, as ``sources.find_sources`` finds them.
        options: what the user says of the report.
        now: when the paragraphs are pushed, with zone.
    """
    with ExitStack() as closing:
        opened = _opened(source, closing)
        if isinstance(opened, Refusal):
            yield opened
        elif opened.form == "jsonl":
            found = (reading for _, reading in read_jsonl(opened.stream, source.shown, source.name, options, now))
            yield from _not_nothing(_without_faults(found, source), source)
        else:
            yield from _readings(_page(opened, source, options), source.shown, now)


def read_blocks(source: Source, options: ReportOptions) -> Iterator[Block | Refusal]:
    """The blocks of a source, leftovers included, and refusals as ``read_report`` has them.

    The paragraphs of JSON lines are blocks of body.
    """
    return (found for found in read_page(source, options) if not isinstance(found, Report))


def read_page(source: Source, options: ReportOptions) -> Iterator[PagePart]:
    """As ``read_blocks``, and before them what report they are of; in JSON lines wherever that changes."""
    with ExitStack() as closing:
        opened = _opened(source, closing)
        if isinstance(opened, Refusal):
            yield opened
        elif opened.form == "jsonl":
            page: Iterator[PagePart] = _without_faults(_page_of_jsonl(opened.stream, source, options), source)
            whole: Iterator[PagePart] = _not_nothing(page, source)
            yield from whole
        else:
            yield from _page(opened, source, options)


@dataclass(frozen=True, slots=True)
class _Opened:
    stream: BinaryIO
    form: Form


def _opened(source: Source, closing: ExitStack) -> _Opened | Refusal:
    try:
        stream = sys.stdin.buffer if source.path is None else closing.enter_context(source.path.open("rb"))
        if source.form:
            return _Opened(stream, source.form)
        form, whole = _form_of(stream)
    except OSError as error:
        return Refusal(source.shown, f"cannot be read: {error.strerror}")
    return _Opened(whole, form)


def _blocks(opened: _Opened, source: Source) -> Iterator[Block | Refusal]:
    assert opened.form != "jsonl"  # noqa: S101 -- the callers' branch, not input
    return _without_faults(blocks_of(lines_of_form(opened.stream, opened.form)), source)


def _page(opened: _Opened, source: Source, options: ReportOptions) -> Iterator[PagePart]:
    """Hold the opening, which tells what the report is; pass on the rest as it comes."""
    try:
        metadata = metadata_of(opened.stream, opened.form)
    except OSError as error:
        yield Refusal(source.shown, f"reading failed: {error.strerror}")
        return
    found = _not_nothing(_blocks(opened, source), source)
    opening = list(islice(found, OPENING))
    blocks = [block for block in opening if isinstance(block, Block)]
    if blocks:
        yield report_of(source.name, blocks, options, metadata)
    yield from chain(opening, found)


def _readings(page: Iterator[PagePart], file: str, now: datetime) -> Iterator[Reading]:
    report, ordinal = Report(id="-"), 0
    for found in page:
        if isinstance(found, Report):
            report = found
        elif isinstance(found, Refusal):
            yield found
        elif found.role not in ("body", "caption"):
            yield SetAside(file, found.line, found.role, found.text)
        elif fault := text_fault(found.text):
            yield Refusal(file, fault, found.line)
        else:
            section = found.section and found.section[:MAX_SECTION]
            yield Paragraph.numbered(report, ordinal, found.text, section, found.page, now)
            ordinal += 1


def _page_of_jsonl(stream: BinaryIO, source: Source, options: ReportOptions) -> Iterator[PagePart]:
    # Blocks have no time of their pushing.
    never, report = datetime.min.replace(tzinfo=UTC), None
    for number, reading in read_jsonl(stream, source.shown, source.name, options, never):
        if isinstance(reading, Refusal):
            yield reading
            continue
        if reading.report != report:
            report = reading.report
            yield report
        yield Block("body", reading.text, number, reading.page, reading.section)


def _without_faults(found: Iterator[T], source: Source) -> Iterator[T | Refusal]:
    """What is found, and a refusal in place of what the reader or the stream raises."""
    try:
        yield from found
    except UnreadableError as error:
        yield Refusal(source.shown, str(error), error.line)
    except OSError as error:
        yield Refusal(source.shown, f"reading failed: {error.strerror}")


def _not_nothing(found: Iterator[T | Refusal], source: Source) -> Iterator[T | Refusal]:
    first = next(found, None)
    if first is None:
        yield Refusal(source.shown, "holds no paragraph: it is empty")
        return
    yield from chain([first], found)


@dataclass
class _Rejoined:
    """A stream whose first bytes were read already; has what the readers need of a stream."""

    head: BytesIO
    rest: BinaryIO

    def readline(self, limit: int) -> bytes:
        line = self.head.readline(limit)
        return line if line.endswith(b"\n") or len(line) == limit else line + self.rest.readline(limit - len(line))

    def read(self, size: int = -1) -> bytes:
        head = self.head.read(size)
        return head + self.rest.read(size - len(head) if size >= 0 else -1)

    def seekable(self) -> bool:
        return False


def _form_of(stream: BinaryIO) -> tuple[Form, BinaryIO]:
    """What the first line that is not blank looks like, with the whole stream."""
    head = b""
    while line := stream.readline(MAX_LINE_BYTES):
        head += line
        if line.removeprefix(b"\xef\xbb\xbf").strip() or len(head) > MAX_LINE_BYTES:
            break
    # Only readline, read and seekable are called on it.
    return _seen(head.removeprefix(b"\xef\xbb\xbf").lstrip()), cast(BinaryIO, _Rejoined(BytesIO(head), stream))


def _seen(head: bytes) -> Form:
    if head.startswith(b"{"):
        return "jsonl"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    return "html" if head[:20].lower().startswith(_HTML) else "text"
