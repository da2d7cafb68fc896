"""One source in, its paragraphs out: the page to read first."""

import itertools
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, cast

from streams.reports.encodings import NotTextError, decode_text
from streams.reports.jsonl import MAX_LINE_BYTES, read_jsonl
from streams.reports.reading import Reading, Refusal, ReportOptions
from streams.reports.sources import Form, Source
from streams.reports.text import read_text

MAX_TEXT_BYTES = 64 * 1024 * 1024
"""Largest text file. A text is laid out as a whole, so it is held in memory; JSON lines have no such limit."""


def read_report(source: Source, options: ReportOptions, now: datetime) -> Iterator[Reading]:
    """Paragraphs, refusals and lines set aside, in the order of the source; never raises for what is in it.

    Args:
        source: a file or standard input, as ``sources.find_sources`` finds them.
        options: what the user says of the report.
        now: when the paragraphs are pushed, with zone.
    """
    with ExitStack() as closing:
        try:
            stream = sys.stdin.buffer if source.path is None else source.path.open("rb")
        except OSError as error:
            yield Refusal(source.shown, f"cannot be read: {error.strerror}")
            return
        if source.path is not None:
            closing.enter_context(stream)
        try:
            yield from _read(stream, source, options, now)
        except OSError as error:
            yield Refusal(source.shown, f"reading failed: {error.strerror}")


def _read(stream: BinaryIO, source: Source, options: ReportOptions, now: datetime) -> Iterator[Reading]:
    form, whole = (source.form, stream) if source.form else _form_of(stream)
    readings = (
        read_jsonl(whole, source.shown, source.name, options, now)
        if form == "jsonl"
        else _read_text(whole, source, options, now)
    )
    first = next(readings, None)
    if first is None:
        yield Refusal(source.shown, "holds no paragraph: it is empty")
        return
    yield from itertools.chain([first], readings)


def _read_text(stream: BinaryIO, source: Source, options: ReportOptions, now: datetime) -> Iterator[Reading]:
    raw = stream.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        yield Refusal(source.shown, f"larger than {MAX_TEXT_BYTES:,} bytes; split it, or send JSON lines")
        return
    try:
        text, _encoding = decode_text(raw)
    except NotTextError as error:
        yield Refusal(source.shown, str(error))
        return
    yield from read_text(text, source.shown, source.name, options, now)


@dataclass
class _Rejoined:
    """A stream whose first bytes were read already; has what the readers here need of a stream."""

    head: BytesIO
    rest: BinaryIO

    def readline(self, limit: int) -> bytes:
        line = self.head.readline(limit)
        return line if line.endswith(b"\n") or len(line) == limit else line + self.rest.readline(limit - len(line))

    def read(self, size: int) -> bytes:
        head = self.head.read(size)
        return head + self.rest.read(size - len(head))


def _form_of(stream: BinaryIO) -> tuple[Form, BinaryIO]:
    """JSON lines when the first character that is not blank is ``{``, otherwise text; with the whole stream."""
    head = b""
    while line := stream.readline(MAX_LINE_BYTES):
        head += line
        if line.removeprefix(b"\xef\xbb\xbf").strip() or len(head) > MAX_LINE_BYTES:
            break
    opens_object = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    # Only readline and read are called on it.
    return ("jsonl" if opens_object else "text"), cast(BinaryIO, _Rejoined(BytesIO(head), stream))
