"""Printing with Debian's Chromium and reading back with poppler; what was made once is kept by its content."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

CHROMIUM_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Lines break on paper as on the screen, where pour.js measures them.
    "--font-render-hinting=none",
    "--no-pdf-header-footer",
)
TIMEOUT = 120
"""Seconds for one page; a healthy machine takes two or three."""


class PrintError(RuntimeError):
    """Chromium or poppler is missing or failed; the message has what it said."""


def print_page(html: str, folder: Path) -> Path:
    """The PDF of an HTML document, from the folder when it was printed before."""
    pdf = folder / f"{_digest(html.encode())}.pdf"
    if pdf.is_file():
        return pdf
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="print-") as scratch:
        page, printed = Path(scratch) / "page.html", Path(scratch) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        profile = f"--user-data-dir={scratch}/profile"
        _run(["chromium", *CHROMIUM_OPTIONS, profile, f"--print-to-pdf={printed}", page.as_uri()])
        if not printed.is_file():
            raise PrintError("Chromium ended without an error and without a PDF; run it by hand on the page")
        shutil.move(printed, pdf)
    return pdf


def pdf_text(pdf: Path, *options: str) -> str:
    """What ``pdftotext`` with these options makes of the PDF, from beside the PDF when it was read before."""
    kept = pdf.with_name(f"{pdf.stem}{''.join(options) or '-default'}.txt")
    if not kept.is_file():
        kept.write_bytes(_run(["pdftotext", "-enc", "UTF-8", *options, str(pdf), "-"]))
    return kept.read_bytes().decode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _run(command: Sequence[str]) -> bytes:
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT)
    except FileNotFoundError:
        raise PrintError(f"{command[0]} is not installed (Debian: chromium, poppler-utils, fonts-noto-cjk)") from None
    except subprocess.TimeoutExpired:
        raise PrintError(f"{command[0]} took more than {TIMEOUT} s") from None
    except subprocess.CalledProcessError as error:
        raise PrintError(
            f"{command[0]} ended with {error.returncode}: {error.stderr.decode(errors='replace')[-500:]}"
        ) from None
    return done.stdout
