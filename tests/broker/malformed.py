"""Records that no worker can read, of many sorts, from a seed; and good ones among them."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.codec import encode
from tests.broker.conftest import MOMENT, paragraphs

Headers = list[tuple[str, bytes | None]]
LARGE_EVERY = 200
"""Of the sorts whose records are large, so many are made small for each large one."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What is put on the topic; ``sort`` names what is wrong, or is None for a good record."""

    sort: str | None
    key: bytes | None
    value: bytes | None
    headers: Headers


def good(number: int) -> tuple[str, Raw]:
    """A good record and its paragraph's id."""
    (paragraph,) = paragraphs(1, text=f"第{number}项，全年新增就业" + "{n}人，增长5%。")
    message = encode(paragraph, source="/tests", time=MOMENT)
    return paragraph.id, Raw(None, message.key, message.value, [*message.headers])


def malformed(random_: random.Random) -> Raw:
    """A record of one of the sorts."""
    sort = random_.choice(list(SORTS))
    value, headers = SORTS[sort](random_), HEADERS.get(sort)
    key = random_.choice((None, b"", b"report-1", random_.randbytes(8)))
    return Raw(sort, key, value, headers(random_) if headers else _plain_headers(random_))


def _fields(random_: random.Random) -> dict[str, Any]:
    """A good paragraph's fields, to be spoilt."""
    (paragraph,) = paragraphs(1, text=f"随机{random_.randrange(10**9)}" + "{n}。")
    fields: dict[str, Any] = json.loads(encode(paragraph, source="/tests", time=MOMENT).value)
    return fields


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _spoilt(random_: random.Random, spoil: Callable[[dict[str, Any]], object]) -> bytes:
    fields = _fields(random_)
    spoil(fields)
    return _json(fields)


def _bad_utf8(random_: random.Random) -> bytes:
    value = _json(_fields(random_))
    place = random_.randrange(len(value))
    return value[:place] + random_.choice((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80")) + value[place:]


def _truncated(random_: random.Random) -> bytes:
    value = _json(_fields(random_))
    return value[: random_.randrange(1, len(value))]


def _wrong_type(random_: random.Random) -> bytes:
    name = random_.choice(("id", "report", "ordinal", "text", "pushed_at"))
    wrong: object = random_.choice(([], {"a": 1}, None))
    return _spoilt(random_, lambda fields: fields.update({name: wrong}))


def _nested(random_: random.Random) -> bytes:
    depth = random_.randrange(300, 3000) if random_.randrange(LARGE_EVERY) else 400_000
    opening = random_.choice((b"[", b'{"a":'))
    return opening * min(depth, 900_000 // len(opening))


def _huge_number(random_: random.Random) -> bytes:
    number = random_.choice(("1e999", "9" * random_.randrange(5000, 9000), "-1", "1e308", "NaN", "-Infinity"))
    return _spoilt(random_, lambda fields: fields.update(ordinal="@")).replace(b'"@"', number.encode())


def _duplicate_keys(random_: random.Random) -> bytes:
    return _json(_fields(random_))[:-1] + random_.choice((b', "ordinal": "x"}', b', "text": 5}', b', "report": []}'))


def _null_bytes(random_: random.Random) -> bytes:
    value = _json(_fields(random_))
    return random_.choice((value.replace(b"report-0", b"report\x00"), b"\x00" * 9, value + b"\x00", b"\x00" + value))


def _long_text(random_: random.Random) -> bytes:
    """A string of up to a megabyte, or a list as long."""
    size = 1_000_000 if random_.randrange(LARGE_EVERY) == 0 else 101_000
    return random_.choice((lambda: _json("a" * size), lambda: _spoilt(random_, lambda f: f.update(text="a" * size))))()


def _other_document(random_: random.Random) -> bytes:
    return random_.choice((b"[]", b"null", b"5", b'"text"', b"true", b"{}", b"<html/>", b"a,b\n1,2", b" ", b"\n"))


def _missing_field(random_: random.Random) -> bytes:
    return _spoilt(random_, lambda fields: fields.pop(random_.choice(("id", "report", "text", "ordinal", "pushed_at"))))


def _unknown_field(random_: random.Random) -> bytes:
    return _spoilt(random_, lambda fields: fields.update({f"x{random_.randrange(99)}": 1}))


def _other_encoding(random_: random.Random) -> bytes:
    return _json(_fields(random_)).decode().encode(random_.choice(("utf-16", "utf-32", "gb18030")))


def _surrogate(random_: random.Random) -> bytes:
    return _json(_fields(random_)).replace(
        "随机".encode(), random_.choice((rb"\ud800", rb"\udfff", rb"\u00zz", rb"\x41"))
    )


def _trailing(random_: random.Random) -> bytes:
    return _json(_fields(random_)) + random_.choice((b"{}", b",", b"]", b"//", b"x"))


def _blank_text(random_: random.Random) -> bytes:
    return _spoilt(random_, lambda fields: fields.update(text=random_.choice(("", " ", "\n\t", "　"))))


def _noise(random_: random.Random) -> bytes:
    return b"\x80" + random_.randbytes(random_.randrange(1, 400))


def _whole(random_: random.Random) -> bytes:
    """Nothing wrong with the value: the headers are."""
    return _json(_fields(random_))


SORTS: dict[str, Callable[[random.Random], bytes | None]] = {
    "bad UTF-8": _bad_utf8,
    "truncated JSON": _truncated,
    "wrong type": _wrong_type,
    "deep nesting": _nested,
    "huge number": _huge_number,
    "duplicate keys": _duplicate_keys,
    "null bytes": _null_bytes,
    "long text": _long_text,
    "unknown version": _whole,
    "wrong headers": _whole,
    "empty": lambda _: b"",
    "tombstone": lambda _: None,
    "other document": _other_document,
    "missing field": _missing_field,
    "unknown field": _unknown_field,
    "other encoding": _other_encoding,
    "half a character": _surrogate,
    "trailing": _trailing,
    "blank text": _blank_text,
    "noise": _noise,
}


def _plain_headers(random_: random.Random) -> Headers:
    """None at all, or some that mean nothing to us, repeated and without a value."""
    return random_.choice(([], [("trace", random_.randbytes(4)), ("trace", None), ("", b"\xff")]))


def _unknown_version(random_: random.Random) -> Headers:
    major = random_.randrange(2, 10_000)
    return [("ce_dataschema", f"urn:report-streams:paragraph:{major}.{random_.randrange(10)}".encode())]


def _wrong_headers(random_: random.Random) -> Headers:
    wrong = (
        b"urn:report-streams:speech:1.0",
        b"\xff\xfe",
        b"paragraph",
        b"urn:report-streams:paragraph:1",
        b"9" * 5000,
    )
    return [("ce_dataschema", random_.choice(wrong))]


HEADERS: dict[str, Callable[[random.Random], Headers]] = {
    "unknown version": _unknown_version,
    "wrong headers": _wrong_headers,
}
