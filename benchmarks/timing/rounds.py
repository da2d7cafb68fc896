"""``analyse`` beside jieba and rjieba on the same texts, taking turns, so that whatever else runs meets them alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.paragraph import Paragraph
from streams.analysis.analyse import Analyser

Work = Callable[[Paragraph], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the median and the greatest of some rounds."""

    least: float
    median: float
    greatest: float

    @classmethod
    def of(cls, found: Sequence[float]) -> "Spread":
        """The spread of at least one figure."""
        return cls(min(found), statistics.median(found), max(found))


def sides(analyser: Analyser) -> dict[str, Work]:
    """What is compared, everything loaded; ours comes first."""
    # They load dictionaries on import or on the first call; neither belongs to the times.
    import jieba
    import rjieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return {
        "analyse": analyser.analyse,
        "jieba.lcut": lambda paragraph: jieba.lcut(paragraph.text),
        "rjieba.cut": lambda paragraph: rjieba.cut(paragraph.text),
    }


def take_turns(working: dict[str, Work], paragraphs: Sequence[Paragraph], rounds: int) -> dict[str, list[float]]:
    """Seconds of this process for all paragraphs, by side and round; a round before them is not counted."""
    found: dict[str, list[float]] = {name: [] for name in working}
    for _ in range(rounds + 1):
        for name, work in working.items():
            found[name].append(seconds(work, paragraphs))
    return {name: times[1:] for name, times in found.items()}


def seconds(work: Work, paragraphs: Sequence[Paragraph]) -> float:
    """Processor time of this process: what others do on the machine is not in it."""
    begin = time.process_time()
    for paragraph in paragraphs:
        work(paragraph)
    return time.process_time() - begin
