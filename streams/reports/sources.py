"""From what the user named (files, directories, ``-``) to the sources that can be read."""

import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from streams.reports.reading import Refusal

Form = Literal["text", "markdown", "html", "pdf", "docx", "jsonl"]
FORMS: dict[str, Form] = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".jsonl": "jsonl",
}
"""Suffixes that can be read, and how."""
NO_REPORTS = ("README", "LICENSE", "CHANGELOG")
"""Files that lie in directories to speak of them; whoever means one names it."""
STDIN = "-"
NAMED_SKIPPED = 5


@dataclass(frozen=True, slots=True)
class Source:
    """One report file, or standard input (``path`` None); ``form`` None means: see what it holds."""

    path: Path | None
    form: Form | None

    @property
    def shown(self) -> str:
        """The file as the user named it."""
        return "standard input" if self.path is None else _printable(str(self.path))

    @property
    def name(self) -> str:
        """The bare name, without directories: the same on every machine."""
        return "stdin" if self.path is None else _printable(self.path.name)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files of a directory that are not read: another suffix, a README, a link to a directory."""

    directory: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        count = len(self.names)
        more = f" and {count - NAMED_SKIPPED} more" if count > NAMED_SKIPPED else ""
        files = "file" if count == 1 else "files"
        return f"{self.directory}: passed over {count:,} {files}: {', '.join(self.names[:NAMED_SKIPPED])}{more}"


def readable_suffixes() -> str:
    """The suffixes, for people: ``.txt, .md, .html, …``."""
    return ", ".join(FORMS)


def find_sources(
    inputs: Iterable[str], form: Form | None = None, *, empty_refused: bool = True
) -> Iterator[Source | Skipped | Refusal]:
    """The sources in the order of the inputs, those of a directory sorted by path, below all its directories.

    Args:
        inputs: paths of files and directories, and ``-`` for standard input.
        form: how to read files that are named one by one and standard input; None goes by suffix and content.
        empty_refused: whether a directory without reports is a fault; where they are yet to come it is none.
    """
    for given in inputs:
        path = Path(given)
        if given == STDIN:
            yield Source(None, form)
        elif path.is_dir():
            yield from _in_directory(path, empty_refused=empty_refused)
        else:
            yield _one_file(path, form)


def _one_file(path: Path, form: Form | None) -> Source | Refusal:
    if path.is_symlink() and not path.exists():
        return Refusal(_printable(str(path)), _broken_link(path))
    if not path.exists():
        return Refusal(_printable(str(path)), "no such file")
    if not path.is_file():
        return Refusal(_printable(str(path)), "not a regular file; feed a pipe or a device to push through -")
    known = form or FORMS.get(path.suffix.lower())
    if known is None:
        suffix = path.suffix or "no suffix"
        return Refusal(
            _printable(str(path)),
            f"{suffix} cannot be read, only {readable_suffixes()} can; --format says how to read it all the same",
        )
    return Source(path, known)


def _broken_link(path: Path) -> str:
    to = _printable(str(path.readlink()))
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"a link to {to}, which leads back to itself"
    return f"a link to {to}, which does not exist"


def _in_directory(directory: Path, *, empty_refused: bool) -> Iterator[Source | Skipped | Refusal]:
    unread: list[str] = []
    found = False
    for entry in _files_below(directory):
        if isinstance(entry, Refusal):
            found = True
            yield entry
        elif entry.is_symlink() and entry.is_dir():
            unread.append(f"{_printable(str(entry.relative_to(directory)))} (a link to a directory)")
        elif entry.suffix.lower() in FORMS and entry.stem.upper() not in NO_REPORTS:
            found = True
            yield _one_file(entry, None)
        else:
            unread.append(_printable(str(entry.relative_to(directory))))
    if unread:
        yield Skipped(_printable(str(directory)), tuple(unread))
    if not found and empty_refused:
        yield Refusal(_printable(str(directory)), f"a directory without reports ({readable_suffixes()})")


def _files_below(directory: Path) -> Iterator[Path | Refusal]:
    """Files and links to directories in sorted order; the links are not followed, since they may lead back here.

    Hidden files are left out, and those that office programs put beside an open document.
    """
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        yield Refusal(_printable(str(directory)), f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        else:
            yield entry


def _printable(path: str) -> str:
    """The path as valid text: on Linux a file's name can hold bytes that are not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
