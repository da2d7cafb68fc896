"""Boards as a process of their own, asked over HTTP."""

import json
import re
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from schemas.codec import encode
from schemas.topics import CLASSIFIED
from streams.analysis.analyse import Analyser
from streams.boards.projection import Projection, Rules
from streams.boards.recount import ALL_ROWS, as_shown, differences, kept, recount
from streams.boards.store import FILE, Store
from streams.settings import Settings
from tests.broker.conftest import MOMENT, paragraphs
from tests.command_line import COMMAND, ROOT, Running, eventually, run

SEEDS = sorted(str(path) for path in (ROOT / "seeds").glob("0[1-4]*.txt"))
LIVE_S = 120
_HANGS = """
import time
from streams.boards.transport import CommittedReader
from streams.cli import main
async def hang(*_, **__):
    time.sleep(3600)
CommittedReader._fetch_records = hang
main()
"""
HANGING = (sys.executable, "-c", _HANGS)
"""``report-streams`` whose Faust hangs in its consumer's thread at the first fetch. No fault of Kafka's does that."""


class AtWork:
    """The boards' process and its address; ``read`` paragraphs it had when it said that it is live."""

    def __init__(self, running: Running) -> None:
        self.running, self.read = running, 0
        self.address = running.said(r"boards at (http://\S+)/", LIVE_S).group(1)

    def ask(self, path: str) -> tuple[int, Any]:
        """Status and body of an answer; a refusal is an answer too."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, body = error.code, error.read()
        return status, json.loads(body) if body[:1] in (b"{", b"[") else body.decode("utf-8-sig")

    def live(self) -> "AtWork":
        """Wait until the boards are."""
        self.read = int(self.running.said("^live: ([0-9,]+) ", LIVE_S).group(1).replace(",", ""))
        assert eventually(lambda: self.ask("/readyz")[0] == 200, LIVE_S), self.running.lines
        return self

    def has(self, path: str, count: int) -> bool:
        """Whether a list has so many in all."""
        status, told = self.ask(path)
        return status == 200 and told["total"] == count

    def paragraphs(self) -> int:
        """How many there are, of at most 200 reports."""
        status, told = self.ask("/api/reports?limit=200")
        return sum(one["paragraphs"] for one in told["items"]) if status == 200 else 0

    def end(self) -> None:
        """SIGTERM, and the exit code that follows on it."""
        self.running.process.terminate()
        assert self.running.ended(60) == 0, self.running.lines


@contextmanager
def at_work(variables: Mapping[str, str], directory: Path, command: Sequence[str] = COMMAND) -> Iterator[AtWork]:
    """The boards at work, on a free port."""
    given = {name: value for name, value in variables.items() if name != "metrics_port"}
    with Running(
        "boards", settings={**given, "boards_dir": str(directory), "web_port": "0"}, command=command
    ) as running:
        yield AtWork(running)


def pushed(variables: Mapping[str, str], *files: str) -> int:
    """Push files and let a worker handle all of them; how many paragraphs they had."""
    said = ""
    for arguments in (("push", *(files or SEEDS)), ("worker", "--until-caught-up")):
        done = run(*arguments, settings=variables)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    return sum(int(count.replace(",", "")) for count in re.findall("([0-9,]+) paragraphs of [0-9]+ file", said))


def loaded(settings: Settings, kafka: str, count: int) -> None:
    """So many classified paragraphs, each with a figure, straight onto their topic."""
    analyser = Analyser.load()
    producer = Producer({"bootstrap.servers": kafka, "enable.idempotence": True, "partitioner": "murmur2_random"})
    for one in paragraphs(count, reports=50):
        message = encode(analyser.analyse(one), source="/tests", time=MOMENT)
        producer.produce(
            settings.topic_prefix + CLASSIFIED.name, message.value, message.key, headers=[*message.headers]
        )
        producer.poll(0)
    assert producer.flush(60) == 0


def agree(settings: Settings, kafka: str, rules: Rules, directory: Path) -> bool:
    """Whether boards at work come to show all that a recount counts; they are to be ended after that, not before."""
    counted = recount(settings, kafka, rules)

    def shown() -> bool:
        with closing(sqlite3.connect(f"{(directory / FILE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = db.execute(ALL_ROWS).fetchall()
        return not any(differences(as_shown(found), counted))

    return eventually(shown, 60)


def differing(settings: Settings, kafka: str, rules: Rules, directory: Path) -> tuple[int, list[str]]:
    """How many rows the ended boards have, and how they differ from a recount.

    What they had no time to fold is noted as stale, and is folded first, as at their next start.
    """
    with Store(directory) as store:
        Projection(store, rules).fold_all()
        rows = kept(store)
    return len(rows), list(differences(rows, recount(settings, kafka, rules)))
