"""Lines to blocks: which lines are one paragraph, and what stands between them.

A text either has one paragraph on each line, or its lines were cut at the width of a column. In the second case a
paragraph ends where a sentence ends on a line that is shorter than its column, or where the next line begins with
an indent. Captions and credits that stand within a paragraph follow it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, groupby, islice, pairwise

from streams.reports.blocks import Block, Role, Step
from streams.reports.lines import Line
from streams.reports.roles import (
    has_sentence_end_within,
    is_like_heading,
    opens_caption,
    opens_report,
    role_of,
    sure_role_of,
)
from streams.reports.steps.columns import NEAR, Places, typical
from streams.reports.steps.geometry import BoxedPlaces, roles_of_sizes
from streams.reports.steps.paragraphs import ENDS_PARAGRAPH, ENDS_WITHIN_SENTENCE, Part, endings, parts
from streams.reports.steps.signs import ends_fully, ends_sentence
from streams.reports.steps.spacing import close_gaps
from streams.reports.steps.widths import set_width

WINDOW = 2048
"""Lines that are looked at together."""
MARGIN = 16
"""Lines before and behind a line that say where it stands."""
LONG_LINE = 12
"""Characters from which a line's ending says something: a shorter one may be a heading."""
MAX_ASKED = 256
"""Long lines of a window that are asked whether lines are cut."""
MIN_CUT_SHARE = 0.4
"""Share of long lines that end within a sentence, from which lines count as cut at a column's width."""
MIN_SPACED_SHARE = 0.6
"""Share of lines with a blank one before them, from which blank lines say nothing in a text of cut lines."""
MIN_INDENTED_SHARE = 0.5
"""Share of paragraphs that plainly begin with an indent, from which indents decide."""
BEHIND_HEADING = 6.0
BEHIND_BLANK = 3.0
"""What it costs a paragraph to go on behind a heading, or a blank line where those say something."""
INDENT = (1.0, 5.4)
"""Cells of room at the end of a line of cut text that only an indent at its start explains, from and to."""
MAX_CAPTION = 160
LIKE_THE_TEXT = 2.5
"""Cells by which a full line of the text may differ from the others; those of a caption differ by more."""
MIN_CAPTION = 8
"""Signs of the shortest caption with a credit."""
MAX_LABEL = 32
"""Signs of a picture's label that has no credit of its own."""
MAX_PARAGRAPH = 10_000
"""Characters from which a paragraph ends with the next sentence, and from twice as many with the next line: lines that
give no sign of a paragraph's end must not wait for one, nor become one that is too long for a record."""
MAX_WAITING = 1_000
MAX_SENTENCE = 400
"""Characters: lines with fewer ends of sentences among them than one for so many are a list or a table, no prose."""
MAX_NAME_END = 3
MAX_CAPTION_LINES = 3
MAX_HEADING_LINES = 4
MAX_HEADING = 60

_LATIN = re.compile("[A-Za-z]")


def join_lines(lines: Iterable[Line]) -> Iterator[Block]:
    """The blocks of lines, in order; blocks that interrupt a paragraph come behind it."""
    joiner = _Joiner()
    for window, first, last in _windows(lines):
        joiner.take(window, first, last)
        yield from joiner.done()
    joiner.end()
    yield from joiner.done()


def _windows(lines: Iterable[Line]) -> Iterator[tuple[list[Line], int, int]]:
    """Overlapping stretches of the lines, with the places from and to which they are new."""
    stream = iter(lines)
    held = list(islice(stream, WINDOW + MARGIN))
    first = 0
    while first < len(held):
        more = list(islice(stream, WINDOW))
        last = len(held) - MARGIN if more else len(held)
        yield held, first, last
        kept = max(last - MARGIN, 0)
        held, first = held[kept:] + more, last - kept


class _Joiner:
    """The paragraph that is open, the blocks that wait for its end, and those that are done."""

    def __init__(self) -> None:
        self._open: list[Line] = []
        self._length = 0
        self._caption: list[Line] = []
        self._waiting: list[Block] = []
        self._done: list[Block] = []
        self._behind_picture = False

    def done(self) -> list[Block]:
        """The blocks that were completed since this was asked last."""
        done, self._done = self._done, []
        return done

    def take(self, window: Sequence[Line], first: int, last: int) -> None:
        """Take in lines first to last."""
        if not _are_cut(window):
            self.end()
            spaced = any(line.after_blank for line in window)
            self._done.extend(_whole(window, index, spaced=spaced) for index in range(first, last))
            return
        window, first, last = _credits_apart(window, first, last)
        roles = _sure_roles(window)
        read = _read(window, roles)
        for part, run in groupby(range(first, last), key=read.get):
            if part is Part.GOES_ON:
                self._close_caption()
                self._go_on([window[index] for index in run])
                continue
            for index in run:
                self._take_one(window[index], roles[index], part)

    def end(self) -> None:
        """Complete what is still open."""
        self._close_caption()
        self._close("the text ends")

    def _take_one(self, line: Line, role: Role | None, part: Part | None) -> None:
        if role == "caption" and not line.whole:
            if line.marked or not self._caption or line.column != self._caption[-1].column:
                self._close_caption()
            self._caption.append(line)
            return
        self._close_caption()
        if part is None:
            self._set_between(line, role or "body")
        elif part is Part.HEADING:
            self._set_between(line, "heading")
        else:
            self._close("another paragraph begins")
            self._go_on([line])

    def _go_on(self, lines: Sequence[Line]) -> None:
        length = self._length + sum([len(line.text) for line in lines])
        if length > MAX_PARAGRAPH:
            for line in lines:
                self._go_on_by_one(line)
        else:
            self._open += lines
            self._length = length

    def _go_on_by_one(self, line: Line) -> None:
        length = self._length + len(line.text)
        if length > MAX_PARAGRAPH and self._open and (length > 2 * MAX_PARAGRAPH or ends_sentence(self._open[-1].text)):
            self._close("it is longer than any paragraph")
            length = len(line.text)
        self._open.append(line)
        self._length = length

    def _set_between(self, line: Line, role: Role) -> None:
        block = _block([line], role, is_cut=True)
        if role == "heading" or line.whole:
            self._close("a heading or a block of its own follows")
            self._behind_picture = False
            self._done.append(block)
        elif self._open and len(self._waiting) < MAX_WAITING:
            self._waiting.append(block)
        else:
            self._close("too much stands between its lines")
            self._behind_picture = role == "credit"
            self._done.append(block)

    def _close_caption(self) -> None:
        if not self._caption:
            return
        block = _block(self._caption, "caption", is_cut=True)
        self._caption = []
        if self._open and len(self._waiting) < MAX_WAITING:
            self._waiting.append(block)
        else:
            self._close("too much stands between its lines")
            self._behind_picture = True
            self._done.append(block)

    def _close(self, reason: str) -> None:
        if self._open:
            label = self._behind_picture and len(self._open) == 1 and _is_label(self._open[0])
            role: Role = "caption" if label else _role_of_joined(self._open)
            self._done.append(_block(self._open, role, reason, is_cut=True))
            self._behind_picture = bool(self._waiting) and self._waiting[-1].role in ("caption", "credit")
        self._done += self._waiting
        self._open, self._waiting, self._length = [], [], 0


def _read(window: Sequence[Line], roles: Sequence[Role | None]) -> dict[int, Part]:
    """What those lines of a window are that do not say it by themselves, by their places."""
    body = [index for index, role in enumerate(roles) if role is None]
    lines = [window[index] for index in body]
    spaced = sum(line.after_blank for line in window) >= MIN_SPACED_SHARE * len(window)
    places = BoxedPlaces(lines) if lines and all(line.box for line in lines) else Places(lines)
    breaks = _breaks(window, roles, body, spaced=spaced)
    ends = endings(lines)
    found = parts(lines, places, ends, breaks, indented=_uses_indents(ends, places))
    return dict(zip(body, found, strict=True))


def _are_cut(lines: Sequence[Line]) -> bool:
    long = [line for line in lines if len(line.text) >= LONG_LINE and line.role is None and not line.whole]
    long = long[:: len(long) // MAX_ASKED + 1]
    cut = sum(not ends_sentence(line.text) and sure_role_of(line.text) is None for line in long)
    return len(long) >= 3 and cut >= MIN_CUT_SHARE * len(long) and _are_prose(long)


def _are_prose(lines: Sequence[Line]) -> bool:
    text = "".join(line.text for line in lines)
    return len(text) <= MAX_SENTENCE * (1 + sum(map(text.count, "。！？；.!?;")))


def _credits_apart(window: Sequence[Line], first: int, last: int) -> tuple[list[Line], int, int]:
    """The window with credits in brackets behind a caption on lines of their own; first and last moved."""
    lines = list(window)
    bracketed = [place for place, line in enumerate(lines) if line.text[-1] in ")）】]"]
    for place in reversed(bracketed):
        apart = _credit_apart(lines[place])
        if len(apart) > 1:
            lines[place : place + 1] = apart
            first, last = first + (place < first), last + (place < last)
    return lines, first, last


def _credit_apart(line: Line) -> tuple[Line, ...]:
    if line.whole or line.role is not None:
        return (line,)
    place = max(line.text.rfind(sign) for sign in "(（【[")
    if place <= 0 or line.text[place - 1] not in "。！？" or role_of(line.text[place:]) != "credit":
        return (line,)
    step = Step("join_lines", "a credit stands at the end of the line")
    before = replace(line, text=line.text[:place].rstrip(), steps=(*line.steps, step))
    return before, replace(line, text=line.text[place:], after_blank=False, marked=False, steps=(step,))


def _whole(window: Sequence[Line], index: int, *, spaced: bool) -> Block:
    """A line that is a block of its own; only what a blank line sets apart is a heading where blank lines are used.

    So a short sentence without its full stop stays with the text that it follows.
    """
    line = window[index]
    role = _sure_role(line) or role_of(line.text)
    shown = line.role or line.hashed or line.doubled or line.whole or line.after_blank
    if role != "heading" or shown or index == 0 or not spaced:
        return _block([line], role)
    before = window[index - 1]
    follows = not before.whole and (_sure_role(before) or role_of(before.text)) == "body"
    return _block([line], "body" if follows else role)


def _sure_role(line: Line) -> Role | None:
    """The role of a line that says by itself what it is."""
    if line.role is not None:
        return line.role
    if line.whole:
        return role_of(line.text)
    if line.marked:
        return "caption"
    if line.doubled or line.hashed:
        return "heading"
    role = sure_role_of(line.text)
    if role is not None:
        return role
    if line.text[0] == "【" and line.text[-1] == "】":
        return "heading"
    return None


def _sure_roles(lines: Sequence[Line]) -> list[Role | None]:
    """The roles of lines that say by themselves what they are, and of those that go on with a caption."""
    roles = list(map(_sure_role, lines))
    if lines and all(line.size for line in lines):
        roles = [role or other for role, other in zip(roles, roles_of_sizes(lines), strict=True)]
    length = 0
    for index in range(1, len(lines)):
        if roles[index - 1] is None:
            length = 0
            continue
        before, line = lines[index - 1], lines[index]
        length = length + len(before.text) if roles[index - 1] == "caption" else 0
        if roles[index] is not None or before.whole or line.whole:
            continue
        if 0 < length < MAX_CAPTION and not ends_fully(before.text) and line.size == before.size:
            roles[index] = "caption"
        elif roles[index - 1] == "byline" and len(line.text) <= MAX_NAME_END and line.text.isalpha():
            roles[index] = "byline"
    for index in [index for index, role in enumerate(roles) if role == "credit" and index]:
        if roles[index - 1] is None:
            first = _caption_start(lines, roles, index)
            roles[first:index] = ["caption"] * (index - first)
    return roles


def _caption_start(lines: Sequence[Line], roles: Sequence[Role | None], credit: int) -> int:
    """The first line of the caption that ends before a credit: its lines are not as wide as those of the text.

    But a last line of a few signs always has one before it, no sentence ends within a line of a caption, and what opens
    as captions do is its first one.
    """
    first = credit - 1
    length = len(lines[first].text)
    while first > 0 and credit - first < MAX_CAPTION_LINES and roles[first - 1] is None:
        before = lines[first - 1]
        if ends_sentence(before.text) or has_sentence_end_within(before.text) or opens_report(lines[first].text):
            break
        if length >= MIN_CAPTION and opens_caption(lines[first].text):
            break
        text = [
            set_width(lines[place].text) for place in range(max(first - 1 - NEAR, 0), first - 1) if roles[place] is None
        ]
        like_text = bool(text) and abs(set_width(before.text) - typical(text)) <= LIKE_THE_TEXT
        if length >= MIN_CAPTION and like_text and not opens_caption(before.text):
            break
        first -= 1
        length += len(before.text)
    return first


def _uses_indents(ends: Sequence[float], places: Places) -> bool:
    """Whether the lines behind plain ends of paragraphs are short by an indent."""
    flush = indented = 0
    for index, (before, ending) in enumerate(pairwise(ends), 1):
        behind_end = before == ENDS_PARAGRAPH and ending == ENDS_WITHIN_SENTENCE
        if behind_end and places.room(index - 1, first=False) > INDENT[1]:
            room = places.room(index, first=True)
            indented += INDENT[0] <= room <= INDENT[1]
            flush += room < INDENT[0]
    return indented > MIN_INDENTED_SHARE * (indented + flush)


def _breaks(window: Sequence[Line], roles: Sequence[Role | None], body: Sequence[int], *, spaced: bool) -> list[float]:
    """What it costs each body line to go on over what stands between it and the one before."""
    costs = []
    before = -1
    for index in body:
        cost = BEHIND_HEADING if index - before > 1 and "heading" in roles[before + 1 : index] else 0.0
        if window[index].after_blank and not spaced:
            cost += BEHIND_BLANK
        costs.append(cost)
        before = index
    return costs


def _is_like_heading(opened: Sequence[Line]) -> bool:
    text = "".join(line.text for line in opened)
    return len(opened) <= MAX_HEADING_LINES and len(text) <= MAX_HEADING and is_like_heading(text)


def _is_label(line: Line) -> bool:
    """Whether a line can be what stands below a picture: one short plain sentence; where sizes tell, it is none."""
    text = line.text
    return (
        not line.size and len(text) <= MAX_LABEL and ends_fully(text) and not any(sign in text for sign in "，；：、“")
    )


def _role_of_joined(lines: Sequence[Line]) -> Role:
    return "heading" if not ends_sentence(lines[-1].text) and _is_like_heading(lines) else "body"


def _block(lines: Sequence[Line], role: Role, reason: str = "", *, is_cut: bool = False) -> Block:
    first = lines[0]
    if len(lines) == 1:
        text, steps = first.text, first.steps
    else:
        text = _joined([line.text for line in lines])
        steps = (*chain.from_iterable([line.steps for line in lines]), _step(len(lines), reason))
    if is_cut and role in ("body", "caption"):
        text = close_gaps(text)
    return Block(role, text, first.number, first.page, None, steps)


@lru_cache(maxsize=256)
def _step(count: int, reason: str) -> Step:
    return Step("join_lines", f"{count} lines" + (f"; then {reason}" if reason else ""))


def _joined(parts: Sequence[str]) -> str:
    """Lines one behind the other, with a space only between two Latin words."""
    joined = "".join(parts)
    if not _LATIN.search(joined):
        return joined
    joined = parts[0]
    for part in parts[1:]:
        latin = joined[-1].isascii() and joined[-1].isalpha() and part[0].isascii() and part[0].isalpha()
        joined += f" {part}" if latin else part
    return joined
