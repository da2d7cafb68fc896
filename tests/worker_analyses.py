"""Analyses that tests put in the analysis process: by the text, they hang, die, raise, or eat the memory.

What a text begins with is what happens to it; every other text becomes a paragraph with one statistic, at once.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from schemas.classified import ClassifiedParagraph, Scores
from schemas.items import StatisticItem
from schemas.paragraph import Paragraph

HANGS, HANGS_ONCE, WAITS = "hang", "hang-once ", "wait "
SEGFAULTS, EXITS, KILLED, EATS = "segfault", "exit", "sigkill", "eat"
RAISES, PANICS, FULL_DISK = "raise", "panic", "disk"


def one_statistic(paragraph: Paragraph) -> ClassifiedParagraph:
    """The paragraph with all of its text as one statistic."""
    item = StatisticItem(start=0, end=len(paragraph.text), text=paragraph.text, value="5")
    return ClassifiedParagraph(
        **dict(paragraph),
        kinds=("statistic",),
        primary="statistic",
        scores=Scores(speech=0, proposal=0, statistic=1, plan=0),
        statistics=(item,),
        analysis_version="1",
    )


class Panic(BaseException):
    """As a Rust library's panic arrives: no ``Exception``."""


def _raise(error: BaseException) -> None:
    raise error


def _hang_once(text: str) -> None:
    """The first process hangs, the next one sees the mark that it left."""
    mark = Path(text.split()[1])
    if not mark.exists():
        mark.touch()
        time.sleep(3600)


class Faulty:
    """The analysis; its process is told nothing but its texts."""

    def __init__(self) -> None:
        self._faults: dict[str, Callable[[str], object]] = {
            HANGS_ONCE: _hang_once,
            HANGS: lambda _: time.sleep(3600),
            WAITS: lambda text: time.sleep(float(text.split()[1])),
            SEGFAULTS: lambda _: ctypes.string_at(0),
            EXITS: lambda _: os._exit(3),
            KILLED: lambda _: os.kill(os.getpid(), signal.SIGKILL),
            EATS: lambda _: bytearray(1 << 40),
            RAISES: lambda _: _raise(ZeroDivisionError("a rule divides by the number of verbs")),
            PANICS: lambda _: _raise(Panic("index out of bounds")),
            FULL_DISK: lambda _: _raise(OSError(28, "No space left on device")),
        }

    def analyse(self, paragraph: Paragraph) -> ClassifiedParagraph:
        """By the text's first word."""
        for word, fault in self._faults.items():
            if paragraph.text.startswith(word):
                fault(paragraph.text)
                break
        return one_statistic(paragraph)


class CannotBegin:
    """An analysis whose dictionary is missing."""

    def __init__(self) -> None:
        raise FileNotFoundError("the dictionary is missing")


class NeverReady:
    """An analysis that never ends to load."""

    def __init__(self) -> None:
        time.sleep(3600)
