"""Where paragraphs and headings begin in lines that were cut at the width of a column: the cheapest reading of all.

Each line begins a paragraph, goes on with one, or is a heading. What speaks against a reading costs: a line that goes
on though it leaves room for the next line's first word; a paragraph that ends within a sentence; a first line without
the indent that the others have; a heading that looks like prose. The costs are negative logarithms of likelihoods as
far as those could be counted (a sentence ends on a full line about four times as often as its paragraph does); the
others were set on half of the typeset pages of ``benchmarks/`` and hold on the other half.
"""

from collections.abc import Sequence
from enum import IntEnum

from streams.reports.lines import Line
from streams.reports.roles import is_like_heading, opens_chapter, opens_item, opens_report, opens_speech
from streams.reports.steps.columns import Place
from streams.reports.steps.signs import ends_fully, ends_sentence


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
ALONE = 3.8
ENDS_FULL = 1.0
ENDS_PARAGRAPH = 0.4
GOES_ON_BEHIND_STOP = 0.2
ENDS_AT_SEMICOLON = 2.2
ENDS_WITHIN_SENTENCE = 8.0
ENDS_AT_COMMA = 8.0
IS_HEADING = 1.6
COMMA_IN_HEADING = 3.0
GOES_ON_BEHIND_HEADING = 5.0
OPENS_BLOCK = -6.0
OPENS_REPORT = -4.0
OPENS_ITEM = -3.7
OPENS_SPEECH = -2.6
BEHIND_NAME = 2.5
NEVER = 1e6
MAX_HEADING = 60
DEEP = 6.0
"""How much dearer every other reading is where a line plainly goes on."""
GOES_ON = (1, 1, 1)

_PARTS = tuple(Part)

_ENDINGS = frozenset("。！？；…!?;.”’』」》）)\"'—：")


def parts(
    lines: Sequence[Line],
    places: Sequence[Place],
    breaks: Sequence[float],
    evidence: Sequence[float],
    *,
    indented: bool,
) -> list[Part]:
    """What each line is, in the cheapest reading of all of them.

    Args:
        lines: those that may be body or headings, in order.
        places: their places.
        breaks: for each line, what it costs to go on over what stands before it: a heading, a blank line.
        evidence: for each line, what it costs to go on with it though it stands as a first one does; less than
            nothing, what it costs to begin with it though it does not.
        indented: whether paragraphs begin with an indent.
    """
    if not lines:
        return []
    shift = INDENT if indented and places[0].indent is None else 0.0
    heading = _heading(lines[0])
    best = (_beginning(lines[0]), breaks[0] + GOES_ON_BEHIND_HEADING, heading)
    chosen: list[tuple[int, int, int]] = []
    deep = False
    for index in range(1, len(lines)):
        line, before = lines[index], lines[index - 1]
        if deep and before.text[-1] not in _ENDINGS and not breaks[index] and not line.opens and not evidence[index]:
            # Deep in a paragraph, behind a line that ends no sentence: by far the most lines of all.
            chosen.append(GOES_ON)
            continue
        if deep:
            best = (best[1] + DEEP, best[1], NEVER)
        ending = _ending(before.text)
        # Within a sentence, and behind what is no heading, neither can begin but at the cost of every other reading.
        if ending >= ENDS_WITHIN_SENTENCE and heading >= NEVER and not breaks[index]:
            begins, heading = (OPENS_BLOCK if line.opens else 0.0), NEVER
        else:
            begins, heading = _opening(before, line, afresh=bool(breaks[index]))
        ends, on, later, origin = _costs(best, places[index - 1], ending, shift)
        for_it = evidence[index]
        best = (ends + begins + max(-for_it, 0.0), on + breaks[index] + max(for_it, 0.0), ends + heading)
        chosen.append((origin, later, origin))
        deep = heading >= NEVER and min(best[0], best[2]) > best[1] + DEEP
    return _traced(best, chosen)


def _opening(before: Line, line: Line, *, afresh: bool) -> tuple[float, float]:
    """What it costs to begin a paragraph, and a heading, with a line.

    Args:
        before: the line before it.
        line: the line.
        afresh: whether a heading or a blank line stands between them.
    """
    begins, heading = _beginning(line), _heading(line)
    if OPENS_REPORT < begins < 0 and not ends_sentence(before.text) and before.text[-1] != "：":
        begins = 0.0
    if line.text[0] == "—" and afresh:
        return 0.0, heading - BEHIND_NAME
    return begins, heading - BEHIND_NAME if before.text[-1] == "—" else heading


def _costs(
    best: tuple[float, float, float], place: Place, ending: float, shift: float
) -> tuple[float, float, int, int]:
    """The least costs at which a block ends with a line, and at which it goes on; and what the line is then."""
    first, later, heading = best
    full = ENDS_FULL if place.column(first=shift > 0) - shift - place.width - place.unit < FULL else 0.0
    stop = GOES_ON_BEHIND_STOP if ending <= ENDS_PARAGRAPH else 0.0
    unfilled = _unfilled(place, 0.0)
    first_ends, later_ends = first + ending + full, later + ending + (_last(place) if shift else full)
    first_on, later_on = first + stop + (_unfilled(place, shift) if shift else unfilled), later + stop + unfilled
    end, origin = (first_ends, 0) if first_ends <= later_ends else (later_ends, 1)
    on, source = (first_on, 0) if first_on <= later_on else (later_on, 1)
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
    if ends_fully(text):
        return ENDS_PARAGRAPH
    if ends_sentence(text):
        return ENDS_PARAGRAPH + ENDS_AT_SEMICOLON
    return ENDS_AT_COMMA if text[-1] in "，、,：" else ENDS_WITHIN_SENTENCE


def _beginning(line: Line) -> float:
    """What it costs to begin a paragraph with the line; less than nothing where it begins like one."""
    if line.opens:
        return OPENS_BLOCK
    if opens_report(line.text):
        return OPENS_REPORT
    return OPENS_ITEM if opens_item(line.text) else OPENS_SPEECH if opens_speech(line.text) else 0.0


def _heading(line: Line) -> float:
    text = line.text
    if len(text) > MAX_HEADING or not (is_like_heading(text) or (text[-1] == "—" and text[-2:-1] == "—")):
        return NEVER
    cost = IS_HEADING + (COMMA_IN_HEADING if "，" in text else 0.0)
    if opens_chapter(text):
        return cost + OPENS_ITEM - 0.5
    return cost - 1.5 if text.endswith("——") or text.startswith("——") or opens_item(text) else cost


def _last(place: Place) -> float:
    """What it costs that a line is its paragraph's last one though it is full."""
    return ENDS_FULL if place.column(first=False) - place.width - place.unit < FULL else 0.0


def _unfilled(place: Place, shift: float) -> float:
    """What it costs that a line goes on though it is not full, or is wider than its column.

    Its column is that of the lines before or behind it; at a price, one that only the very next line shares.
    """
    if place.filled:
        return 0.0
    width, unit = place.width + shift, place.unit
    least = _misfit(place.ahead - width, unit, PLAY)
    if least and place.behind:
        least = min(least, _misfit(place.behind - width, unit, PLAY) + (0.5 if shift else 0.0))
    if least > ALONE:
        least = min(least, ALONE + _misfit(place.following - width, unit, PLAY))
        if not shift:
            least = min(least, ALONE + _misfit(place.before - width, unit, PLAY + INDENT))
    return least


def _misfit(left: float, unit: float, play: float) -> float:
    room = left - unit
    if room <= FULL:
        return 0.0 if left >= -play else min(OVER_BY * (-play - left), WORST)
    return min(UNFILLED_BY * (room - FULL), WORST)
