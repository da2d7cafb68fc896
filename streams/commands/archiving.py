"""What ``archive write`` does once its options are read."""

from collections.abc import Sequence
from pathlib import Path

from schemas.topics import BY_ALIAS
from streams.archive.layout import Archive
from streams.archive.manifest import Form
from streams.archive.run import Archived, ArchiveRun, Limits
from streams.archive.source import Source, reading
from streams.archive.step import StepWriter
from streams.archive.topics_there import TopicsThere
from streams.commands.archive_progress import ArchiveProgress
from streams.commands.cluster import reachable_bootstrap
from streams.commands.interruption import on_signals
from streams.commands.progress import counted
from streams.librdkafka import client_configuration
from streams.settings import Settings

GROUP = "report-streams-archive"


def archive_topics(
    settings: Settings, aliases: Sequence[str], directory: Path, form: Form, limits: Limits, *, follow: bool
) -> Archived:
    """Read the topics of these aliases into the archive, telling on standard error how it goes.

    Raises:
        UsageError: a topic is missing or was made anew, or the directory cannot be written or holds something else.
        BrokerUnavailableError: Kafka cannot be reached, or goes away; what was written before is kept.
        InputRefusedError: the archive is damaged.
        InternalFaultError: the disk does not take it; what was written before is kept.
    """
    configuration = client_configuration(settings, reachable_bootstrap(settings), "archive")
    there = TopicsThere(configuration, settings.connect_timeout_s)
    topics = {settings.topic_prefix + BY_ALIAS[alias].name: BY_ALIAS[alias] for alias in aliases}
    compacted = {name: "compact" in topic.cleanup_policy for name, topic in topics.items()}
    there.refuse_missing(topics)
    archive = Archive.create(directory, form, there.cluster())
    with (
        archive.writing() as state,
        ArchiveProgress() as progress,
        StepWriter(archive, state) as writer,
        Source(
            reading(configuration, settings.topic_prefix + GROUP),
            there,
            compacted,
            state,
            follow=follow,
            outage_s=settings.connect_timeout_s,
            batch_bytes=limits.step_bytes // 2,
            tell=progress.tell,
        ) as source,
    ):
        progress.begin(source.left)
        run = ArchiveRun(source, writer, limits, follow=follow, written=progress.written, read=progress.read)
        on_signals("writing what has been read", run.stop)
        return run.run()


def summary_fields(archived: Archived) -> dict[str, object]:
    """The summary for programs."""
    return {
        "records": archived.records,
        "files": archived.files,
        "bytes": archived.file_bytes,
        "steps": archived.steps,
        "lost": [one.model_dump() for one in archived.lost],
    }


def summary_line(archived: Archived) -> str:
    """The summary for people."""
    if not archived.steps:
        return "nothing new to archive"
    lost = sum(one.end - one.begin for one in archived.lost)
    told = f"archived {counted(archived.records, 'record')} in {counted(archived.files, 'file')}"
    return f"{told} ({archived.file_bytes:,} bytes)" + (f"; {lost:,} offsets were lost before" if lost else "")
