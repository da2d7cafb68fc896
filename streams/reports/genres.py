"""What kind of report a title tells of, by the rows of ``genres.tsv``."""

import functools
import re
from dataclasses import dataclass
from importlib import resources

_GAP = re.compile(r"\s+")
_LAST_BRACKET = re.compile(r"[（(【［\[][^（()）]{1,8}[）)】］\]]$")


@dataclass(frozen=True, slots=True)
class GenreRule:
    """A genre, what a title of it holds, and what it must not hold."""

    genre: str
    holds: re.Pattern[str]
    lacks: re.Pattern[str] | None

    def fits(self, title: str) -> bool:
        """Whether a title without white space is one of this genre."""
        return bool(self.holds.search(title)) and not (self.lacks and self.lacks.search(title))


@functools.cache
def genre_rules() -> tuple[GenreRule, ...]:
    """The rules in their order; read once, when first asked for."""
    table = resources.files("streams.reports").joinpath("genres.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(GenreRule(row[0], re.compile(row[1]), re.compile(row[2]) if row[2:] else None) for row in rows)


def genre_of(title: str) -> str | None:
    """The genre that a title tells, or None: most headlines tell none."""
    bare = _LAST_BRACKET.sub("", _GAP.sub("", title))
    return next((rule.genre for rule in genre_rules() if rule.fits(bare)), None)
