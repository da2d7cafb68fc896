"""What an archive holds, and what is wrong with it, as tables for people."""

from collections.abc import Iterable, Sequence

import click

from streams.archive.contents import TopicContents
from streams.archive.manifest import Lost
from streams.archive.verify import PartitionCount, Verdict
from streams.commands.progress import counted


def show_contents(found: Sequence[TopicContents]) -> None:
    """A row for each topic, then one for each of its partitions, and what was lost."""
    if not found:
        click.echo("nothing is archived yet")
        return
    width = max(len(one.topic) for one in found)
    click.echo(f"{'topic':{width}}  {'records':>12}  files  {'bytes':>14}  days (UTC)")
    for topic in found:
        days = " to ".join(dict.fromkeys(topic.days or ())) or "-"
        click.echo(f"{topic.topic:{width}}  {topic.records:>12,}  {topic.files:>5}  {topic.bytes:>14,}  {days}")
    show_partitions([one for topic in found for one in topic.partitions])
    show_lost([one for topic in found for one in topic.lost])


def show_partitions(counts: Sequence[PartitionCount]) -> None:
    """A row for each partition: its offsets, its records, and the offsets that had none."""
    if not counts:
        return
    width = max(len(one.topic) for one in counts)
    click.echo(f"\n{'partition':{width + 5}}  {'from':>12}  {'to before':>12}  {'records':>12}  without a record")
    for one in counts:
        place = f"{one.topic}[{one.partition}]"
        reason = f"{one.without_record:,} (markers, aborted{' or compacted' if one.compacted else ''})"
        none = reason if one.without_record else "0"
        click.echo(f"{place:{width + 5}}  {one.begin:>12,}  {one.end:>12,}  {one.records:>12,}  {none}")


def show_lost(lost: Iterable[Lost]) -> None:
    """A line for each range that Kafka deleted before it was archived."""
    for one in lost:
        place = f"{one.topic}[{one.partition}]"
        click.echo(f"lost before it was archived: {place} offsets {one.begin} to {one.end - 1}")


def show_verdict(verdict: Verdict) -> None:
    """The counts, a line for each fault, and the sum."""
    show_partitions(verdict.partitions)
    show_lost(verdict.lost)
    for fault in verdict.faults:
        click.echo(f"{fault.kind}: {fault.path}: {fault.said}")
    if verdict.busy:
        click.echo("somebody is writing: files that no manifest names were not looked at", err=True)
    sum_up = f"{counted(verdict.files, 'file')}, {counted(verdict.records, 'record')}, {verdict.bytes:,} bytes"
    click.echo(f"\n{sum_up}: " + (counted(len(verdict.faults), "fault") if verdict.faults else "all as it was written"))
