"""What a report is: its title, day and genre, from the options, its file's name, its metadata and its opening.

Options win over everything. Nothing is guessed: what neither of these tells stays open.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.paragraph import Report
from streams.reports.blocks import Block
from streams.reports.dates import day_of, without_day
from streams.reports.genres import genre_of
from streams.reports.reading import ReportOptions

OPENING = 60
"""So many first blocks, leftovers included, tell what a report is; a reader holds these and streams the others."""
FIRST_HEADINGS = 3
"""Headings above all body whose words may tell the genre: kicker, title, line below the title."""
MAX_TITLE = 200
"""Characters. A longer first heading, or a longer title in a file's metadata, is no title."""

_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、．]|第[一二三四五六七八九十]{1,3}[章节部分])"
)
_NO_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel)\b.*|untitled.*|无标题.*|未命名.*|新建.*"
    r"|(?:文档|幻灯片|document)\s*\d*"
    r"|(?:slide|print|page|layout)\s*\d*|.*\.(?:docx?|indd|qxd|fit|fbd|s2|ps|eps|pdf|wps|rtf|txt|html?|cdr|pptx?))$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"^(?:[（(【［\[]\s*)?(?:新华社|中新社|中新网|本报讯|本报[\u4e00-\u9fff]{0,6}\d{1,2}月\d{1,2}日(?:讯|电))"
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file's format says of the report, apart from its text.

    Attributes:
        title: the title that it names.
        published: what it calls the day of publication.
        made: the day the file was made: it only helps a dateline to its year.
        genre: the genre or kind that it names.
    """

    title: str | None = None
    published: date | None = None
    made: date | None = None
    genre: str | None = None


NOTHING = Metadata()


def report_of(name: str, opening: Sequence[Block], options: ReportOptions, metadata: Metadata = NOTHING) -> Report:
    """The report, its id following from its title, day, genre and source.

    Args:
        name: bare name of the file, or ``stdin``.
        opening: the first blocks, leftovers included; more than ``OPENING`` change nothing.
        options: what the user says.
        metadata: what the format says.
    """
    opening = opening[:OPENING]
    title = options.title or _title(name, opening, metadata)
    published = options.published or day_of(name, opening, metadata.published, metadata.made)
    genre = options.genre or metadata.genre or _genre(title, name, opening)
    return Report.named(title, published, genre, options.source or name)


def _title(name: str, opening: Sequence[Block], metadata: Metadata) -> str:
    """The heading above all body; a numbered one is a section's, so that the format's title comes before it."""
    above = next(_headings_above(opening), None)
    named = _named_title(metadata)
    if above and (named is None or not _NUMBERED.match(above)):
        return above
    return named or above or _stem(name)


def _headings_above(opening: Sequence[Block]) -> Iterator[str]:
    for block in opening:
        if block.role in ("body", "caption"):
            return
        if block.role == "heading" and len(block.text) <= MAX_TITLE:
            yield block.text


def _named_title(metadata: Metadata) -> str | None:
    """The format's title unless it is what a program put there: a file's name, Untitled, Microsoft Word - …"""
    title = " ".join((metadata.title or "").split())
    good = 2 <= len(title) <= MAX_TITLE and any(map(str.isalpha, title)) and not _NO_TITLE.match(title)
    return title if good else None


def _stem(name: str) -> str:
    """The file's name without its suffix, and without a date where something is left then."""
    stem = name.rpartition(".")[0] or name
    short = without_day(stem)
    return short if any(map(str.isalpha, short)) else stem


def _genre(title: str, name: str, opening: Sequence[Block]) -> str | None:
    headings = list(_headings_above(opening))[:FIRST_HEADINGS]
    for told in (title, *headings, _stem(name)):
        genre = genre_of(told)
        if genre:
            return genre
    first = next((block.text for block in opening if block.role == "body"), "")
    return "新闻" if _AGENCY.match(first) else None
