"""What reading a report yields: paragraphs, refusals of what cannot be taken, and lines set aside."""

from dataclasses import dataclass
from datetime import date

from schemas.paragraph import MAX_TEXT, Paragraph
from streams.errors import InputRefusedError
from streams.reports.blocks import Role


class UnreadableError(InputRefusedError):
    """A file cannot be read (any further); the message says what was seen and what to do, without the file's name.

    Attributes:
        line: None when the file as a whole is refused; a line's number when only what is missing there is, and all
            else was read.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What the user says of a report. For text it wins over what the file says; in JSON lines it fills gaps."""

    title: str | None = None
    published: date | None = None
    genre: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or one line of it (counted from 1), that cannot be taken, and why. Everything else still is."""

    file: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A block that is no paragraph: a heading (it lives on as title or section), a byline, a credit, a leftover."""

    file: str
    line: int
    role: Role
    text: str


Reading = Paragraph | Refusal | SetAside


def text_fault(text: str) -> str | None:
    """Why a text cannot be a paragraph's, or None when it can."""
    if not text.strip():
        return "the text is empty"
    if len(text) > MAX_TEXT:
        return f"the text has {len(text):,} characters, at most {MAX_TEXT:,} make a paragraph"
    return None
