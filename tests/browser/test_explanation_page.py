"""The page of ``explain --html`` in a real browser: what it shows, to whom, and that nothing of a report runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.devtools import Page, page
from tests.command_line import run

HOSTILE = '<script>document.title="ran"</script><img src=x onerror="document.title=\'ran\'">'
TEXT = f"云川市市长周明远表示，2025年全市新增公园12个，分别增长7.5%、11.5%；{HOSTILE}&amp;“双减”之后，将再建3座桥。"
SECTION = f"二、2026年{HOSTILE}工作"
SECOND = "“双减”之后，委员李强建议，增加公交车30辆。"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    target = tmp_path_factory.mktemp("page") / "explained.html"
    done = run("explain", TEXT, SECOND, "--section", SECTION, "--title", HOSTILE, "--html", str(target), settings={})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with page() as browser:
        browser.open(target)
        yield browser


def test_the_paragraphs_stand_there_character_for_character(shown: Page) -> None:
    assert shown.value("[...document.querySelectorAll('.text')].map(one => one.textContent)") == [TEXT, SECOND]


def test_nothing_of_a_report_runs_and_no_host_is_asked(shown: Page) -> None:
    assert shown.value("document.title") == "Why these labels"
    assert shown.value("document.querySelectorAll('script, img, link, iframe').length") == 0
    assert [address for address in shown.requests if not address.startswith(("file:", "about:"))] == []
    assert len([address for address in shown.requests if address.startswith("file:")]) == 1


def test_a_policy_in_the_page_stops_what_would_get_in(shown: Page) -> None:
    shown.value("document.body.insertAdjacentHTML('beforeend', '<a id=bad onclick=\"document.title=1\">x</a>')")
    shown.value("document.getElementById('bad').click()")
    assert shown.value("document.title") == "Why these labels"
    shown.value("document.getElementById('bad').remove()")


def test_each_kind_has_its_line_where_items_overlap(shown: Page) -> None:
    marks = shown.value("[...document.querySelectorAll('.text mark')].map(one => [one.className, one.textContent])")
    both = [text for name, text in marks if {"speech", "statistic"} <= set(name.split())]
    assert any("12个" in text for text in both)
    legend = "getComputedStyle(document.querySelector('.legend .' + kind)).backgroundImage"
    lines = shown.value(f"['speech', 'proposal', 'statistic', 'plan'].map(kind => {legend})")
    assert len(set(lines)) == 4


def test_every_mark_tells_its_reason_by_hover_and_to_who_cannot_see(shown: Page) -> None:
    described = shown.value(
        "[...document.querySelectorAll('.text mark')].map(mark => [mark.title, mark.getAttribute('aria-describedby')"
        ".split(' ').map(id => document.getElementById(id)?.textContent ?? null)])"
    )
    assert described
    for title, rows in described:
        assert title
        assert None not in rows
    assert any("speech.indirect" in title for title, _ in described)
    assert any("in quotation marks, but nobody" in row for _, rows in described for row in rows)


def test_the_keyboard_reaches_each_beginning_and_shows_the_reason(shown: Page) -> None:
    shown.press("Tab")
    assert shown.value("document.activeElement.tagName") == "MARK"
    reason = shown.value("getComputedStyle(document.activeElement, '::after').content")
    assert shown.value("document.activeElement.title").partition("\n")[0] in reason
    assert shown.value("getComputedStyle(document.querySelector('mark:not(:focus)'), '::after').content") == "none"


def test_dark_is_dark_and_readable(shown: Page) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        shown.prefers(scheme)
        script = (
            "['backgroundColor', 'color'].map(one => getComputedStyle(document.body)[one].match(/[0-9]+/g).map(Number))"
        )
        paper, ink = (sum(colour[:3]) for colour in shown.value(script))
        colours[scheme] = (paper, ink)
    assert colours["light"][0] > 600 > 150 > colours["light"][1]
    assert colours["dark"][0] < 150 < 600 < colours["dark"][1]


def test_a_page_fits_a_small_screen(shown: Page) -> None:
    shown.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    assert shown.value("document.documentElement.scrollWidth") <= 390


def test_a_page_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    done = run("explain", TEXT, "--html", str(tmp_path / "none" / "page.html"), settings={})
    assert done.returncode == 2
    assert "name another file after --html" in done.stderr
