"""Where paragraphs and headings begin in lines that were cut at the width of a column: the cheapest reading of all.

Each line begins a paragraph, goes on with one, or is a heading. What speaks against a reading costs: a line that goes
on though it leaves room for the next line's first word; a paragraph that ends within a sentence; a first line without
the indent that the others have; a heading that looks like prose. The costs are negative logarithms of likelihoods as
far as those could be counted (a sentence ends on a full line about four times as often as its paragraph does); the
others were set on half of the typeset pages of ``benchmarks/`` and hold on the other half.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from streams.reports.lines import Line
from streams.reports.roles import OPENING_SIGNS, is_like_heading, opens_chapter, opens_item, opens_report, opens_speech
from streams.reports.steps.columns import Places
from streams.reports.steps.signs import HANZI, STOPS_AND_CLOSERS, ends_fully, ends_sentence


class Part(IntEnum):
    """What a line is to the block that it stands in."""

    BEGINS = 0
    GOES_ON = 1
    HEADING = 2


INDENT = 4.0
"""Cells by which an indent shortens a first line."""
FULL = 0.2
SHORT = 3.0
"""Cells of room: up to FULL a line is full, from SHORT on it plainly is not."""
PLAY = 2.8
"""Cells by which a line may be wider than its column."""

OVER_BY = 2.4
UNFILLED_BY = 3.1
WORST = 7.5
PLAINLY_UNFILLED = FULL + WORST / UNFILLED_BY
"""Cells of room from which a line is as unfilled as a line can be."""
ALONE = 3.8
ENDS_FULL = 1.0
ENDS_PARAGRAPH = 0.4
GOES_ON_BEHIND_STOP = 0.2
ENDS_AT_SEMICOLON = 2.2
ENDS_WITHIN_SENTENCE = 8.0
IS_HEADING = 1.6
COMMA_IN_HEADING = 3.0
IN_PHRASES = 3.0
"""How much a blank between two phrases speaks for a heading."""
GOES_ON_BEHIND_HEADING = 5.0
OPENS_BLOCK = -6.0
OPENS_REPORT = -8.0
OPENS_ITEM = -3.7
OPENS_SPEECH = -2.6
BEHIND_NAME = 3.5
NEVER = 1e6
MAX_HEADING = 60
DEEP = 6.0
"""How much dearer every other reading is where a line plainly goes on."""
SETTLED = 7.4
"""How much dearer it must be that a block ends than that it goes on, for a heading behind it to be out of the question:
it costs IS_HEADING at least, and a paragraph that ends within a sentence ENDS_WITHIN_SENTENCE."""
GOES_ON = (1, 1, 1)

_PARTS = tuple(Part)

# Headings part their phrases by a blank (擦亮山水名片 做活研学文章); prose has none between two hanzi.
_PHRASES = re.compile(f"[{HANZI}]{{2}} [{HANZI}]{{2}}")
_ENDINGS = STOPS_AND_CLOSERS | frozenset("—：")


def endings(lines: Sequence[Line]) -> list[float]:
    """What it costs to end a paragraph with each of the lines, by its last signs."""
    return [_ending(line.text) if line.text[-1] in STOPS_AND_CLOSERS else ENDS_WITHIN_SENTENCE for line in lines]


def parts(
    lines: Sequence[Line], places: Places, ends: Sequence[float], breaks: Sequence[float], *, indented: bool
) -> list[Part]:
    """What each line is, in the cheapest reading of all of them.

    Args:
        lines: those that may be body or headings, in order.
        places: their places.
        ends: their ``endings``.
        breaks: for each line, what it costs to go on over what stands before it: a heading, a blank line.
        indented: whether paragraphs begin with an indent.
    """
    if not lines:
        return []
    shift = INDENT if indented and places.indents is None else 0.0
    evidence = places.begins or [0.0] * len(lines)
    heading = _heading(lines[0])
    best = (_beginning(lines[0], anew=True), breaks[0] + GOES_ON_BEHIND_HEADING, heading)
    chosen: list[tuple[int, int, int]] = []
    deep = False
    before = lines[0]
    for index, (line, apart, for_it) in enumerate(zip(lines[1:], breaks[1:], evidence[1:], strict=True), 1):
        last, before = before, line
        if deep and last.text[-1] not in _ENDINGS and not apart and not line.opens and for_it <= 0:
            # Deep in a paragraph, behind a line that ends no sentence: by far the most lines of all.
            chosen.append(GOES_ON)
            continue
        if deep:
            best = (best[1] + DEEP, best[1], NEVER)
        ending = ends[index - 1]
        end, on, later, origin = _costs(best, places, index - 1, ending, shift)
        within = ending >= ENDS_WITHIN_SENTENCE and not apart
        # Within a sentence, and behind what is no heading or was cheaper to go on with, neither can begin.
        if within and (heading >= NEVER or (end - on > SETTLED and _opens_plainly(last, line))):
            begins, heading = (OPENS_BLOCK if line.opens else 0.0), NEVER
        else:
            begins, heading = _opening(last, line, ending, afresh=bool(apart))
        best = (end + begins + max(-for_it, 0.0), on + apart + max(for_it, 0.0), end + heading)
        chosen.append((origin, later, origin))
        deep = heading >= NEVER and min(best[0], best[2]) > best[1] + DEEP
    return _traced(best, chosen)


def _opens_plainly(before: Line, line: Line) -> bool:
    """Whether nothing about a line's first sign, or the last one before it, says that something begins here."""
    return before.text[-1] != "—" and line.text[0] not in OPENING_SIGNS


def _opening(before: Line, line: Line, ending: float, *, afresh: bool) -> tuple[float, float]:
    """What it costs to begin a paragraph, and a heading, with a line.

    Args:
        before: the line before it.
        line: the line.
        ending: what it costs to end a paragraph before it; within a sentence no item and no speech begins.
        afresh: whether a heading or a blank line stands between them.
    """
    begins = _beginning(line, anew=ending < ENDS_WITHIN_SENTENCE or before.text[-1] == "：")
    heading = _heading(line)
    if line.text[0] == "—" and afresh:
        return 0.0, heading - BEHIND_NAME
    return begins, heading - BEHIND_NAME if before.text[-1] == "—" else heading


def _costs(
    best: tuple[float, float, float], places: Places, index: int, ending: float, shift: float
) -> tuple[float, float, int, int]:
    """The least costs at which a block ends with a line, and at which it goes on; and what the line is then.

    A dearer reading is measured only where it could still win: what a measure adds is never less than nothing.
    """
    first, later, heading = best
    stop = GOES_ON_BEHIND_STOP if ending <= ENDS_PARAGRAPH else 0.0
    least, most, source, other = (first, later, 0, 1) if first <= later else (later, first, 1, 0)
    shifts = (shift, 0.0)
    end, origin = least + ending, source
    on = least + stop + _unfilled(places, index, shifts[source])
    if ending < ENDS_WITHIN_SENTENCE:
        end += _full(places, index, shifts[source])
        if shift and most + ending < end and (dearer := most + ending + _full(places, index, shifts[other])) < end:
            end, origin = dearer, other
    if shift and most + stop < on and (dearer := most + stop + _unfilled(places, index, shifts[other])) < on:
        on, source = dearer, other
    if heading < end:
        end, origin = heading, 2
    if heading + GOES_ON_BEHIND_HEADING < on:
        on, source = heading + GOES_ON_BEHIND_HEADING, 2
    return end, on, source, origin


def _traced(best: Sequence[float], chosen: Sequence[tuple[int, int, int]]) -> list[Part]:
    state = min(range(3), key=best.__getitem__)
    found = [_PARTS[state]]
    for origin in reversed(chosen):
        state = origin[state]
        found.append(_PARTS[state])
    found.reverse()
    return found


def _ending(text: str) -> float:
    """What it costs to end a paragraph here."""
    if not ends_sentence(text):
        return ENDS_WITHIN_SENTENCE
    return ENDS_PARAGRAPH if ends_fully(text) else ENDS_PARAGRAPH + ENDS_AT_SEMICOLON


def _beginning(line: Line, *, anew: bool) -> float:
    """What it costs to begin a paragraph with the line; less than nothing where it begins like one.

    Args:
        line: the line.
        anew: whether an item or a speech can begin with it.
    """
    text = line.text
    if line.opens:
        return OPENS_BLOCK
    if text[0] in OPENING_SIGNS:
        if opens_report(text):
            return OPENS_REPORT
        if anew and opens_item(text):
            return OPENS_ITEM
    return OPENS_SPEECH if anew and opens_speech(text) else 0.0


def _heading(line: Line) -> float:
    text = line.text
    if len(text) > MAX_HEADING or not (is_like_heading(text) or (text[-1] == "—" and text[-2:-1] == "—")):
        return NEVER
    cost = IS_HEADING + (COMMA_IN_HEADING if "，" in text else 0.0)
    if " " in text and _PHRASES.search(text):
        cost -= IN_PHRASES
    if text[0] in OPENING_SIGNS:
        if opens_chapter(text):
            return cost + OPENS_ITEM - 0.5
        if opens_item(text):
            return cost - 1.5
    return cost - 1.5 if text[-1] == "—" and text.endswith("——") else cost


def _full(places: Places, index: int, shift: float) -> float:
    """What it costs that a line is its paragraph's last one though it is full."""
    room = places.column(index, first=shift > 0) - shift - places.widths[index] - places.units[index]
    return ENDS_FULL if room < FULL else 0.0


def _unfilled(places: Places, index: int, shift: float) -> float:
    """What it costs that a line goes on though it is not full, or is wider than its column.

    Its column is that of the lines before or behind it; at a price, one that only the very next line shares.
    """
    width, unit = places.widths[index] + shift, places.units[index]
    left = places.ahead[index] - width
    if -PLAY <= left <= FULL + unit or places.is_filled(index):
        return 0.0
    behind, following, preceding = places.behind[index], places.beside(index, 1), places.beside(index, -1)
    if min(left + width, behind, following, preceding) - width - unit > PLAINLY_UNFILLED:
        return WORST
    least = _misfit(left, unit, PLAY)
    if behind:
        least = min(least, _misfit(behind - width, unit, PLAY) + (0.5 if shift else 0.0))
    if least > ALONE:
        least = min(least, ALONE + _misfit(following - width, unit, PLAY))
        if not shift:
            least = min(least, ALONE + _misfit(preceding - width, unit, PLAY + INDENT))
    return least


def _misfit(left: float, unit: float, play: float) -> float:
    room = left - unit
    if room <= FULL:
        return 0.0 if left >= -play else min(OVER_BY * (-play - left), WORST)
    return min(UNFILLED_BY * (room - FULL), WORST)
