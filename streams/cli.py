"""The command ``report-streams``: finds the command asked for, and turns errors into messages and exit codes.

A command's module is imported only when that command runs, so that ``--help`` answers at once.
"""

import importlib
import os
import sys
from typing import Any, NoReturn

import click

from streams.errors import InternalFaultError, ReportStreamsError

COMMANDS = {
    "access": ("streams.commands.access", "Show or grant the rights that a role needs."),
    "analyse": ("streams.commands.analyse", "Say what each paragraph of a file holds; needs no Kafka."),
    "archive": ("streams.commands.archive", "Keep topics in Parquet files, verify and compact them."),
    "audit": ("streams.commands.audit", "Count that every paragraph came out once, and say which did not."),
    "boards": ("streams.commands.boards", "Show what the reports say, live: boards, JSON API and web page."),
    "broker": ("streams.commands.broker", "Start, stop and look at the embedded Kafka."),
    "dead-letters": ("streams.commands.dead_letters", "List, show, send back and export what could not be handled."),
    "demo": ("streams.commands.demo", "Run the whole way once: Kafka, push, worker, events."),
    "doctor": ("streams.commands.doctor", "Check the settings, Kafka, the topics and your rights; say what to do."),
    "explain": ("streams.commands.explain", "Show why a text gets its labels."),
    "paragraphs": ("streams.commands.paragraphs", "Show the blocks that files are read as; needs no Kafka."),
    "push": ("streams.commands.push", "Push reports' paragraphs into Kafka."),
    "reanalyse": ("streams.commands.reanalyse", "Run the current analysis over old paragraphs; retract and emit."),
    "replay": ("streams.commands.replay", "Send records of an archive or a topic's history once more."),
    "subscribe": ("streams.commands.subscribe", "Read events, classified paragraphs or dead letters."),
    "topics": ("streams.commands.topics", "Create, list and check the topics."),
    "worker": ("streams.commands.worker", "Analyse paragraphs and emit events, exactly once."),
}
"""Name of each command: the module that holds it under the same name (with _ for -), and its line in ``--help``."""


class LazyGroup(click.Group):
    """A group that lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)  # noqa: S101 -- a wrong row of COMMANDS, not input
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; when the reader of its output (head, less) leaves, that is an end, not an error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes once more at exit, and would complain then. Caught here since click would make it exit 1.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="report-streams")
def root() -> None:
    """Paragraphs of reports in; speeches, proposals, statistics and plans out, through Kafka, exactly once.

    Exit codes: 0 done, 1 some input refused, 2 wrong usage, 3 Kafka not reachable, 4 internal fault, 5 audit differs.
    """


def main() -> NoReturn:
    """Run the command line; every way out sets an exit code, and only our own faults name our code."""
    try:
        code = root.main(standalone_mode=False, prog_name="report-streams") or 0
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ReportStreamsError as error:
        click.echo(f"error: {error}", err=True)
        code = error.exit_code
    except Exception as error:  # noqa: BLE001 -- the last stop: a fault of ours gets a message, not a traceback
        code = _report_fault(error)
    sys.exit(code)


def _report_fault(error: Exception) -> int:
    if os.environ.get("REPORT_STREAMS_TRACEBACK"):
        raise error
    click.echo(
        f"internal fault: {type(error).__name__}: {error}\n"
        "This is a mistake of ours. REPORT_STREAMS_TRACEBACK=1 shows where; please report it with that.",
        err=True,
    )
    return InternalFaultError.exit_code
