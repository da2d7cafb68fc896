"""Ids derived from content: the same input gives the same id, so that a replay repeats ids."""

import hashlib

_ID_BYTES = 16
"""128 bits: among a billion ids the chance of any collision is below 2e-21."""


def content_id(kind: str, *parts: str | int | None) -> str:
    """32 hexadecimal digits from the kind of the thing and its parts, in order.

    Each part is written with its type and length, so that ("ab", "c") and ("a", "bc") differ, and so do "1" and 1.
    """
    digest = hashlib.blake2b(digest_size=_ID_BYTES, person=kind.encode()[:16])
    for part in parts:
        written = str(part).encode("utf-8", "surrogatepass")
        digest.update(f"{type(part).__name__}:{len(written)}:".encode() + written)
    return digest.hexdigest()
