"""Paragraph: the input record, one paragraph of one report."""

from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.ids import content_id
from schemas.record import Identifier, Label, Record

MAX_TEXT = 100_000
"""Longest paragraph in characters. The model report's longest has about 1,000; beyond 100,000 it is no paragraph."""

MAX_COUNT = 2**31 - 1
"""Greatest ordinal and page: what every reader's integers can hold."""

ParagraphText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
"""Text with at least one character that is not white space."""


class Report(Record):
    """Where a paragraph comes from."""

    id: Identifier
    title: Label | None = None
    published: date | None = None
    genre: Label | None = None
    source: Label | None = Field(None, description="Where the report was read: a file's name, an address.")

    @classmethod
    def named(
        cls,
        title: str | None,
        published: date | None = None,
        genre: str | None = None,
        source: str | None = None,
    ) -> Self:
        """A report whose id follows from what is known of it."""
        known = content_id("report", title, published.isoformat() if published else None, genre, source)
        return cls(id=known, title=title, published=published, genre=genre, source=source)


class Paragraph(Record):
    """One paragraph. ``start``/``end`` of everything found in it count characters (code points) of ``text``."""

    schema_name: ClassVar[str] = "paragraph"

    id: Identifier
    report: Report
    ordinal: int = Field(ge=0, le=MAX_COUNT, strict=True, description="Place within the report, from 0.")
    section: Label | None = Field(None, description="The nearest heading above the paragraph.")
    text: ParagraphText
    page: int | None = Field(
        None, ge=1, le=MAX_COUNT, strict=True, description="Page of the source, from 1, where there are pages."
    )
    pushed_at: AwareDatetime = Field(strict=True)

    @classmethod
    def numbered(
        cls,
        report: Report,
        ordinal: int,
        text: str,
        section: str | None = None,
        page: int | None = None,
        pushed_at: datetime | None = None,
    ) -> Self:
        """A paragraph whose id follows from its report, its place and its text."""
        return cls(
            id=paragraph_id(report.id, ordinal, text),
            report=report,
            ordinal=ordinal,
            section=section,
            text=text,
            page=page,
            pushed_at=pushed_at or datetime.now(UTC),
        )


def paragraph_id(report_id: str, ordinal: int, text: str) -> str:
    """The id of a paragraph that brings none of its own."""
    return content_id("paragraph", report_id, ordinal, text)
