"""The page of ``explain --html``: paragraphs with what was found in them, coloured where it stands.

One file with its style in it: no script, no picture, no other host, and a policy in it that allows none. All that comes
from a report goes through ``html.escape``. Items may overlap: each kind has a line of its own under the text, so that
up to five lie under one another, and each item's number stands where it begins.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources
from itertools import count
from string import Template
from typing import NamedTuple

from schemas.items import KINDS
from schemas.paragraph import Paragraph
from streams.analysis.explanation import Explanation
from streams.commands.item_words import details, subject

REJECTED = "rejected"
_LEGEND = {
    "speech": "speech: somebody's words",
    "proposal": "proposal: put to others to act on",
    "statistic": "statistic: a measured quantity",
    "plan": "plan: what is set out to be done",
    REJECTED: "looked at and not taken",
}
_HEAD = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Why these labels</title>
<style>
$style</style>
</head>
<body>
<main>
<h1>Why these labels</h1>
<ul class="legend" aria-label="Lines under the text">
$legend</ul>
""")
_FOOT = "</main>\n</body>\n</html>\n"


class Shown(NamedTuple):
    """A stretch of the text with a line under it: its class, its number within the paragraph, and why."""

    start: int
    end: int
    kind: str
    number: int
    why: str


def page(explained: Iterable[tuple[Paragraph, Explanation]]) -> Iterator[str]:
    """The page in parts, as they are needed."""
    style = resources.files("streams.commands").joinpath("explanation_page.css").read_text(encoding="utf-8")
    entries = "".join(f'<li><mark class="{kind}">{escape(what)}</mark></li>\n' for kind, what in _LEGEND.items())
    yield _HEAD.substitute(style=style, legend=entries)
    for place, (paragraph, explanation) in enumerate(explained):
        yield from _section(f"p{place}", paragraph, explanation)
    yield _FOOT


def _section(name: str, paragraph: Paragraph, explanation: Explanation) -> Iterator[str]:
    shown = _shown(explanation)
    of = " — ".join(filter(None, (paragraph.report.title, paragraph.report.genre, paragraph.section)))
    yield f'<section aria-labelledby="{name}">\n'
    yield f'<h2 id="{name}">Paragraph {paragraph.ordinal}: {explanation.primary}</h2>\n'
    yield f'<p class="of" lang="zh">{escape(of)}</p>\n' if of else ""
    yield f'<p class="text" lang="zh">{"".join(_marked(name, explanation.text, shown))}</p>\n'
    scores = (
        (kind, "yes" if kind in explanation.kinds else "no", f"{score:.3f}")
        for kind, score in explanation.scores.items()
    )
    yield _table("Kinds", ("kind", "found", "score"), scores)
    yield _items(name, explanation)
    yield _rejected(name, explanation)
    yield "<details><summary>Sentences, weights and words</summary>\n"
    yield from _weights(explanation)
    yield "</details>\n</section>\n"


def _shown(explanation: Explanation) -> list[Shown]:
    """All that gets a line: items in their order, then what was rejected."""
    numbers = count(1)
    found = [
        Shown(one.item.start, one.item.end, one.kind, next(numbers), f"{one.kind}: {one.reason} ({one.rule})")
        for one in explanation.items
    ]
    found += [
        Shown(one.start, one.end, REJECTED, next(numbers), f"not taken: {one.reason}") for one in explanation.rejected
    ]
    return found


def _marked(name: str, text: str, shown: Sequence[Shown]) -> Iterator[str]:
    """The text cut where anything begins or ends; each piece knows all that lies over it."""
    begins: dict[int, list[Shown]] = {}
    ends: dict[int, list[Shown]] = {}
    for one in shown:
        begins.setdefault(one.start, []).append(one)
        ends.setdefault(one.end, []).append(one)
    over: dict[int, Shown] = {}
    last = 0
    for place in sorted({*begins, *ends, len(text)}):
        yield _piece(name, text[last:place], list(over.values()), [one for one in over.values() if one.start == last])
        for one in ends.get(place, ()):
            del over[one.number]
        over.update((one.number, one) for one in begins.get(place, ()))
        last = place


def _piece(name: str, text: str, over: Sequence[Shown], begun: Sequence[Shown]) -> str:
    """Only where something begins can a piece be reached by keyboard; what it is said with stands in the tables."""
    if not over or not text:
        return escape(text)
    classes = " ".join(kind for kind in (*KINDS, REJECTED) if any(one.kind == kind for one in over))
    title = escape("\n".join(one.why for one in over), quote=True)
    attributes = (
        f'class="{classes}" title="{title}" aria-describedby="{" ".join(f"{name}-{one.number}" for one in over)}"'
    )
    if begun:
        attributes += f' tabindex="0" data-n="{" ".join(str(one.number) for one in begun)}"'
    return f"<mark {attributes}>{escape(text)}</mark>"


def _items(name: str, explanation: Explanation) -> str:
    rows = "".join(
        f'<tr id="{name}-{number}"><td>{number}</td><td class="kind {one.kind}">{one.kind}</td>'
        f"{_cells(subject(one.item), details(one.item), one.item.text, one.reason)}"
        f'<td class="rule">{one.rule}</td></tr>\n'
        for number, one in enumerate(explanation.items, 1)
    )
    return _framed("Items", ("number", "kind", "who or what", "details", "text", "reason", "rule"), rows)


def _rejected(name: str, explanation: Explanation) -> str:
    rows = "".join(
        f'<tr id="{name}-{number}"><td>{number}</td>{_cells(one.text, one.reason)}</tr>\n'
        for number, one in enumerate(explanation.rejected, 1 + len(explanation.items))
    )
    return _framed("Looked at and not taken", ("number", "text", "reason"), rows)


def _weights(explanation: Explanation) -> Iterator[str]:
    text = explanation.text
    sentences = ((text[one.start : one.end], f"{one.plan:.3f}", f"{one.proposal:.3f}") for one in explanation.sentences)
    yield _table("Leanings of sentences", ("sentence", "plan", "proposal"), sentences)
    weights = ((one.label, one.rule, f"{one.weight:+.3f}", f"{one.start}-{one.end}") for one in explanation.reasons)
    yield _table("The weightiest features of each sentence", ("for", "feature", "weight", "characters"), weights)
    yield f'<p lang="zh">{escape(" / ".join(explanation.words))}</p>\n'


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return _framed(caption, header, "".join(f"<tr>{_cells(*row)}</tr>\n" for row in rows))


def _framed(caption: str, header: Sequence[str], rows: str) -> str:
    if not rows:
        return f'<p class="of">{caption}: none</p>\n'
    heads = "".join(f'<th scope="col">{name}</th>' for name in header)
    table = f"<table><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>"
    # A table may be wider than a small screen; it moves in its frame, which the keyboard reaches.
    return f'<div class="frame" tabindex="0" role="region" aria-label="{caption}">{table}</div>\n'


def _cells(*cells: str) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in cells)
