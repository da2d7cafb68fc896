"""What a file's format says of a report apart from its text: title, day of publication, day the file was made.

Nothing here refuses a file: what cannot be read says nothing, and the format's reader names the fault.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from streams.reports.about import NOTHING, Metadata
from streams.reports.dates import first_day
from streams.reports.readers.bombs import refuse_bombs
from streams.reports.readers.pdf import MAX_PDF_BYTES
from streams.reports.readers.snapshot import snapshot
from streams.reports.reading import UnreadableError

MAX_CORE_BYTES = 1024 * 1024
MAX_HEAD_BYTES = 512 * 1024
"""Bytes of a web page in which its head is looked for."""
_CORE = "docProps/core.xml"
_TITLES = ("articletitle", "og:title", "twitter:title", "dc.title")
_PUBLISHED = ("article:published_time", "pubdate", "publishdate", "og:release_date", "datepublished", "dc.date.issued")
"""Names of a web page's ``meta`` elements, the surest first; public bodies in China use ArticleTitle and PubDate."""
_SITE = re.compile(r"\s*[_|｜]\s*[^_|｜]{1,40}$|\s+[-–—]\s*[^-–—]{1,40}$")


def metadata_of(stream: BinaryIO, form: str) -> Metadata:
    """The metadata of a file that can be read from any place; the stream is then at its beginning again."""
    read = _READERS.get(form)
    if read is None or not stream.seekable():
        return NOTHING
    try:
        return read(stream)
    finally:
        stream.seek(0)


def _of_pdf(stream: BinaryIO) -> Metadata:
    import pypdfium2

    try:
        content = snapshot(stream, MAX_PDF_BYTES)
        # PDFium unpacks what it opens, so that a bomb has to be refused first.
        refuse_bombs(content)
        document = pypdfium2.PdfDocument(content)
    except (UnreadableError, pypdfium2.PdfiumError):
        return NOTHING
    try:
        told = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    # Such as D:20230108093000+08'00'
    return Metadata(title=told.get("Title"), made=first_day(told.get("CreationDate", "")[2:10]))


def _of_docx(stream: BinaryIO) -> Metadata:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with zipfile.ZipFile(stream) as package, package.open(_CORE) as part:
            root = etree.fromstring(part.read(MAX_CORE_BYTES), parser)
    except (
        zipfile.BadZipFile,
        KeyError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
        etree.XMLSyntaxError,
    ):
        return NOTHING
    told = {element.tag.rpartition("}")[2]: element.text for element in root if isinstance(element.tag, str)}
    return Metadata(title=told.get("title"), made=first_day((told.get("created") or "")[:10]))


def _of_html(stream: BinaryIO) -> Metadata:
    from lxml import etree, html

    try:
        tree = html.document_fromstring(stream.read(MAX_HEAD_BYTES), parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return NOTHING
    told = dict(_meta(tree))
    title = next((told[name] for name in _TITLES if told.get(name)), None) or _headline(tree)
    days = (first_day(told.get(name, "")) for name in _PUBLISHED)
    return Metadata(title=title, published=next((day for day in days if day), None))


def _meta(tree: Any) -> Iterator[tuple[str, str]]:
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        yield name.lower(), (element.get("content") or "").strip()


def _headline(tree: Any) -> str | None:
    """The only heading of the first rank, otherwise the window's title without the site's name behind it."""
    first = [text for element in tree.iter("h1") if (text := "".join(element.itertext()).strip())]
    if len(first) == 1:
        return first[0]
    title = tree.findtext(".//title")
    return _SITE.sub("", title.strip()) if title else None


_READERS: dict[str, Callable[[BinaryIO], Metadata]] = {"pdf": _of_pdf, "docx": _of_docx, "html": _of_html}
