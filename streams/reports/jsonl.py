"""JSON lines to paragraphs, one line at a time, so that a broken line costs only itself.

A line is an object with ``text`` and, as far as known, ``id``, ``ordinal``, ``section``, ``page``, ``pushed_at``
and ``report`` {``id``, ``title``, ``published``, ``genre``, ``source``}. Classified paragraphs and labelled
files can be read too: what an analysis says is accepted and left out. Any other field is refused, because
it is more likely a misspelling than something to ignore.

What a line does not bring follows from the line alone, so that the same file always gives the same ids:

- ``ordinal`` is the line's place in the file, from 0, blank and broken lines counted. It is not counted
  within the report, because then mending one broken line would give every later paragraph a new id.
- ``report.id`` follows from the report's title, date, genre and source as far as the line and the options
  name them; a line without a title takes the file's name. So a file and its copy on standard input agree.
- ``id`` follows from the report's id, the ordinal and the text.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from schemas.paragraph import Paragraph, Report, paragraph_id
from schemas.record import Identifier, Label
from streams.reports.reading import Refusal, ReportOptions, text_fault

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longest line: twice the largest record that any topic takes."""


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _iso_date(value: object) -> object:
    # Behind a validator of ours pydantic no longer knows that the value came from JSON, where a date is text.
    return date.fromisoformat(value) if isinstance(value, str) and value else _none_if_empty(value)


OptionalLabel = Annotated[Label | None, BeforeValidator(_none_if_empty)]


class _ReportFields(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    id: Identifier | None = None
    title: OptionalLabel = None
    published: Annotated[date | None, BeforeValidator(_iso_date)] = None
    genre: OptionalLabel = None
    source: OptionalLabel = None


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    text: str
    id: Identifier | None = None
    report: _ReportFields | None = None
    ordinal: int | None = Field(None, ge=0)
    section: OptionalLabel = None
    page: int | None = Field(None, ge=1)
    pushed_at: AwareDatetime | None = None
    # What an analysis adds: accepted, so that its output and labelled files can be pushed, and not looked at.
    kinds: Any = None
    primary: Any = None
    scores: Any = None
    speeches: Any = None
    proposals: Any = None
    statistics: Any = None
    plans: Any = None
    analysis_version: Any = None


def read_jsonl(
    stream: BinaryIO, file: str, name: str, options: ReportOptions, now: datetime
) -> Iterator[tuple[int, Paragraph | Refusal]]:
    """The paragraph or the refusal of each line that is not blank, in order, with the line's number from 1.

    Args:
        stream: bytes; read as the paragraphs are asked for.
        file: the file as the user named it, for refusals.
        name: its bare name, the ``source`` of reports that name none.
        options: fill what a line's report leaves open.
        now: ``pushed_at`` of lines that bring none.
    """
    for number, line in enumerate(_lines(stream), start=1):
        if line is None:
            yield number, Refusal(file, f"the line is longer than {MAX_LINE_BYTES:,} bytes", number)
            continue
        raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if raw.strip():
            yield number, _paragraph_or_refusal(raw, number, file, name, options, now)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines without ever holding more than one; None stands for a line that is too long, skipped to its end."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield None


def _paragraph_or_refusal(
    raw: bytes, number: int, file: str, name: str, options: ReportOptions, now: datetime
) -> Paragraph | Refusal:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return Refusal(file, f"not UTF-8: byte 0x{raw[error.start]:02x} at {error.start} of the line", number)
    try:
        line = _Line.model_validate_json(raw)
    except ValidationError as error:
        return Refusal(file, _complaint(error), number)
    fault = text_fault(line.text)
    return Refusal(file, fault, number) if fault else _paragraph(line, number - 1, name, options, now)


def _paragraph(line: _Line, place: int, name: str, options: ReportOptions, now: datetime) -> Paragraph:
    report = _report(line.report or _ReportFields(), name, options)
    ordinal = place if line.ordinal is None else line.ordinal
    return Paragraph(
        id=line.id or paragraph_id(report.id, ordinal, line.text),
        report=report,
        ordinal=ordinal,
        section=line.section,
        text=line.text,
        page=line.page,
        pushed_at=line.pushed_at or now,
    )


def _report(given: _ReportFields, name: str, options: ReportOptions) -> Report:
    title = given.title or options.title or name.rpartition(".")[0] or name
    published = given.published or options.published
    genre = given.genre or options.genre
    source = given.source or options.source
    named = Report.named(title, published, genre, source)
    return named.model_copy(update={"id": given.id or named.id, "source": source or name})


def _complaint(error: ValidationError) -> str:
    """Every fault of the line, each with its field; a broken line has only one."""
    shown = []
    for fault in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "json_invalid":
            shown.append("not JSON: " + fault["ctx"]["error"].replace(" at line 1 column", " at column"))
        elif fault["type"] == "extra_forbidden":
            shown.append(f"unknown field {field}")
        elif fault["type"] == "missing":
            shown.append(f"no field {field}")
        elif field == "report.published":
            shown.append("report.published: not a date as 2024-01-31")
        else:
            shown.append(f"{field or 'line'}: {fault['msg']}")
    return "; ".join(shown[:5])
