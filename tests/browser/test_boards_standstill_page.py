"""The boards' page while nothing of what waits is handled: it says so, in place of showing old numbers as live ones."""

from pathlib import Path

import pytest

from schemas.topics import TOPICS
from streams.clients.topic_admin import TopicAdmin
from streams.settings import load_settings
from tests.broker.boards_at_work import HANGING, at_work, loaded
from tests.browser.devtools import page
from tests.command_line import eventually

pytestmark = pytest.mark.broker


def test_the_page_says_that_the_boards_stand_still_and_where(kafka: str, tmp_path: Path) -> None:
    variables = {"bootstrap_servers": kafka, "topic_prefix": "standing.", "boards_stall_s": "5"}
    settings = load_settings(variables)
    with TopicAdmin(settings, kafka) as admin:
        admin.create(TOPICS)
    loaded(settings, kafka, 10)
    with page() as browser, at_work(variables, tmp_path / "boards", HANGING) as boards:
        browser.open(f"{boards.address}/")
        status = "document.getElementById('status')"
        assert eventually(lambda: browser.value(f"/Standing still|停滞/.test({status}.textContent)"), 120)
        assert browser.value(f"{status}.className") == "bad"
        assert "standing.reports.classified.v1 partition" in browser.value(f"{status}.title")
        boards.running.process.kill()
