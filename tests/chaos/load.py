"""Generated paragraph records: good ones of several reports, and among them some that must become dead letters."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.codec import encode
from schemas.paragraph import Paragraph, Report

REPORTS = 60
ONE_BAD_IN = 50
_MOMENT = datetime(2026, 1, 8, tzinfo=UTC)

_TEXTS = (
    "第{n}号：全年新增就业{a}万人，比上年增长{b}%，城镇登记失业率控制在{c}%以内。",
    "代表王明在第{n}次会议上说：“要把民生放在首位，{a}个村的道路要修好。”",
    "委员李华建议，第{n}个社区应当增设{b}处养老服务站，并由民政部门牵头落实。",
    "第{n}项：到明年底，建成标准厂房{a}万平方米，新增绿地{b}公顷。",
    "会议第{n}段没有数字，也没有发言，只记下当日的天气与议程。",
    "第{n}条：市长张伟表示，今年财政收入达到{a}.{b}亿元，同比增长{c}%；明年力争增长{b}%。",
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it goes on the topic of paragraphs."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def load(seed: int, records: int) -> Iterator[Raw]:
    """So many records; no two good ones have the same id, and each report's ordinals rise."""
    chance = random.Random(f"load {seed}")  # noqa: S311 -- a seed that replays is the point
    reports = [Report(id=f"report-{seed}-{number}", title="年度报告") for number in range(REPORTS)]
    ordinals = dict.fromkeys((report.id for report in reports), 0)
    for number in range(records):
        report = chance.choice(reports)
        paragraph = Paragraph.numbered(report, ordinals[report.id], _text(chance, number), pushed_at=_MOMENT)
        ordinals[report.id] += 1
        message = encode(paragraph, source="/tests/chaos", time=_MOMENT)
        if number % ONE_BAD_IN == ONE_BAD_IN - 1:
            yield Raw(message.key, _spoilt(message.value, number // ONE_BAD_IN), [])
        else:
            yield Raw(message.key, message.value, message.headers)


def _text(chance: random.Random, number: int) -> str:
    text = chance.choice(_TEXTS)
    return text.format(n=number, a=chance.randint(1, 99), b=chance.randint(1, 9), c=chance.randint(1, 5))


def _spoilt(value: bytes, number: int) -> bytes | None:
    """The value made wrong in one of six ways, in turn."""
    fields = json.loads(value)
    ways: list[bytes | None] = [
        value[: len(value) // 2],
        value.replace(b'"text":"', b'"text":"\xff\xfe'),
        None,
        b"",
        json.dumps(fields | {"ordinal": "third"}).encode(),
        json.dumps(fields | {"unknown": True}).encode(),
    ]
    return ways[number % len(ways)]
