"""One reader for each format: bytes in, lines in reading order out, with what the format knows of them.

A reader raises ``UnreadableError`` and nothing else, but for the ``OSError`` of the stream itself.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal

from streams.reports.lines import Line

LineForm = Literal["text", "markdown", "html", "pdf", "docx"]


def lines_of_form(stream: BinaryIO, form: LineForm) -> Iterator[Line]:
    """The lines of a stream in a format; the format's library is loaded when it is needed.

    Raises:
        UnreadableError: while lines are taken; its ``line`` is None when the file as a whole is refused.
    """
    return _reader(form)(stream)


def _reader(form: LineForm) -> Callable[[BinaryIO], Iterator[Line]]:
    if form == "pdf":
        from streams.reports.readers.pdf import lines_of_pdf as read
    elif form == "docx":
        from streams.reports.readers.docx import lines_of_docx as read
    elif form == "html":
        from streams.reports.readers.html import lines_of_html as read
    elif form == "markdown":
        from streams.reports.readers.markdown import lines_of_markdown as read
    else:
        from streams.reports.readers.plain import lines_of_plain as read
    return read
