"""The texts that pages are set from: the reports in ``seeds/``, with their headings, paragraphs and captions."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds"
MAX_HEADING = 34

_SENTENCE = re.compile(r"[^。！？]+[。！？]+[”’）]*")
_ENDS = re.compile(r"[。！？；：][”’）]*$")
_PAIRS = ("“”", "‘’", "（）", "《》")


@dataclass(frozen=True, slots=True)
class SeedSection:
    """Paragraphs under a heading (None before the first)."""

    heading: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeedReport:
    """A report: title, a subtitle (without its dash) where it has one, sections."""

    title: str
    subtitle: str | None
    sections: tuple[SeedSection, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """All paragraphs in order."""
        return tuple(paragraph for section in self.sections for paragraph in section.paragraphs)


@cache
def seed_reports(folder: Path = SEEDS) -> tuple[SeedReport, ...]:
    """The reports of the folder that are written as clean text, in the order of their names."""
    texts = [path for path in sorted(folder.glob("*.txt")) if "newspaper-page" not in path.name]
    lines = sorted(folder.glob("*.jsonl"))
    return (*map(_from_text, texts), *(report for path in lines for report in _from_jsonl(path)))


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, as long as they stand by themselves: brackets and quotation marks closed."""
    found: list[str] = []
    for sentence in _SENTENCE.findall(paragraph):
        if found and not is_closed(found[-1]):
            found[-1] += sentence
        else:
            found.append(sentence)
    return [sentence for sentence in found if is_closed(sentence)]


def is_closed(text: str) -> bool:
    """Whether every bracket and quotation mark that the text opens is closed in it."""
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS)


def _from_text(path: Path) -> SeedReport:
    title, *rest = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    subtitle = rest.pop(0).removeprefix("——") if rest[0].startswith("——") else None
    # The line below the title is the dateline.
    return SeedReport(title, subtitle, tuple(_sections(rest[1:])))


def _sections(lines: Iterable[str]) -> Iterator[SeedSection]:
    heading: str | None = None
    paragraphs: list[str] = []
    for line in lines:
        if len(line) <= MAX_HEADING and not _ENDS.search(line):
            yield SeedSection(heading, tuple(paragraphs))
            heading, paragraphs = line, []
        elif not line.startswith("图为"):  # pages bring their own captions
            paragraphs.append(line)
    yield SeedSection(heading, tuple(paragraphs))


def _from_jsonl(path: Path) -> Iterator[SeedReport]:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for title, of_report in groupby(records, key=lambda record: str(record["report"]["title"])):
        sections = [
            SeedSection(section, tuple(record["text"] for record in of_section))
            for section, of_section in groupby(of_report, key=lambda record: record["section"])
        ]
        yield SeedReport(title, None, tuple(sections))
