"""The parts of an Office Open XML file: a ZIP of XML, read as a hostile one would have to be."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, BinaryIO

from streams.reports.readers.snapshot import snapshot
from streams.reports.reading import UnreadableError

MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_PART_BYTES = 128 * 1024 * 1024
"""Unpacked bytes of a part; a report of 1,000 pages has 10 MB."""
MAX_PARTS = 10_000
_OLE = b"\xd0\xcf\x11\xe0"
_CAREFUL = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
BOMB = f"unpacks to more than {MAX_PART_BYTES:,} bytes: no report has so much text, so it is taken for a ZIP bomb"
ENDLESS = "a single text, or a nesting, of more than any document has, so it is taken for a bomb"
DAMAGED = "a damaged Word document: {}; open it in Word or LibreOffice and save it anew"


class Package:
    """The parts of a file, by name."""

    def __init__(self, stream: BinaryIO) -> None:
        """Open the file.

        Raises:
            UnreadableError: no ZIP, encrypted, or damaged.
        """
        content = snapshot(stream, MAX_FILE_BYTES)
        if content.startswith(_OLE):
            raise UnreadableError(
                "an encrypted document or one of Word before 2007 (.doc): save it as .docx, without a password"
            )
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableError(DAMAGED.format(f"not a ZIP file ({error})")) from None
        if len(self._zip.infolist()) > MAX_PARTS:
            raise UnreadableError(f"more than {MAX_PARTS:,} parts: no Word document")

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name in self._zip.NameToInfo

    def names(self) -> list[str]:
        """The names of all parts, in the order of the file."""
        return self._zip.namelist()

    def elements(self, name: str) -> Iterator[tuple[str, Any]]:
        """The elements of a part, as ``start`` and ``end`` come; what has ended is forgotten at the next start.

        Raises:
            UnreadableError: the part is missing, damaged, or too large when unpacked.
        """
        from lxml import etree

        if not self.has(name):
            raise UnreadableError(f"no Word document: it has no part {name}")
        try:
            with self._zip.open(name) as packed:
                yield from etree.iterparse(_Bounded(packed), ("start", "end"), **_CAREFUL)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
                raise UnreadableError(f"{name}: {ENDLESS}") from None
            raise UnreadableError(DAMAGED.format(f"{name}: {error.msg}")) from None
        except RuntimeError as error:  # what zipfile raises for a part with a password
            raise UnreadableError(f"encrypted: {error}; save it without a password") from None
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as error:
            raise UnreadableError(DAMAGED.format(f"{name}: {error}")) from None


class _Bounded:
    """A part being unpacked, up to MAX_PART_BYTES."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._left = MAX_PART_BYTES

    def read(self, size: int = -1) -> bytes:
        """Some bytes, as parsers ask for them."""
        chunk = self._packed.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self._left -= len(chunk)
        if self._left < 0:
            raise UnreadableError(BOMB)
        return chunk


def local(element: Any) -> str:
    """An element's name without its namespace; the strict and the usual form of the format differ in that only."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None
