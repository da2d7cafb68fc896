"""Which dead letters are meant: conditions on what a dead letter says, all of which must hold. Pure."""

import json
import re
from dataclasses import dataclass

from schemas.dead_letter import DeadLetter
from streams.clients.dead_letters import FoundLetter


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Conditions on a dead letter; an empty one holds for all.

    ``names`` are ids, of which the first characters are enough, or the dead letter's own partition and offset, as
    ``0:17``; ``topics`` and ``partition`` are those of the original; ``report`` is a report's id (the original's key,
    or in its JSON) or its title.
    """

    names: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    reason: str | None = None
    reason_matches: re.Pattern[str] | None = None
    topics: frozenset[str] = frozenset()
    partition: int | None = None
    report: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it holds for every dead letter."""
        return self == LetterFilter()

    def holds(self, found: FoundLetter) -> bool:
        """Whether the dead letter meets every condition."""
        letter = found.letter
        return (
            (not self.names or any(names(name, found) for name in self.names))
            and (not self.states or found.state in self.states)
            and (not self.stages or letter.stage in self.stages)
            and (self.reason is None or self.reason.casefold() in letter.reason.casefold())
            and (self.reason_matches is None or self.reason_matches.search(letter.reason) is not None)
            and (not self.topics or letter.topic in self.topics)
            and self.partition in (None, letter.partition)
            and (self.report is None or self.report in reports_named(letter))
        )


def names(name: str, found: FoundLetter) -> bool:
    """Whether an id, the beginning of one, or ``partition:offset`` names this dead letter."""
    return name == f"{found.partition}:{found.offset}" if ":" in name else found.letter.id.startswith(name)


def reports_named(letter: DeadLetter) -> set[str]:
    """The id and the title of the original's report, as far as its key and its bytes still tell them."""
    told = {(letter.key or b"").decode("utf-8", "replace")}
    try:
        report = json.loads(letter.value or b"").get("report", {})
        told |= {name for name in (report.get("id"), report.get("title")) if isinstance(name, str)}
    except (ValueError, AttributeError, RecursionError):
        pass  # not JSON, or no object in it: dead letters often are not; the key is what there is
    return told - {""}
