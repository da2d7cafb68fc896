"""Environments for other programs: made with pip on first use, pinned, kept in the user's cache."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INSTALL_S = 900
READ_S = 900


class PeerMissingError(RuntimeError):
    """The environment cannot be made, or the program in it fails; the message has the reason."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program: its name, the script that reads texts with it, and all that its environment holds."""

    name: str
    script: str
    pins: tuple[str, ...]

    def read(self, texts: dict[str, str], cache: Path) -> dict[str, Any]:
        """By id what the program finds in each text; ``seconds`` is what it took for all, everything loaded.

        Raises:
            PeerMissingError: it cannot be installed (offline, say), or ends with an error.
        """
        python = self._environment(cache)
        script = Path(__file__).with_name(self.script)
        lines = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items())
        printed = _run([str(python), "-W", "ignore", str(script)], READ_S, lines)
        result: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return result

    def python_beside_ours(self, cache: Path) -> Path:
        """A Python that finds the program's own packages first, and then those of the environment that runs this.

        Raises:
            PeerMissingError: as ``read``.
        """
        python = self._environment(cache)
        ours = sysconfig.get_path("purelib")
        (site,) = python.parents[1].glob("lib/python3*/site-packages")
        (site / "ours.pth").write_text(f"{ours}\n", encoding="utf-8")
        return python

    def _environment(self, cache: Path) -> Path:
        """The environment's Python; a folder that says what it holds was made to its end."""
        digest = hashlib.sha256("\n".join((sys.version, *self.pins)).encode()).hexdigest()[:12]
        folder = cache / f"{self.name}-{digest}"
        python, ready = folder / "bin" / "python", folder / "pins.txt"
        if not ready.is_file():
            _run([sys.executable, "-m", "venv", "--clear", str(folder)], INSTALL_S)
            _run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", *self.pins], INSTALL_S)
            ready.write_text("\n".join(self.pins) + "\n", encoding="utf-8")
        return python


RECOGNIZERS = Peer(
    "recognizers-text",
    "recognizers_script.py",
    (
        "datedelta==1.4",
        # Later ones have no get_emoji_regexp, which it imports.
        "emoji==1.7.0",
        "grapheme==0.6.0",
        "multipledispatch==1.0.0",
        *(
            f"recognizers-text{part}==1.0.2a2"
            for part in ("", "-choice", "-date-time", "-number", "-number-with-unit", "-sequence", "-suite")
        ),
        "regex==2026.11.15",
    ),
)
JIONLP = Peer(
    "jionlp",
    "jionlp_script.py",
    (
        "certifi==2026.10.18",
        "charset-normalizer==3.5.2",
        "idna==3.20",
        "jiojio==1.2.8",
        "jionlp==1.5.31",
        "numpy==2.4.6",
        "pyyaml==6.0.3",
        "requests==2.34.2",
        "urllib3==2.8.0",
        "zipfile36==0.1.3",
    ),
)


def default_cache() -> Path:
    """Where environments are kept: in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "report-streams" / "peers"


def _run(command: Sequence[str], seconds: int, given: str = "") -> str:
    what = " ".join(Path(word).name for word in command[:5])
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise PeerMissingError(f"{what} took more than {seconds} s") from None
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise PeerMissingError(f"{what} ended with {done.returncode}: {last[:300]}")
    return done.stdout
