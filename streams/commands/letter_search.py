"""Find one dead letter by its name."""

from typing import TYPE_CHECKING

from streams.commands.letter_options import checked_name
from streams.errors import InputRefusedError, UsageError

if TYPE_CHECKING:
    from streams.clients.dead_letters import DeadLetters, FoundLetter

MOST_TOLD = 5


def one_letter(letters: "DeadLetters", name: str) -> "FoundLetter":
    """The dead letter that an id, the beginning of one, or ``partition:offset`` names; the latest of equal ids.

    Raises:
        UsageError: the name is none, or the beginning of several ids.
        InputRefusedError: there is no such dead letter.
    """
    from streams.clients.letter_filter import LetterFilter

    wanted = checked_name(name)
    begin = int(wanted.partition(":")[2]) if ":" in wanted else None
    end = None if begin is None else begin + 1
    found = {one.letter.id: one for one in letters.read(LetterFilter(names=(wanted,)).holds, begin=begin, end=end)}
    if not found:
        raise InputRefusedError(f"no dead letter {name}; `report-streams dead-letters list` shows those there are")
    if len(found) > 1:
        told = ", ".join(sorted(found)[:MOST_TOLD]) + (" ..." if len(found) > MOST_TOLD else "")
        raise UsageError(f"{name} is the beginning of {len(found)} ids: {told}")
    return next(iter(found.values()))
