"""Ids derived from content: the same input gives the same id, so that a replay repeats ids."""

import hashlib

_ID_BYTES = 16
"""128 bits: among a billion ids the chance of any collision is below 2e-21."""


def content_id(kind: str, *parts: str | int | None) -> str:
    """32 hexadecimal digits from the kind of the thing and its parts, in order.

    Each part is written with its type and length, so that ("ab", "c") and ("a", "bc") differ, and so do "1" and 1.
    """
    written = [(type(part).__name__, str(part).encode("utf-8", "surrogatepass")) for part in parts]
    content = b"".join(b"%s:%d:%s" % (name.encode(), len(value), value) for name, value in written)
    return hashlib.blake2b(content, digest_size=_ID_BYTES, person=kind.encode()[:16]).hexdigest()
