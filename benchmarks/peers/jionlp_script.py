"""Reads JSON lines of id and text, prints what JioNLP finds: money and times. Runs in an environment of its own."""

import json
import sys
import time
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any


def main() -> None:
    """Read, warm up, find, print."""
    texts = [json.loads(line) for line in sys.stdin]
    # It greets on standard output.
    with redirect_stdout(sys.stderr):
        finder = import_module("jionlp").ner
    failed: list[str] = []
    _record(finder, "去年花了3元。", failed)
    begin = time.perf_counter()
    found = {one["id"]: _record(finder, one["text"], failed) for one in texts}
    seconds = time.perf_counter() - begin
    sys.stdout.write(json.dumps({"seconds": seconds, "failed": failed, "found": found}) + "\n")


def _record(finder: Any, text: str, failed: list[str]) -> dict[str, Any]:
    money = _try(finder.extract_money, text, failed, with_parsing=True)
    times = _try(finder.extract_time, text, failed, time_base={"year": 2026, "month": 1, "day": 1}, with_parsing=False)
    return {"money": [_money(one["detail"]) for one in money], "expressions": [one["text"] for one in times]}


def _try(extract: Any, text: str, failed: list[str], **options: Any) -> list[Any]:
    try:
        return list(extract(text, **options) or [])
    except Exception as error:  # noqa: BLE001 -- a text on which it fails gives nothing; it is counted
        failed.append(repr(error)[:200])
        return []


def _money(detail: dict[str, Any]) -> dict[str, Any]:
    """A range is two numbers, of which the labels count the first."""
    number = detail["num"]
    return {"value": number if isinstance(number, str) else number[0], "unit": detail["case"]}


if __name__ == "__main__":
    main()
