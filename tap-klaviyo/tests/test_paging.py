"""From one page to the next, and never in a circle."""

from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

import pytest

NOW = datetime.now(timezone.utc)


def circle(url: str, *cursors: str) -> list[dict]:
    """Bodies of pages that lead from each cursor to the next one."""
    return [{"data": [], "links": {"next": url.replace("CURSOR", cursor)}} for cursor in cursors]


@pytest.mark.parametrize(
    ("stream", "path"), [("tags", "/tags"), ("events", "/events"), ("metrics", "/metrics")]
)
def test_a_next_page_that_was_read_already_is_refused_and_the_rest_goes_on(
    tap, sandbox, stream, path
):
    url = f"{sandbox.api_url}{path}?page%5Bcursor%5D=CURSOR"
    for body in circle(url, "a", "b", "a"):
        sandbox.fault(path, client="acme", status=200, body=body)
    sync = tap.sync(only=(stream,), start_date=(NOW - timedelta(hours=1)).isoformat())
    row = sync.logged("acme", stream)
    assert row["status"] == "failed"
    assert "links back to a page that was already read" in row["error"]
    assert len([r for r in sandbox.requests if (r.client, r.path) == ("acme", path)]) == 3
    assert sync.logged("koala", stream)["status"] == "ok"


def test_a_first_page_that_names_itself_in_another_spelling_is_refused(tap, sandbox):
    tap.sync(only=("tags",))
    [first] = [r for r in sandbox.requests if (r.client, r.path) == ("acme", "/tags")]
    spelt = "&".join(reversed(unquote(first.query).split("&")))
    assert spelt != first.query
    body = {"data": [], "links": {"next": f"{sandbox.api_url}/tags?{spelt}"}}
    sandbox.fault("/tags", client="acme", status=200, body=body)
    sync = tap.sync(only=("tags",))
    assert sync.logged("acme", "tags")["status"] == "failed"


def test_a_report_whose_pages_go_in_a_circle_ends_alone(tap, sandbox):
    path = "/flow-series-reports"
    page = {"type": "flow-series-report", "attributes": {"results": [], "date_times": []}}
    for cursor in "aba":
        link = f"{sandbox.api_url}{path}?page_cursor={cursor}"
        body = {"data": page, "links": {"next": link}}
        headers = {"RateLimit-Limit": "100, 100;w=1, 200;w=60"}  # or the third waits for a minute
        sandbox.fault(path, client="acme", status=200, body=body, headers=headers)
    sync = tap.sync(only=("flow_series", "campaign_values"))
    assert sync.logged("acme", "flow_series")["status"] == "failed"
    assert sync.logged("acme", "campaign_values")["status"] == "ok"
