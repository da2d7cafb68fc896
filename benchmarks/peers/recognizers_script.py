"""Reads JSON lines of id and text, prints what recognizers-text finds. Runs in an environment of its own.

Numbers that lie in a date or an ordinal of its own finding are left out, as a user would leave them out: the number
model gives each on top. Where a model of units covers a number, its value and unit are taken.
"""

import json
import sys
import time
from importlib import import_module
from typing import Any

CHINESE = "zh-cn"
LETTERS = {"Chinese yuan": "元", "United States dollar": "美元", "Euro": "欧元", "Japanese yen": "日元"}
"""Money's units as reports write them; other units are read off the text that was found."""


def main() -> None:
    """Read, warm up, find, print."""
    texts = [json.loads(line) for line in sys.stdin]
    numbers, units, dates = map(
        import_module, ("recognizers_number", "recognizers_number_with_unit", "recognizers_date_time")
    )
    models = {
        "number": numbers.recognize_number,
        "ordinal": numbers.recognize_ordinal,
        "percentage": numbers.recognize_percentage,
        "currency": units.recognize_currency,
        "dimension": units.recognize_dimension,
        "time": dates.recognize_datetime,
    }
    failed: list[str] = []
    _find(models, "去年增长3%。", failed)
    begin = time.perf_counter()
    found = {one["id"]: _record(_find(models, one["text"], failed)) for one in texts}
    seconds = time.perf_counter() - begin
    sys.stdout.write(json.dumps({"seconds": seconds, "failed": failed, "found": found}) + "\n")


def _find(models: dict[str, Any], text: str, failed: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, model in models.items():
        try:
            found[name] = model(text, CHINESE)
        except Exception as error:  # noqa: BLE001 -- a model that fails on a text finds nothing there; it is counted
            failed.append(f"{name}: {error!r}"[:200])
            found[name] = []
    return found


def _record(found: dict[str, list[Any]]) -> dict[str, Any]:
    left_out = [*found["time"], *found["ordinal"]]
    richer = [*found["percentage"], *found["currency"], *found["dimension"]]
    numbers = []
    for number in found["number"]:
        if any(_within(number, other) for other in left_out):
            continue
        cover = next((other for other in richer if _within(number, other)), None)
        value = (cover or number).resolution["value"]
        numbers.append({"value": str(value).rstrip("%"), "unit": _unit(number, cover)})
    return {
        "numbers": numbers,
        "money": [
            {"value": money.resolution["value"], "unit": LETTERS.get(money.resolution["unit"])}
            for money in found["currency"]
        ],
        "expressions": [moment.text for moment in found["time"]],
    }


def _within(inner: Any, outer: Any) -> bool:
    return bool(outer.start <= inner.start and inner.end <= outer.end)


def _unit(number: Any, cover: Any) -> str | None:
    if cover is None:
        return None
    if str(cover.resolution["value"]).endswith("%"):
        return "%"
    return LETTERS.get(cover.resolution.get("unit")) or cover.text[number.end + 1 - cover.start :] or None


if __name__ == "__main__":
    main()
