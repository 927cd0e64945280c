"""The dashboards in a real browser, drawn by Grafana's own libraries over the loaded database."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from urllib.parse import urlencode

import pytest

from demo.pipeline import ROOT
from grafana.checks.dashboards import drawn
from grafana.preview.browser import Browser
from grafana.preview.npm import BROWSER, PAGE
from grafana.preview.server import Preview
from tests.dashboards.conftest import DASHBOARDS, OF_TROUBLE, OF_TWO_RUNS, serving, whole_days

PICTURES = ROOT / ".preview" / "pictures"
# What most laptops and most screens on a desk have.
NARROW, WIDE = 1366, 1920
DAY = {"from": "now-1d/d", "to": "now-1d/d"}
# Titles and cells with more in them than they show, and tables with columns out of sight.
CUT = """[...document.querySelectorAll('h2, [role=gridcell], [role=columnheader], [role=grid]')]
    .filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)
    .map(e => (e.role == 'grid' ? 'columns of ' : '') + e.innerText.slice(0, 60))"""
# What is written into pictures from now on.
WRITTEN = """{
    window.written = [];
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        written.push(String(text));
        return write.call(this, text, ...at);
    };
}"""
LENGTHENED = """
update analytics.campaign_metrics
    set campaign_name = 'Of those who wait for spring, ' || campaign_name;
update analytics.flow_metrics set flow_name = 'Of those who wait for spring, ' || flow_name,
    message_name = 'The one that nobody has opened yet, ' || message_name;
update analytics.messages set parent_name = 'Of those who wait for spring, ' || parent_name;
"""
# What of the page tells whether something went wrong on it.
FAILURES = "document.querySelectorAll('[data-testid*=\"Panel status error\"], [role=alert]').length"
# What is on the page when panels of a kind are drawn: a canvas, a grid with a cell in it.
DRAWINGS = {
    ("timeseries", "barchart"): "document.querySelectorAll('canvas').length",
    ("table",): "document.querySelectorAll('[role=grid]:has([role=gridcell])').length",
}
HEADLINES = ("Attributed revenue", "Share of store revenue", "Revenue per recipient")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with Browser(BROWSER) as browser:
        yield browser


@pytest.fixture
def page(address, browser):
    """Opens a dashboard and waits until every panel has its answer; what the page reports."""

    def open_page(uid: str, width: int = NARROW, at: str = address, **choices: str) -> dict:
        browser.size(width, 768)
        browser.open(f"{at}/d/{uid}?{urlencode(choices)}")
        browser.wait_for("window.preview && window.preview().ready", 30)
        # All of the page is made visible, so that every panel is drawn.
        browser.size(width, browser.ask("document.documentElement.scrollHeight"))
        browser.wait_for("window.preview().ready")
        report: dict = browser.ask("JSON.parse(JSON.stringify(window.preview()))")
        return report

    return open_page


@pytest.fixture(scope="session")
def renamed(copied) -> Iterator[str]:
    """Where the preview answers, over names that are long."""
    warehouse = copied("dashboards_renamed")
    warehouse.change(LENGTHENED)
    with serving(Preview(warehouse.source, PAGE).app) as address:
        yield address


def _panel(report, title):
    (found,) = (p for p in report["panels"] if p["title"].partition(",")[0] == title)
    return {field["name"]: field["values"] for field in found["fields"]}


def _milliseconds(moment):
    return str(int(moment.timestamp() * 1000))


def _has_a_value(shown):
    """Whether a panel has more to draw than an axis of time."""
    values = [field["values"] for field in shown["fields"] if field["type"] != "time"]
    return any(value is not None for column in values for value in column)


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_every_panel_is_drawn_with_data_and_without_an_error(page, browser, uid):
    report = page(uid)
    panels = {p["key"]: p for p in report["panels"]}
    for panel in drawn(DASHBOARDS[uid]):
        shown = panels[f"panel-{panel['id']}"]
        assert (shown["state"], shown.get("error")) == ("Done", None), panel["title"]
        is_of_trouble = f"{uid}: {panel['title']}" in OF_TROUBLE
        is_empty = is_of_trouble or f"{uid}: {panel['title']}" in OF_TWO_RUNS
        assert _has_a_value(shown) != is_empty, panel["title"]
        if is_of_trouble:
            words = panel["fieldConfig"]["defaults"]["noValue"]
            browser.wait_for(f"document.body.innerText.includes({json.dumps(words)})")
            del panels[shown["key"]]
    assert report["errors"] == []
    for kinds, drawing in DRAWINGS.items():
        count = sum(panel["kind"] in kinds for panel in panels.values())
        browser.wait_for(f"{drawing} >= {count}")
    assert browser.ask(FAILURES) == 0
    assert "No data" not in browser.ask("document.body.innerText")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{uid}.png").write_bytes(browser.picture())


@pytest.mark.parametrize("client", ["acme", "nord", "koala"])
def test_the_page_shows_what_the_client_is_known_to_have_done(page, world, plain, client):
    asked = plain.days(42)
    span = {"from": _milliseconds(asked.start), "to": _milliseconds(asked.end)}
    report = page("executive-overview", **{"var-client": client}, **span)
    assert report["variables"]["client"] == [client]
    first, last = whole_days(world, client, asked)
    rows = [r for r in world.truth.daily_client_metrics(client) if first <= r["date_day"] <= last]
    attributed = sum(r["attributed_revenue"] for r in rows)
    delivered = sum(r["email_delivered"] + r["sms_delivered"] for r in rows)
    expected = [attributed, attributed / sum(r["revenue"] for r in rows), attributed / delivered]
    shown = [_panel(report, title)["this period"][0] for title in HEADLINES]
    assert shown == pytest.approx([float(x) for x in expected])
    weekly = _panel(report, "Attributed revenue by week")
    bars = [value or 0 for value in weekly["Campaigns"] + weekly["Flows"]]
    assert sum(bars) == pytest.approx(float(attributed))
    assert _panel(report, "Attributed revenue by client")["Client"] == [client]


def test_the_currency_follows_the_client(page):
    assert page("executive-overview", **{"var-client": "nord"})["variables"]["currency"] == "DKK"
    report = page("executive-overview")
    assert report["variables"]["client"] == ["acme", "koala", "nord"]
    assert report["variables"]["currency"] == "USD"


def test_a_client_and_a_time_range_can_be_picked_on_the_page(page, browser):
    page("client", **{"var-client": "acme"})
    browser.click("document.querySelector('input[role=combobox]')")
    browser.type("koala")
    option = (
        "[...document.querySelectorAll('[role=option]')].find(o => /Koala/.test(o.textContent))"
    )
    browser.wait_for(f"!!{option}")
    browser.click(option)
    browser.wait_for("window.preview().variables.currency == 'AUD' && window.preview().ready")
    browser.click("document.querySelector('[data-testid*=\"TimePicker Open Button\"]')")
    week = (
        "[...document.querySelectorAll('label')].find(l => /Last 7 days, wi/.test(l.textContent))"
    )
    browser.wait_for(f"!!{week}")
    browser.click(week)
    daily = "window.preview().panels.find(p => p.title.startsWith('Store and attributed'))"
    browser.wait_for(f"{daily}.fields[0]?.values.length == 7")
    assert "from=now-7d" in browser.ask("location.search")
    assert browser.ask("window.preview().variables") == {
        "client": "koala", "currency": "AUD", "compare": "before",
    }  # fmt: skip


def test_links_take_client_and_time_range_along(page, browser):
    page("executive-overview", **{"var-client": "koala"})
    links = browser.ask("[...document.querySelectorAll('nav a')].map(a => a.href)")
    flows = next(link for link in links if "/d/flows" in link)
    assert "var-client=koala" in flows
    assert "from=" in flows
    browser.wait_for("[...document.querySelectorAll('a')].some(a => a.textContent == 'koala')")
    cell = browser.ask(
        "[...document.querySelectorAll('a')].find(a => a.textContent == 'koala').href"
    )
    assert "/d/client?var-client=koala&" in cell
    assert "from=" in cell
    assert "to=" in cell


def test_an_unknown_client_shows_no_data_and_no_error(page, browser):
    report = page("executive-overview", **{"var-client": "O'Brien"})
    assert _panel(report, "Attributed revenue by client") == {}
    assert report["errors"] == []
    assert browser.ask(FAILURES) == 0


def test_the_overview_is_drawn_in_the_dark_too(page, browser):
    assert page("executive-overview", theme="dark")["errors"] == []
    background = browser.ask("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(int(part) for part in background[4:-1].split(",")) < 150
    browser.wait_for("document.querySelectorAll('canvas').length >= 1")
    (PICTURES / "executive-overview-dark.png").write_bytes(browser.picture())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("uid", DASHBOARDS)
def test_nothing_is_cut_on_a_laptop_or_a_large_screen(page, browser, uid, width, theme):
    page(uid, width, theme=theme)
    browser.wait_for("document.querySelectorAll('[role=grid]:has([role=gridcell])').length >= 1")
    assert browser.ask(CUT) == []
    (PICTURES / f"{uid}-{width}-{theme}.png").write_bytes(browser.picture())


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_nothing_is_cut_of_long_names(page, browser, uid, renamed):
    """A name of a campaign, flow, message or client may be as long as people like."""
    page(uid, at=renamed)
    browser.wait_for("document.querySelectorAll('[role=grid]:has([role=gridcell])').length >= 1")
    assert browser.ask(CUT) == []


def test_a_week_is_labelled_once_with_the_day_it_begins(page, browser):
    """As letters and not as 11/03, which is March to one reader and November to another."""
    report = page("client")
    weeks = _panel(report, "Attributed revenue by week")["Time"]
    days = [datetime.fromtimestamp(week / 1000, timezone.utc) for week in weeks]
    labels = {f"{day:%a} {day.day} {day:%b}" for day in days}
    browser.ask(WRITTEN)
    browser.size(NARROW - 40, 1700)  # all is drawn again
    browser.wait_for(f"{json.dumps(sorted(labels))}.every(label => written.includes(label))")
    written = browser.ask("written")
    assert {text for text in written if re.match("[A-Z][a-z]{2} ", text)} == labels
    assert [text for text in written if "/" in text] == []


def test_one_day_is_not_compared_with_the_day_before(page, browser):
    report = page("executive-overview", **DAY)
    for title in (*HEADLINES, "Net email subscribers"):
        assert _panel(report, title)["vs before"] == ["n/a"]
    coloured = "[...document.querySelectorAll('span')].filter(s => s.innerText == 'n/a')"
    (colour,) = set(browser.ask(f"{coloured}.map(s => getComputedStyle(s).color)"))
    red, green, blue = (int(part) for part in colour[4:-1].split(","))
    assert red == green == blue
