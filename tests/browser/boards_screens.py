"""``python -m tests.browser.boards_screens``: pictures of the boards' page for docs/, made from the seeds."""

import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks.soak_worker import cluster
from schemas.topics import TOPICS
from streams.clients.topic_admin import TopicAdmin
from streams.settings import load_settings
from tests.broker.boards_at_work import AtWork, at_work, pushed
from tests.browser.devtools import Page, page
from tests.command_line import ROOT, eventually

DOCS = ROOT / "docs"


def main() -> None:
    """Start everything, take the pictures, stop."""
    with tempfile.TemporaryDirectory(prefix="boards-screens-") as folder, cluster(Path(folder) / "kafka") as kafka:
        with TopicAdmin(load_settings({"bootstrap_servers": kafka}), kafka) as admin:
            admin.create(TOPICS)
        variables = {"bootstrap_servers": kafka, "metrics_port": "0"}
        pushed(variables, str(ROOT / "seeds"))
        with at_work(variables, Path(folder) / "boards") as boards, page() as browser:
            _take(boards.live(), browser)


def _take(boards: AtWork, browser: Page) -> None:
    motion = boards.ask("/api/boards/proposals?status=replied&q=" + quote("留住乡村教师"))[1]["items"][0]["id"]
    report = boards.ask("/api/reports?q=" + quote("专题询问会"))[1]["items"][0]["id"]
    pictures = {
        "boards-live": ("live", 1100, 720, "light", "zh"),
        "boards-plans": ("board/plans", 1100, 900, "light", "zh"),
        "boards-report": (f"report/{report}", 1100, 720, "dark", "zh"),
        "boards-motion-phone": (f"row/proposals/{motion}", 390, 844, "light", "en"),
    }
    browser.open(f"{boards.address}/#/live")
    for name, (place, width, height, scheme, language) in pictures.items():
        browser.screen(width, height)
        browser.prefers(scheme)
        browser.value(f"localStorage.setItem('language', '{language}')")
        browser.open("about:blank")
        browser.open(f"{boards.address}/#/{place}")
        assert eventually(lambda: browser.value("Boolean(document.querySelector('main h1'))"), 30), place
        # The status comes with the feed.
        assert eventually(lambda: browser.value("document.getElementById('status').className === ''"), 30)
        time.sleep(0.3)
        (DOCS / f"{name}.png").write_bytes(browser.picture())


if __name__ == "__main__":
    main()
