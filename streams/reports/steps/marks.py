"""Signs that stand before a line and are none of its words: pointers at pictures, bullets, Markdown's #."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.reports.blocks import Step
from streams.reports.lines import Line
from streams.reports.steps.signs import BULLETS, POINTERS, PRIVATE

_POINTING = f"{PRIVATE}{POINTERS}"
_ANY = f"{_POINTING}{BULLETS}"
_MARKS = re.compile(f"^[\\s{_ANY}]*[{_ANY}]\\s*")
_POINTER = re.compile(f"[{_POINTING}]")
_FIRST = re.compile(f"[{_ANY}]")
_HASHES = re.compile(r"^#{1,6}\s+(?=\S)")
_WITHIN = re.compile(f"(?<=\\S)\\s+(?=[{_POINTING}]+\\s*[^\\s{_ANY}])")


def split_at_pointers(lines: Iterable[Line]) -> Iterator[Line]:
    """A row of two columns, the second of which begins with a pointer, as two lines: 全 ▲ 图为会场。"""
    for line in lines:
        found = _WITHIN.search(line.text) if " " in line.text or "\u3000" in line.text else None
        if found is None or line.whole:
            yield line
            continue
        step = Step("split_at_pointers", "a pointer at a picture stands within the line")
        yield replace(line, text=line.text[: found.start()], steps=(*line.steps, step))
        yield replace(line, text=line.text[found.end() :], steps=(*line.steps, step), after_blank=False)


def drop_marks(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines without the glyphs of a page's own font, arrows and bullets that stand before them."""
    first = _FIRST.match
    for line in lines:
        # No mark is among the hanzi, with which most lines begin.
        yield line if "\u3000" <= line.text[0] < "\ue000" or not first(line.text) else drop_marks_of(line)


def drop_marks_of(line: Line) -> Line:
    """One line without its marks; a line of nothing but marks keeps them."""
    found = _MARKS.match(line.text)
    if found is None or found.end() == len(line.text):
        return line
    marks = "".join(found[0].split())
    pointing = bool(_POINTER.search(marks))
    step = Step("drop_marks", "points at a picture" if pointing else "a bullet", marks)
    return replace(
        line,
        text=line.text[found.end() :],
        marked=line.marked or pointing,
        opens=line.opens or not pointing,
        steps=(*line.steps, step),
    )


def drop_hashes(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines without Markdown's marks of a heading: ## 工作回顾 -> 工作回顾."""
    for line in lines:
        yield drop_hashes_of(line) if line.text[0] == "#" else line


def drop_hashes_of(line: Line) -> Line:
    """One line without its marks of a heading."""
    found = _HASHES.match(line.text)
    if found is None:
        return line
    step = Step("drop_hashes", "Markdown's mark of a heading", found[0].strip())
    return replace(line, text=line.text[found.end() :], hashed=True, steps=(*line.steps, step))
