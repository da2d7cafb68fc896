"""What belongs to the page and not to its text: running heads, page numbers, drawn rules, stray marks, late copies."""

import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from streams.reports.blocks import Step
from streams.reports.lines import Box, Line
from streams.reports.roles import is_like_heading

EDGE = 2
"""Lines from a page's first or last one within which a running head or a page number stands."""
ROW = 0.7
"""Heights of a line within which lines stand in one row."""
MAX_HEAD = 70
MIN_KNOWN_SHARE = 0.6
"""Share of a running head's pieces that must be known: a date, a page number, a paper's name, an editor."""
MAX_REMEMBERED = 4096
MAX_RUN = 64
MIN_COPIES = 3
MIN_DIFFERENT_SHARE = 0.6
MAX_COPIED = 40

_PAGE_NUMBER = re.compile(
    r"^(?:[-—–~·•\s]*(?:第\s*)?[A-Z]?\d{1,3}\s*(?:版|页)[-—–~·•\s]*|[-—–~·•]+\s*\d{1,4}\s*[-—–~·•]+"
    r"|(?:第\s*)?\d{1,4}\s*(?:页|版)?\s*[/／，,共]\s*(?:共\s*)?\d{1,4}\s*(?:页|版)?|[Pp]age\s+\d+(?:\s+of\s+\d+)?)$"
)
_BARE_NUMBER = re.compile(r"^[A-Z]?\d{1,4}$")
_RULE = re.compile(r"^[\s─━═│┃|_=*~·.\-—–－＿…]{3,}$")
_NO_COPY_ENDS = frozenset("。！？；，")
_SENTENCE_SIGNS = frozenset("，。、；：！？”’“‘）（》《")
_WORDS = re.compile(r"\w")
_PIECES = tuple(
    re.compile(f"^(?:{pattern})$")
    for pattern in (
        r"第?[A-Z]?\d{1,3}[版页]?",
        r"\d{4}年\d{1,2}月\d{1,2}日(?:星期[一二三四五六日天])?",
        r"\d{4}[-./]\d{1,2}[-./]\d{1,2}",
        r"(?:星期|周)[一二三四五六日天]",
        r"农历\S{2,12}",
        r"\S{1,8}(?:日报|晚报|时报|早报|晨报|商报|周报|导报|快报|融媒|报|新闻|时讯)",
        r"(?:责任)?(?:编辑|责编|美编|校对|版式|组版|值班\S{0,3}|主编|编审|电话|热线|邮箱)[:：]\S*",
        r"(?:要闻|综合|经济|民生|时政|社会|文化|体育|国际|国内|副刊|专版|专题|特别报道|两会专版|广告|本地|头版)",
    )
)
_DATED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|星期[一二三四五六日天]|(?:^|\s)第?[A-Z]?\d{1,3}版?(?:\s|$)")
_LETTER_SPACED = re.compile(r"(?<!\S)(\S(?: \S){1,7})(?!\S)")


def set_furniture_aside(lines: Iterable[Line]) -> Iterator[Line]:
    """Running heads, page numbers, drawn rules and stray marks get the role leftover."""
    stream = iter(lines)
    line = next(stream, None)
    while line is not None:
        if line.box is None:
            line = yield from _by_place_in_text(line, stream)
            continue
        page, line = _one_boxed_page(line, stream)
        yield from _by_place_on_page(page)


def _by_place_in_text(opening: Line, others: Iterator[Line]) -> Generator[Line, None, Line | None]:
    """Of lines without boxes the first and the last ones of a page are its edge; returns the first line with a box."""
    held: deque[Line] = deque()
    place, page = 0, opening.page
    for line in chain((opening,), others):
        if line.page != page or line.box is not None:
            yield from (_furnished(one, at_edge=True) for one in held)
            if line.box is not None:
                return line
            held.clear()
            place, page = 0, line.page
        held.append(line)
        place += 1
        if place <= EDGE:
            continue
        old = held.popleft()
        if place <= 2 * EDGE:
            yield _furnished(old, at_edge=True)
            continue
        # Behind the edge no furniture begins with a hanzi, but for 第, or a sign of a sentence.
        first = old.text[0]
        plain = ("\u4e00" <= first <= "\u9fff" and first != "第") or first in _SENTENCE_SIGNS
        yield old if plain else _furnished(old, at_edge=False)
    yield from (_furnished(one, at_edge=True) for one in held)
    return None


def _one_boxed_page(first: Line, others: Iterator[Line]) -> tuple[list[Line], Line | None]:
    """The lines of a page that all have boxes, and the line behind them."""
    page = [first]
    for line in others:
        if line.box is None or line.page != first.page:
            return page, line
        page.append(line)
    return page, None


def _by_place_on_page(lines: Sequence[Line]) -> Iterator[Line]:
    """On a page with boxes what stands highest, or lowest, is its edge, though it may be in several pieces."""
    highest = min(line.box.top for line in lines if line.box)
    lowest = max(line.box.bottom for line in lines if line.box)
    edges = [[line for line in lines if line.box and line.box.top - highest < ROW * _height(line.box)]]
    edges.append([line for line in lines if line.box and lowest - line.box.bottom < ROW * _height(line.box)])
    heads = {line.number for edge in edges if _is_head(edge) for line in edge}
    for line in lines:
        why = "a running head" if line.number in heads and line.role is None else None
        yield _aside(line, why) if why else _furnished(line, at_edge=False)


def _height(box: Box) -> float:
    return box.bottom - box.top


def _is_head(row: Sequence[Line]) -> bool:
    text = " ".join(line.text for line in sorted(row, key=lambda line: line.box.x0 if line.box else 0.0))
    return is_running_head(text) or bool(_PAGE_NUMBER.match(text) or _BARE_NUMBER.match(text))


def _aside(line: Line, why: str) -> Line:
    return replace(line, role="leftover", steps=(*line.steps, Step("set_furniture_aside", why)))


def _furnished(line: Line, *, at_edge: bool) -> Line:
    why = _furniture(line.text, at_edge=at_edge) if line.role is None and len(line.text) <= MAX_HEAD else None
    return _aside(line, why) if why else line


def _furniture(text: str, *, at_edge: bool) -> str | None:
    if not _WORDS.search(text):
        return ("a drawn rule" if _RULE.match(text) else "stray marks") if _is_no_sign(text) else None
    if text[-1] in "。！？；":
        return None
    if _PAGE_NUMBER.match(text) or (at_edge and _BARE_NUMBER.match(text)):
        return "a page number"
    return "a running head" if at_edge and is_running_head(text) else None


def _is_no_sign(text: str) -> bool:
    """Signs of a sentence are kept: a lone full stop belongs to the text."""
    return _SENTENCE_SIGNS.isdisjoint(text)


def is_running_head(text: str) -> bool:
    """Whether most pieces of a line are what stands in a page's margin, and one of them a date or a number."""
    closed = _LETTER_SPACED.sub(lambda run: run[0].replace(" ", ""), text)
    pieces = closed.split()
    known = sum(any(piece.match(part) for piece in _PIECES) for part in pieces)
    return len(pieces) >= 2 and known >= MIN_KNOWN_SHARE * len(pieces) and known >= 2 and bool(_DATED.search(closed))


def set_late_copies_aside(lines: Iterable[Line]) -> Iterator[Line]:
    """Copies of headings, painted after their article or page for weight, get the role leftover."""
    seen: dict[str, int] = {}
    run: list[Line] = []
    page: int | None = None
    for place, line in enumerate(lines):
        text = line.text
        if line.page != page:
            yield from _settled(run, seen, at_end=True)
            seen, run, page = {}, [], line.page
        blank = " " in text or "\u3000" in text
        if (text in seen or (blank and _is_seen(text, seen))) and line.role is None and not line.whole:
            run.append(line)
            if len(run) > MAX_RUN:
                yield run.pop(0)
            continue
        if run:
            yield from _settled(run, seen, at_end=False)
            run = []
        if text[-1] not in _NO_COPY_ENDS and len(text) <= MAX_COPIED and len(seen) < MAX_REMEMBERED:
            seen.setdefault(text, place)
            if blank:
                for part in text.split():
                    seen.setdefault(part, place)
        yield line
    yield from _settled(run, seen, at_end=True)


def _is_seen(text: str, seen: Mapping[str, int]) -> bool:
    return all(part in seen for part in text.split())


def _settled(run: Sequence[Line], seen: Mapping[str, int], *, at_end: bool) -> Iterable[Line]:
    """The lines that stood on the page before: copies at its end, or several that come from different places of it.

    A paragraph that comes twice is none: its lines stood one behind the other the first time, too.
    """
    headings = all(is_like_heading(line.text) for line in run)
    # Each heading has its copy once; a list repeats.
    headings = headings and len({line.text for line in run}) > MIN_DIFFERENT_SHARE * len(run)
    first = [seen.get(line.text, place * 2) for place, line in enumerate(run)]
    scattered = len(run) >= MIN_COPIES and any(abs(two - one) > 1 for one, two in pairwise(first))
    return map(_copied, run) if headings and (scattered or (at_end and len(run) < MIN_COPIES)) else run


def _copied(line: Line) -> Line:
    step = Step("set_late_copies_aside", "a copy of a heading, painted after all else")
    return replace(line, role="leftover", steps=(*line.steps, step))
