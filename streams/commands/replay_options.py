"""What ``replay`` and ``reanalyse`` read from: an archive's directory or a topic's alias."""

from collections.abc import Callable
from pathlib import Path

from schemas.topics import BY_ALIAS
from streams.archive.layout import Archive
from streams.errors import UsageError
from streams.replay.selection import Selection
from streams.replay.sources import ArchiveSource, Source
from streams.replay.topic_source import TopicSource
from streams.settings import Settings


def source_named(
    settings: Settings, servers: str, name: str, selection: Selection, tell: Callable[[str], None]
) -> Source:
    """The source that a word means: a topic's alias first, then a directory.

    Raises:
        UsageError: it is neither.
        InputRefusedError: the directory is no archive, or its mark is damaged.
    """
    if name in BY_ALIAS:
        return TopicSource(settings, servers, settings.topic_prefix + BY_ALIAS[name].name, selection, tell)
    if not Path(name).is_dir():
        raise UsageError(
            f"{name!r} is neither a directory with an archive nor a topic; topics are {', '.join(BY_ALIAS)}"
        )
    return ArchiveSource(Archive.open(Path(name)), selection)
