"""HTML to lines: every text of the page, the main text with its roles, all around it as leftovers.

What the main text is, trafilatura says; what stands between its paragraphs and in the same element belongs to it.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from streams.reports.blocks import Role
from streams.reports.encodings import decode_text
from streams.reports.lines import Line
from streams.reports.readers.snapshot import snapshot
from streams.reports.reading import UnreadableError

MAX_HTML_BYTES = 32 * 1024 * 1024
MOST_ELEMENTS = 500_000
NO_MAIN_TEXT = (
    "HTML with no main text: links, menus and scripts only. A page that loads its text by script has to be saved"
    " from the browser once it is shown"
)
LONG_ENOUGH = 8
"""Characters of a text that is looked for in the main text: shorter ones stand there by chance."""
MAIN_SHARE = 0.9
"""Share of the main text that the element around it has to hold."""
_SENTENCE = re.compile(r"[\u3400-\u9fff][^。！？]{14,}[。！？]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SPACE = re.compile(r"\s+")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SILENT = frozenset(("script", "style", "template", "svg", "math", "head", "iframe", "object", "canvas", "noscript"))
_AROUND = frozenset(("nav", "aside", "footer", "menu", "form", "button", "select", "option", "dialog"))
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"),
        *("label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub"),
        *("sup", "time", "tt", "u", "var", "wbr", "img"),
    )
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A text of the page that no other stands beside, and the elements around it from the outermost."""

    text: str
    role: Role | None
    path: tuple[int, ...]
    around: bool


def lines_of_html(stream: BinaryIO) -> Iterator[Line]:
    """The texts of a page in its order, each a whole line; what is not of the main text is a leftover.

    Raises:
        UnreadableError: no text in a known encoding, no HTML, or no main text.
    """
    text = decode_html(snapshot(stream, MAX_HTML_BYTES))
    parts = _parts(_tree(text))
    main = _main(parts, text)
    for number, (part, belongs) in enumerate(zip(parts, main, strict=True), 1):
        yield Line(number, part.text, role=part.role if belongs else "leftover", whole=True)


def decode_html(raw: bytes) -> str:
    """The text of a page; the encoding that it names is believed when it decodes, as far as UTF-8 does not.

    Raises:
        UnreadableError: it is in no encoding that is read here.
    """
    found = _CHARSET.search(raw[:4096])
    named = found[1].decode("ascii").lower() if found else ""
    for encoding in ("utf-8-sig", {"gb2312": "gb18030", "gbk": "gb18030"}.get(named, named)):
        try:
            text = raw.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text
    return decode_text(raw)[0]


def _tree(text: str) -> Any:
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(_XML_HEAD.sub("", text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise UnreadableError("not HTML: no element could be read from it") from None
    if any("depth" in entry.message for entry in parser.error_log):
        raise UnreadableError("elements within elements so deep that the parser gave up: no page with a report")
    return tree


class _Collector:
    """Gathers the texts of a tree, walking it without recursion: hostile pages nest elements without end."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self._text: list[str] = []
        self._names: list[str] = []
        self._path: list[int] = []
        self._silent = self._around = 0
        self._count = 0

    def start(self, element: Any) -> None:
        """An element begins."""
        name = element.tag if isinstance(element.tag, str) else ""
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise UnreadableError(f"more than {MOST_ELEMENTS:,} elements: no page with a report")
        if name not in _INLINE:
            self._flush()
        self._names.append(name)
        self._path.append(self._count)
        self._silent += name in _SILENT
        self._around += name in _AROUND or _is_hidden(element)
        self._add(element.text)

    def end(self, element: Any) -> None:
        """An element ends."""
        name = self._names[-1]
        if name not in _INLINE:
            self._flush()
        self._names.pop()
        self._path.pop()
        self._silent -= name in _SILENT
        self._around -= name in _AROUND or _is_hidden(element)
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text and not self._silent:
            self._text.append(text)

    def _flush(self) -> None:
        text = _SPACE.sub(" ", "".join(self._text)).strip()
        self._text = []
        if text:
            self.parts.append(_Part(text, self._role(), tuple(self._path), self._around > 0))

    def _role(self) -> Role | None:
        for name in reversed(self._names):
            if name in _HEADINGS:
                return "heading"
            if name in ("figcaption", "caption"):
                return "caption"
            if name in ("p", "td", "li", "article", "section"):
                return None if "figcaption" not in self._names else "caption"
        return None


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _parts(tree: Any) -> list[_Part]:
    from lxml import etree

    collector = _Collector()
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        (collector.start if event == "start" else collector.end)(element)
    return _joined_headings(collector.parts)


def _joined_headings(parts: Sequence[_Part]) -> list[_Part]:
    """Headings whose element was folded by a break are one."""
    joined: list[_Part] = []
    for part in parts:
        if joined and part.role == "heading" and joined[-1].role == "heading" and _same_heading(joined[-1], part):
            before = joined.pop()
            joined.append(replace(before, text=f"{before.text} {part.text}"))
        else:
            joined.append(part)
    return joined


def _same_heading(first: _Part, second: _Part) -> bool:
    shorter = min(len(first.path), len(second.path))
    return first.path[:shorter] == second.path[:shorter]


def _main(parts: Sequence[_Part], text: str) -> list[bool]:
    """For each part whether it belongs to the main text."""
    extracted = _bare(_extracted(text))
    found = [len(part.text) >= LONG_ENOUGH and _bare(part.text) in extracted for part in parts]
    if not any(found):
        found = [not part.around and bool(_SENTENCE.search(part.text)) for part in parts]
    if not any(found):
        raise UnreadableError(NO_MAIN_TEXT)
    around = _common_path([part for part, is_found in zip(parts, found, strict=True) if is_found])
    depth = len(around)
    main = [
        is_found or (not part.around and part.path[:depth] == around)
        for part, is_found in zip(parts, found, strict=True)
    ]
    return _with_title(parts, main)


def _with_title(parts: Sequence[_Part], main: list[bool]) -> list[bool]:
    """A title that stands above the element with the text belongs to it."""
    first = main.index(True)
    for index in range(first - 1, -1, -1):
        if parts[index].role == "heading" and not parts[index].around:
            return [is_main or index == place for place, is_main in enumerate(main)]
    return main


def _common_path(parts: Sequence[_Part]) -> tuple[int, ...]:
    """The innermost element around nearly all of the main text."""
    wanted = MAIN_SHARE * sum(len(part.text) for part in parts)
    weight: dict[tuple[int, ...], int] = {}
    for part in parts:
        for depth in range(min(len(part.path), 60)):
            weight[part.path[: depth + 1]] = weight.get(part.path[: depth + 1], 0) + len(part.text)
    holding = [path for path, length in weight.items() if length >= wanted]
    return max(holding, key=len, default=())


def _extracted(text: str) -> str:
    import trafilatura

    # What it cannot read it would tell on standard error; that is ours to tell.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        return trafilatura.extract(text, include_comments=False, include_tables=True, favor_recall=True) or ""
    except (ValueError, RecursionError):  # a tree too deep for it: then whole sentences tell
        return ""


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
