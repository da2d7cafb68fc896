"""``report-streams demo``: the whole way once, on a Kafka of its own."""

import signal
import sys

import click

from streams.commands.options import KAFKA, settings_options
from streams.settings import Settings


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--all", "show_all", is_flag=True, help="Show every event, not only the first few of each kind.")
@settings_options(*KAFKA, "broker_heap", "broker_cache_dir", "broker_kafka_home")
def demo(settings: Settings, inputs: tuple[str, ...], show_all: bool) -> int:
    """Start Kafka, make the topics, push reports, run a worker until all is handled, show the events, stop all.

    Runs on an embedded Kafka that only the demo uses, begun afresh each time. With REPORT_STREAMS_BOOTSTRAP_SERVERS it
    runs on that Kafka instead, with topics of its own that it deletes afterwards.
    """
    from streams.commands.demonstration import demonstrate

    # A demo that is told to end stops what it started, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return demonstrate(settings, inputs, show_all=show_all)
