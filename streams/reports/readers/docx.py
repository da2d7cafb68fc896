"""Word documents (.docx) to lines: one for each paragraph, as the document reads with its tracked changes accepted.

The XML is read directly, since the usual library hides insertions that are still tracked. Deleted and moved-away text
does not appear, inserted text does. Hidden text, headers, footers and comments are leftovers; notes follow the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any, BinaryIO

from streams.reports.blocks import Role
from streams.reports.lines import Line
from streams.reports.readers.package import Package, attribute, local
from streams.reports.readers.styles import roles_of_styles
from streams.reports.reading import UnreadableError

DOCUMENT = "word/document.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_MARGINS = re.compile(r"^word/(?:header\d*|footer\d*|comments)\.xml$")
_ENDS_SENTENCE = re.compile(r"[。！？；…：!?;.:][”’』」》）)\"']*$")
_GONE = ("del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "fldData")
"""Elements whose text is not the document's: taken back, or the same again for older readers."""
_SIGNS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "br": "\n", "cr": "\n"}
MAX_CELL = 40
"""Characters of a cell in a table of figures; a table with longer ones only arranges text."""
LONG_LINE = 12
OPENING = 400
"""Paragraphs from which it is told whether each of them is a whole one."""


def lines_of_docx(stream: BinaryIO) -> Iterator[Line]:
    """The paragraphs of a Word document, those of text boxes after the one they hang on, table rows with tabs.

    Raises:
        UnreadableError: encrypted, damaged, no Word document, a ZIP bomb, or without text.
    """
    package = Package(stream)
    lines = _numbered(_all_paragraphs(package))
    opening = list(islice(lines, OPENING))
    if not opening:
        raise UnreadableError("a Word document without text")
    whole = _are_whole(opening)
    for line in chain(opening, lines):
        yield replace(line, whole=True) if whole else line


def _all_paragraphs(package: Package) -> Iterator["_Paragraph"]:
    roles = roles_of_styles(package)
    yield from _Body(roles).paragraphs(package.elements(DOCUMENT))
    for name in NOTES:
        if package.has(name):
            yield from _Body(roles).paragraphs(package.elements(name))
    for name in filter(_MARGINS.match, package.names()):
        for paragraph in _Body(roles).paragraphs(package.elements(name)):
            paragraph.role = "leftover"
            yield paragraph


def _are_whole(lines: Iterable[Line]) -> bool:
    """Whether paragraphs end where sentences do: otherwise each is a line of a page that was pasted in."""
    long = [line for line in lines if line.role is None and len(line.text) >= LONG_LINE and "\t" not in line.text]
    return 2 * sum(bool(_ENDS_SENTENCE.search(line.text)) for line in long) >= len(long)


def _numbered(paragraphs: Iterable["_Paragraph"]) -> Iterator[Line]:
    number, after_blank = 0, False
    for paragraph in paragraphs:
        text = paragraph.text
        for part in _parts(text, paragraph.role):
            number += 1
            settled = paragraph.role is not None
            yield Line(
                number,
                part,
                after_blank=after_blank,
                indent=paragraph.indent,
                bold=paragraph.bold,
                role=paragraph.role,
                whole=settled,
            )
            after_blank = False
        after_blank = after_blank or not text.strip()
        for hidden in filter(str.strip, paragraph.hidden):
            number += 1
            yield Line(number, hidden.strip(), role="leftover", whole=True)


def _parts(text: str, role: Role | None) -> list[str]:
    """A paragraph's lines: a break within it parts sentences, and is a mere fold anywhere else."""
    parts: list[str] = []
    for line in (stripped for line in text.split("\n") if (stripped := line.strip())):
        if parts and (role == "heading" or not _ENDS_SENTENCE.search(parts[-1])):
            parts[-1] += f" {line}" if role == "heading" else line
        else:
            parts.append(line)
    return parts


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read: its text so far, and what hangs on it."""

    pieces: list[str] = field(default_factory=list)
    role: Role | None = None
    indent: int = 0
    bold: bool | None = None
    hidden: list[str] = field(default_factory=list)
    boxes: list["_Paragraph"] = field(default_factory=list)
    goes_on: bool = False

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.pieces)


@dataclass(slots=True)
class _Run:
    """Letters of one look, being read."""

    pieces: list[str] = field(default_factory=list)
    bold: bool = False
    hidden: bool = False


@dataclass(slots=True)
class _Row:
    """A table row being read: the paragraphs of its cells."""

    cells: list[list[_Paragraph]] = field(default_factory=list)

    def paragraphs(self) -> list[_Paragraph]:
        """One paragraph with tabs for a row of figures, otherwise those of the cells one after the other."""
        filled = [[paragraph for paragraph in cell if paragraph.text.strip()] for cell in self.cells]
        filled = [cell for cell in filled if cell]
        short = all(len(cell) == 1 and len(cell[0].text) <= MAX_CELL for cell in filled)
        every = [paragraph for cell in self.cells for paragraph in cell]
        if len(filled) < 2 or not short:
            return every
        row = _Paragraph(["\t".join(cell[0].text.strip().replace("\n", " ") for cell in filled)])
        row.hidden = [text for paragraph in every for text in paragraph.hidden]
        row.boxes = [box for paragraph in every for box in paragraph.boxes]
        return [row]


class _Body:
    """Reads the elements of a part of the document, and gives paragraphs as they end."""

    def __init__(self, roles: dict[str, Role]) -> None:
        self._roles = roles
        self._open: list[_Paragraph] = []
        self._rows: list[_Row] = []
        self._joined: _Paragraph | None = None
        self._gone = 0
        self._runs: list[_Run] = []
        self._path: list[str] = []

    def paragraphs(self, elements: Iterator[tuple[str, Any]]) -> Iterator[_Paragraph]:
        """The paragraphs in order, each followed by those of its text boxes."""
        for event, element in elements:
            name = local(element)
            if event == "start":
                self._start(name, element)
                self._path.append(name)
                continue
            self._path.pop()
            for paragraph in self._end(name, element):
                yield from _with_boxes(paragraph)
        if self._joined:
            yield from _with_boxes(self._joined)

    def _start(self, name: str, element: Any) -> None:
        if name in _GONE and not self._is_mark(name):
            self._gone += 1
        elif name == "p":
            self._open.append(_Paragraph())
        elif name == "tr":
            self._rows.append(_Row())
        elif name == "tc" and self._rows:
            self._rows[-1].cells.append([])
        elif name == "r":
            self._runs.append(_Run())
        elif self._open:
            self._property(name, element)

    def _is_mark(self, name: str) -> bool:
        """Whether a deletion is that of a paragraph's end, not of text."""
        if name not in ("del", "moveFrom") or "rPr" not in self._path[-1:]:
            return False
        if self._open:
            self._open[-1].goes_on = True
        return True

    def _property(self, name: str, element: Any) -> None:
        paragraph, parent = self._open[-1], self._path[-1] if self._path else ""
        if name == "pStyle":
            paragraph.role = self._roles.get(attribute(element, "val") or "", paragraph.role)
        elif name == "outlineLvl" and (attribute(element, "val") or "9") < "9":
            paragraph.role = "heading"
        elif name == "ind":
            paragraph.indent = _cells(element)
        elif parent == "rPr" and self._path[-2:-1] == ["r"] and self._runs:
            on = attribute(element, "val") not in ("0", "false", "off", "none")
            self._runs[-1].bold = self._runs[-1].bold or (name == "b" and on)
            self._runs[-1].hidden = self._runs[-1].hidden or (name == "vanish" and on)

    def _end(self, name: str, element: Any) -> Iterator[_Paragraph]:
        if name in _GONE and not (name in ("del", "moveFrom") and "rPr" in self._path[-1:]):
            self._gone -= 1
        elif name == "t" and not self._gone:
            self._add(element.text or "")
        elif name in _SIGNS and self._path[-1:] == ["r"] and not self._gone:
            self._add(_SIGNS[name])
        elif name == "sym" and not self._gone:
            self._add(_symbol(element))
        elif name == "r" and self._runs:
            self._end_run()
        elif name == "p" and self._open:
            yield from self._end_paragraph()
        elif name == "tr" and self._rows:
            yield from self._end_row()
        if name in ("p", "tr", "tbl", "sdt"):
            _forget(element)

    def _add(self, text: str) -> None:
        if self._runs:
            self._runs[-1].pieces.append(text)
        elif self._open:
            self._open[-1].pieces.append(text)

    def _end_run(self) -> None:
        run = self._runs.pop()
        text = "".join(run.pieces)
        if not text or not self._open:
            return
        paragraph = self._open[-1]
        if run.hidden:
            paragraph.hidden.append(text)
            return
        paragraph.pieces.append(text)
        if text.strip():
            paragraph.bold = run.bold and paragraph.bold is not False

    def _end_paragraph(self) -> Iterator[_Paragraph]:
        paragraph = self._open.pop()
        if self._open:
            # A text box, within the run of the paragraph that it hangs on.
            self._open[-1].boxes.append(paragraph)
            return
        if self._joined:
            paragraph = _together(self._joined, paragraph)
            self._joined = None
        if paragraph.goes_on:
            paragraph.goes_on = False
            self._joined = paragraph
        elif self._rows and self._rows[-1].cells:
            self._rows[-1].cells[-1].append(paragraph)
        else:
            yield paragraph

    def _end_row(self) -> Iterator[_Paragraph]:
        row = self._rows.pop()
        if self._rows and self._rows[-1].cells:
            self._rows[-1].cells[-1].extend(row.paragraphs())
        else:
            yield from row.paragraphs()


def _together(first: _Paragraph, second: _Paragraph) -> _Paragraph:
    """Two paragraphs between which the end of the first was deleted: the second's properties hold."""
    second.pieces = first.pieces + second.pieces
    second.hidden, second.boxes = first.hidden + second.hidden, first.boxes + second.boxes
    return second


def _with_boxes(paragraph: _Paragraph) -> Iterator[_Paragraph]:
    """A paragraph and those of its text boxes, whose own boxes follow them."""
    waiting = [paragraph]
    while waiting:
        current = waiting.pop()
        waiting.extend(reversed(current.boxes))
        yield current


def _cells(element: Any) -> int:
    """The indent of a first line in half-width cells; a twentieth of a point in a font of 12 points is 1/120 of one."""
    characters, twentieths = attribute(element, "firstLineChars"), attribute(element, "firstLine")
    try:
        return int(characters) // 50 if characters else int(float(twentieths or 0)) // 120
    except ValueError:  # a length with its unit, as the strict form has it
        return 0


def _symbol(element: Any) -> str:
    try:
        return chr(int(attribute(element, "char") or "", 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _forget(element: Any) -> None:
    """Free an element that has been read, and those before it."""
    element.clear()
    while element.getprevious() is not None and element.getparent() is not None:
        del element.getparent()[0]
