"""What a page is made of once its lines are joined: blocks with their role, section, place and history."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["heading", "body", "caption", "credit", "byline", "leftover"]
"""A leftover is a scrap that belongs to the page and not to its text: a running head, a page number, a mark."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a named step of the pipeline did to a line or block.

    Attributes:
        name: the step, as ``pipeline`` lists it.
        detail: what it did and why, for people.
        dropped: the characters that it took away; white space is not listed.
    """

    name: str
    detail: str
    dropped: str = ""


@dataclass(slots=True)
class Block:
    """Lines that belong together, joined. Never changed once it is made; not frozen, for the reason given at ``Line``.

    Attributes:
        role: what the block is on the page.
        text: the lines, joined and repaired.
        line: number of its first line, from 1.
        page: page of its first line, from 1; None where the format has no pages.
        section: text of the nearest heading before it.
        steps: what was done to make it, in order.
    """

    role: Role
    text: str
    line: int
    page: int | None = None
    section: str | None = None
    steps: tuple[Step, ...] = ()
