"""The example files of ``schemas/examples/<record>/<good|bad>/``, as they travel."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import schemas

ROOT = Path(schemas.__file__).parent / "examples"


@dataclass(frozen=True)
class Example:
    """One file: a value as bytes, its headers, and for bad ones a part of the reason for refusal."""

    record: str
    name: str
    value: bytes
    headers: list[tuple[str, bytes]]
    refused: str | None
    time: datetime = datetime(2023, 1, 8, tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.record}-{self.name}"


def _read(path: Path) -> Example:
    content = json.loads(path.read_text(encoding="utf-8"))
    if "raw_base64" in content:
        value = base64.b64decode(content["raw_base64"])
    else:
        value = json.dumps(content["value"], ensure_ascii=False).encode()
    headers = [(name, text.encode()) for name, text in content.get("headers", {}).items()]
    refused = content.get("refused")
    if (refused is not None) != (path.parent.name == "bad"):
        raise ValueError(f"{path}: a file under bad/ says why it is refused, one under good/ does not")
    return Example(path.parent.parent.name, path.stem, value, headers, refused)


EXAMPLES = [_read(path) for path in sorted(ROOT.glob("*/*/*.json"))]
