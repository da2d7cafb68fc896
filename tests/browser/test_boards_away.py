"""The boards' page while Kafka is away: it says since when, keeps what it has, and goes on once Kafka is back."""

from pathlib import Path
from urllib.parse import quote

import pytest

from schemas.topics import TOPICS
from streams.broker import embedded
from streams.clients.connection import answers
from streams.clients.topic_admin import TopicAdmin
from streams.settings import load_settings
from tests.broker.boards_at_work import SEEDS, at_work, pushed
from tests.broker.own_broker import own_settings
from tests.browser.devtools import page
from tests.command_line import eventually

pytestmark = pytest.mark.broker


def test_the_page_says_since_when_kafka_is_away_and_goes_on(broker_cache: Path, tmp_path: Path) -> None:
    with own_settings(tmp_path / "kafka", broker_cache) as settings:
        broker = embedded.start(settings, ready=answers)
        kafka = broker.bootstrap_servers
        with TopicAdmin(load_settings({"bootstrap_servers": kafka}), kafka) as admin:
            admin.create(TOPICS)
        variables = {"bootstrap_servers": kafka, "metrics_port": "0"}
        pushed(variables, *SEEDS[:1])
        with at_work(variables, tmp_path / "boards") as boards, page() as browser:
            boards.live()
            browser.open(f"{boards.address}/#/board/platform")

            def says(script: str) -> bool:
                return eventually(lambda: bool(browser.value(script)), 60)

            assert says("document.querySelectorAll('main tbody tr').length === 1")
            embedded.stop(tmp_path / "kafka")
            assert says("document.getElementById('status').className === 'bad'")
            assert says("/[0-9]{1,2}:[0-9]{2}/.test(document.getElementById('status').textContent)")
            assert boards.ask("/api/status")[1]["kafka_away"]["since"] is not None
            # What was read is still there to be read.
            assert boards.ask("/api/search?q=" + quote("政协"))[1]["items"]
            embedded.start(settings.model_copy(update={"broker_port": broker.port}), ready=answers)
            assert says("document.getElementById('status').className === ''")
            pushed(variables, *SEEDS[1:2])
            # The table that is open has the new row by itself.
            assert says("document.querySelectorAll('main tbody tr').length === 2")
            boards.end()
