"""The boards' page in a real browser, over a real Kafka: load, live update, hostile text, connection lost and back."""

import re
import signal
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest

from schemas.topics import TOPICS
from streams.clients.topic_admin import TopicAdmin
from streams.settings import load_settings
from tests.broker.boards_at_work import AtWork, at_work, pushed
from tests.browser.devtools import Page, page
from tests.command_line import ROOT, Running, eventually

pytestmark = pytest.mark.broker
HOSTILE = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
TEXT = f"云川市市长周明远表示，2025年全市新增公园12个；{HOSTILE}委员李强建议，增加公交车30辆。"
PREFIX = "page."
AXE = """axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => [one.id, one.nodes[0].html]))"""


class Shown:
    """The page of boards at work, in a browser."""

    def __init__(self, browser: Page, boards: AtWork, variables: dict[str, str], folder: Path) -> None:
        self.browser, self.boards, self.variables, self._folder = browser, boards, variables, folder

    def go(self, place: str) -> None:
        """Open a view, and wait until it is there."""
        self.browser.open("about:blank")
        self.browser.open(f"{self.boards.address}/#/{place}")
        assert self.has("document.querySelector('main h1')"), self.text("body")

    def has(self, script: str, timeout_s: float = 30) -> bool:
        """Wait until a script gives something true."""
        return eventually(lambda: self.browser.value(f"Boolean({script})"), timeout_s)

    def text(self, selector: str) -> str:
        """The text of the first element."""
        return str(self.browser.value(f"document.querySelector({selector!r})?.textContent ?? ''"))

    def push(self, text: str, title: str) -> None:
        """Push a report of one paragraph, and analyse it."""
        file = self._folder / f"{title}.txt"
        file.write_text(f"{title}\n\n{text}\n", encoding="utf-8")
        pushed(self.variables, str(file))


@pytest.fixture(scope="module")
def shown(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    variables = {"bootstrap_servers": kafka, "topic_prefix": PREFIX, "metrics_port": "0"}
    with TopicAdmin(load_settings({"bootstrap_servers": kafka, "topic_prefix": PREFIX}), kafka) as admin:
        admin.create(TOPICS)
    count = pushed(variables, str(ROOT / "seeds"))
    folder = tmp_path_factory.mktemp("boards-page")
    with at_work(variables, folder / "boards") as boards, page() as browser:
        # Not before all was read: a board that is asked too early would show wrong numbers.
        assert boards.live().read == count > 200
        yield Shown(browser, boards, variables, folder)


def test_every_board_is_a_table_and_a_plot(shown: Shown) -> None:
    names = [one["name"] for one in shown.boards.ask("/api/boards")[1]["items"]]
    assert len(names) == 8
    for name in names:
        shown.go(f"board/{name}")
        rows = shown.browser.value("document.querySelectorAll('main tbody tr').length")
        assert rows == min(50, shown.boards.ask(f"/api/boards/{name}")[1]["total"]), name
        assert not rows or shown.browser.value("document.querySelectorAll('main figure svg').length"), name
    assert all(one.startswith((shown.boards.address, "about:")) for one in shown.browser.requests)


def test_a_row_leads_to_its_evidence_and_the_journey(shown: Shown) -> None:
    row = shown.boards.ask("/api/boards/members?limit=1")[1]["items"][0]
    shown.go(f"row/members/{row['id']}")
    assert shown.text("h1") == row["title"]
    shown.browser.value("document.querySelector('main ol a[href*=paragraph]').click()")
    assert shown.has("document.querySelector('ol.journey')")
    assert re.search(r"page\.reports\.paragraphs\.v1 .+ page\.reports\.classified\.v1", shown.text("ol.journey"))


def test_a_report_has_its_spans_where_they_stand_with_their_reasons(shown: Shown) -> None:
    first = shown.boards.ask("/api/reports?q=" + quote("云川市2023年国民经济和社会发展统计公报"))[1]["items"][0]
    told = shown.boards.ask(f"/api/reports/{quote(first['id'])}?limit=100")[1]["items"]
    shown.go(f"report/{quote(first['id'], safe='')}")
    script = "[...document.querySelectorAll('main .text')].map(one => one.textContent)"
    assert shown.browser.value(script) == [one["text"] for one in told]
    assert shown.browser.value("document.querySelectorAll('main mark.statistic').length") > 20
    shown.browser.value("document.querySelector('main mark[tabindex]').focus()")
    assert shown.browser.value("!document.getElementById('why').hidden")
    assert len(shown.text("#why")) > 10


def test_search_finds_words_and_shows_them(shown: Shown) -> None:
    shown.go("search/" + quote("居民收入"))
    assert shown.has("document.querySelectorAll('main article mark.found').length")


def test_what_is_pushed_comes_by_itself_and_nothing_of_it_runs(shown: Shown) -> None:
    shown.go("live")
    assert shown.has("!document.getElementById('status').className")
    shown.push(TEXT, "敌意报告")
    assert shown.has("[...document.querySelectorAll('#feed .text')].some(one => one.textContent.includes('<script>'))")
    found = shown.boards.ask("/api/search?q=" + quote("新增公园"))[1]["items"]
    [paragraph] = [one["id"] for one in found if "<script>" in one["text"]]
    for place in ("live", f"paragraph/{paragraph}", "board/proposals", "search/" + quote("新增公园")):
        shown.go(place)
        assert shown.browser.value("document.querySelectorAll('main script, main img').length") == 0
        assert "ran" not in str(shown.browser.value("document.title"))


def test_the_policy_lets_no_script_of_a_page_in(shown: Shown) -> None:
    shown.go("live")
    shown.browser.value("document.body.insertAdjacentHTML('beforeend', '<a id=bad onclick=\"document.title=1\">x</a>')")
    shown.browser.value("document.getElementById('bad').click()")
    assert shown.browser.value("document.title") != "1"


def test_both_languages(shown: Shown) -> None:
    shown.go("live")
    labels = {"zh": "实时", "en": "Live"}
    for _ in range(2):
        language = shown.browser.value("document.documentElement.lang")
        assert shown.has(f"document.querySelector('nav a')?.textContent === {labels.pop(language)!r}")
        shown.browser.value("document.getElementById('language').click()")
    assert not labels


def test_keyboard_and_dark(shown: Shown) -> None:
    shown.go("live")
    shown.browser.value("document.body.focus()")
    shown.browser.press("/")
    assert shown.browser.value("document.activeElement.id") == "q"
    shown.browser.prefers("dark")
    script = "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
    assert sum(shown.browser.value(script)[:3]) < 150
    shown.browser.prefers("light")


def test_axe_finds_nothing_serious_and_all_fits_a_phone(shown: Shown) -> None:
    """Every sort of view, on a desk in the light and on a phone in the dark."""
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    names = [one["name"] for one in shown.boards.ask("/api/boards")[1]["items"]]
    rows = {name: shown.boards.ask(f"/api/boards/{name}?limit=1")[1]["items"][0]["id"] for name in names}
    report = shown.boards.ask("/api/reports?limit=1")[1]["items"][0]["id"]
    [paragraph, *_] = shown.boards.ask(f"/api/reports/{report}?limit=1")[1]["items"]
    places = ["live", "reports", f"report/{report}", f"paragraph/{paragraph['id']}"]
    places += ["search/" + quote("养老"), "row/x/y"]
    places += [f"board/{name}" for name in names]
    places += [f"row/{name}/{rows[name]}" for name in ("proposals", "plans", "figures")]
    for scheme, width in (("light", 1200), ("dark", 390)):
        shown.browser.prefers(scheme)
        shown.browser.screen(width, 900)
        shown.go("live")
        shown.browser.value(f"{axe};0")
        for place in places:
            shown.browser.value(f"document.querySelector('main').replaceChildren(); location.hash = '#/{place}x'")
            shown.browser.value(f"location.hash = '#/{place}'")
            assert shown.has("document.querySelector('main h1, main .problem')"), place
            found = shown.browser.value(AXE)
            assert found == [], (scheme, place)
            assert shown.browser.value("document.documentElement.scrollWidth") <= width, place
    shown.browser.prefers("light")
    shown.browser.call("Emulation.clearDeviceMetricsOverride")


def test_a_motion_shows_its_steps_and_marks_what_no_report_tells_of(shown: Shown) -> None:
    motion, *_ = shown.boards.ask("/api/boards/proposals?status=replied&q=" + quote("留住乡村教师"))[1]["items"]
    shown.go(f"row/proposals/{motion['id']}")
    steps = shown.browser.value("[...document.querySelectorAll('.chain li')].map(one => one.className.split(' ')[0])")
    assert steps == ["done", "done", "gap", "done", "done", "ahead"]
    shown.browser.value("document.querySelector('.chain a').click()")
    assert shown.has("document.querySelector('ol.journey')")


def test_a_plot_leads_to_the_rows_that_it_counts(shown: Shown) -> None:
    shown.go("board/plans")
    # As the reader has it: the number only moves its point.
    assert "亿元" in shown.text("main table")
    assert shown.browser.value("document.querySelectorAll('main svg .target').length") == 6
    bar = "document.querySelector('.bars a[href*=missed]')"
    count = int(shown.browser.value(f"{bar}.closest('li').lastChild.textContent"))
    shown.browser.value(f"{bar}.click()")
    assert shown.has(f"document.querySelector('main caption')?.textContent.endsWith(' {count}')")
    chips = shown.browser.value("[...document.querySelectorAll('td .chip')].map(one => one.className)")
    assert chips == ["chip missed"] * count
    assert shown.browser.value("document.querySelector('select[name=status]').value") == "missed"


def test_the_feed_hides_kinds_that_one_does_not_want(shown: Shown) -> None:
    shown.go("live")
    shown.browser.value("document.querySelector('button.chip.statistic').click()")
    seen = "[...document.querySelectorAll('#feed > article')].filter(one => one.offsetParent).map(one => one.className)"
    assert "statistic" not in " ".join(shown.browser.value(seen))
    shown.browser.value("document.querySelector('button.chip.statistic').click()")
    assert "statistic" in " ".join(shown.browser.value(seen))


def test_a_lost_connection_is_told_and_resumed_without_a_gap(shown: Shown) -> None:
    shown.go("live")
    assert shown.has("!document.getElementById('status').className")
    port = shown.boards.address.rpartition(":")[2]
    process = shown.boards.running.process
    process.send_signal(signal.SIGKILL)
    assert shown.has("document.getElementById('status').className === 'bad'")
    shown.push("断线期间，委员钱进建议，修建步行桥4座。", "断线报告")
    given = {name: value for name, value in shown.variables.items() if name != "metrics_port"}
    again = {**given, "boards_dir": str(shown._folder / "boards"), "web_port": port}
    with Running("boards", settings=again) as running:
        AtWork(running).live()
        assert shown.has(
            "[...document.querySelectorAll('#feed .text')].some(one => one.textContent.includes('步行桥'))"
        )
        assert shown.has("document.getElementById('status').className === ''")
