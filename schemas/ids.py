"""Ids derived from content: the same input gives the same id, so that a replay repeats ids."""

import hashlib

_ID_BYTES = 16
"""128 bits: among a billion ids the chance of any collision is below 2e-21."""


def content_id(kind: str, *parts: str | bytes | int | None) -> str:
    """32 hexadecimal digits from the kind of the thing and its parts, in order.

    Each part is written with its type and length, so that ("ab", "c") and ("a", "bc") differ, and so do "1" and 1.
    Bytes are a string that is encoded already.
    """
    written = []
    for part in parts:
        value = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        written.append(b"%s:%d:%s" % (_TYPES[type(part)], len(value), value))
    return hashlib.blake2b(b"".join(written), digest_size=_ID_BYTES, person=kind.encode()[:16]).hexdigest()


_TYPES = {str: b"str", bytes: b"str", int: b"int", bool: b"bool", type(None): b"NoneType"}
