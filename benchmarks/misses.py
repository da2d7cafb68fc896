"""Where a prediction and the truth of a page differ, for whoever works on the pipeline."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from benchmarks.pages.blocks import Predicted, TruthBlock
from benchmarks.scoring import bare

SHOWN = 60
"""Characters of a block that are shown at either end."""


def misses(truth: Sequence[TruthBlock], predicted: Predicted) -> Iterator[str]:
    """Lines of a unified difference of body blocks: ``-`` true and not found, ``+`` found and not true.

    What is the true role of a block found as body, and the found role of a body block, is said behind it.
    """
    want = [bare(block.text) for block in truth if block.role == "body"]
    have = [bare(text) for role, text in predicted if role == "body"]
    true_roles: dict[str, str] = {bare(block.text): block.role for block in truth if block.role != "body"}
    found_roles = {bare(text): role for role, text in predicted if role != "body"}
    elsewhere = set((Counter(want) & Counter(have)).keys())
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, want, have, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        yield f"@@ paragraph {i1}"
        yield from _marked("-", want[i1:i2], elsewhere, found_roles)
        yield from _marked("+", have[j1:j2], elsewhere, true_roles)


def _marked(sign: str, texts: Sequence[str], elsewhere: set[str], roles: dict[str, str]) -> Iterator[str]:
    for text in texts:
        note = " [moved]" if text in elsewhere else f" [{roles[text]}]" if text in roles else ""
        yield f"{sign} {_shown(text)} ({len(text)}){note}"


def _shown(text: str) -> str:
    return text if len(text) <= 2 * SHOWN else f"{text[:SHOWN]} … {text[-SHOWN:]}"
