"""Small PDFs made by hand, for the tests of the reader: letters put where a test says, in the order that it says.

The font is one that every PDF program knows by name and none embeds: letters are a square each, codes are UCS-2.
"""

import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 600, 800
SIZE = 10.0


@dataclass
class Sheet:
    """A page of 600 by 800 points. Places are given from the top left corner; ``y`` is the top of a line's square."""

    rotate: int = 0
    unmapped: bool = False
    drawn: list[str] = field(default_factory=list)
    resources: str = ""

    def text(
        self, x: float, y: float, text: str, size: float = SIZE, spacing: float = 0, angle: str = "1 0 0 1"
    ) -> "Sheet":
        """A run of letters; ``spacing`` in points is added behind each."""
        base = HEIGHT - y - 0.88 * size
        codes = text.encode("utf-16-be").hex()
        self.drawn.append(f"BT /F1 {size} Tf {spacing} Tc {angle} {x} {base:.2f} Tm <{codes}> Tj ET")
        return self

    def column(self, x: float, y: float, lines: list[str], size: float = SIZE, leading: float = 1.6) -> "Sheet":
        """Lines below each other."""
        for number, line in enumerate(lines):
            self.text(x, y + number * leading * size, line, size)
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> "Sheet":
        """A straight stroke."""
        self.drawn.append(f"0.8 w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")
        return self

    def frame(self, x0: float, y0: float, x1: float, y1: float) -> "Sheet":
        """The outline of a rectangle."""
        self.drawn.append(f"1 w {x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re S")
        return self

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> "Sheet":
        """An image, grey."""
        self.resources = "/XObject << /I1 6 0 R >>"
        self.drawn.append(f"q {x1 - x0} 0 0 {y1 - y0} {x0} {HEIGHT - y1} cm /I1 Do Q")
        return self


def pdf(*sheets: Sheet, encrypt: bool = False) -> bytes:
    """The PDF of some pages; ``encrypt`` names a password that nobody knows."""
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(sheets)))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>",
        3: "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        4: "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        5: "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -120 1000 880] /ItalicAngle 0"
        " /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
        6: "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        " /Length 1 >>\nstream\n\x7f\nendstream",
        7: "<< /Type /Font /Subtype /Type0 /BaseFont /Private /Encoding /Identity-H /DescendantFonts [8 0 R] >>",
        8: "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Private /FontDescriptor 5 0 R /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    }
    if encrypt:
        objects[9] = f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >>"
    for number, sheet in enumerate(sheets):
        content = "\n".join(sheet.drawn)
        font = "7 0 R" if sheet.unmapped else "3 0 R"
        objects[10 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Rotate {sheet.rotate}"
            f" /Resources << /Font << /F1 {font} >> {sheet.resources} >> /Contents {11 + 2 * number} 0 R >>"
        )
        objects[11 + 2 * number] = f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
    return _file(objects, "/Encrypt 9 0 R /ID [<00> <00>]" if encrypt else "")


def _file(objects: dict[int, str], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    last = max(objects)
    out += f"xref\n0 {last + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, last + 1):
        out += f"{places[number]:010d} 00000 n \n".encode() if number in places else b"0000000000 65535 f \n"
    out += f"trailer\n<< /Size {last + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def bomb(megabytes: int) -> bytes:
    """A PDF whose page unpacks to so many megabytes of nothing."""
    packed = zlib.compress(b" " * (megabytes << 20), 9)
    raw = pdf(Sheet())
    content = b"<< /Length 0 >>\nstream\n\nendstream"
    full = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
    return raw.replace(content, full)
