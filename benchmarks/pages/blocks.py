"""The truth of a page: blocks in reading order, in the form of ``tests/unit/page13_blocks.jsonl``."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

Role = Literal["heading", "body", "caption", "credit", "byline"]
Predicted = list[tuple[str, str]]
"""What is found on a page: role and text of each block, in order. Roles are the finder's own; "body" is scored."""


@dataclass(frozen=True, slots=True)
class TruthBlock:
    """What a careful reader makes of one thing on the page; its section is the heading that came last."""

    ordinal: int
    role: Role
    text: str
    section: str | None


def numbered(items: Iterable[tuple[Role, str]]) -> Iterator[TruthBlock]:
    """Roles and texts in reading order, with ordinals from 0 and sections."""
    section: str | None = None
    for ordinal, (role, text) in enumerate(items):
        yield TruthBlock(ordinal, role, text, section)
        section = text if role == "heading" else section


def as_jsonl(blocks: Iterable[TruthBlock]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(asdict(block), ensure_ascii=False) + "\n" for block in blocks)
