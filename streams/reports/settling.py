"""Which files have stopped changing: a file that is being written must not be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass
class _Watched(Generic[S]):
    stamp: S
    since: float
    told: bool = False


class Settling(Generic[S]):
    """Remembers how each file looked, and since when; a file is settled once it looked the same for a while."""

    def __init__(self, settle_s: float) -> None:
        """A file is settled when its stamp stayed the same for ``settle_s`` seconds."""
        self._settle_s = settle_s
        self._files: dict[Path, _Watched[S]] = {}

    def look(self, files: Iterable[tuple[Path, S]], now_s: float) -> list[Path]:
        """The files that have settled since they last changed, in the given order, each told once for each change.

        Args:
            files: every file there is now, with its stamp: what is not among them is forgotten.
            now_s: a clock that only goes forward, in seconds.
        """
        seen = dict(files)
        self._files = {path: known for path, known in self._files.items() if path in seen}
        return [path for path, stamp in seen.items() if self._settled(path, stamp, now_s)]

    def _settled(self, path: Path, stamp: S, now_s: float) -> bool:
        known = self._files.get(path)
        if known is None or known.stamp != stamp:
            self._files[path] = _Watched(stamp, now_s)
            return False
        if known.told or now_s - known.since < self._settle_s:
            return False
        known.told = True
        return True
