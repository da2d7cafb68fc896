"""The options that choose dead letters, shared by ``dead-letters list``, ``redrive`` and ``export``."""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from streams.errors import UsageError
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.clients.dead_letters import DeadLetters, FoundLetter
    from streams.clients.letter_filter import LetterFilter

F = TypeVar("F", bound=Callable[..., Any])

STAGES = ("decode", "analyse", "encode", "produce")
STATES = ("open", "redriven", "resolved", "failed-again", "parked")
"""A test holds both to the records, which load too slowly for ``--help``."""
SHORTEST_ID = 6
_NAME = re.compile(rf"^([0-9a-f]{{{SHORTEST_ID},32}}|\d{{1,9}}:\d{{1,18}})$")

_OPTIONS = (
    click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Refused by this step."),
    click.option("--reason", metavar="TEXT", help="The reason contains this text, in capitals or not."),
    click.option("--reason-matches", metavar="REGEX", help="The reason matches this regular expression."),
    click.option("--topic", help="The original's topic."),
    click.option("--partition", type=click.IntRange(min=0), help="The original's partition."),
    click.option("--report", metavar="ID|TITLE", help="The original's report."),
    click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="What became of it."),
    click.option("--from", "begin", metavar="OFFSET|TIME", help="From this dead letter's offset, or written since."),
    click.option("--to", "end", metavar="OFFSET|TIME", help="To before this dead letter's offset, or written before."),
    click.option("--limit", type=click.IntRange(min=1), help="At most so many, the oldest first."),
    click.option("--parked", is_flag=True, help="Take those of the parking topic instead."),
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters a command is about."""

    wanted: "LetterFilter"
    begin: int | datetime | None
    end: int | datetime | None
    limit: int | None
    parked: bool

    @property
    def is_everything(self) -> bool:
        """Whether nothing was said that leaves any out."""
        return self.wanted.is_empty and (self.begin, self.end, self.limit) == (None, None, None)

    def of_state(self, state: str) -> "Selection":
        """Of these only the ones in this state."""
        return replace(self, wanted=replace(self.wanted, states=frozenset((state,))))

    def of(self, letters: "DeadLetters") -> "Iterator[FoundLetter]":
        """The dead letters that are meant, as they stand in their topic."""
        return islice(letters.read(self.wanted.holds, begin=self.begin, end=self.end), self.limit)


def letter_options(function: F) -> F:
    """Give a command the options; it comes to know of them as ``chosen``, to be made a selection with its settings."""

    @functools.wraps(function)
    def run(*args: Any, **options: Any) -> Any:
        names = ("stages", "reason", "reason_matches", "topic", "partition", "report", "states")
        chosen = {name: options.pop(name) for name in (*names, "begin", "end", "limit", "parked")}
        return function(*args, chosen=chosen, **options)

    command: Callable[..., Any] = run
    for option in reversed(_OPTIONS):
        command = option(command)
    return cast(F, command)


def selection(settings: Settings, chosen: dict[str, Any], names: tuple[str, ...] = ()) -> Selection:
    """The selection that options and names on the command line make.

    Raises:
        UsageError: a name, a regular expression, an offset or a time is none.
    """
    from streams.clients.letter_filter import LetterFilter
    from streams.commands.moments import bound

    now = datetime.now(UTC)
    topic = chosen["topic"]
    wanted = LetterFilter(
        names=tuple(checked_name(name) for name in names),
        states=frozenset(chosen["states"]),
        stages=frozenset(chosen["stages"]),
        reason=chosen["reason"],
        reason_matches=_pattern(chosen["reason_matches"]),
        topics=frozenset() if topic is None else frozenset((topic, settings.topic_prefix + topic)),
        partition=chosen["partition"],
        report=chosen["report"],
    )
    begin, end = bound("--from", chosen["begin"], now), bound("--to", chosen["end"], now)
    return Selection(wanted, begin, end, chosen["limit"], chosen["parked"])


def checked_name(name: str) -> str:
    """A dead letter's name as it can be looked for.

    Raises:
        UsageError: it is neither (the beginning of) an id nor partition:offset.
    """
    lowered = name.lower()
    if not _NAME.match(lowered):
        raise UsageError(
            f"{name!r} names no dead letter: write its id (at least {SHORTEST_ID} characters of it) or its"
            " partition:offset, as `report-streams dead-letters list` shows them"
        )
    return lowered


@contextmanager
def opened_letters(settings: Settings, parked: bool, servers: str | None = None) -> "Iterator[DeadLetters]":
    """The dead letters of the Kafka that the settings mean; what is none of them is told on standard error."""
    from streams.clients.dead_letters import DeadLetters
    from streams.commands.cluster import reachable_bootstrap

    def tell(bad: object) -> None:
        click.echo(f"passed over: {bad}", err=True)

    with DeadLetters(settings, servers or reachable_bootstrap(settings), tell, parked=parked) as letters:
        yield letters


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return None if text is None else re.compile(text)
    except re.error as error:
        raise UsageError(f"--reason-matches {text!r} is no regular expression: {error}") from None
